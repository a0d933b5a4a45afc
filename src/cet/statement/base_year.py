"""The part of a statement's document about the base year: the policy and threshold that the verifier's opinion confirms.

The statement commits to its document, and opinion and statement are signed together (Corporate Standard FAQ 17: the verifier
confirms that the company keeps to its threshold policy).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.quantities import exact_text

if TYPE_CHECKING:
    from cet.inventory import Inventory

_RECORDED = ("scope_1_t", "scope_2_location_t", "scope_2_market_t", "scope_3_t")


def base_year_part(inventory: Inventory) -> dict[str, Any]:
    """`base_year`, or nothing."""
    found = inventory.package.settings.base_year
    if found is None:
        return {}
    figures = zip(_RECORDED, found.recorded, strict=True)
    return {
        "base_year": {
            "start": found.start.isoformat(),
            "end": found.end.isoformat(),
            "policy": found.policy,
            "threshold": exact_text(found.threshold),
            "tested": found.tested,
            **{name: text for name, text in figures if text is not None},
        }
    }
