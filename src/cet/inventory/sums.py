"""Emissions per lot as exact fractions: activity of each shape times its rates, added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.activity import activity_of
from cet.quantities import unit
from cet.scopes import SCOPE_TEXT, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cet.inventory.shapes import Shape
    from cet.inventory.streams import LotKey, Stream
    from cet.inventory.tally import ShapeTally


@dataclass(slots=True)
class LotSum:
    """What a lot adds up to. `mg` is CO2e, `gases` mass by gas in mg, `unsplit` the part of `mg` known only as CO2e;
    `watt_hours` is the purchased energy of a scope 2 lot, None where a line's activity is no energy; `lines` counts lines.
    `activity` is what the lines' amounts come to, by the unit it is shown in and by kind of data."""

    mg: Fraction = Fraction(0)
    gases: dict[str, Fraction] = field(default_factory=dict)
    unsplit: Fraction = Fraction(0)
    watt_hours: Fraction | None = Fraction(0)
    lines: int = 0
    activity: dict[tuple[str, str], Fraction] = field(default_factory=dict)


def add_up(
    tallies: Iterable[tuple[Shape, ShapeTally]],
    *,
    of: Callable[[Shape], Iterable[Stream]] = lambda shape: shape.streams,
) -> dict[LotKey, LotSum]:
    """Every lot's sum, in the order of their keys; `of` picks the streams: by default what is reported."""
    sums: dict[LotKey, LotSum] = {}
    watt_hour = unit("Wh").ratio
    for shape, tally in tallies:
        for stream in of(shape):
            lot = sums.setdefault(stream.key, LotSum())
            lot.mg += tally.amount * stream.mg
            lot.unsplit += tally.amount * stream.unsplit
            lot.lines += tally.lines
            for gas, per_unit in stream.gases:
                lot.gases[gas] = lot.gases.get(gas, Fraction(0)) + tally.amount * per_unit
            add_activity(lot, stream.key, shape, tally.amount)
            if stream.key.scope is not Scope.SCOPE_2 or shape.factors[0].unit.dimension != "energy":
                lot.watt_hours = None
            elif lot.watt_hours is not None:
                energy = shape.factors[0].unit.ratio / watt_hour
                lot.watt_hours += tally.amount * shape.per_factor * shape.purchased * energy
    return {key: sums[key] for key in sorted(sums)}


def add_activity(lot: LotSum, key: LotKey, shape: Shape, amount: Fraction) -> None:
    """Adds the lines' activity to the lot of the key they name themselves, not to those outside the scopes."""
    if key.scope is SCOPE_TEXT[shape.text.scope]:
        shown, activity = activity_of(shape, amount)
        place = (shown, shape.text.data)
        lot.activity[place] = lot.activity.get(place, Fraction(0)) + activity
