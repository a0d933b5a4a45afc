"""EPA's eGRID summary tables (`.xlsx`): table 1, total output emission rates by subregion, in pounds per megawatt-hour.

A header of three rows: which rates, their unit, the gases, with subscripts as letters or as characters of their own (the
layout is that of EPA's program, github.com/USEPA/egrid, `function_create_summary_tables.R`, which writes column titles
under merged cells once more). The CO2e column is checked, not taken: it is CO2 + CH4 and N2O by the GWPs of one assessment
report, as far as the print's rounding shows.
"""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import NumberError, PackageError
from cet.factors.importing.cells import Cells, within
from cet.factors.importing.egrid_rows import GridRow, grid_drafts
from cet.factors.importing.outcome import Import, finish
from cet.factors.model import Pack
from cet.gases import GwpSet, gas
from cet.quantities import parse_number
from cet.sheets import SheetRow, Workbook

if TYPE_CHECKING:
    from pathlib import Path

_TITLE = re.compile(r"Subregion Output Emission Rates \(eGRID(20\d\d)\)")
_REVISION = re.compile(r"(?:\b|_)rev(?:ision)?[ _]?(\d)\b", re.IGNORECASE)
_GASES = ("CO2", "CH4", "N2O")
_HALF_PRINT = Fraction(1, 2000)


def read(path: Path) -> Import:
    """Raises PackageError with every cell that is wrong, SheetError where it is no workbook."""
    cells = Cells(path.name)
    with Workbook(path) as book:
        tables = (_table(sheet, list(book.rows(sheet))) for sheet in book.sheets)
        found = next((one for one in tables if one), None)
        revision = _revision(book, path.stem)
    if found is None:
        remedy = 'it needs the table "Subregion Output Emission Rates (eGRID…)" with CO2, CH4, N2O and CO2e in lb/MWh'
        cells.find(0, "", "", "not the eGRID summary tables", remedy)
        raise PackageError(cells.findings)
    table, year, columns, rows = found
    kept = []
    for row in rows:
        figures = tuple((name, row.text(columns[name])) for name in _GASES)
        kept.append(GridRow(row.number, row.text(columns["acronym"]), row.text(columns["name"]), figures))
        _check_co2e(cells, table, row, columns)
    cells.leave_out("non-baseload rates: for avoided emissions, not for inventories", len(kept))
    edition = f"eGRID{year}{f' {revision}' if revision else ''}"
    pack = Pack(
        id=edition.lower().replace(" ", "-"),
        publisher="US EPA",
        document="eGRID summary tables",
        edition=edition,
        licence="public domain",
    )
    return finish("egrid", cells, pack, grid_drafts(cells, table, kept, year))


def _table(sheet: str, rows: list[SheetRow]) -> tuple[str, int, dict[str, int], list[SheetRow]] | None:
    """The table's name, year, columns and rows of figures; None for a sheet that is not it."""
    year = next((m[1] for row in rows[:5] for c in row.cells.values() if (m := _TITLE.search(c.text))), None)
    head = next((place for place, row in enumerate(rows) if _column(row, "eGRID subregion acronym")), None)
    if year is None or head is None or not any("lb/MWh" in _texts(row) for row in rows[head : head + 3]):
        return None
    for place in range(head, min(head + 4, len(rows))):
        columns = {name: _column(rows[place], name) for name in (*_GASES, "CO2e")}
        if all(columns.values()):
            columns["acronym"] = _column(rows[head], "eGRID subregion acronym")
            columns["name"] = columns["acronym"] + 1
            body = [
                row for row in rows[place + 1 :] if row.text(columns["acronym"]) and row.text(columns["CO2"])
            ]
            return f"{sheet}, subregion output emission rates", int(year), columns, body
    return None


def _texts(row: SheetRow) -> list[str]:
    return [" ".join(cell.text.split()) for cell in row.cells.values()]


def _column(row: SheetRow, heading: str) -> int:
    """The first column of that heading, without case or subscripts; 0 where there is none."""
    wanted = heading.casefold()
    return next((n for n, cell in sorted(row.cells.items()) if _plain(cell.text) == wanted), 0)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", " ".join(text.split())).casefold()


def _revision(book: Workbook, name: str) -> str:
    """`rev1` or `rev2`, where a sheet before the tables says so, else the name EPA gave the file."""
    text = " ".join(cell.text for row in book.rows(book.sheets[0]) for cell in row.cells.values())
    match = _REVISION.search(text) or _REVISION.search(name)
    return f"rev{match[1]}" if match else ""


def _check_co2e(cells: Cells, table: str, row: SheetRow, columns: dict[str, int]) -> None:
    printed = cells.number(table, "lb CO2e per MWh", row.number, row.text(columns["CO2e"]))
    try:
        masses = {name: parse_number(row.text(columns[name])).value for name in _GASES}
    except NumberError:
        return
    for report in GwpSet:
        gwps = {name: gas(name).gwp(report) for name in _GASES}
        total = sum((masses[name] * gwps[name] for name in _GASES), Fraction(0))
        slack = _HALF_PRINT * (1 + sum(gwps.values(), Fraction(0)))
        if printed is not None and within(printed, total, slack):
            return
    if printed is not None:
        problem = "CO2e is not CO2 + CH4 and N2O by the GWPs of AR4, AR5 or AR6"
        cells.find(
            row.number, table, row.text(columns["CO2e"]), problem, "get the file from its publisher again"
        )
