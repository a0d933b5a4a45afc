"""Units multiplied and divided: `L/km`, a mass times a distance, a spend by a price, all exactly.

A measure is a ratio to base units and the powers of the base dimensions it is made of. Two measures are of one kind when
their powers are the same; what freight, passenger and container activity are made of stands in `data/units.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cet.errors import UnitError
from cet.quantities.numbers import parse_number
from cet.quantities.units import Unit, unit

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_PARTS = 4
_PLAIN_NUMBER = "1"


@dataclass(frozen=True, slots=True)
class Measure:
    """A unit, or a product or quotient of units: how many base units it is, and of which base dimensions."""

    ratio: Fraction
    powers: tuple[tuple[str, int], ...]

    def times(self, other: Measure) -> Measure:
        """The product of the two."""
        return Measure(self.ratio * other.ratio, _joined([*self.powers, *other.powers]))

    def per(self, other: Measure) -> Measure:
        """This one divided by the other."""
        inverse = ((dimension, -power) for dimension, power in other.powers)
        return Measure(self.ratio / other.ratio, _joined([*self.powers, *inverse]))

    @property
    def words(self) -> str:
        """What it measures, `mass × distance`, `volume / distance`; `number` where it is a plain number."""
        above = [_power(dimension, power) for dimension, power in self.powers if power > 0]
        below = [_power(dimension, -power) for dimension, power in self.powers if power < 0]
        words = " × ".join(above) or "number"
        return f"{words} / {' / '.join(below)}" if below else words


NUMBER = Measure(Fraction(1), ())
"""A plain number."""


def measure_of(one: Unit) -> Measure:
    """The measure of a unit of the table."""
    scale, powers = _made_of().get(one.dimension, (Fraction(1), ((one.dimension, 1),)))
    return Measure(one.ratio * scale, powers)


def measure(name: str) -> Measure:
    """The measure of `kWh`, `L/km`, `EUR2023/L`, `1/km` or, if empty, of a plain number. Raises UnitError."""
    if not name:
        return NUMBER
    first, *below = name.split("/")
    if len(below) >= _MOST_PARTS:
        raise UnitError(f"unit {name[:80]!r} has too many parts", "write at most three divisions")
    found = NUMBER if first == _PLAIN_NUMBER else measure_of(unit(first))
    for part in below:
        found = found.per(measure_of(unit(part)))
    return found


@cache
def _made_of() -> dict[str, tuple[Fraction, tuple[tuple[str, int], ...]]]:
    data = tomllib.loads(resources.files("cet").joinpath("data/units.toml").read_text(encoding="utf-8"))
    return {
        dimension: (
            parse_number(entry["scale"]).value,
            tuple(sorted((name, power) for name, power in entry.items() if name != "scale")),
        )
        for dimension, entry in data["made-of"].items()
    }


def _joined(powers: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    total: dict[str, int] = {}
    for dimension, power in powers:
        total[dimension] = total.get(dimension, 0) + power
    return tuple((dimension, total[dimension]) for dimension in sorted(total) if total[dimension])


def _power(dimension: str, power: int) -> str:
    return dimension if power == 1 else f"{dimension}^{power}"
