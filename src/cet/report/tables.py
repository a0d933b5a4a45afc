"""Tables for the terminal: figures to the right, keys unbroken, text of others never obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Group
from rich.table import Column, Table
from rich.text import Text

from cet.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

HEAD, MUTED, GOOD, BAD, NET = "bold", "dim", "green", "bold red", "cyan"

Cell = str | Text


def words(header: str = "", part: int | None = None) -> Column:
    """A column of text that wraps; with a part, it shares the room that figures leave in that proportion."""
    return Column(header, overflow="fold", vertical="top", ratio=part)


def unbroken(header: str) -> Column:
    """A column of keys and ids, which don't wrap."""
    return Column(header, no_wrap=True, vertical="top")


def figures(header: str) -> Column:
    """A column of figures: to the right, never wrapped or cut."""
    return Column(header, justify="right", no_wrap=True, vertical="top")


class Sheet(Table):
    """A table whose title and note take the page's width, not its own."""

    def __init__(self, heading: str, columns: tuple[Column, ...], note: str) -> None:
        super().__init__(
            *columns,
            expand=any(column.ratio for column in columns),
            box=box.SIMPLE_HEAD,
            header_style=MUTED,
            pad_edge=False,
            padding=(0, 2, 0, 0),
            show_edge=False,
        )
        self._heading = Text(clean(heading), HEAD)
        self._note = Text(clean(note), MUTED)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Title, rows, note."""
        yield self._heading
        yield from super().__rich_console__(console, options)
        if self._note:
            yield self._note


def table(title: str, columns: Iterable[Column], caption: str = "") -> Sheet:
    """An empty table. Add rows with `add`."""
    return Sheet(title, tuple(columns), caption)


def add(rows: Table, *cells: Cell, style: str = "", end_section: bool = False) -> None:
    """A row; plain text is cleaned, so that a name read from a chain can't steer the terminal."""
    rows.add_row(*(_cell(cell) for cell in cells), style=style, end_section=end_section)


def facts(pairs: Iterable[tuple[str, Cell]]) -> Table:
    """Names and values below one another; empty values are left out."""
    grid = Table.grid(Column(style=MUTED, no_wrap=True), Column(overflow="fold"), padding=(0, 2, 0, 0))
    for name, value in pairs:
        if str(value):
            grid.add_row(Text(name), _cell(value))
    return grid


def headed(title: str, *blocks: RenderableType) -> Group:
    """Blocks under a title."""
    return Group(Text(clean(title), HEAD), *blocks)


def two_lines(first: str, second: str) -> Text:
    """A cell with a second, quieter line."""
    found = Text(clean(first))
    if second:
        found.append("\n" + clean(second), MUTED)
    return found


def bullets(title: str, items: Iterable[str]) -> list[RenderableType]:
    """A title and its sentences; nothing at all where there are none."""
    rows = Table.grid(Column(no_wrap=True, style=MUTED), Column(overflow="fold"), padding=(0, 1, 0, 0))
    for item in items:
        rows.add_row("·", Text(clean(item)))
    return [headed(title, rows)] if rows.row_count else []


def _cell(cell: Cell) -> Text:
    return Text(clean(cell)) if isinstance(cell, str) else cell
