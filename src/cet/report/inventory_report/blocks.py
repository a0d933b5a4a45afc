"""What a report is made of: sections of tables, plots, facts and sentences. Nothing here knows HTML or spreadsheets.

Text from packages enters through `words` and `code` only, where what steers or hides is replaced.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal

from cet.quantities import MG_PER_TONNE, exact_text, half_even_text
from cet.report.words import clean, grouped, percent, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = 3
"""Decimals of a tonne shown: kilograms."""

_LONGEST_EXACT = 120
_SHARE_PLACES = 6
_NO_XML = str.maketrans({"\ufffe": "�", "\uffff": "�"})

CellKind = Literal["words", "figure", "share", "code", "link"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell. `text` is what is shown, `detail` a second, quieter line, `exact` the exact figure in full.

    `number` is the figure as rounded for showing, as plain decimal text with `places` decimals (a share as a part of 1);
    empty where the cell is no figure. `target` is the section a link leads to.
    """

    text: str
    kind: CellKind = "words"
    detail: str = ""
    exact: str = ""
    number: str = ""
    places: int = 0
    target: str = ""


EMPTY = Cell("")


def words(text: str, detail: str = "") -> Cell:
    """Text, whoever wrote it."""
    return Cell(_shown(text), detail=_shown(detail))


def code(text: str) -> Cell:
    """An id or a hash, in letters of one width."""
    return Cell(_shown(text), "code") if text else EMPTY


def link(text: str, target: str) -> Cell:
    """A way to another section."""
    return Cell(text, "link", target=target)


def mass(mg: Fraction | int) -> Cell:
    """Milligrams as tonnes to the kilogram, half to even; the exact milligrams stand beside."""
    exact = Fraction(mg)
    return Cell(
        tonnes(exact),
        "figure",
        exact=_exact_mg(exact),
        number=half_even_text(exact / MG_PER_TONNE, PLACES),
        places=PLACES,
    )


def number(value: Fraction | int, places: int = 0) -> Cell:
    """A figure that is no mass."""
    exact = Fraction(value)
    rounded = half_even_text(exact, places)
    return Cell(grouped(exact, places), "figure", number=rounded, places=places)


def share(part: Fraction | None) -> Cell:
    """A part of 1 in percent; empty for none."""
    if part is None:
        return EMPTY
    return Cell(percent(part), "share", number=half_even_text(part, _SHARE_PLACES), places=_SHARE_PLACES)


def _shown(text: str) -> str:
    return clean(text).translate(_NO_XML)


def _exact_mg(mg: Fraction) -> str:
    text = exact_text(mg)
    return f"{text} mg" if len(text) <= _LONGEST_EXACT else f"≈ {half_even_text(mg, 9)} mg"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title, whether it holds figures, its width in a spreadsheet, in letters, and whether it is left out
    where all its cells are empty (`filled`)."""

    title: str
    figures: bool = False
    width: int = 18
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, one a column; `total` sets a sum apart."""

    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title. `name` is the sheet's in a workbook, at most 31 letters, unique in the report."""

    kind: ClassVar[str] = "table"
    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a bar: where it begins and how long it is, in ten-thousandths of the plot's width; its colour and words."""

    start: int
    length: int
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its label and the figure it stands for; `heading` begins a group of bars."""

    label: str
    value: Cell
    pieces: tuple[Piece, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on one scale. `legend` names the colours of pieces where a bar has several."""

    kind: ClassVar[str] = "chart"
    title: str
    bars: tuple[Bar, ...]
    caption: str = ""
    legend: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    kind: ClassVar[str] = "facts"
    pairs: tuple[tuple[str, Cell], ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """Sentences under a title; `steps` are numbered."""

    kind: ClassVar[str] = "notes"
    title: str
    items: tuple[str, ...]
    steps: bool = False


Block = Table | Chart | Facts | Notes


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: `clause` is what asks for it, `lead` what a reader should know first."""

    id: str
    title: str
    clause: str
    lead: str
    blocks: tuple[Block, ...]

    def tables(self) -> Iterator[Table]:
        """The section's tables."""
        return (block for block in self.blocks if isinstance(block, Table))


@dataclass(frozen=True, slots=True)
class Report:
    """The whole report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]

    def tables(self) -> Iterator[tuple[Section, Table]]:
        """Every table with its section, in order."""
        return ((section, table) for section in self.sections for table in section.tables())


def filled(table: Table) -> Table:
    """The table without its optional columns that hold nothing."""
    kept = [
        at
        for at, column in enumerate(table.columns)
        if not column.optional or any(row.cells[at] != EMPTY for row in table.rows)
    ]
    lines = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in table.rows)
    return replace(table, columns=tuple(table.columns[at] for at in kept), rows=lines)


def rows(*lines: tuple[Cell, ...]) -> tuple[Row, ...]:
    """Rows of which none is a total."""
    return tuple(Row(line) for line in lines)
