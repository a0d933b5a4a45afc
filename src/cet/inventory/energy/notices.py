"""What a reader must know of instruments: what was refused, what is left, what is estimated by something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.certificates import Outcome
from cet.inventory.notices import Notice
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.certificates.use_phase import UsePlan
    from cet.inventory.energy.result import EnergyResult

_LEFT = {
    "refused": "certificates not applied, a Quality Criterion is broken",
    "expired": "certificates without consumption they could stand for, which expire",
    "usable": "certificates without consumption yet, still usable",
}


def energy_notices(result: EnergyResult | None) -> Iterator[Notice]:
    """One notice for each instrument that is not wholly used, is refused, or leaves something unsaid."""
    if result is None:
        return
    application = result.application
    for left in application.left:
        text = f"{_LEFT[left.state]}: {left.certificate}, {left.watt_hours} Wh, {left.told}"
        yield Notice(f"certificate-{left.state}", text, 0, "")
    for name in application.supplies:
        for verdict in application.verdicts[name]:
            if verdict.outcome is not Outcome.KEPT:
                yield Notice(
                    f"supply-{verdict.outcome.value}", f"{name}: {verdict.rule}: {verdict.told}", 0, ""
                )
    for plan in result.use_plans:
        yield from _use_notices(plan)
    for name, watt_hours in application.unused.items():
        yield Notice("supply-unused", f"{name}: {exact_text(watt_hours)} Wh found no consumption", 0, "")


def _use_notices(plan: UsePlan) -> Iterator[Notice]:
    """What a product's plan breaks, and what keeps a certificate named for a year from covering it."""
    judged = [(plan.product, plan.verdicts)]
    judged += [(f"{plan.product} {year}, {name}", verdicts) for (year, name), verdicts in plan.judged.items()]
    for whose, verdicts in judged:
        for verdict in verdicts:
            if verdict.outcome is not Outcome.KEPT:
                yield Notice("use-phase-broken", f"{whose}: {verdict.rule}: {verdict.told}", 0, "")
