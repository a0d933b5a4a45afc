"""How figures, codes and other people's text look."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.report.words import basis_words, clean, code_words, grouped, percent, plural, tonnes
from cet.scopes import LotCode


@pytest.mark.parametrize(
    ("mass", "shown"),
    [
        (0, "0.000"),
        (1, "<0.001"),
        (-1, "-<0.001"),
        (500_000, "0.000"),
        (1_500_000, "0.002"),
        (6_958_142_040_000_000, "6,958,142.040"),
        (-315_937_800_000, "-315.938"),
    ],
)
def test_tonnes_are_shown_to_the_kilogram_and_never_as_nothing(mass: int, shown: str) -> None:
    assert tonnes(mass) == shown


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Fraction(0), "0 %"),
        (Fraction(1), "100 %"),
        (Fraction(1, 40), "2.5 %"),
        (Fraction(1, 3), "33.3333 %"),
        (Fraction(1, 10**8), "<0.0001 %"),
    ],
)
def test_percent_is_exact_where_it_can_be(part: Fraction, shown: str) -> None:
    assert percent(part) == shown


def test_a_rounded_zero_has_no_sign() -> None:
    assert grouped(Fraction(-1, 10**6), 3) == "0.000"


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (0x4410, "scope 1 stationary"),
        (0x8610, "scope 2 electricity, market-based"),
        (0xC400, "scope 3.1 purchased goods and services"),
        (0x2410, "product electricity"),
        (0x0400, "outside: biogenic CO2"),
    ],
)
def test_codes_are_put_in_words(code: int, shown: str) -> None:
    assert code_words(LotCode.decode(code)) == shown


def test_a_basis_is_shown_in_the_unit_people_use() -> None:
    assert basis_words(LotCode.decode(0x8610), 311_285_799_000) == "311,285.799 MWh"
    assert basis_words(LotCode.decode(0x4400), 10**9) == "1.000 t CO2e"


def test_text_of_others_cannot_steer_the_terminal() -> None:
    assert clean("Acme \x1b[31mLtd\u202e\n") == "Acme �[31mLtd��"
    assert clean("Elektrizitätswerk 東京") == "Elektrizitätswerk 東京"


def test_plurals() -> None:
    assert [plural(1, "line"), plural(2, "line"), plural(2, "batch")] == ["1 line", "2 lines", "2 batches"]
