"""Output: tables on the standard output, JSON for machines, progress on the error stream of a terminal."""

from __future__ import annotations

import json
import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Iterable
    from contextlib import AbstractContextManager

    from rich.console import RenderableType

JSON = "cet.json"
COMMAND = "cet.command"
_PAGE = 100
"""Columns where there is no terminal and COLUMNS does not say."""

_NARROWEST = 80
"""Columns below which a narrow terminal breaks lines itself: figures are never cut."""


def console() -> Console:
    """The standard output. Nothing printed is read as markup: names come from files and chains."""
    return _console(stderr=False)


def error_console() -> Console:
    """The error stream."""
    return _console(stderr=True)


def show(blocks: Iterable[RenderableType]) -> None:
    """Prints blocks, an empty line between two."""
    screen = console()
    # Where nobody reads along, lines end where their text does: files and documents stay clean.
    held = nullcontext() if screen.is_terminal else screen.capture()
    with held as capture:
        for number, block in enumerate(blocks):
            if number:
                screen.print()
            screen.print(block)
    if capture is not None:
        click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_json(value: Any) -> None:
    """One JSON document, ASCII, keys in the order in which they are documented."""
    click.echo(json.dumps(value, indent=2))


def print_text(text: str) -> None:
    """Text as it is, to be read, pasted or redirected."""
    click.echo(text)


def wants_json(ctx: click.Context) -> bool:
    """Whether `--json` was given."""
    return bool(ctx.meta.get(JSON))


def working(what: str) -> AbstractContextManager[object]:
    """Says what takes its time while it does and how far it is, to people only; Ctrl-C stops it at once."""
    from cet.cli.progress import Working

    return Working(what, error_console())


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    unknown = not stream.isatty() and not os.environ.get("COLUMNS")
    screen = Console(
        stderr=stderr, markup=False, emoji=False, highlight=False, width=_PAGE if unknown else None
    )
    if screen.width < _NARROWEST:
        screen.width = _NARROWEST
    return screen
