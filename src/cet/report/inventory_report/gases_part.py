"""By gas: masses and CO2e of each series, the masses a statement carries, and what stands outside the scopes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.gases import GAS_COLUMNS, Family, gas
from cet.inventory import SERIES
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Row,
    Section,
    Table,
    mass,
    number,
    rows,
    words,
)
from cet.report.inventory_report.plots import Measured, bars
from cet.report.inventory_report.summary_part import TONES
from cet.report.words import category_words, series_words
from cet.scopes import BIOGENIC, NON_KYOTO, REMOVALS, Scope

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.report.inventory_report.blocks import Block, Chart

FAMILY_WORDS = {
    Family.FOSSIL_CO2: "CO2, fossil",
    Family.BIOGENIC_CO2: "CO2, biogenic (outside the scopes)",
    Family.CH4: "CH4",
    Family.N2O: "N2O",
    Family.HFC: "HFCs",
    Family.PFC: "PFCs",
    Family.SF6: "SF6",
    Family.NF3: "NF3",
    Family.NON_KYOTO: "outside the Kyoto seven",
}
_CO2E_ONLY = "known only as CO2e"
_OUTSIDE_WORDS = {
    BIOGENIC: "CO2 from burning or decay of biomass (Corporate Standard, chapter 9)",
    NON_KYOTO: "gases that are none of the seven of the Kyoto Protocol",
    REMOVALS: "CO2 taken up; never taken off a total",
}


def by_gas(inventory: Inventory) -> Section:
    """Tonnes of each gas and of CO2e, series by series."""
    lead = (
        "A factor that its publisher gives as CO2e only can't be divided into gases: what it makes stands as "
        f"“{_CO2E_ONLY}”, in the total and in no gas. Figures are exact sums, before the rounding of the reported ones."
    )
    clause = "Corporate Standard, chapter 9: all seven gases separately, in tonnes and in tonnes of CO2e"
    blocks = (_gas_chart(inventory), _gas_table(inventory), _columns_table(inventory))
    return Section("gases", "Emissions by gas", clause, lead, blocks)


def _gas_table(inventory: Inventory) -> Table:
    gwp_set = inventory.package.settings.header.gwp
    lines = []
    for scope, method in SERIES:
        label = words(series_words(scope, method))
        for name, grams in inventory.gases_of(scope, method).items():
            gwp = gas(name).gwp(gwp_set)
            shown = number(gwp, 0 if gwp.denominator == 1 else 1)
            lines.append((label, words(name), mass(grams), shown, mass(grams * gwp)))
        if unsplit := inventory.unsplit_of(scope, method):
            lines.append((label, words(_CO2E_ONLY), EMPTY, EMPTY, mass(unsplit)))
    columns = (
        Column("series", width=24),
        Column("gas", width=22),
        Column("t of the gas", figures=True),
        Column(f"GWP, {gwp_set.name}", figures=True, width=12),
        Column("t CO2e", figures=True),
    )
    return Table("Gases", "Mass and CO2e of each gas", columns, rows(*lines))


def _columns_table(inventory: Inventory) -> Table:
    pairs = zip(GAS_COLUMNS, inventory.gas_masses, strict=True)
    lines = ((words(FAMILY_WORDS[family]), mass(grams)) for family, grams in pairs)
    columns = (Column("gas or family", width=24), Column("t of the gas", figures=True))
    caption = (
        "Scopes 1, 2 (location-based) and 3 and the biogenic CO2 outside them, as the statement carries them. HFCs and "
        "PFCs are masses of different gases. What is known only as CO2e is in none."
    )
    return Table("Gas masses", "Masses by gas or family, all scopes", columns, rows(*lines), caption)


def _gas_chart(inventory: Inventory) -> Chart:
    gwp_set = inventory.package.settings.header.gwp
    measured = []
    for series in SERIES:
        heading = series_words(*series)
        found = {name: grams * gas(name).gwp(gwp_set) for name, grams in inventory.gases_of(*series).items()}
        found[_CO2E_ONLY] = inventory.unsplit_of(*series)
        for name, mg in found.items():
            if mg:
                measured.append(Measured(name, mg, TONES[series], heading))
                heading = ""
    return bars("Emissions by gas", measured, "t CO2e, all bars on one scale, each series by itself.")


def outside_scopes(inventory: Inventory) -> Section:
    """Biogenic CO2, gases outside the Kyoto seven and removals, by facility."""
    keys = sorted(
        (key for key in inventory.sums if key.scope is Scope.OUTSIDE),
        key=lambda key: (key.category, key.facility),
    )
    lead = (
        "Reported for information. None of it is inside a total of scope 1, 2 or 3."
        if keys
        else "Nothing is reported outside the scopes."
    )
    clause = (
        "Corporate Standard, chapter 9: biogenic CO2 separately; gases outside the Kyoto seven separately"
    )
    blocks: tuple[Block, ...] = ()
    if keys:
        lines = [
            Row(
                (
                    words(category_words(key.scope, key.category), _OUTSIDE_WORDS.get(key.category, "")),
                    words(key.facility),
                    mass(inventory.reported_of[key]),
                )
            )
            for key in keys
        ]
        columns = (Column("what", width=40), Column("facility"), Column("t CO2e", figures=True))
        blocks = (Table("Outside", "Outside the scopes, by facility", columns, tuple(lines)),)
    return Section("outside", "Outside the scopes", clause, lead, blocks)
