"""The optional information of the Corporate Standard, chapter 9: totals by entity and by facility, every series in a column
of its own; emissions per unit of output; electricity sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory import SERIES
from cet.inventory.profiles.facts import export_mg
from cet.quantities import exact_text
from cet.report.intensity import intensity_of
from cet.report.inventory_report.blocks import (
    EMPTY,
    Cell,
    Column,
    Row,
    Section,
    Table,
    code,
    mass,
    number,
    rows,
    words,
)
from cet.report.inventory_report.plots import Measured, bars
from cet.report.inventory_report.summary_part import TONES
from cet.report.words import code_words, grouped, series_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cet.inventory import Inventory, LotKey
    from cet.report.inventory_report.blocks import Block, Chart
    from cet.report.inventory_report.summary_part import Series

_RATIO_PLACES = 6
MOST_DRAWN = 12
"""Facilities in the plot; the table has all."""

_Sums = dict[str, dict["Series", int]]


def by_place(inventory: Inventory) -> Section:
    """A plot of the largest facilities, tables by entity and by facility, and what is put out and sold, where there is any."""
    settings = inventory.package.settings
    boundary = settings.boundary
    entities = _added(inventory, lambda key: boundary.entity_of(key.facility))
    facilities = _added(inventory, lambda key: key.facility)
    names = {settings.header.entity: settings.header.organisation} | {
        entity.id: entity.name for entity in settings.entities
    }
    lead = "At the share and in the place of each facility under the approach, so that every column adds up to its series."
    clause = "Corporate Standard, chapter 9, optional information: by business unit, facility and country; ratios; energy sold"
    blocks: tuple[Block, ...] = (
        _chart(inventory, facilities),
        _table(inventory, "By entity", "By entity", entities, names),
        _table(
            inventory,
            "By facility",
            "By facility",
            facilities,
            {one.id: f"{one.name} ({one.region or one.country})" for one in settings.facilities},
        ),
    )
    more = (_intensities(inventory), _exports(inventory))
    blocks += tuple(table for table in more if table.rows)
    return Section("places", "By entity and facility", clause, lead, blocks)


def _intensities(inventory: Inventory) -> Table:
    lines = []
    for lot in inventory.lots:
        if found := intensity_of(inventory, lot):
            ratio = Cell(grouped(found.value, _RATIO_PLACES), "figure", exact=exact_text(found.value))
            lines.append(
                (
                    code(lot.key.facility),
                    words(code_words(lot.code)),
                    number(found.output, 3),
                    words(found.unit),
                    mass(lot.exact),
                    ratio,
                )
            )
    columns = (
        Column("facility"),
        Column("emissions", width=34),
        Column("output", figures=True),
        Column("unit", width=14),
        Column("t CO2e", figures=True),
        Column("kg CO2e per unit", figures=True),
    )
    caption = "Of what the entity operates, whole, by the output its lot is shared out by."
    return Table("Ratios", "Emissions per unit of output", columns, rows(*lines), caption)


def _exports(inventory: Inventory) -> Table:
    lines = (
        (
            code(one.facility),
            number(one.quantity, 3),
            words(one.unit),
            code(one.factor),
            mass(export_mg(inventory, one)),
        )
        for one in inventory.package.settings.exports
    )
    columns = (
        Column("facility"),
        Column("sold", figures=True),
        Column("unit", width=10),
        Column("valued by factor", width=34),
        Column("t CO2e", figures=True),
    )
    caption = "A memo at share, in no total and taken off none: what was burned for it is in scope 1."
    return Table("Electricity sold", "Electricity made and sold", columns, rows(*lines), caption)


def _added(inventory: Inventory, place: Callable[[LotKey], str]) -> _Sums:
    found: _Sums = {}
    for key, mg in inventory.reported_of.items():
        sums = found.setdefault(place(key), {})
        series = (key.scope, key.method)
        sums[series] = sums.get(series, 0) + mg
    return found


def _table(inventory: Inventory, name: str, title: str, found: _Sums, names: dict[str, str]) -> Table:
    columns = (
        Column("id"),
        Column("name", width=34),
        *(Column(f"{series_words(*series)}, t CO2e", figures=True) for series in SERIES),
    )
    lines = [
        Row((code(place), words(names.get(place, "")), *_cells(found.get(place, {})))) for place in names
    ]
    totals = (mass(mg) for mg in inventory.reported)
    return Table(name, title, columns, (*lines, Row((words("total"), EMPTY, *totals), total=True)))


def _cells(sums: dict[Series, int]) -> Iterable[Cell]:
    return (mass(sums[series]) if series in sums else EMPTY for series in SERIES)


def _chart(inventory: Inventory, found: _Sums) -> Chart:
    names = {one.id: one.name for one in inventory.package.settings.facilities}
    largest = sorted(found, key=lambda place: (-max(found[place].values()), place))[:MOST_DRAWN]
    measured = []
    for place in largest:
        heading = names[place]
        for series in SERIES:
            if mg := found[place].get(series):
                measured.append(Measured(series_words(*series), mg, TONES[series], heading))
                heading = ""
    caption = "t CO2e, all bars on one scale."
    if len(found) > MOST_DRAWN:
        caption += f" The {MOST_DRAWN} largest of {len(found)}; the table below has all."
    return bars("Emissions by facility", measured, caption)
