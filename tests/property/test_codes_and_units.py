"""Codes, numbers and conversions survive a round trip."""

from __future__ import annotations

import contextlib
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cet.errors import NumberError, ScopeError
from cet.quantities import (
    convertible,
    exact_text,
    half_even_text,
    parse_number,
    ratio_between,
    unit,
    unit_names,
)
from cet.scopes import LotCode, may_become

codes = st.integers(0, 2**16 - 1)
units = st.sampled_from(unit_names()).map(unit)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6)


def decoded(number: int) -> LotCode | None:
    try:
        return LotCode.decode(number)
    except ScopeError:
        return None


ALL_CODES = [code for code in map(decoded, range(2**16)) if code]


@given(codes)
def test_a_code_survives_or_is_refused(number: int) -> None:
    code = decoded(number)
    assert code is None or code.encode() == number


@given(st.sampled_from(ALL_CODES), st.sampled_from(ALL_CODES))
def test_a_share_keeps_its_unit_and_never_leaves_or_enters_reporting_only_lots(
    parent: LotCode, child: LotCode
) -> None:
    if may_become(parent, child):
        assert parent.unit is child.unit
        assert not {"LOCATION_BASED"} & {parent.method.name, child.method.name}
        assert not child.is_product
        assert child.scope != 1


@given(units, units, st.fractions(min_value=0, max_value=10**9))
def test_a_conversion_there_and_back_is_the_identity(one: object, other: object, amount: Fraction) -> None:
    if convertible(one, other):  # type: ignore[arg-type]
        there = amount * ratio_between(one, other)  # type: ignore[arg-type]
        assert there * ratio_between(other, one) == amount  # type: ignore[arg-type]


@given(decimals)
def test_a_decimal_is_read_as_itself(number: object) -> None:
    text = f"{number:f}"
    parsed = parse_number(text)
    if not parsed.artefact:
        assert parsed.value == Fraction(text)
        assert parse_number(parsed.text).value == parsed.value


@given(st.floats(min_value=0, max_value=1e15, allow_subnormal=False))
def test_a_spreadsheet_float_is_read_within_half_a_unit_of_its_15th_digit(number: float) -> None:
    text = f"{number:.17g}"
    if "e" in text and abs(int(text.partition("e")[2])) > 30:
        return
    parsed = parse_number(text)
    assert abs(parsed.value - Fraction(text)) <= abs(Fraction(text)) * Fraction(5, 10**15)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_a_number_error(text: str) -> None:
    with contextlib.suppress(NumberError):
        parsed = parse_number(text)
        assert exact_text(parsed.value) == parsed.text


@given(st.fractions(min_value=-(10**9), max_value=10**9), st.integers(0, 9))
def test_half_even_is_within_half_a_unit(value: Fraction, places: int) -> None:
    assert abs(Fraction(half_even_text(value, places)) - value) <= Fraction(1, 2 * 10**places)
