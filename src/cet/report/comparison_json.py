"""A comparison with the base year for machines: exact mg as text, every step named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.base_year.events import KINDS
from cet.inventory.base_year.recalculation import BASES
from cet.quantities import exact_text
from cet.report.inventory_json import header_json
from cet.report.words import category_words, method_words
from cet.scopes import category_text, scope_text

if TYPE_CHECKING:
    from cet.inventory.base_year.comparison import Bridge, Comparison
    from cet.inventory.base_year.entries import Series
    from cet.inventory.base_year.recalculation import Step, Test

_PARTS = (
    "recorded",
    "rules",
    "structure",
    "method",
    "error",
    "like_for_like",
    "activity",
    "factor",
    "share",
    "unseparated",
    "whole_year",
    "part_year",
    "reported",
)


def comparison_json(found: Comparison) -> dict[str, Any]:
    """All of `cet inventory compare`."""
    policy = found.policy
    return {
        "base": header_json(found.base),
        "current": header_json(found.current),
        "policy": None
        if policy is None
        else {
            "start": policy.start.isoformat(),
            "end": policy.end.isoformat(),
            "policy": policy.policy,
            "threshold": exact_text(policy.threshold),
            "tested": policy.tested,
        },
        "recalculates": found.recalculates,
        "events": [_step(step) for step in found.steps],
        "tests": [_test(found, test) for test in found.tests],
        "categories": [{**_series(series), **_bridge(one)} for series, one in found.bridges.items()],
        "totals": [{"basis": name, **_bridge(found.bridge(*held))} for name, held in BASES["total"]],
        "sources": [
            {
                "facility": one.facility,
                "source": one.source,
                **_series(one.series),
                "status": one.status,
                "base_mg": exact_text(one.base_mg),
                "activity_mg": exact_text(one.effects.activity),
                "factor_mg": exact_text(one.effects.factor),
                "share_mg": exact_text(one.effects.share),
                "unseparated_mg": exact_text(one.effects.unseparated),
                "current_mg": exact_text(one.current_mg),
            }
            for one in found.sources
        ],
        "remarks": list(found.remarks),
    }


def _step(step: Step) -> dict[str, Any]:
    event = step.event
    return {
        "id": event.id,
        "date": event.date.isoformat(),
        "kind": event.kind,
        "text": event.text,
        "trigger": event.trigger.value,
        "why": KINDS[event.kind].why,
        "deferred": event.deferred,
        "prorate": event.prorate,
        "change": [{**_series(series), "mg": exact_text(mg)} for series, mg in step.change.items()],
    }


def _test(found: Comparison, test: Test) -> dict[str, Any]:
    return {
        "basis": test.basis,
        "base_mg": exact_text(test.base_mg),
        "net_mg": exact_text(test.net_mg),
        "accumulated_mg": [exact_text(mg) for mg in test.accumulated],
        "part": None if test.part is None else exact_text(test.part),
        "reached": None if found.policy is None else test.reaches(found.policy.threshold),
    }


def _series(series: Series) -> dict[str, str]:
    scope, category, method = series
    return {
        "scope": scope_text(scope),
        "category": category_text(scope, category),
        "name": category_words(scope, category),
        "method": method_words(method),
    }


def _bridge(one: Bridge) -> dict[str, str]:
    return {f"{name}_mg": exact_text(getattr(one, name)) for name in _PARTS}
