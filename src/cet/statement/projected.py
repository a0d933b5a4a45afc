"""The part of a statement's document about projected lifetime emissions; there only where a package has such lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.projected import PROJECTED
from cet.quantities import exact_text

if TYPE_CHECKING:
    from cet.inventory import Inventory


def projected_part(inventory: Inventory) -> dict[str, Any]:
    """`projected_lifetime`: every project's figure at the inventory's share, and their sum; or nothing."""
    if not inventory.projected:
        return {}
    declared = {one.id: one for one in inventory.package.settings.projects}
    projects = []
    for one in inventory.projected:
        told = declared.get(one.project)
        projects.append(
            {
                "project": one.project,
                "name": told.name if told else "",
                "began": told.began.isoformat() if told else "",
                "facility": one.facility,
                "reported_mg": str(one.reported),
                "exact_mg": exact_text(one.mg),
                "outside_mg": exact_text(one.outside_mg),
                "lines": str(one.lines),
            }
        )
    return {
        "projected_lifetime": {
            "method": PROJECTED,
            "rule": "reported separately from scope 3 (Scope 3 Standard, table 5.9)",
            "reported_mg": str(sum(one.reported for one in inventory.projected)),
            "projects": projects,
        }
    }
