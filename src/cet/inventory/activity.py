"""What a line did, in the unit its kind of activity is shown in: transport in t-km, energy in kWh, whatever was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.quantities import unit

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.inventory.shapes import Shape

SHOWN_UNITS = {
    "energy": "kWh",
    "volume": "L",
    "mass": "kg",
    "distance": "km",
    "freight": "t-km",
    "passenger": "passenger-km",
    "container": "TEU-km",
    "item": "item",
    "stay": "room-night",
    "work": "FTE-hour",
    "area": "m2",
    "time": "h",
    "power": "kW",
    "people": "person",
    "boxes": "TEU",
}
"""The unit a dimension's activity is shown in; money in its own currency and price year."""


def activity_of(shape: Shape, amount: Fraction) -> tuple[str, Fraction]:
    """The unit and the activity that rows of this shape come to, by the (location-based) factor."""
    per = shape.factors[0].unit
    shown = SHOWN_UNITS.get(per.dimension, per.name)
    return shown, amount * shape.per_factor * per.ratio / unit(shown).ratio
