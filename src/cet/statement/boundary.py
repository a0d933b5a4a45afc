"""The part of a statement's document about the organisational boundary.

It is there only where something is reported at a share, in another place than written, or minted by others: a package whose
facilities are all its own has the document it always had. It says who is owned and controlled how, where each facility's
lines are reported by which rule, what is outside, and the steps from the lots to the reported figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory import SERIES
from cet.inventory.boundary.bridge import bridge, references
from cet.quantities import exact_text
from cet.scopes import Method, Scope, category_text, scope_text

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.boundary.consolidation import Move, Moved


def boundary_part(inventory: Inventory) -> dict[str, Any]:
    """`boundary`, or nothing."""
    moves = inventory.consolidated.moves
    if not moves:
        return {}
    settings = inventory.package.settings
    boundary = settings.boundary
    return {
        "boundary": {
            "entities": [
                {
                    "id": entity.id,
                    "name": entity.name,
                    "treatment": entity.treatment,
                    "operational_control": _yes(entity.operated),
                    "owned": exact_text(
                        boundary.organisation.standing(entity.id, settings.header.consolidation).owned
                    ),
                }
                for entity in sorted(settings.entities, key=lambda entity: entity.id)
            ],
            "facilities": [
                {
                    "id": facility.id,
                    "entity": boundary.entity_of(facility.id),
                    "lease": facility.lease or "",
                    "exception": facility.exception or "",
                    "operated": _yes(boundary.operated(facility.id)),
                    "minted": _yes(boundary.minted(facility.id)),
                }
                for facility in sorted(settings.facilities, key=lambda facility: facility.id)
            ],
            "moves": [_move(move, moved) for move, moved in moves.items()],
            "lots_to_reported_mg": _steps(inventory),
            "series": [f"{scope_text(scope)} {_method(method)}" for scope, method in SERIES],
            "references": [
                {"minted_by": one.operator, "kind": one.kind, **_move(one.move, one.moved)}
                for one in references(inventory)
            ],
        }
    }


def received_part(inventory: Inventory) -> dict[str, Any]:
    """`received`: the allocations that lines cite, and the steps from the lots to the reported figures; or nothing."""
    if not inventory.received:
        return {}
    allocations = [
        {
            "lot": one.lot,
            "facility": one.facility,
            "place": _place(one.scope, one.category),
            "activity": exact_text(one.activity),
            "unit": one.unit,
            "mg": exact_text(one.mg),
            "lines": str(one.lines),
        }
        for one in inventory.received
    ]
    return {"received": {"allocations": allocations, "lots_to_reported_mg": _steps(inventory)}}


def _steps(inventory: Inventory) -> list[dict[str, Any]]:
    return [
        {"step": step.title, "series": [exact_text(mg) for mg in step.columns]}
        for step in bridge(inventory).rows()
    ]


def _move(move: Move, moved: Moved) -> dict[str, Any]:
    return {
        "facility": move.facility,
        "written": _place(*move.written),
        "place": "outside the boundary" if move.place is None else _place(*move.place),
        "share": exact_text(move.share),
        "rule": move.rule,
        "mg": {_method(method): exact_text(mg) for method, mg in sorted(moved.mg.items())},
        "outside_scopes_mg": exact_text(moved.outside_mg),
        "market_based_memo_mg": exact_text(moved.market_mg),
    }


def _place(scope: Scope, category: int) -> str:
    return f"{scope_text(scope)} {category_text(scope, category)}"


def _method(method: Method) -> str:
    return method.name.lower().replace("_", "-")


def _yes(value: bool) -> str:  # noqa: FBT001 - a word for a truth
    return "yes" if value else "no"
