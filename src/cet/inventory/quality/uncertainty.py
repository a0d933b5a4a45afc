"""Uncertainty factors from data quality scores, and a range from them (GHG Protocol, Quantitative Inventory Uncertainty).

An uncertainty factor U is the square of a geometric standard deviation: 95 % of a lognormal quantity is between x ÷ U and
x × U. Of one line  ln U = √(Σ (ln Uᵢ)² + (ln U_basic)²)  over the five indicators. Of a sum, by the first-order Taylor
expansion  ln U = √(Σ (wⱼ · ln Uⱼ)²)  with w the parts of the total. Lines of one factor share its error, so their w · ln U
are added before they are squared: a bill cut in twelve is as uncertain as it was whole.

Logarithms, roots and powers are irrational. They are decimals of `PRECISION` digits, each correctly rounded, half to even;
what leaves this module is rounded once, to `PLACES` decimals, upwards: a range is never too narrow.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from cet.inventory.quality.scores import basic_factors, indicators
from cet.quantities import round_down, round_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.inventory.quality.scores import Scores

PRECISION = 50
PLACES = 4

_CONTEXT = Context(prec=PRECISION, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
_NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Range:
    """A figure in mg between `low` and `high` with 95 % probability: figure ÷ `factor` and × `factor`, rounded outwards."""

    factor: Fraction
    low: int
    high: int


@cache
def log_factor(scores: Scores, dimension: str) -> Decimal:
    """ln U of a line with these scores; `dimension` is that of what its factor is per."""
    basic = basic_factors()
    factors = [one.factors[score - 1] for one, score in zip(indicators(), scores, strict=True)]
    return _root_of_squares(_CONTEXT.ln(one) for one in (*factors, basic.get(dimension, basic["other"])))


def range_of(mg: Fraction, parts: Mapping[tuple[str, Decimal], Fraction]) -> Range:
    """The range of a figure made of `parts`: mg by factor id and ln U. The figure is their sum, and not zero."""
    by_factor: dict[str, Decimal] = {}
    for (name, log), part in sorted(parts.items()):
        weight = _CONTEXT.divide(*_whole(part / mg))
        by_factor[name] = _CONTEXT.add(by_factor.get(name, _NONE), _CONTEXT.multiply(weight, log))
    factor = widened(_CONTEXT.exp(_root_of_squares(by_factor.values())))
    return Range(factor, round_down(mg / factor), round_up(mg * factor))


def widened(factor: Decimal) -> Fraction:
    """An uncertainty factor with `PLACES` decimals, rounded up: never below what it was."""
    return Fraction(round_up(Fraction(factor) * 10**PLACES), 10**PLACES)


def _root_of_squares(values: Iterable[Decimal]) -> Decimal:
    total = _NONE
    for value in sorted(values):
        total = _CONTEXT.add(total, _CONTEXT.multiply(value, value))
    return _CONTEXT.sqrt(total)


def _whole(value: Fraction) -> tuple[Decimal, Decimal]:
    return Decimal(value.numerator), Decimal(value.denominator)
