"""Lines that differ in nothing but their quantity, share and texts: one shape, and the same numbers in its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.inventory.parameters import given_of, multiplier

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.inventory.parameters import Given
    from cet.inventory.shapes import Shape


@dataclass(frozen=True, slots=True)
class LineClass:
    """A shape and the packed text of its parameters' values; only terms, which are added, are no part of a class."""

    shape: Shape
    values: str = ""

    @property
    def given(self) -> tuple[Given, ...]:
        """The parameters."""
        return given_of(self.shape.text.parameters, self.values)

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """mg CO2e per unit of quantity × share, for the streams of the shape in the order of their keys."""
        factor = multiplier(self.given)
        streams = sorted(self.shape.streams, key=lambda stream: stream.key)
        return tuple(stream.mg * factor for stream in streams)
