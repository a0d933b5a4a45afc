"""What a spreadsheet's cell says, as the text a CSV of the same package would hold; or why it can't be known.

A number is read from the text the file holds it by (`0.21233000000000002`, what a binary float leaves of 0.21233) by the
rule of `cet.quantities`, never as a float. Where a spreadsheet may have changed what was typed (3.10 to 3.1, 1-2 to a day
in January), the cell is refused.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from cet.errors import NumberError
from cet.inventory.columns import ColumnKind
from cet.quantities import parse_number
from cet.sheets import Cell, CellKind
from cet.texts import BIDI_MARKS

if TYPE_CHECKING:
    from cet.sheets import Workbook

_NUMERIC = (ColumnKind.NUMBER, ColumnKind.INTEGER)

MAX_CELL_BYTES = 3_000
_WRONG_TEXT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f{BIDI_MARKS}\ud800-\udfff\ufffe\uffff]")
_FETCHING = re.compile(
    r"(?<![\w\[\]])\[\d+\]|\||\b(WEBSERVICE|RTD|HYPERLINK|DDE|CALL|REGISTER)\(", re.IGNORECASE
)
_LITERAL = re.compile(r'"[^"]*"')
_LONGEST_FORMULA = 8192
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_FIRST_DAY_1904 = dt.date(1904, 1, 1)
_BEFORE_1900 = dt.date(1899, 12, 31)
_PHANTOM = 60
"""Serial 60 is 29 February 1900, a day there was not; days after it count one too many."""


class Reading(NamedTuple):
    """A cell's text; or what is wrong and what would be right. `noticed` names what a reader must know though it is fine."""

    text: str
    problem: str = ""
    remedy: str = ""
    noticed: tuple[str, ...] = ()


def read_cell(cell: Cell, kind: ColumnKind, book: Workbook) -> Reading:
    """The cell as a column for `kind` takes it."""
    if cell.formula is not None:
        reading = _calculated(cell, kind, book)
        return (
            reading._replace(noticed=(*reading.noticed, "formula-cells")) if not reading.problem else reading
        )
    return _plain(cell, kind, book)


def _calculated(cell: Cell, kind: ColumnKind, book: Workbook) -> Reading:
    formula = cell.formula or ""
    if len(formula) > _LONGEST_FORMULA or _FETCHING.search(_LITERAL.sub("", formula)):
        return Reading("", "a formula that reaches outside the workbook", "replace it by its value")
    if cell.kind is not CellKind.ERROR and (book.stale or (cell.kind is not CellKind.TEXT and not cell.text)):
        remedy = "open the workbook in a spreadsheet program and save it, or write the value itself"
        return Reading("", "a formula without a calculated value", remedy)
    return _plain(cell, kind, book)


def _plain(cell: Cell, kind: ColumnKind, book: Workbook) -> Reading:
    match cell.kind:
        case CellKind.ERROR:
            return Reading(
                "", f"spreadsheet error {cell.text[:20]}", "correct the cell, or leave the row out"
            )
        case CellKind.BOOL if kind is ColumnKind.BOOLEAN:
            return Reading("true" if cell.text == "1" else "false")
        case CellKind.BOOL:
            return Reading(
                "",
                "TRUE or FALSE",
                f"write a {kind.value}" if kind is not ColumnKind.TEXT else "format the cell as text",
            )
        case CellKind.TEXT:
            return _text(cell.text, kind)
        case _:
            return _number(cell, kind, book)


def _text(value: str, kind: ColumnKind) -> Reading:
    if len(value.encode(errors="replace")) > MAX_CELL_BYTES:
        return Reading("", "absurdly long text", "shorten it to 500 characters")
    if match := _WRONG_TEXT.search(value):
        return Reading(
            "", "control character or direction mark", f"remove the character U+{ord(match[0]):04X}"
        )
    noticed = ("number-as-text",) if kind in _NUMERIC and value.strip() else ()
    return Reading(value, noticed=noticed)


def _number(cell: Cell, kind: ColumnKind, book: Workbook) -> Reading:
    try:
        number = parse_number(cell.text)
    except NumberError as error:
        return Reading("", error.problem, error.remedy)
    if kind is ColumnKind.DATE:
        return _date(number.text, book)
    if cell.kind is CellKind.DATE:
        wanted = "a number" if kind in _NUMERIC else "text"
        return Reading(
            "", f"a date, not {wanted}", f"format the cell as {wanted.removeprefix('a ')} and write it again"
        )
    if kind is ColumnKind.BOOLEAN:
        return Reading("", "a number, not TRUE or FALSE", "write TRUE or FALSE")
    if kind is ColumnKind.INTEGER and not _WHOLE.fullmatch(number.text):
        return Reading("", "not a whole number", "write a whole number")
    if kind is ColumnKind.TEXT and not _WHOLE.fullmatch(number.text):
        remedy = "format the cell as text and write it again: spreadsheets turn 3.10 into 3.1"
        return Reading("", "a decimal number in a text column", remedy)
    return Reading(number.text, noticed=("float-artefact",) if number.artefact else ())


def _date(serial: str, book: Workbook) -> Reading:
    remedy = "write the day as text, 2021-06-30"
    if not _WHOLE.fullmatch(serial):
        return Reading("", "a day with a time", "write the day alone")
    days = int(serial)
    if book.from_1904:
        first = _FIRST_DAY_1904
    elif days == _PHANTOM:
        return Reading("", "29 February 1900, which was no day", remedy)
    else:
        first = _BEFORE_1900
        days -= days > _PHANTOM
    if not 0 <= days < 100_000 or (days == 0 and not book.from_1904):
        return Reading("", "no such date", remedy)
    return Reading((first + dt.timedelta(days=days)).isoformat())
