"""Exact numbers in SQL: the canonical text of a decimal, and of a product of decimals and a rate, as `cet.quantities` writes it.

A number is its digits (a HUGEINT, 38 digits) and how many of them are decimals; nothing is ever divided but by a divisor of
it. Every function returns SQL text; columns hold unsigned plain decimals such as `12.50`, checked before.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

MAX_DIGITS = 38
"""Digits that a product may have at most: 10^38 is below the largest HUGEINT."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A fraction as `digits` ÷ (`odd` × 10^`scale`), where `odd` has neither 2 nor 5 as a factor."""

    digits: int
    odd: int
    scale: int


def rate_of(value: Fraction) -> Rate:
    """The one way to write a fraction so."""
    odd, scale = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while odd % prime == 0:
            odd //= prime
            power += 1
        scale = max(scale, power)
    return Rate(value.numerator * (10**scale * odd // value.denominator), odd, scale)


def canonical(column: str) -> str:
    """Its canonical text: no leading zeros, no trailing zeros after the point, no bare point."""
    short = f"if(ends_with({column}, '0') AND contains({column}, '.'), {_trimmed(column)}, {column})"
    return (
        f"if(starts_with({column}, '0') AND {column} <> '0',"
        f" if(starts_with(ltrim({short}, '0'), '.') OR ltrim({short}, '0') = '', '0', '') || ltrim({short}, '0'), {short})"
    )


def digits(column: str) -> str:
    """All its digits as text, the point left out."""
    return f"replace({column}, '.', '')"


def decimals(column: str) -> str:
    """How many of them stand after the point."""
    return f"if(contains({column}, '.'), length({column}) - strpos({column}, '.'), 0)"


def with_exact_texts(relation: str, names: Iterable[str]) -> str:
    """The relation, and for each name the text of `name_value` ÷ (`name_odd` × 10^`name_places`), none of them negative,
    as `quantities.exact_text` writes it. The denominator must be below 10^38.

    In layers, so that no part of it is calculated twice.
    """
    whole = {
        f"{name}_whole": f"CASE WHEN {name}_odd = 1 THEN {name}_value::VARCHAR"
        f" WHEN {name}_value % {name}_odd = 0 THEN ({name}_value // {name}_odd)::VARCHAR END"
        for name in names
    }
    padded = {
        f"{name}_padded": f"if(length({name}_whole) > {name}_places, {name}_whole,"
        f" repeat('0', {name}_places + 1 - length({name}_whole)) || {name}_whole)"
        for name in names
    }
    texts = {name: f"if({name}_whole IS NULL, {_fraction(name)}, {_pointed(name)})" for name in names}
    for layer in (whole, padded, texts):
        relation = (
            f"SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in layer.items())} FROM ({relation})"
        )
    return relation


def trimmed_decimal(number: str, places: int) -> str:
    """The canonical text of a DECIMAL of so many decimals that is not negative."""
    return _trimmed(f"{number}::VARCHAR") if places else f"{number}::VARCHAR"


def half_even(name: str, places: int, kind: str) -> str:
    """`name_value` ÷ (`name_odd` × 10^`name_places`) with so many decimals, half to even, as `quantities.half_even_text` has it, as
    a DECIMAL of that kind; NULL where there is no room for it, or to calculate it."""
    denominator = f"({name}_odd * ('1' || repeat('0', {name}_places))::HUGEINT)"
    whole = f"TRY_CAST({name}_value // {denominator} AS DECIMAL({MAX_DIGITS - places}, 0))"
    scaled = f"({name}_value % {denominator} * {10**places})"
    cut, twice = f"({scaled} // {denominator})", f"({scaled} % {denominator} * 2)"
    up = f"{twice} > {denominator} OR ({twice} = {denominator} AND {cut} % 2 = 1)"
    unit = f"{Decimal(10) ** -places:f}::DECIMAL({places + 1}, {places})"
    decimals = f"({cut} + if({up}, 1, 0))::DECIMAL(19, 0) * {unit}"
    room = f"{denominator} < {10 ** (MAX_DIGITS - places)}::HUGEINT"
    return f"CASE WHEN {room} THEN TRY_CAST(TRY({whole} + {decimals}) AS {kind}) END"


def _fraction(name: str) -> str:
    denominator = f"({name}_odd * ('1' || repeat('0', {name}_places))::HUGEINT)"
    common = f"gcd({name}_value, {denominator})"
    return f"({name}_value // {common})::VARCHAR || '/' || ({denominator} // {common})::VARCHAR"


def _pointed(name: str) -> str:
    padded, places = f"{name}_padded", f"{name}_places"
    pointed = f"concat(left({padded}, length({padded}) - {places}), '.', right({padded}, {places}))"
    return f"if({places} = 0, {padded}, {_trimmed(pointed)})"


def _trimmed(text: str) -> str:
    """Without zeros at the end, nor a point; faster than rtrim."""
    return f"regexp_replace({text}, '\\.?0*$', '')"
