"""A lot's emissions per unit of its declared output: the ratio indicator of the Corporate Standard, chapter 9."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from cet.inventory import SHOWN_UNITS
from cet.quantities import unit

if TYPE_CHECKING:
    from cet.inventory import Inventory, Lot

MG_PER_KG = 10**6


class Intensity(NamedTuple):
    """Exact kg CO2e per `unit` of what was put out, and how many of these were."""

    value: Fraction
    unit: str
    output: Fraction


def intensity_of(inventory: Inventory, lot: Lot) -> Intensity | None:
    """Gross of a lot, before its rounding, ÷ its declared output, or of a part of a lot its part of it; None where it has none."""
    output = inventory.output_of(lot.key)
    if output is None:
        return None
    base, dimension = output.base_unit
    shown = SHOWN_UNITS[dimension]
    of = Fraction(lot.basis) if lot.key.part else output.quantity
    quantity = of * unit(base).ratio / unit(shown).ratio
    return Intensity(lot.exact / MG_PER_KG / quantity, shown, quantity)
