"""A group whose commands are imported when they run, so that help appears at once."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cet.cli.failures import STOPPED, of_database, report
from cet.errors import CetError

if TYPE_CHECKING:
    from collections.abc import Mapping


class Place(NamedTuple):
    """Where a command stands, and what the list of commands says of it."""

    module: str
    attribute: str
    help: str


class LazyGroup(click.Group):
    """Commands by name and place. Errors raised on purpose are printed as what, where and remedy, with an exit code."""

    def __init__(self, *args: Any, places: Mapping[str, Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """In the order given, not the alphabet's."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Imports the command's module."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        command: click.Command = getattr(import_module(place.module), place.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """The list of commands, written without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in self._places.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; an error on purpose ends it with the exit code of its kind."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped; what was being written is removed", err=True)
            ctx.exit(STOPPED)
        except CetError as error:
            ctx.exit(report(error, ctx))
        except OSError as error:
            if isinstance(error, BrokenPipeError):
                raise
            ctx.exit(report(error, ctx))
        except Exception as error:
            away = of_database(error)
            if away is None:
                raise
            ctx.exit(report(away, ctx))
