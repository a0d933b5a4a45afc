"""The organisational boundary for machines: masses in mg and exact, shares as exact text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory import SERIES, Consolidation
from cet.inventory.boundary.bridge import bridge, references
from cet.quantities import exact_text
from cet.report.words import method_words
from cet.scopes import Method, Scope, category_text, scope_text

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.boundary.consolidation import Consolidated, Move, Moved
    from cet.inventory.boundary.placement import Part


def boundary_json(inventory: Inventory) -> dict[str, Any]:
    """Facilities with their place under each approach, what moved, what is outside, lots to reported, references."""
    settings = inventory.package.settings
    boundary = settings.boundary
    found = bridge(inventory)
    return {
        "approach": settings.header.consolidation.text,
        "facilities": [
            {
                "facility": facility.id,
                "entity": boundary.entity_of(facility.id),
                "operated": boundary.operated(facility.id),
                "minted": boundary.minted(facility.id),
                "places": {
                    approach.text: [_part(part) for part in boundary.place(facility.id, approach).parts]
                    for approach in Consolidation
                },
            }
            for facility in settings.facilities
        ],
        "moves": [_move(move, moved) for move, moved in inventory.consolidated.moves.items()],
        "lots_to_reported": [
            {
                "step": step.title,
                **{_series(*series): exact_text(mg) for series, mg in zip(SERIES, step.columns, strict=True)},
            }
            for step in found.rows()
        ],
        "received": [
            {
                "lot": one.lot,
                "facility": one.facility,
                "scope": scope_text(one.scope),
                "category": category_text(one.scope, one.category),
                "activity": {"value": exact_text(one.activity), "unit": one.unit},
                "mg": exact_text(one.mg),
                "lines": one.lines,
            }
            for one in inventory.received
        ],
        "references": [
            {"minted_by": one.operator, "kind": one.kind, **_move(one.move, one.moved)}
            for one in references(inventory)
        ],
    }


def comparison_json(inventory: Inventory) -> dict[str, Any]:
    """The same lines under each approach: series, categories, and what is outside the boundary."""
    return {approach.text: _consolidated(inventory.under(approach)) for approach in Consolidation}


def _consolidated(found: Consolidated) -> dict[str, Any]:
    return {
        "series": {_series(*series): exact_text(found.total(*series)) for series in SERIES},
        "categories": [
            {
                "facility": key.facility,
                "scope": scope_text(key.scope),
                "category": category_text(key.scope, key.category),
                "method": method_words(key.method),
                "exact_mg": exact_text(one.mg),
            }
            for key, one in found.sums.items()
        ],
        "outside": [_move(move, moved) for move, moved in found.outside.items()],
    }


def _part(part: Part) -> dict[str, Any]:
    place = "as written" if part.category is None else f"3.{part.category}"
    return {"share": exact_text(part.share), "place": place, "rule": part.rule}


def _move(move: Move, moved: Moved) -> dict[str, Any]:
    return {
        "facility": move.facility,
        "written": _place(*move.written),
        "place": None if move.place is None else _place(*move.place),
        "share": exact_text(move.share),
        "rule": move.rule,
        "mg": {method_words(method): exact_text(mg) for method, mg in sorted(moved.mg.items())},
        "outside_scopes_mg": exact_text(moved.outside_mg),
        "market_based_memo_mg": exact_text(moved.market_mg),
        "lines": moved.lines,
    }


def _place(scope: Scope, category: int) -> dict[str, str]:
    return {"scope": scope_text(scope), "category": category_text(scope, category)}


def _series(scope: Scope, method: Method) -> str:
    name = scope_text(scope).replace(" ", "_")
    return f"{name}_mg" if method is Method.PHYSICAL else f"{name}_{method.name.lower()}_mg"
