"""A workbook: its sheets, and what every sheet is read by: dates' first day, shared texts, which formats are dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.sheets.container import MAX_STRINGS_BYTES, Container, SheetError
from cet.sheets.rows import RowParser, SheetReading, is_true, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.sheets.rows import SheetRow

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|Standard', re.IGNORECASE)
_MAX_SHEETS = 200


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet's name, its part in the zip (empty where it is no table of cells), and whether it is hidden."""

    name: str
    part: str
    hidden: bool


class Workbook:
    """An open `.xlsx` file. Sheets are read row by row, in memory that does not grow with them.

    `from_1904`: days are counted from 1904-01-01. `stale`: formulas' values are to be calculated anew when the workbook
    is opened, so those in it count for nothing.
    """

    def __init__(self, path: Path, *, closed: bool = False) -> None:
        """`closed` refuses macros and links to elsewhere.

        Raises SheetError for anything that is not a sane workbook, OSError where it can't be opened.
        """
        self._container = Container(path)
        try:
            if closed:
                self._container.refuse_active_content()
            self._read()
        except BaseException:
            self._container.close()
            raise

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self._container.close()

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the sheets that are tables, in their order."""
        return tuple(sheet.name for sheet in self.parts if sheet.part)

    def rows(self, sheet: str, reading: SheetReading | None = None) -> Iterator[SheetRow]:
        """The rows that hold anything, in order; fills `reading` with what stands beside them. Raises SheetError."""
        part = next((one.part for one in self.parts if one.name == sheet and one.part), "")
        if not part:
            raise SheetError(f"no sheet {sheet!r}", f"the workbook has {', '.join(self.sheets)}")
        parser = RowParser(
            self._strings, self._date_styles, reading if reading is not None else SheetReading()
        )
        for _ in self._container.parse(part, parser.start, parser.end, parser.text):
            yield from parser.rows
            parser.rows.clear()

    def _read(self) -> None:
        roots = [one.target for one in self._container.relations("").values() if one.kind == "officeDocument"]
        if len(roots) != 1:
            raise SheetError("not an .xlsx workbook", "save it as .xlsx (Office Open XML)")
        relations = self._container.relations(roots[0])
        sheets: list[SheetPart] = []
        flags: dict[str, str] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet":
                relation = relations.get(attributes.get("id", ""))
                part = relation.target if relation and relation.kind == "worksheet" else ""
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), part, hidden))
            elif name in ("workbookPr", "calcPr"):
                flags.update(attributes)

        self._container.read(roots[0], start)
        if len(sheets) > _MAX_SHEETS:
            raise SheetError(
                f"more than {_MAX_SHEETS} sheets", "save the sheets you need in a workbook of their own"
            )
        self.parts = tuple(sheets)
        self.from_1904 = is_true(flags.get("date1904"))
        self.stale = is_true(flags.get("fullCalcOnLoad"))
        by_kind = {one.kind: one.target for one in relations.values()}
        strings, styles = by_kind.get("sharedStrings"), by_kind.get("styles")
        self._strings = _strings(self._container, strings) if strings else ()
        self._date_styles = _date_styles(self._container, styles) if styles else frozenset()


def is_date_format(code: str) -> bool:
    """Whether a number format shows a number as a day or a time."""
    return any(letter in "ymdhs" for letter in _NO_DATE_LETTERS.sub("", code).lower())


def _strings(container: Container, part: str) -> tuple[str, ...]:
    found: list[str] = []
    pieces: list[str] = []
    depth = {"t": 0, "rPh": 0}

    def start(name: str, _: dict[str, str]) -> None:
        if name == "si":
            pieces.clear()
        elif name in depth:
            depth[name] += 1

    def end(name: str) -> None:
        if name == "si":
            found.append(unescaped("".join(pieces)))
        elif name in depth:
            depth[name] -= 1

    def text(piece: str) -> None:
        if depth["t"] and not depth["rPh"]:
            pieces.append(piece)

    for _ in container.parse(part, start, end, text, MAX_STRINGS_BYTES):
        pass
    return tuple(found)


def _date_styles(container: Container, part: str) -> frozenset[int]:
    formats: dict[str, str] = {}
    styles: list[str] = []
    inside = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        if name in ("cellXfs", "cellStyleXfs", "numFmts", "dxfs"):
            inside[0] = name
        elif name == "numFmt" and inside[0] == "numFmts":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and inside[0] == "cellXfs":
            styles.append(attributes.get("numFmtId", "0"))

    container.read(part, start)
    dates = {name for name, code in formats.items() if is_date_format(code)}
    dates |= {str(number) for number in _BUILT_IN_DATES if str(number) not in formats}
    return frozenset(number for number, style in enumerate(styles) if style in dates)
