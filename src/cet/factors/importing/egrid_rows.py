"""Grid factors from rows of eGRID rates, wherever they are printed: pounds of each gas per megawatt-hour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from cet.factors.importing.outcome import Draft
from cet.factors.kinds import FactorKind
from cet.quantities import exact_text

if TYPE_CHECKING:
    from cet.factors.importing.cells import Cells

_ACRONYM = re.compile(r"[A-Z]{4}")
_NATION = ("US", "U.S.", "US Average")


class GridRow(NamedTuple):
    """A subregion, or the nation, with the text of its total output rates by gas."""

    number: int
    acronym: str
    name: str
    figures: tuple[tuple[str, str], ...]


def grid_drafts(cells: Cells, table: str, rows: list[GridRow], year: int) -> list[Draft]:
    """One factor a row; the nation's average too, which must lie between the lowest and the highest subregion."""
    drafts = []
    for row in rows:
        nation = row.acronym in _NATION
        if not nation and not _ACRONYM.fullmatch(row.acronym):
            cells.find(
                row.number, table, row.acronym, "not an eGRID subregion", "four capital letters, as CAMX"
            )
            continue
        gases = {}
        for gas, text in row.figures:
            value = cells.number(table, f"lb {gas} per MWh", row.number, text)
            if value is not None:
                gases[{"CH4": "CH4-fossil"}.get(gas, gas)] = value
        if not gases:
            continue
        drafts.append(
            Draft(
                key="egrid/us-average" if nation else f"egrid/{row.acronym.lower()}",
                name=f"{'United States' if nation else f'{row.acronym} ({row.name})'} grid, total output, eGRID{year}",
                table=f"{table}, row {row.number}",
                year=year,
                geography="US" if nation else f"US-{row.acronym}",
                kind=FactorKind.GRID,
                per="MWh",
                mass="lb",
                gases=gases,
                activity="electricity",
                row=row.number,
            )
        )
    _check_average(cells, table, drafts)
    return drafts


def _check_average(cells: Cells, table: str, drafts: list[Draft]) -> None:
    """The nation's rate is a mean of the subregions': it cannot lie outside them."""
    parts = [draft for draft in drafts if draft.geography != "US"]
    nation = next((draft for draft in drafts if draft.geography == "US"), None)
    if nation is None or not parts:
        return
    for gas, value in nation.gases.items():
        values = [draft.gases[gas] for draft in parts if gas in draft.gases]
        if values and not min(values) <= value <= max(values):
            problem = f"the US average of {gas} lies outside the subregions it is the mean of"
            cells.find(nation.row, table, exact_text(value), problem, "get the file from its publisher again")
