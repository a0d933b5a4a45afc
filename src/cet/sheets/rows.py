"""The cells of a sheet, row by row, as the file holds them: never as a float."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from cet.sheets.container import SheetError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_MOST = 1000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_", re.ASCII)
_MIDNIGHT = re.compile(r"T00:00:00(\.0+)?Z?$", re.ASCII)
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


class CellKind(Enum):
    """What a cell holds. A date is a number of days whose format shows it as a date."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    ERROR = "error"


_KINDS = {"n": CellKind.NUMBER, "b": CellKind.BOOL, "e": CellKind.ERROR}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: the text as stored, its kind, and the formula that computed it, if one did (empty text
    where a neighbour's formula is shared)."""

    text: str
    kind: CellKind
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with something in it: its number, whether it is hidden, its cells by column number, from 1."""

    number: int
    hidden: bool
    cells: dict[int, Cell]

    def text(self, column: int) -> str:
        """The stored text of a cell without white space at its ends; empty where there is none."""
        found = self.cells.get(column)
        return found.text.strip() if found else ""


@dataclass(slots=True)
class SheetReading:
    """A sheet as it is read: what stands outside its rows is known once all of them were."""

    merged: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def column_is_hidden(self, column: int) -> bool:
        """Whether a column is out of sight."""
        return any(first <= column <= last for first, last in self.hidden_columns)


class RowParser:
    """Handlers that put the rows of a sheet together."""

    def __init__(self, strings: Sequence[str], date_styles: frozenset[int], reading: SheetReading) -> None:
        self.strings = strings
        self.date_styles = date_styles
        self.reading = reading
        self.rows: list[SheetRow] = []
        self._row = SheetRow(0, hidden=False, cells={})
        self._column = 0
        self._attributes: dict[str, str] | None = None
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._in: list[str] | None = None
        self._in_data = self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._in_data = True
        elif self._in_data:
            self._start_in_data(name, attributes)
        elif name == "col" and is_true(attributes.get("hidden")) and len(self.reading.hidden_columns) < _MOST:
            bounds = attributes.get("min", ""), attributes.get("max", "")
            self.reading.hidden_columns.append((_whole(bounds[0]), _whole(bounds[1])))
        elif name == "mergeCell" and len(self.reading.merged) < _MOST:
            self.reading.merged.append(attributes.get("ref", ""))

    def _start_in_data(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._attributes, self._value, self._formula = attributes, None, None
        elif name == "row":
            self._start_row(attributes)
        elif self._attributes is None:
            return
        elif name == "v" or (name == "t" and not self._phonetic):
            self._value = self._in = [] if self._value is None else self._value
        elif name == "f":
            self._formula = self._in = []
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        if name in ("v", "t", "f"):
            self._in = None
        elif name == "c" and self._attributes is not None:
            self._end_cell(self._attributes)
            self._attributes = None
        elif name == "row" and self._in_data:
            if self._row.cells:
                self.rows.append(self._row)
        elif name == "rPh":
            self._phonetic = False
        elif name == "sheetData":
            self._in_data = False

    def text(self, piece: str) -> None:
        if self._in is not None:
            self._in.append(piece)

    def _start_row(self, attributes: dict[str, str]) -> None:
        given = attributes.get("r", str(self._row.number + 1))
        number = _whole(given)
        if not self._row.number < number <= MAX_ROWS:
            raise SheetError(
                f"row {given[:20]} is outside a sheet or out of order", "save the workbook again"
            )
        self._row = SheetRow(number, is_true(attributes.get("hidden")), {})
        self._column = 0

    def _end_cell(self, attributes: dict[str, str]) -> None:
        column = self._column + 1
        if reference := attributes.get("r"):
            match = _REFERENCE.fullmatch(reference)
            column = column_number(match[1]) if match and int(match[2]) == self._row.number else 0
        if not self._column < column <= MAX_COLUMNS:
            given = attributes.get("r", "")[:20]
            raise SheetError(f"cell {given} is outside a sheet or out of order", "save the workbook again")
        self._column = column
        cell = self._cell(attributes)
        if cell is not None:
            self._row.cells[column] = cell

    def _cell(self, attributes: dict[str, str]) -> Cell | None:
        kind = attributes.get("t", "n")
        formula = None if self._formula is None else "".join(self._formula)
        value = None if self._value is None else "".join(self._value)
        if kind == "s" and value is not None:
            value = self._shared(value or "")
        elif kind not in _KINDS:
            value = unescaped(value or "")
        if kind == "d":
            value = _MIDNIGHT.sub("", value or "")
        if not value and formula is None:
            return None
        meant = _KINDS.get(kind, CellKind.TEXT)
        if meant is CellKind.NUMBER and _whole(attributes.get("s", "0")) in self.date_styles:
            meant = CellKind.DATE
        return Cell(value or "", meant, formula)

    def _shared(self, number: str) -> str:
        index = _whole(number)
        if not 0 <= index < len(self.strings):
            raise SheetError(f"shared string {number[:20]} does not exist", "save the workbook again")
        return self.strings[index]


def is_true(value: str | None) -> bool:
    """An XML boolean."""
    return value in ("1", "true")


def unescaped(text: str) -> str:
    """Text with the `_x000A_` that stand for characters XML can't hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _whole(text: str) -> int:
    """A whole number as XML has it; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
