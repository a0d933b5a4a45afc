"""Certificates and contracts for machines: what the statement's document has, with reasons, signers and explanations."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.certificates import explain, surplus_of, times_of
from cet.inventory.energy.declaration import declarations
from cet.quantities import exact_text
from cet.report.energy_declarations import signer_of
from cet.statement.energy import energy_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory import Inventory
    from cet.inventory.energy.result import EnergyResult


def energy_json(inventory: Inventory) -> dict[str, Any]:
    """All of it, as the statement's document has it, with reasons, signers and explanations."""
    found = inventory.energy
    if found is None:
        return {"energy": None}
    part: dict[str, Any] = energy_part(inventory)["energy"]
    part["criteria"] = {
        name: [
            {"rule": one.rule, "clause": one.clause, "outcome": one.outcome.value, "why": one.told}
            for one in verdicts
        ]
        for name, verdicts in found.application.verdicts.items()
    }
    for written, one in zip(
        part["declarations"], declarations(found, inventory.package.settings), strict=True
    ):
        written["signer"] = signer_of(inventory, one)
    part["uncovered"] = {
        site: {"rule": one.rule, "clause": one.clause, "outcome": one.outcome.value, "why": one.told}
        for site, one in found.uncovered.items()
    }
    part["times"] = times_json(found)
    part["surplus_wh"] = {
        when: str(wh) for when, wh in surplus_of(found.application, found.facts.matching).items()
    }
    part["explanations"] = [explain(one) for one in found.application.covered.values()]
    part["totals"] = totals_json(found)
    return {"energy": part}


def times_json(found: EnergyResult) -> list[dict[str, str]]:
    """Each month or hour of each pool, in Wh; with annual matching none."""
    if found.facts.matching == "annual":
        return []
    return [
        {
            "pool": str(key),
            "when": one.when,
            "consumed_wh": exact_text(one.consumed),
            "bought_wh": exact_text(one.bought),
            "matched_wh": exact_text(one.matched),
            "deficit_wh": exact_text(one.deficit),
        }
        for key in found.application.covered
        for one in times_of(found.application, key)
    ]


def totals_json(found: EnergyResult) -> dict[str, str]:
    """Scope 2 by both methods, and how much of its energy stands on instruments, on the residual mix, on the grid average."""
    pools = [pool for pool in found.pools if pool.key.use == "scope-2"]
    consumed = sum(pool.pool.consumed for pool in pools)
    return {
        "location_mg": exact_text(_sum(pool.location_mg for pool in pools)),
        "market_mg": exact_text(_sum(pool.market_mg for pool in pools)),
        "consumed_wh": exact_text(_sum(pool.pool.consumed for pool in pools)),
        "instruments_wh": exact_text(_sum(pool.by_instruments for pool in pools)),
        "residual_mix_wh": exact_text(_sum(pool.energy("residual-mix") for pool in pools)),
        "grid_wh": exact_text(_sum(pool.energy("grid") for pool in pools)),
        "instruments_share": exact_text(_sum(pool.by_instruments for pool in pools) / consumed)
        if consumed
        else "",
    }


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction(0))
