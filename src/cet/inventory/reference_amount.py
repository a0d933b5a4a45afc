"""A row's amount in a unit, slowly and by another way than `compute`: every number into base units first, then one by one.

Money is carried as base units of its own currency and year; a table of what each is worth in every other is worked out by
walking all exchanges and deflations outward, exchanges first, the nearest first.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.quantities import unit

if TYPE_CHECKING:
    from cet.inventory.chp import ChpOutput
    from cet.inventory.rows import Row
    from cet.inventory.settings import Settings
    from cet.quantities import Unit

_BASES_IN_ONE = {"freight": 1000, "power": 3600}
"""Gram-metres in a g-km, joules an hour in a watt: what a base unit is in those of which it is made."""


def amount_in(target: Unit, row: Row, settings: Settings) -> Fraction:
    """(quantity + added − subtracted) × share × parameters, in `target`."""
    value, monies = _base(row.shape.unit)
    value *= row.quantity.value
    for one in row.given:
        if one.parameter.role.value in ("add", "subtract"):
            term = one.value * _base(one.unit)[0]
            value += term if one.parameter.role.value == "add" else -term
    value *= row.share.value
    for one in row.given:
        value, monies = _with(
            value, monies, one.parameter.role.value, one.value, one.unit or one.parameter.unit
        )
    if row.shape.chp:
        value *= _part(row.shape.chp, settings)
    goal, wanted = _base(target.name)
    return value / goal * _exchanged(monies, wanted, settings)


def _with(
    value: Fraction, monies: list[tuple[str, int]], role: str, number: Fraction, unit_text: str
) -> tuple[Fraction, list[tuple[str, int]]]:
    if role in ("add", "subtract"):
        return value, monies
    if role == "reduce":
        return value - value * number, monies
    if role == "increase":
        return value + value * number, monies
    if role == "exclude":
        return value / (number + 1), monies
    base, own = _base(unit_text)
    if role == "divide":
        return value / (number * base), [*monies, *((name, -power) for name, power in own)]
    return value * number * base, [*monies, *own]


def _base(text: str) -> tuple[Fraction, list[tuple[str, int]]]:
    """Base units in one `text`, and the money in it with its power."""
    value, monies = Fraction(1), []
    for at, name in enumerate(text.split("/") if text else []):
        if name == "1":
            continue
        part = unit(name)
        ratio = part.ratio * _BASES_IN_ONE.get(part.dimension, 1)
        value = value / ratio if at else value * ratio
        if part.dimension.startswith("money"):
            monies.append((part.name, -1 if at else 1))
    return value, monies


def _exchanged(monies: list[tuple[str, int]], wanted: list[tuple[str, int]], settings: Settings) -> Fraction:
    """What the money in the numerator is worth in that of the denominator, or in the one wanted."""
    above: list[str] = []
    below: list[str] = []
    for name, power in monies:
        (above if power > 0 else below).append(name)
    for name in list(above):
        if name in below:
            above.remove(name)
            below.remove(name)
    below += [name for name, _ in wanted]
    for name in list(above):
        if name in below:
            above.remove(name)
            below.remove(name)
    found = Fraction(1)
    left = sorted(above)
    for other in below:
        of_its_currency = [one for one in left if one.startswith(other[:3])]
        one = (of_its_currency or left)[0]
        left.remove(one)
        found *= _worth(one, settings)[other]
    return found


def _worth(money: str, settings: Settings) -> dict[str, Fraction]:
    """One of `money` in every money that can be reached."""
    ways = [(e.from_money, e.to_money, Fraction(e.rate)) for e in settings.exchanges]
    ways += [
        (d.from_money, d.to_money, Fraction(d.to_index) / Fraction(d.from_index)) for d in settings.deflators
    ]
    ways += [(there, here, 1 / rate) for here, there, rate in ways]
    known = {money: Fraction(1)}
    frontier = [money]
    while frontier:
        reached: dict[str, Fraction] = {}
        for place in frontier:
            for here, there, rate in ways:
                if here == place and there not in known:
                    reached.setdefault(there, known[place] * rate)
        known |= reached
        frontier = list(reached)
    return known


def _part(name: str, settings: Settings) -> Fraction:
    """The output's part of its plant, by the words of each method."""
    plant = name.partition("/")[0]
    shares = {one.output: _share_of(one) for one in settings.chp if one.plant == plant}
    return shares[name.partition("/")[2]] / sum(shares.values(), Fraction(0))


def _share_of(one: ChpOutput) -> Fraction:
    energy = Fraction(one.energy) * unit(one.unit).ratio
    if one.method == "efficiency":
        return energy / Fraction(one.efficiency or ("0.8" if one.kind == "heat" else "0.35"))
    if one.method == "energy-content" or one.kind == "power":
        return energy
    if one.work:
        return Fraction(one.work) * unit(one.unit).ratio
    temperature = Fraction(one.temperature or "0")
    return energy * (temperature - Fraction(one.reference_temperature)) / temperature
