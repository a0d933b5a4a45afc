"""A package written as a workbook, laid out for people: a sheet per part, notes on every column, drop-downs, fixed headers.

Everything a sheet says comes from the models and the column list. What is written is read back by `reading.py` to the
same lines and the same statement.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import xlsxwriter

from cet.errors import NumberError
from cet.inventory.columns import ColumnKind, columns
from cet.inventory.fields import FACTOR_SECTIONS, Field, fields_of
from cet.inventory.origin import ACTIVITY_SHEET
from cet.inventory.rows import is_date
from cet.inventory.settings import SECTIONS
from cet.inventory.workbook.guide import write_guide
from cet.inventory.workbook.parts import SETTING, VALUE
from cet.quantities import parse_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from cet.factors import FactorStore

_FLOAT_DIGITS = 15
_ROOM = 1000
"""Rows below the last that have formats and drop-downs."""

_CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a spreadsheet's own time has no zone; fixed, so that files are alike
_COMMON_GASES = ("CO2", "CH4", "N2O", "CO2e")
_A4 = 9
_MOST_CHOICES = 255


class _Styles:
    """The formats of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.required = book.add_format(
            {"bold": True, "bg_color": "#1F4E3D", "font_color": "white", "border": 1}
        )
        self.optional = book.add_format({"bold": True, "bg_color": "#DDE8E2", "border": 1})
        self.quiet = book.add_format({"font_color": "#666666", "text_wrap": True, "valign": "top"})
        self.kinds: dict[ColumnKind, Format] = {
            ColumnKind.TEXT: book.add_format({"num_format": "@"}),
            ColumnKind.NUMBER: book.add_format({"num_format": "General"}),
            ColumnKind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
            ColumnKind.INTEGER: book.add_format({"num_format": "0"}),
            ColumnKind.BOOLEAN: book.add_format({"num_format": "General"}),
        }


def write_workbook(
    path: Path,
    settings: Mapping[str, Any],
    factors: Mapping[str, Any],
    rows: Iterable[Mapping[str, str]],
    store: FactorStore,
) -> None:
    """Writes a workbook; `settings` and `factors` are as inventory.toml and factors.toml hold them, rows as the CSV does.

    `store` is listed, so that whoever fills the sheet finds factors by name.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "Inventory package", "created": _CREATED})
        book.set_size(2400, 1400)
        styles = _Styles(book)
        write_guide(book, store)
        for name, section in {**SECTIONS, **FACTOR_SECTIONS}.items():
            if name == "pack":
                _write_activities(book.add_worksheet(ACTIVITY_SHEET), rows, styles)
            sheet = book.add_worksheet(name)
            data = (factors if name in FACTOR_SECTIONS else settings).get(name)
            if section.many:
                _write_entries(sheet, name, fields_of(section.model), data or [], styles)
            else:
                _write_settings(sheet, fields_of(section.model), data or {}, styles)
            if name == "inventory":
                sheet.activate()
        for sheet in book.worksheets():
            sheet.set_landscape()
            sheet.set_paper(_A4)
            sheet.fit_to_pages(1, 0)


def _write_settings(
    sheet: Worksheet, fields: Sequence[Field], data: Mapping[str, Any], styles: _Styles
) -> None:
    for number, title in enumerate((SETTING, VALUE, "what it is", "example")):
        sheet.write_string(0, number, title, styles.required if number < 2 else styles.optional)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 70, styles.kinds[ColumnKind.TEXT])
    sheet.set_column(2, 2, 100)
    sheet.set_column(3, 3, 40)
    sheet.freeze_panes(1, 0)
    for row, field in enumerate(fields, start=1):
        sheet.write_string(row, 0, field.path, styles.required if field.required else styles.optional)
        _write(sheet, row, 1, _found(data, field.path), field.kind, styles)
        sheet.write_string(row, 2, field.meaning, styles.quiet)
        sheet.write_string(row, 3, str(field.example or ""), styles.quiet)
        _offer(sheet, row, row, 1, field.choices, field.meaning)


def _write_entries(
    sheet: Worksheet,
    name: str,
    fields: Sequence[Field],
    entries: Sequence[Mapping[str, Any]],
    styles: _Styles,
) -> None:
    last = len(entries) + _ROOM
    for column, field in enumerate(_spread(fields, entries)):
        _head(sheet, column, field.path, field.meaning, field.example, styles, required=field.required)
        sheet.set_column(column, column, _width(field.path), styles.kinds[field.kind])
        if field.path == "facility" and name != "facility":
            _offer_facilities(sheet, last, column)
        else:
            _offer(sheet, 1, last, column, field.choices, field.meaning)
        for row, entry in enumerate(entries, start=1):
            _write(sheet, row, column, _found(entry, field.path), field.kind, styles)
    sheet.freeze_panes(1, 1)


def _write_activities(sheet: Worksheet, rows: Iterable[Mapping[str, str]], styles: _Styles) -> None:
    last = 0
    filled: set[str] = set()
    for last, row in enumerate(rows, start=1):
        filled.update(name for name, value in row.items() if value)
        for number, column in enumerate(columns()):
            _write(sheet, last, number, row.get(column.name, ""), column.kind, styles)
    for number, column in enumerate(columns()):
        _head(sheet, number, column.name, column.meaning, column.example, styles, required=column.required)
        folded = {"level": 1, "hidden": column.name not in filled} if column.parameter else {}
        sheet.set_column(number, number, _width(column.name), styles.kinds[column.kind], folded)
        if column.name == "facility":
            _offer_facilities(sheet, last + _ROOM, number)
        else:
            _offer(sheet, 1, last + _ROOM, number, column.choices, column.meaning)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(last, 1), len(columns()) - 1)


def _head(
    sheet: Worksheet,
    column: int,
    name: str,
    meaning: str,
    example: object,
    styles: _Styles,
    *,
    required: bool,
) -> None:
    sheet.write_string(0, column, name, styles.required if required else styles.optional)
    parts = [meaning, f"Example: {example}" if example else "", "" if required else "Optional."]
    if note := "\n".join(part for part in parts if part):
        sheet.write_comment(0, column, note, {"x_scale": 2.2, "y_scale": 1.2, "author": "cet"})


def _write(sheet: Worksheet, row: int, column: int, value: Any, kind: ColumnKind, styles: _Styles) -> None:
    """A value as the cell that reads back as it; a number of more digits than a spreadsheet holds is written as text."""
    style = styles.kinds[kind]
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, styles.kinds[ColumnKind.DATE])
    elif kind is ColumnKind.DATE and is_date(str(value)):
        _write(sheet, row, column, dt.date.fromisoformat(str(value)), kind, styles)
    elif kind in (ColumnKind.NUMBER, ColumnKind.INTEGER) and _fits(str(value)):
        sheet.write_number(row, column, Decimal(str(value)), style)
    elif isinstance(value, list | tuple):
        sheet.write_string(row, column, "; ".join(str(one) for one in value), style)
    else:
        sheet.write_string(row, column, str(value), styles.kinds[ColumnKind.TEXT])


def _fits(text: str) -> bool:
    """Whether a spreadsheet's number gives this very text back."""
    try:
        number = parse_number(text)
    except NumberError:
        return False
    return number.text == text and len(text.replace(".", "").strip("0")) <= _FLOAT_DIGITS and len(text) <= 20


