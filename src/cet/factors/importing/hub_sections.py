"""The numbered tables of the EPA Emission Factors Hub's one sheet: where each begins, its header, its rows of figures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cet.errors import CetError
from cet.quantities import unit
from cet.sheets import CellKind, SheetRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cet.factors.importing.cells import Cells

_TABLE = re.compile(r"Table (\d+)")
_MEASURE = re.compile(r"\(?\s*(kg|g|lb) (CO2|CH4|N2O)\s*(?:/|per)\s*([^)]+?)\s*\)?\s*$")
_FOOTNOTE = re.compile(r"(?<=[a-z)]) ?[A-E]$")
_END = ("Source", "Note")


class Measure(NamedTuple):
    """What a column of figures is: mass of which gas per which unit; `unit` is empty where a cell of the row says it."""

    mass: str
    gas: str
    per: str


@dataclass(frozen=True, slots=True)
class Section:
    """A table: its number, its title, and its rows down to its sources and notes."""

    number: str
    title: str
    rows: tuple[SheetRow, ...]
    source: str

    @property
    def name(self) -> str:
        """As factors cite it."""
        return f"Table {self.number}"

    def header(self, first: str) -> tuple[SheetRow, list[SheetRow]] | None:
        """The header row, known by its first heading, and the rows below it."""
        for place, row in enumerate(self.rows):
            if any(clean(cell.text).startswith(first) for cell in row.cells.values()):
                return row, list(self.rows[place + 1 :])
        return None


def sections(rows: Iterable[SheetRow]) -> Iterator[Section]:
    """The sheet cut at its "Table N" marks."""
    body: list[SheetRow] = []
    number, title, source, ended = "", "", "", False
    for row in rows:
        texts = [cell.text.strip() for _, cell in sorted(row.cells.items())]
        mark = next((match for text in texts[:2] if (match := _TABLE.fullmatch(text))), None)
        if mark:
            if number:
                yield Section(number, title, tuple(body), source)
            number, title, body, source, ended = mark[1], clean(texts[-1]), [], "", False
            continue
        if texts[0].startswith(_END) and len(texts) == 1:
            ended = True
        if ended:
            source += " " + texts[0]
        elif number:
            body.append(row)
    if number:
        yield Section(number, title, tuple(body), source)


def clean(text: str) -> str:
    """A label on one line, without the letter of a footnote."""
    return _FOOTNOTE.sub("", " ".join(text.split()))


def measures(row: SheetRow) -> dict[int, Measure]:
    """The columns of figures that a row of headings describes; of a repeated gas the unit tells which is which."""
    found = {}
    for column, cell in sorted(row.cells.items()):
        match = _MEASURE.search(" ".join(cell.text.split()))
        if match:
            found[column] = Measure(match[1], match[2], "" if match[3] == "unit" else match[3])
    return found


def unit_name(cells: Cells, row: int, text: str) -> str | None:
    """The unit's name in the closed table; None with a finding where it is not there."""
    try:
        return unit(text).name
    except CetError as error:
        cells.find(row, "unit", text, str(error).partition(";")[0], "the unit must be in data/units.toml")
        return None


def is_figure(row: SheetRow, column: int) -> bool:
    """Whether a cell of a column of figures begins as one; a heading or a unit does not."""
    cell = row.cells.get(column)
    return cell is not None and (cell.kind is not CellKind.TEXT or cell.text.strip()[:1].isdigit())
