"""Emissions per lot as exact fractions: activity of each shape times its rates, added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.quantities import unit
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.shapes import Shape
    from cet.inventory.streams import LotKey
    from cet.inventory.tally import ShapeTally


@dataclass(slots=True)
class LotSum:
    """What a lot adds up to. `mg` is CO2e, `gases` mass by gas in mg, `unsplit` the part of `mg` known only as CO2e;
    `watt_hours` is the consumption of a scope 2 lot, None where a line's quantity is no energy; `lines` counts them."""

    mg: Fraction = Fraction(0)
    gases: dict[str, Fraction] = field(default_factory=dict)
    unsplit: Fraction = Fraction(0)
    watt_hours: Fraction | None = Fraction(0)
    lines: int = 0


def add_up(tallies: Iterable[tuple[Shape, ShapeTally]]) -> dict[LotKey, LotSum]:
    """Every lot's sum, in the order of their keys."""
    sums: dict[LotKey, LotSum] = {}
    watt_hour = unit("Wh").ratio
    for shape, tally in tallies:
        for stream in shape.streams:
            lot = sums.setdefault(stream.key, LotSum())
            lot.mg += tally.amount * stream.mg
            lot.unsplit += tally.amount * stream.unsplit
            lot.lines += tally.lines
            for gas, per_unit in stream.gases:
                lot.gases[gas] = lot.gases.get(gas, Fraction(0)) + tally.amount * per_unit
            if stream.key.scope is not Scope.SCOPE_2 or shape.unit.dimension != "energy":
                lot.watt_hours = None
            elif lot.watt_hours is not None:
                lot.watt_hours += tally.amount * shape.unit.ratio / watt_hour
    return {key: sums[key] for key in sorted(sums)}
