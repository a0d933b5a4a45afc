"""A figure twice: exact, and as a document has it that rounds on its way. The exact one is what is reported."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cet.quantities import half_even_text, parse_number


@dataclass(frozen=True, slots=True)
class Figure:
    """A value without rounding, and the value carried on where the document rounds."""

    exact: Fraction
    carried: Fraction

    @classmethod
    def of(cls, value: str | int | Fraction) -> Figure:
        """A figure as given. Raises NumberError for text that is no number."""
        found = parse_number(value).value if isinstance(value, str) else Fraction(value)
        return cls(found, found)

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.exact + other.exact, self.carried + other.carried)

    def __sub__(self, other: Figure) -> Figure:
        return Figure(self.exact - other.exact, self.carried - other.carried)

    def __mul__(self, other: Figure) -> Figure:
        return Figure(self.exact * other.exact, self.carried * other.carried)

    def __truediv__(self, other: Figure) -> Figure:
        return Figure(self.exact / other.exact, self.carried / other.carried)

    def rounded_here(self, places: int) -> Figure:
        """The document goes on with so many decimals, half to even; the exact value stays."""
        return Figure(self.exact, parse_number(half_even_text(self.carried, places)).value)


@dataclass(frozen=True, slots=True)
class Step:
    """A named figure of a calculation, with its unit and the decimals a document prints it with."""

    name: str
    figure: Figure
    unit: str
    places: int = 0

    @property
    def printed(self) -> str:
        """As printed."""
        return half_even_text(self.figure.carried, self.places)
