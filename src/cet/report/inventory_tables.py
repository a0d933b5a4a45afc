"""Tables of a computed inventory: whose it is, totals by series and gas, the lots it would mint."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.gases import gas
from cet.inventory import SERIES
from cet.report.boundary_tables import boundary_blocks
from cet.report.completeness_tables import completeness_blocks
from cet.report.energy_tables import pools_table
from cet.report.inventory_notices import (
    claims_table,
    exclusions_table,
    notes,
    notices_table,
    outside_exclusions,
)
from cet.report.projected_tables import projected_blocks
from cet.report.series_tables import outside_table, series_table
from cet.report.tables import GOOD, HEAD, MUTED, add, facts, figures, table, unbroken, words
from cet.report.transport_tables import transport_blocks
from cet.report.words import basis_words, code_words, grouped, percent, plural, series_words, tonnes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cet.inventory import Inventory
    from cet.report.inventory_view import Explained
    from cet.report.series_tables import Series


def header_facts(inventory: Inventory) -> Table:
    """Whose inventory, of when, by which rules, from what data."""
    settings = inventory.package.settings
    header = settings.header
    total = sum(inventory.data_mg.values(), Fraction(0))
    data = ", ".join(f"{kind} {percent(mg / total)}" for kind, mg in inventory.data_mg.items() if mg)
    return facts(
        [
            ("organisation", Text(header.organisation, HEAD)),
            ("entity", header.entity),
            ("period", f"{header.period.start} to {header.period.end}"),
            ("rules", f"GWP {header.gwp.name}, 100 years; {header.consolidation.text}"),
            ("facilities", ", ".join(f"{one.name} ({one.country})" for one in settings.facilities)),
            ("lines", f"{inventory.line_count:,}"),
            ("data", data),
        ]
    )


def sound_line(inventory: Inventory) -> Text:
    """That nothing is wrong."""
    counts = f"{plural(inventory.line_count, 'line')}, {plural(len(inventory.lots), 'lot')} to mint"
    claims = len(inventory.claims)
    differing = f"; {plural(claims, 'claim')} not as recomputed, see compute" if claims else ""
    return Text.assemble(("sound", GOOD), f": {inventory.package.folder}, {counts}{differing}")


def gross_by_series(inventory: Inventory) -> dict[Series, int]:
    """Gross mg as reported by scope, category and method."""
    gross: dict[Series, int] = {}
    for key in sorted(inventory.sums):
        series = (key.scope, key.category, key.method)
        gross[series] = gross.get(series, 0) + inventory.reported_of[key]
    return gross


def gases_table(inventory: Inventory) -> Table:
    """Each series by gas: tonnes of the gas, its GWP, tonnes CO2e."""
    columns = (unbroken("series"), words("gas"), figures("t of gas"), figures("GWP"), figures("t CO2e"))
    rows = table("By gas", columns)
    gwp_set = inventory.package.settings.header.gwp
    for scope, method in SERIES:
        label = series_words(scope, method)
        for name, mass in inventory.gases_of(scope, method).items():
            gwp = gas(name).gwp(gwp_set)
            shown = grouped(gwp, 0 if gwp.denominator == 1 else 1)
            add(rows, label, name, tonnes(mass), shown, tonnes(mass * gwp))
            label = ""
        if unsplit := inventory.unsplit_of(scope, method):
            add(rows, label, Text("known only as CO2e", MUTED), "", "", tonnes(unsplit))
            label = ""
        if not label:
            rows.add_section()
    return rows


def lots_table(inventory: Inventory) -> Table:
    """The lots a statement of this inventory would mint."""
    columns = (
        unbroken("lot"),
        words("what"),
        words("facility"),
        figures("shared out by"),
        figures("gross, t CO2e"),
        figures("lines"),
    )
    rows = table(
        "Lots to mint", columns, "lot = code:index; gross is rounded up to the milligram, once per lot."
    )
    for lot in inventory.lots:
        add(
            rows,
            lot.name,
            code_words(lot.code),
            lot.key.facility,
            basis_words(lot.code, lot.basis),
            tonnes(lot.gross),
            f"{lot.lines:,}",
        )
    return rows


def computed_blocks(inventory: Inventory, claims: Sequence[Explained]) -> list[RenderableType]:
    """All of `cet inventory compute` but the lines."""
    gross = gross_by_series(inventory)
    blocks: list[RenderableType | None] = [
        header_facts(inventory),
        series_table("Gross emissions, t CO2e", gross, "There is no sum over the scopes."),
        outside_table(gross),
        *projected_blocks(inventory),
        gases_table(inventory),
        *boundary_blocks(inventory),
        *([pools_table(inventory.energy)] if inventory.energy else []),
        *transport_blocks(inventory),
        lots_table(inventory),
        claims_table(claims) if claims else None,
        notices_table(inventory.notices) if inventory.notices else None,
        *completeness_blocks(inventory),
        exclusions_table(inventory) if outside_exclusions(inventory) else None,
    ]
    return [*(block for block in blocks if block is not None), *notes(inventory)]
