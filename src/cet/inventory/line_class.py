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
    """A shape and its parameters with their numbers."""

    shape: Shape
    given: tuple[Given, ...] = ()

    @classmethod
    def packed(cls, shape: Shape, values: str) -> LineClass:
        """Of the packed text of the parameters' values."""
        return cls(shape, given_of(shape.text.parameters, values))

    @property
    def rates(self) -> tuple[Fraction, ...]:
        """mg CO2e per unit of quantity (with what is added to it) × share, for the streams of the shape in the order of their keys."""
        factor = multiplier(self.given)
        streams = sorted(self.shape.all_streams, key=lambda stream: stream.key)
        return tuple(stream.mg * factor for stream in streams)
