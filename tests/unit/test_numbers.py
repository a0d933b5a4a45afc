"""Decimal text is read exactly, or refused with what would be right."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.errors import NumberError
from cet.quantities import exact_text, half_even_text, parse_number, round_down_mg, round_up_mg, tonnes_text


@pytest.mark.parametrize(
    ("text", "value", "plain"),
    [
        ("0", Fraction(0), "0"),
        ("-0.0", Fraction(0), "0"),
        ("007.50", Fraction(15, 2), "7.5"),
        ("1.5e3", Fraction(1500), "1500"),
        ("1E-3", Fraction(1, 1000), "0.001"),
        ("-62.48", Fraction(-6248, 100), "-62.48"),
        ("1234567890123456", Fraction(1234567890123456), "1234567890123456"),
        ("0.123456789012345", Fraction(123456789012345, 10**15), "0.123456789012345"),
        ("9" * 38, Fraction(int("9" * 38)), "9" * 38),
    ],
)
def test_a_decimal_number_is_read_exactly(text: str, value: Fraction, plain: str) -> None:
    parsed = parse_number(text)
    assert (parsed.value, parsed.text, parsed.artefact) == (value, plain, "")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0.21233000000000002", "0.21233"),
        ("68624019.66666666", "68624019.6666667"),
        ("39073.391319999995", "39073.39132"),
        ("0.30000000000000004", "0.3"),
        ("0.0100828660000000005", "0.0100828660000000005"),
        ("2.5000000000000005e-5", "0.000025"),
        ("1.0000000000000005", "1"),
        ("1.000000000000015", "1.00000000000002"),
        ("1.000000000000025", "1.00000000000002"),
    ],
)
def test_binary_noise_of_a_spreadsheet_is_read_at_15_digits_half_to_even(text: str, meant: str) -> None:
    parsed = parse_number(text)
    assert parsed.text == meant
    assert parsed.artefact == ("" if meant == text else text)


@pytest.mark.parametrize(
    ("text", "problem", "remedy"),
    [
        ("", "no number", "1234.5"),
        (" 1", "space", "write 1"),
        ("1,5", "decimal comma", "write 1.5"),
        ("1.234,5", "decimal comma", "write 1234.5"),
        ("1,234.5", "thousands", "write 1234.5"),
        ("12 345", "thousands", "write 12345"),
        ("1'000", "thousands", "write 1000"),
        ("=1+1", "formula", "digits only"),
        ("+5", "formula", "digits only"),
        ("NaN", "not a number", "estimate"),
        ("-inf", "not a number", "estimate"),
        ("50%", "percentage", "0.5 for 50%"),
        (".5", "decimal point", "0.5"),
        ("5.", "decimal point", "0.5"),
        ("1e99", "exponent", "between"),
        ("1e1000", "not a number", "decimal"),
        ("1" * 39, "too many digits", "38"),
        ("1" * 81, "81 characters", "38"),
        ("٣", "not a number", "decimal"),
        ("１２", "not a number", "decimal"),
        ("0x10", "not a number", "decimal"),
        ("1 kg", "not a number", "without units"),
        ("1_000", "thousands", "write 1000"),
        ("12\n", "space", "write 12"),
    ],
)
def test_anything_else_is_refused_with_what_would_be_right(text: str, problem: str, remedy: str) -> None:
    with pytest.raises(NumberError) as refusal:
        parse_number(text)
    assert problem in refusal.value.problem
    assert remedy in refusal.value.remedy


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(5, 4), "1.25"), (Fraction(1, 3), "1/3"), (Fraction(-7, 1000), "-0.007"), (Fraction(0), "0")],
)
def test_exact_text_is_plain_decimal_where_there_is_one(value: Fraction, text: str) -> None:
    assert exact_text(value) == text


def test_emissions_round_up_and_reductions_down() -> None:
    assert (round_up_mg(Fraction(1, 10**9)), round_down_mg(Fraction(2 * 10**9 - 1, 10**9))) == (1, 1)
    assert (round_up_mg(Fraction(7)), round_down_mg(Fraction(7))) == (7, 7)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(25, 1000), 2, "0.02"),
        (Fraction(35, 1000), 2, "0.04"),
        (Fraction(251, 10000), 2, "0.03"),
        (Fraction(5, 2), 0, "2"),
        (Fraction(-5, 2), 0, "-2"),
        (Fraction(-1, 3), 3, "-0.333"),
    ],
)
def test_printed_figures_round_half_to_even(value: Fraction, places: int, text: str) -> None:
    assert half_even_text(value, places) == text


def test_milligrams_are_shown_as_tonnes() -> None:
    assert tonnes_text(1_436_342_800_000) == "1436.343"
