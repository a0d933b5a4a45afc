"""The cells of a sheet, row by row, as the file holds them: never as a float."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.inventory.workbook.book import Book, SheetPart, is_true, unescaped
from cet.inventory.workbook.container import Container, WorkbookError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """`kind` is text, number, boolean or error; `value` what the file says; `formula` what it was calculated by."""

    kind: str
    value: str
    dated: bool = False
    formula: str | None = None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with something in it: its number, whether it is hidden, its cells by column number, from 1."""

    number: int
    hidden: bool
    cells: dict[int, Cell]


@dataclass(slots=True)
class SheetReading:
    """A sheet as it is read: what stands outside its rows is known once all of them were."""

    merged: list[str] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def column_is_hidden(self, column: int) -> bool:
        """Whether a column is out of sight."""
        return any(first <= column <= last for first, last in self.hidden_columns)


class _Parser:
    """Handlers that put the rows of a sheet together."""

    def __init__(self, book: Book, reading: SheetReading) -> None:
        self.book = book
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
        elif name == "col" and is_true(attributes.get("hidden")):
            bounds = attributes.get("min", ""), attributes.get("max", "")
            if all(bound.isascii() and bound.isdigit() and len(bound) < 8 for bound in bounds):
                self.reading.hidden_columns.append((int(bounds[0]), int(bounds[1])))
        elif name == "mergeCell" and len(self.reading.merged) < 1000:
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
        number = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
        if not self._row.number < number <= MAX_ROWS:
            raise WorkbookError(
                f"damaged workbook: row {given[:20]!r} out of order", "save it again as .xlsx"
            )
        self._row = SheetRow(number, is_true(attributes.get("hidden")), {})
        self._column = 0

    def _end_cell(self, attributes: dict[str, str]) -> None:
        column = self._column + 1
        if reference := attributes.get("r"):
            match = _REFERENCE.fullmatch(reference)
            column = column_number(match[1]) if match and int(match[2]) == self._row.number else 0
        if not self._column < column <= MAX_COLUMNS:
            raise WorkbookError(
                f"damaged workbook: cell {attributes.get('r', '')[:20]!r} out of order",
                "save it again as .xlsx",
            )
        self._column = column
        cell = self._cell(attributes)
        if cell is not None:
            self._row.cells[column] = cell

    def _cell(self, attributes: dict[str, str]) -> Cell | None:
        kind = attributes.get("t", "n")
        formula = None if self._formula is None else "".join(self._formula)
        value = None if self._value is None else "".join(self._value)
        if kind == "s" and value is not None:
            shared = (
                int(value)
                if value.isascii() and value.isdigit() and len(value) < 9
                else len(self.book.strings)
            )
            if shared >= len(self.book.strings):
                raise WorkbookError("damaged workbook: a cell without its text", "save it again as .xlsx")
            kind, value = "text", self.book.strings[shared]
        elif kind in ("str", "inlineStr", "d"):
            kind, value = "text", unescaped(value or "")
        if not value and formula is None:
            return None
        style = attributes.get("s", "0")
        dated = style.isascii() and style.isdigit() and len(style) < 9 and int(style) in self.book.date_styles
        names = {"n": "number", "b": "boolean", "e": "error", "text": "text"}
        return Cell(names.get(kind, "error"), value or "", dated, formula)


def read_rows(
    container: Container, book: Book, sheet: SheetPart, reading: SheetReading
) -> Iterator[SheetRow]:
    """The rows that hold anything, in order; fills `reading`. Raises WorkbookError."""
    parser = _Parser(book, reading)
    for _ in container.parse(sheet.part, parser.start, parser.end, parser.text):
        yield from parser.rows
        parser.rows.clear()


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
