"""Projected lifetime emissions of projects financed in the year, apart from scope 3 (Scope 3 Standard, table 5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.report.inventory_report.blocks import Column, Row, Section, Table, code, mass, words
from cet.report.projected_tables import APART, TITLE, projected_rows

if TYPE_CHECKING:
    from cet.inventory import Inventory


def projected_lifetime(inventory: Inventory) -> Section | None:
    """The section, or None where no line is projected."""
    found = projected_rows(inventory)
    if not found:
        return None
    lead = (
        "What projects financed in this period are expected to emit over their lives, by the part that is financed. It is no "
        "emission of this period: category 15 has what projects emitted in it."
    )
    columns = (
        Column("project", width=40),
        Column("began", width=14),
        Column("facility"),
        Column("t CO2e", figures=True),
    )
    lines = [
        Row((words(name), words(began), code(facility), mass(mg))) for name, began, facility, mg in found
    ]
    lines.append(Row((words("total"), words(""), words(""), mass(sum(mg for *_, mg in found))), total=True))
    clause = "Scope 3 Standard, table 5.9; Technical Guidance, formula 15.4"
    return Section(
        "projected", TITLE, clause, lead, (Table("Projected", TITLE, columns, tuple(lines), APART),)
    )
