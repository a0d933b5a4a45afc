"""The part of a statement's document about relevance and data management plans, where the package has any.

What is left out and why is always there; the kind of reason and the size only where they are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.quantities import exact_text

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.completeness.sections import Exclusion


def completeness_part(inventory: Inventory) -> dict[str, Any]:
    """`relevance` and `plans`, each only where it is not empty."""
    settings = inventory.package.settings
    tests = [
        {
            "category": one.category,
            "criteria": list(one.holding),
            "relevant": "yes" if one.relevant else "no",
            "reason": one.reason,
        }
        for one in sorted(settings.relevance, key=lambda one: one.category)
    ]
    plans = [
        {
            "category": one.category,
            "gap": one.gap,
            "assumption": one.assumption or "",
            "uplift": "" if one.uplift is None else exact_text(one.uplift),
            "action": one.action,
            "responsible": one.responsible,
            "due": one.due.isoformat(),
        }
        for one in sorted(settings.plans, key=lambda one: (one.category, one.due, one.gap))
    ]
    parts = {"relevance": tests, "plans": plans}
    return {name: entries for name, entries in parts.items() if entries}


def exclusion_part(exclusion: Exclusion) -> dict[str, str]:
    """What is left out, and why."""
    found = {"category": exclusion.category, "reason": exclusion.reason}
    if exclusion.because is not None:
        found["because"] = exclusion.because
    if exclusion.estimated_t is not None:
        found["estimated_t"] = exact_text(exclusion.estimated_t)
    return found
