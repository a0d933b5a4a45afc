"""How a line's figure comes about, step by step: each with its number, its unit, and what there is after it, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.inventory.parameters import added, entering
from cet.quantities import exact_text, measure

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.factors import Factor
    from cet.inventory.composing import Composed
    from cet.inventory.rows import Row
    from cet.inventory.shapes import EnergyInput, Shape


@dataclass(frozen=True, slots=True)
class TrailStep:
    """A step: its name, the number that enters and its unit, where it comes from, and what it makes (empty: no number)."""

    step: str
    value: str
    unit: str
    source: str
    result: str


def trail_of(row: Row, shape: Shape) -> tuple[TrailStep, ...]:
    """From the quantity as recorded to milligrams of CO2e per lot."""
    steps = [TrailStep("quantity", row.quantity.text, row.shape.unit, row.source, row.quantity.text)]
    running = row.quantity.value
    for one in row.given:
        if one.parameter.role.is_term:
            running += added((one,), row.shape.unit)
            name = f"{one.parameter.role.sign} {one.parameter.name}"
            steps.append(TrailStep(name, one.text, one.unit_name, "", exact_text(running)))
    if row.share.text != "1":
        running *= row.share.value
        steps.append(TrailStep("× share", row.share.text, "", "", exact_text(running)))
    for one in row.given:
        if not one.parameter.role.is_term:
            running *= entering(one.parameter.role, one.value)
            name = f"{one.parameter.role.sign} {one.parameter.name}"
            why = f"{row.shape.estimate}: {row.reason}" if one.parameter.name in _ESTIMATED else ""
            steps.append(TrailStep(name, one.text, one.unit_name, why, exact_text(running)))
    if row.shape.estimate and not any(step.source.startswith(row.shape.estimate) for step in steps):
        steps.append(TrailStep("estimate", row.shape.estimate, "", row.reason, ""))
    if row.shape.chp:
        running *= shape.chp_part
        steps.append(
            TrailStep(
                "× part of the plant", exact_text(shape.chp_part), "", row.shape.chp, exact_text(running)
            )
        )
    for factor, way in zip(shape.factors, shape.ways, strict=True):
        steps += _by_factor(running, factor, way)
    steps += [_by_input(one) for one in shape.inputs]
    steps += [
        TrailStep(f"market-based, claim {name}", exact_text(part), "of the activity", "", "")
        for name, part in shape.claims
    ]
    return (*steps, *_results(row, shape))


_ESTIMATED = frozenset({"portion", "coverage", "uplift"})


def _by_factor(running: Fraction, factor: Factor, way: Composed) -> list[TrailStep]:
    """Money, units and the factor itself."""
    steps = []
    units = way.ratio
    for step in way.money:
        units /= step.ratio
        running *= step.ratio
        name = f"{step.kind} to {step.target}"
        steps.append(
            TrailStep(
                name, exact_text(step.ratio), f"{step.target}/{step.origin}", step.source, exact_text(running)
            )
        )
    running *= units
    per = factor.unit.name
    steps.append(TrailStep(f"in {per}", exact_text(units), "", "units, exactly", exact_text(running)))
    provenance = f"{factor.pack.publisher}, {factor.pack.document}, {factor.table}, {factor.year}"
    steps.append(TrailStep(f"× {factor.id}", factor.trail()["gases"], f"{factor.mass}/{per}", provenance, ""))
    return steps


def _by_input(one: EnergyInput) -> TrailStep:
    """What stands for a part of the line's energy by the market-based method."""
    source = one.factor.id if one.factor else "no direct emissions"
    return TrailStep(
        f"market-based, {one.kind} {one.instrument}".rstrip(),
        exact_text(one.part),
        "of the energy",
        source,
        "",
    )


def _results(row: Row, shape: Shape) -> list[TrailStep]:
    amount = row.amount
    found = []
    for stream in sorted(shape.all_streams, key=lambda stream: stream.key):
        key = stream.key
        series = key.part or key.method.name.lower().replace("_", "-")
        where = f"{key.facility} {int(key.scope)}.{key.category} {series}"
        found.append(
            TrailStep(
                "CO2e, × GWP", exact_text(stream.mg), "mg per amount", where, exact_text(amount * stream.mg)
            )
        )
    return found


def allocation_share(row: Row) -> Fraction | None:
    """own ÷ total in units of one kind, the line's part of a whole; None where it has no such part."""
    named = {one.parameter.name: one for one in row.given}
    if not {"own", "total"} <= named.keys():
        return None
    own, total = named["own"], named["total"]
    if own.unit_name == total.unit_name:
        return own.value / total.value
    first, second = measure(own.unit_name), measure(total.unit_name)
    return own.value * first.ratio / (total.value * second.ratio) if first.powers == second.powers else None
