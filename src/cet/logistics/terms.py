"""The framework's words with the numbers they are encoded by, and amounts of activity in their base units.

Freight is counted in gram-kilometres, containers in TEU-metres, travellers in passenger-metres, mail and parcels in items;
solutions in grams or watt-hours. Amounts are whole numbers of these.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from cet.errors import ExplainedError
from cet.quantities import parse_number, round_down, unit

if TYPE_CHECKING:
    from fractions import Fraction


class LogisticsError(ExplainedError):
    """A booking, a claim or a calculation the framework does not allow."""


class Word(IntEnum):
    """A word of the framework: its number is what is encoded, its text what people write."""

    @property
    def text(self) -> str:
        """As written in files: `solution-provider`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def of(cls, text: str) -> Word:
        """The word written so. Raises LogisticsError naming what there is."""
        for one in cls:
            if one.text == text:
                return one
        raise LogisticsError(
            f"no such {cls.__name__.lower()}: {text[:80]!r}", f"one of {', '.join(one.text for one in cls)}"
        )


class Role(Word):
    """What an organisation does in a transport supply chain (section 2); one may have several."""

    CARRIER = 0
    LSP = 1
    SHIPPER = 2
    SOLUTION_PROVIDER = 3


class Act(Word):
    """What is done (section 9)."""

    BOOK = 0
    REBOOK = 1
    CLAIM = 2
    PROVIDE = 3


class Basis(Word):
    """Whether a physical tie between solution and service can be shown (section 5)."""

    DIRECT = 0
    INDIRECT = 1


class Material(Word):
    """What a booking or a claim is made from, seen by who makes it (sections 5, 9 and 11)."""

    OWN_TRANSPORT = 0
    PRODUCTION = 1
    SOLUTION = 2
    EMITTER_PROFILE = 3
    CARRIER_DIRECT = 4
    CARRIER_ELSEWHERE = 5
    CARRIER_INDIRECT = 6
    LSP_DIRECT = 7
    LSP_INDIRECT = 8


class Since(Word):
    """What a vintage is counted from (section 8)."""

    NONE = 0
    GENERATION = 1
    PRODUCTION = 2
    BOOKING = 3
    BOOKING_YEAR = 4


class Mode(Word):
    """The modes of the GLEC Framework; they bind every LETS (section 7)."""

    AIR = 0
    INLAND_WATERWAY = 1
    LOGISTICS_SITES = 2
    RAIL = 3
    ROAD = 4
    SEA = 5


class Bundling(Word):
    """Which profiles of a solution stand together (section 11): both, or each by itself."""

    BUNDLED = 0
    EMITTER = 1
    SUPPLY_CHAIN = 2


_BASE_UNITS = {
    "freight": "g-km",
    "container": "TEU-m",
    "passenger": "passenger-m",
    "item": "item",
    "mass": "g",
    "energy": "Wh",
}
ACTIVITY_UNITS = ("g-km", "TEU-m", "passenger-m", "item")
SOLUTION_UNITS = ("g", "Wh")
SHOWN_UNITS = {
    "g-km": "t-km",
    "TEU-m": "TEU-km",
    "passenger-m": "passenger-km",
    "item": "item",
    "g": "kg",
    "Wh": "kWh",
}
"""The unit that people are shown an amount in, by its base unit."""


def per_shown(base: str) -> Fraction:
    """How many base units the shown unit is."""
    return unit(SHOWN_UNITS[base]).ratio / unit(base).ratio


def amount(
    quantity: str, unit_name: str, units: tuple[str, ...] = ACTIVITY_UNITS, *, cut: bool = False
) -> tuple[int, str]:
    """A quantity as a whole number of its base unit, and that unit: `5000000`, `t-km` is 5·10^12 g-km.

    With `cut` a part of a base unit is left off: for disclosed energy, which is never overstated. Raises NumberError,
    UnitError; LogisticsError for another kind of unit, a negative amount or, without `cut`, a part of a base unit.
    """
    found = unit(unit_name)
    base = _BASE_UNITS.get(found.dimension, "")
    if base not in units:
        raise LogisticsError(
            f"{found.name} can't count this", f"use a unit that converts to {' or '.join(units)}"
        )
    value = parse_number(quantity).value * found.ratio / unit(base).ratio
    if value < 0:
        raise LogisticsError(f"negative amount {quantity}", "give what was done, 0 or more")
    if value.denominator != 1 and not cut:
        raise LogisticsError(
            f"{quantity} {unit_name} is no whole number of {base}", f"round it to whole {base}"
        )
    return round_down(value), base
