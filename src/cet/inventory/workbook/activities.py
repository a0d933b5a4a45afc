"""The sheet `activities` written out as the CSV of a package folder, row n as record n."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from cet.inventory.columns import ColumnKind
from cet.inventory.columns import column as column_of
from cet.inventory.origin import SheetPlaces
from cet.sheets import SheetReading, column_letters

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory.workbook.sheet_findings import SheetFindings
    from cet.sheets import SheetPart, SheetRow, Workbook


def copy_activities(book: Workbook, sheet: SheetPart, path: Path, found: SheetFindings) -> SheetPlaces:
    """Writes the CSV and says in which column each field stands. Raises SheetError for a damaged sheet."""
    reading = SheetReading()
    rows = book.rows(sheet.name, reading)
    header = next(rows, None)
    if header is None or header.number != 1:
        found.report(1, 0, "", "", "no header", "write the names of the columns into row 1")
        return SheetPlaces()
    columns = read_header(header, book, found)
    kinds = {number: (at, name, column_of(name).kind) for at, (name, number) in enumerate(columns.items())}
    last = 1
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(list(columns))
        for row in rows:
            cells = _cells(row, kinds, book, found)
            if cells is None:
                continue
            file.write("\n" * (row.number - last - 1))
            writer.writerow(cells)
            last = row.number
            if found.full:
                break
    found.outside_of_rows(reading, last, max(columns.values(), default=0))
    return SheetPlaces({}, {name: column_letters(number) for name, number in columns.items()})


def _cells(
    row: SheetRow, kinds: dict[int, tuple[int, str, ColumnKind]], book: Workbook, found: SheetFindings
) -> list[str] | None:
    """The row's texts under the columns; None for a row with nothing in it."""
    before = len(found.findings)
    cells = [""] * len(kinds)
    for number in row.cells:
        if number in kinds:
            at, name, kind = kinds[number]
            cells[at] = found.read(row, number, name, kind, book)
        else:
            found.beyond(row, number, book)
    if len(found.findings) == before and not any(cells):
        return None
    if row.hidden:
        found.notice("hidden-rows", f"{found.sheet}!{row.number}")
    return cells


def read_header(row: SheetRow, book: Workbook, found: SheetFindings) -> dict[str, int]:
    """The number of each named column."""
    columns: dict[str, int] = {}
    for number in row.cells:
        name = found.read(row, number, "", ColumnKind.TEXT, book)
        if name in columns:
            found.report(1, number, name, name, "column twice", "keep one")
        elif name:
            columns[name] = number
    return columns
