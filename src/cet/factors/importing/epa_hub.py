"""The US EPA's GHG Emission Factors Hub (`.xlsx`): one sheet with twelve numbered tables.

Masses of gas, not CO2e, but for waste (table 9, AR4). Each row checks itself where it says something twice: table 1 per unit
of fuel and per mmBtu, table 12 a blend's GWP and its composition.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from cet.errors import PackageError
from cet.factors.importing.cells import Cells
from cet.factors.importing.hub_fuels import mobile, stationary, vehicles
from cet.factors.importing.hub_gases import blends, gases
from cet.factors.importing.hub_others import electricity, steam, transport, waste
from cet.factors.importing.hub_sections import Section, sections
from cet.factors.importing.outcome import Draft, Import, finish
from cet.factors.model import Pack
from cet.sheets import Workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_MODIFIED = re.compile(r"Last Modified:\s*([A-Z][a-z]+) (\d{1,2}), (20\d\d)")
_READERS: dict[str, Callable[[Cells, Section, int], list[Draft]]] = {
    "1": stationary,
    "2": mobile,
    "3": vehicles,
    "4": vehicles,
    "5": vehicles,
    "6": electricity,
    "7": steam,
    "8": transport,
    "9": waste,
    "10": transport,
    "11": gases,
    "12": blends,
}


def read(path: Path) -> Import:
    """Raises PackageError with every cell that is wrong, SheetError where it is no workbook."""
    cells = Cells(path.name)
    with Workbook(path) as book:
        rows = list(book.rows(book.sheets[0]))
    edition = _edition(" ".join(cell.text for row in rows[:10] for cell in row.cells.values()))
    tables = {section.number: section for section in sections(rows)}
    if edition is None or not tables:
        remedy = 'it needs "Last Modified: month day, year" at its top and tables marked "Table 1" and so on'
        cells.find(0, "", "", "not the Emission Factors Hub", remedy)
        raise PackageError(cells.findings)
    drafts: list[Draft] = []
    for number, reader in _READERS.items():
        section = tables.get(number)
        if section is None:
            cells.find(0, f"Table {number}", "", "missing", "get the file from its publisher again")
        else:
            drafts += reader(cells, section, edition.year)
    for number in sorted(tables.keys() - _READERS.keys()):
        cells.notices.append(f"table {number}, {tables[number].title}, is not known and was not read")
    pack = Pack(
        id=f"epa-hub-{edition.isoformat()}",
        publisher="US EPA",
        document="GHG Emission Factors Hub",
        edition=edition.isoformat(),
        licence="public domain",
    )
    return finish("epa-hub", cells, pack, drafts)


def _edition(top: str) -> dt.date | None:
    match = _MODIFIED.search(" ".join(top.split()))
    if match is None:
        return None
    months = [dt.date(2000, month, 1).strftime("%B") for month in range(1, 13)]
    if match[1] not in months:
        return None
    return dt.date(int(match[3]), months.index(match[1]) + 1, int(match[2]))
