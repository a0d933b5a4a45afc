"""Tables 6 to 10 of the Hub: electricity by eGRID subregion, steam, transport, waste, travel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cet.factors.importing.cells import slug
from cet.factors.importing.egrid_rows import GridRow, grid_drafts
from cet.factors.importing.hub_drafts import drafted
from cet.factors.importing.hub_fuels import AGAIN, masses
from cet.factors.importing.hub_labels import words
from cet.factors.importing.hub_sections import Section, clean, is_figure, measures, unit_name
from cet.factors.kinds import FactorKind

if TYPE_CHECKING:
    from cet.factors.importing.cells import Cells
    from cet.factors.importing.outcome import Draft

_EGRID = re.compile(r"eGRID(20\d\d)")


def electricity(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 6: the subregions' total output rates, copied from eGRID's own summary."""
    found = section.header("eGRID Subregion Acronym")
    edition = _EGRID.search(section.source)
    units = next((measures(row) for row in (found[1] if found else []) if measures(row)), {})
    if found is None or not units or any(measure.per != "MWh" for measure in units.values()):
        cells.find(0, section.name, "", "no header with subregions and lb per MWh", AGAIN)
        return []
    if edition is None:
        cells.find(0, section.name, "", "the source names no eGRID year", AGAIN)
    acronym = min(found[0].cells)
    first = sorted(units)[:3]
    rows = []
    for row in found[1]:
        if not any(is_figure(row, column) for column in units):
            continue
        figures = tuple((units[column].gas, row.text(column)) for column in first)
        rows.append(GridRow(row.number, row.text(acronym), clean(row.text(acronym + 1)), figures))
    cells.leave_out(
        "non-baseload rates: for avoided emissions, not for inventories (the Hub's own note)", len(rows)
    )
    return grid_drafts(cells, section.name, rows, int(edition[1]) if edition else year)


def steam(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 7: purchased steam and heat."""
    columns = next((found for row in section.rows if (found := measures(row))), {})
    drafts = []
    for row in section.rows:
        if not columns or measures(row) or not any(is_figure(row, column) for column in columns):
            continue
        label = clean(row.text(min(row.cells)))
        drafts.append(
            drafted(
                section,
                row.number,
                year,
                key=slug(label),
                name=f"{label}, purchased, made from natural gas at 80 % efficiency, per mmBtu",
                kind=FactorKind.GRID,
                per="mmBtu",
                gases=masses(cells, section, row, columns, biogenic=False),
                activity="heat",
            )
        )
    if not drafts:
        cells.find(0, section.name, "", "no figures per mmBtu", AGAIN)
    return drafts


def transport(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Tables 8 and 10: freight and passengers, by the unit that each row names."""
    found = section.header("Vehicle Type")
    columns = measures(found[0]) if found else {}
    if found is None or not columns:
        cells.find(0, section.name, "", "no header with Vehicle Type and the three gases", AGAIN)
        return []
    root = "freight" if section.number == "8" else "travel"
    drafts = []
    label_column, unit_column = min(found[0].cells), max(columns) + 1
    for row in found[1]:
        if not any(is_figure(row, column) for column in columns):
            continue
        label, unit = clean(row.text(label_column)), unit_name(cells, row.number, row.text(unit_column))
        gases = masses(cells, section, row, columns, biogenic=False)
        if unit is None or not gases:
            continue
        drafts.append(
            drafted(
                section,
                row.number,
                year,
                key=f"{root}/{slug(label)}/{slug(row.text(unit_column))}",
                name=f"{label}, {root}, per {row.text(unit_column)}",
                kind=FactorKind.COMBUSTION,
                per=unit,
                gases=gases,
                activity=f"{root}/{words(label)}",
            )
        )
    return drafts


def waste(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 9: tonnes of CO2e (AR4, by its own note) per short ton of a material by the way it is disposed of."""
    found = section.header("Material")
    unit_said = any(
        "Metric Tons CO2e / Short Ton" in cell.text for row in section.rows[:4] for cell in row.cells.values()
    )
    if found is None or not unit_said or "AR4 GWP" not in section.source:
        cells.find(0, section.name, "", "no header with Material, metric tons CO2e per short ton, AR4", AGAIN)
        return []
    label_column = min(found[0].cells)
    ways = {column: clean(cell.text) for column, cell in found[0].cells.items() if column != label_column}
    drafts = []
    for row in found[1]:
        label = clean(row.text(label_column))
        for column, way in sorted(ways.items()):
            if row.text(column) in ("NA", ""):
                cells.leave_out("waste: not available by its publisher")
                continue
            value = cells.number(section.name, way, row.number, row.text(column))
            if value is None:
                continue
            drafts.append(
                drafted(
                    section,
                    row.number,
                    year,
                    key=f"waste/{slug(label)}/{slug(way)}",
                    name=f"{label}, {way.lower()}",
                    kind=FactorKind.LIFE_CYCLE,
                    per="short-ton",
                    mass="t",
                    gases={"CO2e": value},
                    gwp="AR4",
                    activity=f"waste/{slug(label)}/{words(way)}",
                )
            )
    return drafts
