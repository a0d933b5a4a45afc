"""The part of a statement's document about energy instruments, and the cancellations on a ledger that it consumes.

It is there only where a package has instruments: which Wh of which certificate stand for which consumption, what is left, what
was judged how. Lines carry their parts of a pool in what they come to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.energy.declaration import declarations
from cet.quantities import exact_text
from cet.statement.instruments import InstrumentUse

if TYPE_CHECKING:
    from cet.certificates.use_phase import UsePlan
    from cet.inventory import Inventory
    from cet.inventory.energy.declaration import Declaration
    from cet.inventory.energy.result import PoolResult

DECLARATION_FIELDS = (
    "id",
    "instrument",
    "system",
    "certificates",
    "technology",
    "location",
    "vintage",
    "declaredWh",
    "appliedWh",
    "kgPerMWh",
    "biogenicKgPerMWh",
    "factor",
    "beneficiary",
    "cancelled",
    "usedFor",
    "label",
    "signatory",
)
DOMAIN = {"name": "EnergyDeclaration", "version": "1"}
"""No chain and no contract: the declaration is of the inventory, wherever it is recorded."""


def cancellations_used(inventory: Inventory) -> tuple[InstrumentUse, ...]:
    """The cancellations on a ledger that the statement names: those of certificates of which something was applied."""
    if inventory.energy is None:
        return ()
    application = inventory.energy.application
    return tuple(
        InstrumentUse(one.contract, int(one.cancellation, 16))
        for one in application.certificates.values()
        if one.contract is not None and one.cancellation is not None and application.used(one.id)
    )


def declaration_typed_data(inventory: Inventory, one: Declaration) -> dict[str, Any]:
    """What the signatory of an instrument signs (EIP-712): all of the declaration, and whose inventory of when it is in."""
    header = inventory.package.settings.header
    names = ("entity", "period", *DECLARATION_FIELDS)
    whose = {"entity": header.entity, "period": f"{header.period.start} to {header.period.end}"}
    return {
        "types": {
            "EIP712Domain": [{"name": name, "type": "string"} for name in DOMAIN],
            "EnergyDeclaration": [{"name": name, "type": "string"} for name in names],
        },
        "primaryType": "EnergyDeclaration",
        "domain": DOMAIN,
        "message": {**whose, **one.fields()},
    }


def energy_part(inventory: Inventory) -> dict[str, Any]:
    """`energy`, or nothing."""
    found = inventory.energy
    if found is None:
        return {}
    application, settings = found.application, inventory.package.settings
    return {
        "energy": {
            "matching": found.facts.matching,
            "window": {
                "months_before": str(found.facts.window.before),
                "months_after": str(found.facts.window.after),
                "source": found.facts.window.source,
            },
            "markets": [
                {"name": one.name, "countries": list(one.countries), "source": one.source}
                for one in settings.markets
            ],
            "pools": [_pool(one) for one in found.pools],
            "uses": [
                {
                    "certificate": use.certificate,
                    "pool": str(use.pool),
                    "slot": use.slot,
                    "wh": str(use.watt_hours),
                    "supply": use.supply,
                }
                for use in application.uses
            ],
            "left": [
                {
                    "certificate": one.certificate,
                    "wh": str(one.watt_hours),
                    "state": one.state,
                    "why": one.told,
                }
                for one in application.left
            ],
            "unused": {name: exact_text(wh) for name, wh in application.unused.items()},
            "criteria": {
                name: {one.rule: one.outcome.value for one in verdicts}
                for name, verdicts in application.verdicts.items()
            },
            "declarations": [
                {**one.fields(), "signature": one.signature} for one in declarations(found, settings)
            ],
            "residual_mix_none": dict(found.none_published),
            "use_phases": [_use_plan(one) for one in found.use_plans],
            "zero_claims": {
                name: {one.rule: one.outcome.value for one in verdicts}
                for name, verdicts in found.zero_claims.items()
            },
        }
    }


def _use_plan(plan: UsePlan) -> dict[str, Any]:
    escrow = plan.escrow
    return {
        "product": plan.product,
        "years": [
            {
                "year": str(one.year.year),
                "wh": exact_text(one.year.energy),
                "known": "actual" if one.year.actual is not None else "estimated",
                "certificates": {name: str(wh) for name, wh in one.certified.items()},
                "location_mg": exact_text(one.location_mg),
                "market_mg": exact_text(one.market_mg),
                "credits_mg": str(one.credits_mg),
                "held_mg": str(one.year.held_mg),
                "retired_mg": str(one.year.retired_mg),
            }
            for one in plan.years
        ],
        "criteria": {one.rule: one.outcome.value for one in plan.verdicts},
        "certificates": {
            f"{name} {year}": {one.rule: one.outcome.value for one in verdicts}
            for (year, name), verdicts in plan.judged.items()
        },
        "left_wh": {name: str(wh) for name, wh in plan.left.items() if wh},
        "escrow": {
            "due_mg": str(escrow.due_mg),
            "to_retire_mg": str(escrow.to_retire_mg),
            "short_mg": str(escrow.short_mg),
            "released_mg": str(escrow.released_mg),
        }
        if escrow
        else {},
    }


def _pool(one: PoolResult) -> dict[str, Any]:
    return {
        "pool": str(one.key),
        "market": one.pool.market,
        "consumed_wh": exact_text(one.pool.consumed),
        "location_mg": exact_text(one.location_mg),
        "market_mg": exact_text(one.market_mg),
        "biogenic_mg": exact_text(one.biogenic_mg),
        "parts": [
            {
                "kind": part.kind,
                "instrument": part.instrument,
                "wh": exact_text(part.watt_hours),
                "factor": part.factor.id if part.factor else "",
                "mg": exact_text(part.mg),
            }
            for part in one.parts
        ],
    }
