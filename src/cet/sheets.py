"""`.xlsx` workbooks read exactly: every cell is the text the file stores, never a binary float made from it.

Libraries for workbooks hand numbers over as floats; what is multiplied here into emissions is read from the stored text
(`0.21233000000000002`), which `parse_number` takes by its canonical rule. ECMA-376 part 1, chapter 18 (SpreadsheetML).
A file is someone else's: sizes are bounded before anything is unpacked, document types and encryption are refused.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from xml.parsers import expat

from cet.errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 400
"""A part that unpacks to more than this many times its size is no table; real sheets stay below a hundred."""

MAX_PARTS = 10_000
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
_CHUNK = 1 << 18
_SMALL_PART = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})", re.ASCII)
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


class SheetError(ExplainedError):
    """A workbook that can't be read."""


class CellKind(Enum):
    """What a cell holds. A date is a number of days whose format shows it as a date."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    BOOL = "bool"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty: the text as stored, its kind, and whether a formula computed it."""

    text: str
    kind: CellKind
    formula: bool = False


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row with its number as the spreadsheet shows it; cells by column, the first being 1."""

    number: int
    cells: dict[int, Cell]

    def text(self, column: int) -> str:
        """The stored text of a cell without white space at its ends; empty where there is none."""
        found = self.cells.get(column)
        return found.text.strip() if found else ""


class Workbook:
    """An open `.xlsx` file. Sheets are read row by row, in memory that does not grow with them."""

    def __init__(self, path: Path) -> None:
        """Raises SheetError for anything that is not a sane workbook, OSError where it can't be opened."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError) as error:
            raise SheetError(
                f"not an .xlsx workbook ({error})", "save it as .xlsx, not .xls or .csv"
            ) from error
        try:
            self._check_sizes()
            self.epoch_1904 = False
            self._parts = self._sheet_parts()
            self._strings = self._shared_strings()
            self._dates = self._date_styles()
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets in their order."""
        return tuple(self._parts)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows that hold anything, in the file's order. Raises SheetError."""
        part = self._parts.get(sheet)
        if part is None:
            raise SheetError(f"no sheet {sheet!r}", f"the workbook has {', '.join(self._parts)}")
        reader = _RowReader(self._strings, self._dates)
        for _ in self._parse(part, reader.start, reader.end, reader.text):
            yield from reader.take()
        yield from reader.take()

    def _check_sizes(self) -> None:
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
            raise SheetError(
                f"unpacks to more than {MAX_UNPACKED_BYTES >> 20} MiB or {MAX_PARTS} parts",
                "save the sheet you need in a workbook of its own",
            )
        for part in parts:
            if part.flag_bits & 1:
                raise SheetError("encrypted", "save it without a password")
            if part.file_size > max(_SMALL_PART, MAX_RATIO * part.compress_size):
                raise SheetError(
                    f"{part.filename} unpacks to absurd size", "get the file from its publisher again"
                )

    def _sheet_parts(self) -> dict[str, str]:
        names: list[tuple[str, str]] = []
        targets: dict[str, str] = {}

        def sheet(tag: str, attributes: dict[str, str]) -> None:
            if tag == "sheet":
                relation = next((value for name, value in attributes.items() if name.endswith("}id")), "")
                names.append((attributes.get("name", ""), relation))
            elif tag == "workbookPr":
                self.epoch_1904 = attributes.get("date1904", "0") in ("1", "true")

        def relation(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship":
                target = attributes.get("Target", "")
                whole = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
                targets[attributes.get("Id", "")] = posixpath.normpath(whole)

        self._read("xl/workbook.xml", sheet)
        self._read("xl/_rels/workbook.xml.rels", relation)
        return {name: targets[relation] for name, relation in names if relation in targets}

    def _shared_strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._zip.namelist():
            return []
        strings: list[str] = []
        reader = _StringReader(strings)
        for _ in self._parse("xl/sharedStrings.xml", reader.start, reader.end, reader.text):
            pass
        return strings

    def _date_styles(self) -> frozenset[int]:
        """Indices of the cell formats that show a number as a date."""
        if "xl/styles.xml" not in self._zip.namelist():
            return frozenset()
        custom: set[int] = set()
        formats: list[int] = []
        inside = [False]

        def style(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt":
                code = _QUOTED.sub("", attributes.get("formatCode", "")).lower()
                if set(code.partition(";")[0]) & set("ymdhs"):
                    custom.add(int(attributes.get("numFmtId", "0")))
            elif tag in ("cellXfs", "cellStyleXfs"):
                inside[0] = tag == "cellXfs"
            elif tag == "xf" and inside[0]:
                formats.append(int(attributes.get("numFmtId", "0")))

        self._read("xl/styles.xml", style)
        return frozenset(
            index for index, number in enumerate(formats) if number in custom or number in _DATE_FORMATS
        )

    def _read(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        for _ in self._parse(part, start, lambda _: None, lambda _: None):
            pass

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> Iterator[None]:
        """Parses one part block by block, pausing after each."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = lambda tag, attributes: start(tag.rpartition("}")[2], attributes)
        parser.EndElementHandler = lambda tag: end(tag.rpartition("}")[2])
        parser.CharacterDataHandler = text
        try:
            with self._zip.open(part) as stream:
                while block := stream.read(_CHUNK):
                    parser.Parse(block, False)
                    yield
                parser.Parse(b"", True)
        except (
            expat.ExpatError,
            KeyError,
            zipfile.BadZipFile,
            ValueError,
            EOFError,
            NotImplementedError,
        ) as error:
            raise SheetError(
                f"{part}: {error}", "open it in a spreadsheet program and save it again"
            ) from error
        except zlib.error as error:
            raise SheetError(f"{part}: {error}", "get the file from its publisher again") from error


def _refuse_doctype(*_: object) -> None:
    raise SheetError("the workbook declares a document type", "save it from a spreadsheet program again")


class _StringReader:
    """Shared strings: rich text joined, phonetic guides left out."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._parts: list[str] = []
        self._open = self._guide = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        if tag == "si":
            self._parts = []
        self._guide = self._guide or tag == "rPh"
        self._open = tag == "t" and not self._guide

    def end(self, tag: str) -> None:
        self._open = False
        if tag == "rPh":
            self._guide = False
        elif tag == "si":
            self._strings.append("".join(self._parts))

    def text(self, data: str) -> None:
        if self._open:
            self._parts.append(data)


class _RowReader:
    """Rows and their cells from the events of a sheet's XML."""

    def __init__(self, strings: list[str], dates: frozenset[int]) -> None:
        self._strings, self._dates = strings, dates
        self._rows: list[SheetRow] = []
        self._number = self._column = 0
        self._cells: dict[int, Cell] = {}
        self._parts: list[str] = []
        self._type, self._style = "n", 0
        self._open = self._formula = False

    def take(self) -> list[SheetRow]:
        """The rows completed since it was last asked."""
        done, self._rows = self._rows, []
        return done

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._number = int(attributes.get("r", self._number + 1))
            if not 0 < self._number <= MAX_ROWS:
                raise SheetError(f"row {self._number} is outside a sheet", "save the workbook again")
            self._column, self._cells = 0, {}
        elif tag == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else self._column + 1
            if self._column > MAX_COLUMNS:
                raise SheetError(f"column {self._column} is outside a sheet", "save the workbook again")
            self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._parts, self._formula = [], False
        elif tag == "f":
            self._formula = True
        self._open = tag in ("v", "t")

    def end(self, tag: str) -> None:
        self._open = False
        if tag == "c" and (value := "".join(self._parts)):
            self._cells[self._column] = self._cell(value)
        elif tag == "row" and self._cells:
            self._rows.append(SheetRow(self._number, self._cells))

    def text(self, data: str) -> None:
        if self._open:
            self._parts.append(data)

    def _cell(self, value: str) -> Cell:
        kind = {"n": CellKind.NUMBER, "b": CellKind.BOOL, "e": CellKind.ERROR, "d": CellKind.DATE}.get(
            self._type, CellKind.TEXT
        )
        if self._type == "s":
            index = int(value)
            if not 0 <= index < len(self._strings):
                raise SheetError(f"shared string {index} does not exist", "save the workbook again")
            value = self._strings[index]
        elif kind is CellKind.NUMBER and self._style in self._dates:
            kind = CellKind.DATE
        return Cell(value, kind, self._formula)


def _column(reference: str) -> int:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise SheetError(f"cell {reference[:20]!r} is outside a sheet", "save the workbook again")
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def column_letters(number: int) -> str:
    """`A` for 1, `AB` for 28: how a spreadsheet shows a column."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
