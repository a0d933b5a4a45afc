"""The part of a statement's document about book and claim, and the claims on a ledger that it consumes.

It is there only where a package has claims or bookings. A claim stands in it as activity and intensity, never as a reduction: both
series of the same lines stand side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.quantities import exact_text
from cet.scopes import Scope, scope_text
from cet.statement.instruments import InstrumentUse

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.transport.result import ClaimedPool, SplitLot, TransportResult
    from cet.logistics.package_parts import LetsBooking, LogisticsClaim


def claims_used(inventory: Inventory) -> tuple[InstrumentUse, ...]:
    """The claims on a ledger that the statement names: those that displace activity in it."""
    if inventory.transport is None:
        return ()
    return tuple(
        InstrumentUse(one.contract, int(one.claim, 16))
        for one in inventory.transport.claiming.applied
        if one.contract is not None and one.claim is not None
    )


def transport_part(inventory: Inventory) -> dict[str, Any]:
    """`logistics`, or nothing."""
    found = inventory.transport
    if found is None:
        return {}
    settings = inventory.package.settings
    return {
        "logistics": {
            "modes": [
                {
                    "factors": list(one.factors),
                    "mode": one.mode,
                    "toc": one.toc or "",
                    "non_lets": one.non_lets or "",
                }
                for one in settings.transports
            ],
            "claims": [_claim(one, found) for one in settings.logistics_claims],
            "pools": [_pool(one) for one in found.pools],
            "market_based": [
                {
                    "scope": scope_text(scope),
                    "physical_mg": exact_text(inventory.total(scope)),
                    "market_mg": exact_text(inventory.market_total(scope)),
                }
                for scope in (Scope.SCOPE_1, Scope.SCOPE_3)
            ],
            "bookings": [_booking(one) for one in found.bookings],
            "splits": [_split(one) for one in found.splits],
        }
    }


def _claim(one: LogisticsClaim, found: TransportResult) -> dict[str, Any]:
    applied = one in found.claiming.applied
    return {
        **_profile(one),
        "claimant": one.claimant,
        "role": one.role,
        "material": one.material,
        "use": one.use,
        "bundled": "" if one.bundled is None else str(one.bundled).lower(),
        "claimed": one.claimed.isoformat(),
        "activity_from": one.used_from.isoformat(),
        "activity_to": one.used_to.isoformat(),
        "ledger": f"{one.contract} {one.claim}" if one.contract else "",
        "state": "applied" if applied else "refused",
        "rules": {verdict.rule: verdict.outcome.value for verdict in found.claiming.verdicts[one.id]},
        "why": "; ".join(
            verdict.told
            for verdict in found.claiming.verdicts[one.id]
            if not applied and verdict.outcome.value == "broken"
        ),
    }


def _profile(one: LogisticsClaim | LetsBooking) -> dict[str, str]:
    return {
        "id": one.id,
        "registry": one.registry,
        "booking": one.booking,
        "solution": one.solution or "",
        "certificate": one.certificate or "",
        "mode": one.mode,
        "toc": one.toc or "",
        "activity": exact_text(one.quantity),
        "unit": one.unit,
        "wtw_kg_per_unit": exact_text(one.wtw),
        "ttw_kg_per_unit": "" if one.ttw is None else exact_text(one.ttw),
        "biogenic_kg_per_unit": exact_text(one.biogenic),
        "gwp": one.gwp,
        "booked": one.booked.isoformat(),
        "additionality": one.additionality or "",
        "not_additional": exact_text(one.not_additional),
        "credits": one.credits,
        "evidence": one.evidence or "",
        **({"verifier": one.verifier} if one.verifier is not None else {}),
    }


def _pool(one: ClaimedPool) -> dict[str, Any]:
    return {
        "pool": str(one.pool),
        "unit": one.unit,
        "activity": exact_text(one.activity),
        "claimed": exact_text(one.claimed),
        "lines": str(one.lines),
        "physical_mg": exact_text(one.physical_mg),
        "rest_mg": exact_text(one.rest_mg),
        "market_mg": exact_text(one.market_mg),
        "rest_mg_per_unit": exact_text(one.rest_intensity),
        "parts": [
            {
                "claim": part.claim,
                "activity": exact_text(part.activity),
                "mg": exact_text(part.mg),
                "biogenic_mg": exact_text(part.biogenic_mg),
            }
            for part in one.parts
        ],
    }


def _booking(one: LetsBooking) -> dict[str, str]:
    found = {**_profile(one), "facility": one.facility, "use": one.use, "basis": one.basis}
    if one.claimed_by_carriers is not None:
        found["claimed_by_carriers"] = exact_text(one.claimed_by_carriers)
    return found


def _split(one: SplitLot) -> dict[str, Any]:
    return {
        "lot": one.physical.name,
        "exact_mg": exact_text(one.physical.exact),
        "parts": [
            {
                "lot": part.name,
                "part": part.key.part,
                "basis": str(part.basis),
                "exact_mg": exact_text(part.exact),
                "mg_per_unit": exact_text(part.exact / part.basis),
            }
            for part in one.parts
        ],
    }
