"""Totals by entity and by facility: every series in a column of its own (Corporate Standard, chapter 9, optional)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory import SERIES
from cet.report.inventory_report.blocks import EMPTY, Column, Row, Section, Table, code, mass, words
from cet.report.inventory_report.plots import Measured, bars
from cet.report.inventory_report.summary_part import TONES
from cet.report.words import series_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cet.inventory import Inventory, LotKey
    from cet.report.inventory_report.blocks import Cell, Chart
    from cet.report.inventory_report.summary_part import Series

MOST_DRAWN = 12
"""Facilities in the plot; the table has all."""

_Sums = dict[str, dict["Series", int]]


def by_place(inventory: Inventory) -> Section:
    """A table by entity, one by facility and category of place, and a plot of the largest facilities."""
    settings = inventory.package.settings
    boundary = settings.boundary
    entities = _added(inventory, lambda key: boundary.entity_of(key.facility))
    facilities = _added(inventory, lambda key: key.facility)
    names = {settings.header.entity: settings.header.organisation} | {
        entity.id: entity.name for entity in settings.entities
    }
    lead = "At the share and in the place of each facility under the approach, so that every column adds up to its series."
    clause = "Corporate Standard, chapter 9, optional information: by business unit, facility and country"
    blocks = (
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
    return Section("places", "By entity and facility", clause, lead, blocks)


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
