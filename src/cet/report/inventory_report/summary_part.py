"""What the inventory comes to: whose it is, its series, scopes and categories (Corporate Standard, chapter 9)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory import SERIES
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Facts,
    Row,
    Section,
    Table,
    code,
    mass,
    number,
    words,
)
from cet.report.inventory_report.plots import Measured, bars
from cet.report.words import category_words, percent, series_words
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.report.inventory_report.blocks import Cell, Chart

Series = tuple[Scope, Method]

TONES: dict[Series, str] = {
    (Scope.SCOPE_1, Method.PHYSICAL): "one",
    (Scope.SCOPE_2, Method.LOCATION_BASED): "two",
    (Scope.SCOPE_2, Method.MARKET_BASED): "market",
    (Scope.SCOPE_3, Method.PHYSICAL): "three",
    (Scope.OUTSIDE, Method.PHYSICAL): "outside",
}
"""The colour of each series, the same in every plot."""

_INSIDE = tuple(series for series in SERIES if series[0] is not Scope.OUTSIDE)
_WHAT: dict[Series, str] = {
    (Scope.SCOPE_1, Method.PHYSICAL): "direct emissions of what is inside the boundary",
    (Scope.SCOPE_2, Method.LOCATION_BASED): "purchased energy by the average of the grid",
    (Scope.SCOPE_2, Method.MARKET_BASED): "the same energy by contract, supplier or residual mix",
    (Scope.SCOPE_3, Method.PHYSICAL): "the value chain, fifteen categories",
    (Scope.OUTSIDE, Method.PHYSICAL): "biogenic CO2, gases outside the Kyoto seven, removals: in no scope",
}

ROUNDING = (
    "Tonnes are shown to the kilogram, each figure rounded by itself, half to even, from its exact value; so a shown total "
    "may differ in its last digit from the sum of what is shown. Reported figures are whole milligrams, rounded up once "
    "per facility, category and series, and every total of them is their exact sum."
)


def summary(inventory: Inventory) -> Section:
    """Who, when, by which rules, and the reported series."""
    lead = (
        "Gross emissions. The two figures of scope 2 are the same energy by two methods and are never added to one "
        "another; there is no sum over the scopes. Offsets, credits and avoided emissions are inside no figure of this report."
    )
    clause = "Corporate Standard, chapter 9; Scope 2 Guidance, chapter 7; Scope 3 Standard, chapter 11"
    blocks = (Facts(_identity(inventory)), _series_table(inventory), scopes_chart(inventory))
    return Section("summary", "Summary", clause, lead, blocks)


def _identity(inventory: Inventory) -> tuple[tuple[str, Cell], ...]:
    settings = inventory.package.settings
    header = settings.header
    total = sum(inventory.data_mg.values(), Fraction(0))
    data = ", ".join(
        f"{kind} {percent(mg / total)}" for kind, mg in inventory.data_mg.items() if mg and total
    )
    days = (header.period.end - header.period.start).days + 1
    return (
        ("organisation", words(header.organisation)),
        ("entity", code(header.entity)),
        ("period", words(f"{header.period.start} to {header.period.end}, both included", f"{days} days")),
        ("consolidation", words(f"{header.consolidation.words}, for the whole inventory")),
        ("global warming potentials", words(f"IPCC {header.gwp.name}, 100 years, for every gas")),
        ("entities and facilities", words(f"{len(settings.entities) + 1} and {len(settings.facilities)}")),
        ("activity lines", number(inventory.line_count)),
        ("kinds of data, by emissions", words(data)),
        ("rounding", words(ROUNDING)),
    )


def _series_table(inventory: Inventory) -> Table:
    lines = []
    for series, mg in zip(SERIES, inventory.reported, strict=True):
        scope, method = series
        sort = "physical" if method is not Method.MARKET_BASED else "market-based"
        label = series_words(scope, method)
        lines.append(Row((words(label), words(sort), words(_WHAT[series]), mass(mg))))
    columns = (
        Column("reported", width=24),
        Column("series", width=14),
        Column("what it is", width=56),
        Column("t CO2e", figures=True),
    )
    caption = "The physical series uses the location-based figure of scope 2; market instruments move the market-based one only."
    return Table("Series", "Reported totals, gross", columns, tuple(lines), caption)


def by_scope(inventory: Inventory) -> Section:
    """Each scope by category, the methods of scope 2 side by side."""
    lead = "Every category that has lines. What has none is in the section on completeness, with its reason."
    clause = "Corporate Standard, chapter 9, required information; Scope 3 Standard, chapter 11"
    blocks = (category_table(inventory),)
    return Section("scopes", "Emissions by scope and category", clause, lead, blocks)


def reported_by_category(inventory: Inventory) -> dict[tuple[Scope, int, Method], int]:
    """Reported mg of each category and series, in order."""
    found: dict[tuple[Scope, int, Method], int] = {}
    for key in sorted(inventory.sums, key=lambda key: (key.scope, key.category, key.method)):
        place = (key.scope, key.category, key.method)
        found[place] = found.get(place, 0) + inventory.reported_of[key]
    return {place: mg for place, mg in found.items() if place[0] is not Scope.OUTSIDE}


def category_table(inventory: Inventory) -> Table:
    """Categories by method, with the total of each scope."""
    found = reported_by_category(inventory)
    methods = (Method.PHYSICAL, Method.LOCATION_BASED, Method.MARKET_BASED)
    columns = (
        Column("scope", width=10),
        Column("category", width=44),
        Column("scopes 1 and 3, t CO2e", figures=True),
        Column("scope 2 location-based, t CO2e", figures=True),
        Column("scope 2 market-based, t CO2e", figures=True),
    )
    lines = []
    for scope in (Scope.SCOPE_1, Scope.SCOPE_2, Scope.SCOPE_3):
        label = words(scope_text(scope))
        for category in sorted({category for one, category, _ in found if one is scope}):
            places = [(scope, category, method) for method in methods]
            cells = (mass(found[place]) if place in found else EMPTY for place in places)
            lines.append(Row((label, words(category_words(scope, category)), *cells)))
        sums = (
            mass(reported_total(inventory, scope, method)) if (scope, method) in SERIES else EMPTY
            for method in methods
        )
        lines.append(Row((label, words("total"), *sums), total=True))
    caption = "Each scope has its own total. The two columns of scope 2 are never added."
    return Table("Scopes", "Gross emissions by scope and category", columns, tuple(lines), caption)


def reported_total(inventory: Inventory, scope: Scope, method: Method) -> int:
    """Reported mg of a series."""
    return dict(zip(SERIES, inventory.reported, strict=True))[scope, method]


def scopes_chart(inventory: Inventory) -> Chart:
    """Every category on one scale, grouped by series."""
    found = reported_by_category(inventory)
    measured = []
    for scope, method in _INSIDE:
        heading = series_words(scope, method)
        for (one, category, other), mg in found.items():
            if (one, other) == (scope, method):
                tone = TONES[scope, method]
                measured.append(Measured(category_words(scope, category), mg, tone, heading))
                heading = ""
    caption = "t CO2e, all bars on one scale. Scope 2 stands here twice, by either method."
    return bars("Gross emissions by scope and category", measured, caption)
