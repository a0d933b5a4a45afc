"""The part of a statement's document about data quality, where any line has scores.

Means and parts are exact; ranges are left to reports: they rest on published factors and a rounding, not on the data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.quality.assessment import assess
from cet.inventory.quality.scores import indicators
from cet.quantities import exact_text
from cet.scopes import category_text, scope_text

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.quality.assessment import Quality
    from cet.scopes import Method


def quality_part(inventory: Inventory) -> dict[str, Any]:
    """`quality`, or nothing."""
    if not any(shape.text.quality for shape in inventory.shapes.values()):
        return {}
    found = assess(inventory)
    categories = [
        {
            "scope": scope_text(scope),
            "category": category_text(scope, category),
            "method": _method(method),
            **_one(one),
        }
        for (scope, category, method), one in found.categories.items()
    ]
    totals = [{"scope_2": _method(method), **_one(one)} for method, one in found.totals.items()]
    return {"quality": {"categories": categories, "totals": totals}}


def _one(one: Quality) -> dict[str, Any]:
    names = [indicator.name for indicator in indicators()]
    means = {} if one.scores is None else dict(zip(names, map(exact_text, one.scores), strict=True))
    return {"scores": means, "scored_mg": exact_text(one.scored_mg), "primary_mg": exact_text(one.primary_mg)}


def _method(method: Method) -> str:
    return method.name.lower().replace("_", "-")
