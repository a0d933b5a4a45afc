"""A settings sheet as the part of inventory.toml or factors.toml it stands for, with what TOML would hold in each field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.columns import ColumnKind
from cet.inventory.fields import Field, fields_of, section_of, typed_value
from cet.inventory.origin import SheetPlaces
from cet.inventory.workbook.activities import read_header
from cet.sheets import SheetReading, column_letters

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.workbook.sheet_findings import SheetFindings
    from cet.sheets import SheetPart, SheetRow, Workbook

SETTING, VALUE = "setting", "value"
_MAX_ENTRIES = 100_000

Part = dict[str, Any] | list[dict[str, Any]] | None


def read_part(book: Workbook, sheet: SheetPart, part: str, found: SheetFindings) -> tuple[Part, SheetPlaces]:
    """The part's content, None where there is none, and where it stands. Raises SheetError for a damaged sheet."""
    section = section_of(part)
    reading = SheetReading()
    rows = book.rows(sheet.name, reading)
    header = next(rows, None)
    if section is None or header is None:
        return None, SheetPlaces()
    if header.number != 1:
        found.report(1, 0, "", "", "no header", "write the names of the columns into row 1")
        return None, SheetPlaces()
    known = {field.path: field for field in fields_of(section.model)}
    columns = read_header(header, book, found)
    put = _entries if section.many else _settings
    data, places, last = put(rows, columns, known, book, found)
    found.outside_of_rows(reading, last, max(columns.values(), default=0))
    return data or None, places


def _settings(
    rows: Iterable[SheetRow],
    columns: dict[str, int],
    known: dict[str, Field],
    book: Workbook,
    found: SheetFindings,
) -> tuple[Part, SheetPlaces, int]:
    data: dict[str, Any] = {}
    places: dict[str, int] = {}
    last = 1
    for name in (SETTING, VALUE):
        if name not in columns:
            found.report(1, 0, name, "", "column missing", f"name the columns {SETTING} and {VALUE} in row 1")
            return {}, SheetPlaces(), last
    for row in rows:
        name = found.read(row, columns[SETTING], SETTING, ColumnKind.TEXT, book).strip()
        last = row.number
        field = _field(name, known)
        if field is None or name in places:
            if name or columns[VALUE] in row.cells:
                problem = "setting twice" if name in places else "unknown setting"
                remedy = "keep one" if name in places else f"the settings are {', '.join(known)}"
                found.report(row.number, columns[SETTING], SETTING, name, problem, remedy)
            continue
        places[name] = row.number
        _put(data, field, name, row, columns[VALUE], book, found)
        _notice_hidden(row, found)
    return data, SheetPlaces(places, {VALUE: column_letters(columns[VALUE])}), last


def _entries(
    rows: Iterable[SheetRow],
    columns: dict[str, int],
    known: dict[str, Field],
    book: Workbook,
    found: SheetFindings,
) -> tuple[Part, SheetPlaces, int]:
    entries: list[dict[str, Any]] = []
    places: dict[str, int] = {}
    last = 1
    fields = {name: _field(name, known) for name in columns}
    for name, field in fields.items():
        if field is None:
            found.report(
                1, columns[name], name, name, "unknown column", f"the columns are {', '.join(known)}"
            )
    for row in rows:
        entry: dict[str, Any] = {}
        before = len(found.findings)
        for name, number in columns.items():
            if (field := fields[name]) is not None:
                _put(entry, field, name, row, number, book, found)
        for number in row.cells.keys() - set(columns.values()):
            found.beyond(row, number, book)
        if entry or len(found.findings) > before:
            entries.append(entry)
            places[str(len(entries))] = last = row.number
            _notice_hidden(row, found)
        if found.full or len(entries) > _MAX_ENTRIES:
            break
    letters = {name: column_letters(number) for name, number in columns.items()}
    return entries, SheetPlaces(places, letters), last


def _notice_hidden(row: SheetRow, found: SheetFindings) -> None:
    if row.hidden:
        found.notice("hidden-rows", f"{found.sheet}!{row.number}")


def _field(name: str, known: dict[str, Field]) -> Field | None:
    """The field a column is for; a mapping's columns begin with its name and a dot."""
    if name in known:
        return None if known[name].mapping else known[name]
    field = known.get(name.partition(".")[0])
    return field if field is not None and field.mapping and name.partition(".")[2] else None


def _put(
    data: dict[str, Any],
    field: Field,
    name: str,
    row: SheetRow,
    column: int,
    book: Workbook,
    found: SheetFindings,
) -> None:
    """Puts the cell's value where its field belongs; an empty cell leaves the field out."""
    text = found.read(row, column, name, field.kind, book)
    if not text.strip():
        return
    steps = name.split(".", 1) if field.mapping else name.split(".")
    for step in steps[:-1]:
        data = data.setdefault(step, {})
    data[steps[-1]] = (
        [typed_value(one.strip(), field.kind) for one in text.split(";")]
        if field.many
        else typed_value(text, field.kind)
    )
