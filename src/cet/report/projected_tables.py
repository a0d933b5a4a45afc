"""Projected lifetime emissions of investments as a table, and for machines: beside scope 3, in none of its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.report.tables import add, figures, table, words
from cet.report.words import clean, tonnes
from cet.statement.projected import projected_part

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cet.inventory import Inventory

TITLE = "Projected lifetime emissions of investments, reported separately"
APART = "In no scope total and in no lot: they stand once, in the year a project is first financed (Scope 3 Standard, table 5.9)."


def projected_blocks(inventory: Inventory) -> list[RenderableType]:
    """The table for `cet inventory compute`; nothing where no line is projected."""
    if not inventory.projected:
        return []
    columns = (words("project"), words("began"), words("facility"), figures("t CO2e"))
    rows = table(TITLE, columns, APART)
    for name, began, facility, mg in projected_rows(inventory):
        add(rows, name, began, facility, tonnes(mg))
    return [rows]


def projected_rows(inventory: Inventory) -> list[tuple[str, str, str, int]]:
    """Name, first day, facility and reported mg of every project."""
    declared = {one.id: one for one in inventory.package.settings.projects}
    found = []
    for one in inventory.projected:
        told = declared.get(one.project)
        name = clean(told.name) if told else "not named"
        found.append((name, str(told.began) if told else "not said", one.facility, one.reported))
    return found


def projected_json(inventory: Inventory) -> dict[str, Any]:
    """As the statement's document has it; null where no line is projected."""
    return {"projected_lifetime": None, **projected_part(inventory)}