def _found(data: Mapping[str, Any], path: str) -> Any:
    """The value at a path; a mapping's own keys may have dots."""
    if path in data:
        return data[path]
    step, _, rest = path.partition(".")
    inner = data.get(step)
    return _found(inner, rest) if rest and isinstance(inner, dict) else None


def _spread(fields: Sequence[Field], entries: Sequence[Mapping[str, Any]]) -> list[Field]:
    """The fields with a column for each key that a mapping has, or usually has."""
    spread: list[Field] = []
    for field in fields:
        if not field.mapping:
            spread.append(field)
            continue
        keys = dict.fromkeys(_COMMON_GASES if field.required else ())
        keys.update(dict.fromkeys(key for entry in entries for key in entry.get(field.path, {})))
        spread += [
            Field(f"{field.path}.{key}", field.kind, required=False, meaning=field.meaning) for key in keys
        ]
    return spread


def _offer(
    sheet: Worksheet, first: int, last: int, column: int, choices: Sequence[str], meaning: str
) -> None:
    if choices and len(",".join(choices)) <= _MOST_CHOICES:
        sheet.data_validation(
            first,
            column,
            last,
            column,
            {
                "validate": "list",
                "source": list(choices),
                "error_title": "Not one of the choices",
                "error_message": meaning[:250],
            },
        )


def _offer_facilities(sheet: Worksheet, last: int, column: int) -> None:
    sheet.data_validation(
        1, column, last, column,
        {
            "validate": "list",
            "source": f"=facility!$A$2:$A${_ROOM}",
            "error_type": "warning",
            "error_title": "Unknown facility",
            "error_message": "Give it a row in the sheet facility.",
        },
    )  # fmt: skip


def _width(name: str) -> int:
    wide = {"source": 34, "name": 34, "reason": 60, "text": 80, "note": 40, "factor": 36, "market_factor": 30}
    return wide.get(name, max(12, len(name) + 3))
