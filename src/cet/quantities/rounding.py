"""The roundings of the project, each with its direction in its name. Emissions up, reductions down, claims half-even."""

from __future__ import annotations

from fractions import Fraction

MG_PER_TONNE = 10**9
"""Milligrams in a tonne; one CET."""


def round_up(value: Fraction) -> int:
    """The smallest integer not below the value."""
    return -(-value.numerator // value.denominator)


def round_down(value: Fraction) -> int:
    """The largest integer not above the value."""
    return value.numerator // value.denominator


def round_up_mg(emissions_mg: Fraction) -> int:
    """Emissions in whole milligrams, never understated: used once per lot."""
    return round_up(emissions_mg)


def round_down_mg(reduction_mg: Fraction) -> int:
    """A reduction or an offset in whole milligrams, never overstated."""
    return round_down(reduction_mg)


def half_even_text(value: Fraction, places: int) -> str:
    """The value with so many decimals, half to even, as plain text: how a printed figure was rounded."""
    scaled = value * 10**places
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1):
        whole += 1
    sign, digits = ("-" if whole < 0 else ""), str(abs(whole)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def tonnes_text(mass_mg: Fraction | int, places: int = 3) -> str:
    """Milligrams shown as tonnes, half to even: for people, never for further calculation."""
    return half_even_text(Fraction(mass_mg) / MG_PER_TONNE, places)
