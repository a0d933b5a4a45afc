"""The base year by the rules of the current year: one GWP set and one approach for both (FAQ 15), or a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.computing import compute
from cet.inventory.folder import INVENTORY

if TYPE_CHECKING:
    from cet.inventory.result import Inventory


def same_rules(base: Inventory, current: Inventory) -> None:
    """Refuses what is no base year of the current inventory. Raises PackageError."""
    was, now = base.package.settings.header, current.package.settings.header
    findings = []
    if was.entity != now.entity:
        remedy = "compare inventories of one entity; a merger is an event"
        findings.append(_finding("inventory.entity", was.entity, f"not the entity {now.entity}", remedy))
    if was.period.end >= now.period.start:
        remedy = "give the base year first, then the current year"
        findings.append(
            _finding("inventory.period", str(was.period.end), "not before the current year", remedy)
        )
    if findings:
        raise PackageError(findings)


def restated(base: Inventory, current: Inventory) -> Inventory:
    """The inventory by the current GWP set and approach; itself where they agree.

    Raises PackageError where a factor is known only as CO2e under another set: its gases are lost, nothing can restate it.
    """
    header, now = base.package.settings.header, current.package.settings.header
    if header.gwp is now.gwp and header.consolidation is now.consolidation:
        return base
    if header.gwp is not now.gwp:
        fixed = [one for one in base.factors if one.co2e_mg and one.published_under is not now.gwp]
        remedy = f"give its gases, or its CO2e under {now.gwp.name}, or compute the current year under {header.gwp.name}"
        findings = [
            _finding("factor", one.id, f"known only as CO2e, not under {now.gwp.name}", remedy)
            for one in fixed
        ]
        if findings:
            raise PackageError(findings)
    package = base.package
    changed = header.model_copy(update={"gwp": now.gwp, "consolidation": now.consolidation})
    settings = package.settings.model_copy(update={"header": changed})
    return compute(replace(package, settings=settings))


def _finding(column: str, value: str, problem: str, remedy: str) -> Finding:
    return Finding(INVENTORY, 0, column, value, problem, remedy)
