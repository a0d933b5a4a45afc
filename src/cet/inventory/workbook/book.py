"""What every sheet of a workbook is read by: names, dates' first day, shared texts, which formats are dates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.inventory.workbook.container import MAX_STRINGS_BYTES, Container, WorkbookError

if TYPE_CHECKING:
    from cet.inventory.workbook.container import Relation

_BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_DATE_LETTERS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|Standard', re.IGNORECASE)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_", re.ASCII)
_MAX_SHEETS = 200


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet's name, its part in the zip (empty where it is no table of cells), and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class Book:
    """`stale`: formulas' values are to be calculated anew when the workbook is opened, so those in it count for nothing."""

    sheets: tuple[SheetPart, ...]
    from_1904: bool
    stale: bool
    strings: tuple[str, ...]
    date_styles: frozenset[int]


def read_book(container: Container) -> Book:
    """The workbook's own parts. Raises WorkbookError."""
    roots = [one.target for one in container.relations("").values() if one.kind == "officeDocument"]
    if len(roots) != 1:
        raise WorkbookError("not an .xlsx workbook", "save it as .xlsx (Office Open XML)")
    root = roots[0]
    relations = container.relations(root)
    sheets: list[SheetPart] = []
    flags: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = relations.get(attributes.get("id", ""))
            part = relation.target if relation and relation.kind == "worksheet" else ""
            sheets.append(
                SheetPart(attributes.get("name", ""), part, attributes.get("state", "visible") != "visible")
            )
        elif name in ("workbookPr", "calcPr"):
            flags.update(attributes)

    container.read(root, start)
    if len(sheets) > _MAX_SHEETS:
        raise WorkbookError(f"more than {_MAX_SHEETS} sheets", "keep the sheets of the package only")
    strings = _part_of(relations, "sharedStrings")
    styles = _part_of(relations, "styles")
    return Book(
        sheets=tuple(sheets),
        from_1904=is_true(flags.get("date1904")),
        stale=is_true(flags.get("fullCalcOnLoad")),
        strings=_strings(container, strings) if strings else (),
        date_styles=_date_styles(container, styles) if styles else frozenset(),
    )


def is_true(value: str | None) -> bool:
    """An XML boolean."""
    return value in ("1", "true")


def unescaped(text: str) -> str:
    """Text with the `_x000A_` that stand for characters XML can't hold."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def is_date_format(code: str) -> bool:
    """Whether a number format shows a number as a day or a time."""
    return any(letter in "ymdhs" for letter in _NO_DATE_LETTERS.sub("", code).lower())


def _part_of(relations: dict[str, Relation] | object, kind: str) -> str:
    values = relations.values() if isinstance(relations, dict) else ()
    return next((one.target for one in values if one.kind == kind), "")


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
