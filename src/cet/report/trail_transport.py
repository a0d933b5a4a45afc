"""The bookings and claims of transport that a source lot stands on: booking, solution and certificate behind a customer's share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.logistics.package_parts import LogisticsClaim
from cet.quantities import exact_text
from cet.report.tables import bullets, facts, headed
from cet.report.transport_tables import plain
from cet.report.words import clean, plural
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from cet.inventory import Inventory
    from cet.inventory.lots import Lot
    from cet.logistics.package_parts import LetsBooking

_MOST_RECORDS = 20

LETS = "lets "
"""What the part of a split lot is called before the id of its booking."""


def records_behind(inventory: Inventory, lot: Lot) -> tuple[LetsBooking | LogisticsClaim, ...]:
    """Of a part split off for a LETS its booking; of a category that claims touch the claims applied in it; else nothing."""
    found, key = inventory.transport, lot.key
    if found is None or key.method is not Method.MARKET_BASED or key.scope is Scope.SCOPE_2:
        return ()
    if key.part:
        return tuple(one for one in found.bookings if key.part == LETS + one.id)
    return tuple(one for one in found.claiming.applied if one.use == f"3.{key.category}")


def records_blocks(lot: str, records: Sequence[LetsBooking | LogisticsClaim]) -> list[RenderableType]:
    """Each record with its booking, solution and certificate; nothing where there is none."""
    if not records:
        return []
    blocks: list[RenderableType] = [
        headed(f"{lot} stands on", _facts(one)) if one is records[0] else _facts(one)
        for one in records[:_MOST_RECORDS]
    ]
    more = len(records) - _MOST_RECORDS
    return [
        *blocks,
        *bullets("", [f"{plural(more, 'record')} more: --json has them all."] if more > 0 else []),
    ]


def _facts(one: LetsBooking | LogisticsClaim) -> RenderableType:
    what = ("LETS", one.id)
    if isinstance(one, LogisticsClaim):
        what = ("claim", f"{one.id}, claimed {one.claimed} for {one.claimant}")
    rows = [
        what,
        ("booking", f"{one.booking}, booked {one.booked}"),
        ("registry", one.registry),
        ("solution", one.solution or "not named"),
        ("certificate", one.certificate or "not named"),
        (
            "activity",
            f"{plain(one.quantity)} {one.unit} at {exact_text(one.wtw)} kg CO2e/{one.unit} well-to-wheel",
        ),
        ("additionality", one.additionality or "not stated"),
        ("credits", one.credits),
    ]
    return facts([(name, clean(text)) for name, text in rows])


def record_json(one: LetsBooking | LogisticsClaim) -> dict[str, Any]:
    """A record behind a lot."""
    claim = one if isinstance(one, LogisticsClaim) else None
    return {
        "kind": "claim" if claim else "lets",
        "id": one.id,
        "registry": one.registry,
        "booking": one.booking,
        "solution": one.solution,
        "certificate": one.certificate,
        "activity": exact_text(one.quantity),
        "unit": one.unit,
        "wtw_kg_per_unit": exact_text(one.wtw),
        "contract": claim.contract if claim else None,
        "claim": claim.claim if claim else None,
    }
