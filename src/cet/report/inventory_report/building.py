"""The report of an inventory, section by section, in the order of the reporting requirements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.report.inventory_report.assumptions_part import assumptions
from cet.report.inventory_report.base_year_part import base_year
from cet.report.inventory_report.blocks import Report
from cet.report.inventory_report.boundary_part import organisational_boundary
from cet.report.inventory_report.completeness_part import exclusions
from cet.report.inventory_report.energy_part import purchased_energy
from cet.report.inventory_report.gases_part import by_gas, outside_scopes
from cet.report.inventory_report.lines_part import claims_compared, largest_lines
from cet.report.inventory_report.methods_part import methods_and_factors
from cet.report.inventory_report.places_part import by_place
from cet.report.inventory_report.projected_part import projected_lifetime
from cet.report.inventory_report.quality_part import data_quality
from cet.report.inventory_report.summary_part import by_scope, summary
from cet.report.inventory_report.transport_part import transport_services
from cet.report.inventory_report.verification_part import requirements, verification
from cet.report.inventory_view import explained_claims
from cet.report.words import clean

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.base_year.comparison import Comparison


def inventory_report(inventory: Inventory, comparison: Comparison | None = None) -> Report:
    """All of the report; nothing in it but what the package and its computation say, so no clock and no path;
    with a comparison, whose current year is the inventory, also the change from the base year.

    Without the inventory's lines it lists none of them, and explains no claim. Raises StatementError when the package
    changed since it was computed.
    """
    header = inventory.package.settings.header
    first = summary(inventory)
    rest = (
        organisational_boundary(inventory),
        by_scope(inventory),
        by_gas(inventory),
        outside_scopes(inventory),
        *filter(None, [projected_lifetime(inventory)]),
        by_place(inventory),
        *filter(None, [base_year(inventory, comparison)]),
        *filter(None, [purchased_energy(inventory)]),
        *filter(None, [transport_services(inventory)]),
        methods_and_factors(inventory),
        exclusions(inventory),
        assumptions(inventory),
        data_quality(inventory),
        claims_compared(inventory, explained_claims(inventory)),
        largest_lines(inventory),
        verification(inventory),
    )
    subtitle = f"{header.period.start} to {header.period.end}"
    sections = (first, *rest, requirements((first, *rest)))
    return Report(f"{clean(header.organisation)}: greenhouse gas inventory", subtitle, sections)
