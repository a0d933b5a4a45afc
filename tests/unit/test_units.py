"""The closed unit table: exact ratios, and refusals that name the choices."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.errors import UnitError
from cet.quantities import convertible, ratio_between, unit, unit_names


@pytest.mark.parametrize(
    ("source", "target", "ratio"),
    [
        ("lb", "kg", Fraction(45359237, 10**8)),
        ("short-ton", "lb", Fraction(2000)),
        ("long-ton", "lb", Fraction(2240)),
        ("kWh", "MJ", Fraction(36, 10)),
        ("mmBtu", "Btu", Fraction(10**6)),
        ("therm", "Btu", Fraction(10**5)),
        ("Btu", "J", Fraction(105505585262, 10**8)),
        ("bbl", "gal", Fraction(42)),
        ("gal", "L", Fraction(3785411784, 10**9)),
        ("gal-imp", "L", Fraction(454609, 10**5)),
        ("m3", "L", Fraction(1000)),
        ("ccf", "scf", Fraction(100)),
        ("Mscf", "ccf", Fraction(10)),
        ("mile", "km", Fraction(1609344, 10**6)),
        ("nmi", "m", Fraction(1852)),
        ("ton-mile", "t-km", Fraction(90718474, 10**8) * Fraction(1609344, 10**6)),
        ("TEU-km", "TEU-m", Fraction(1000)),
        ("passenger-mile", "passenger-km", Fraction(1609344, 10**6)),
        ("ton-hour", "Btu", Fraction(12000)),
        ("toe", "GJ", Fraction(41868, 1000)),
    ],
)
def test_a_conversion_is_exact_by_definition(source: str, target: str, ratio: Fraction) -> None:
    assert ratio_between(unit(source), unit(target)) == ratio
    assert ratio_between(unit(target), unit(source)) == 1 / ratio


@pytest.mark.parametrize(
    ("alias", "name"), [("vehicle-km", "km"), ("gallon", "gal"), ("short-ton-mile", "ton-mile")]
)
def test_an_alias_is_the_unit_itself(alias: str, name: str) -> None:
    assert unit(alias) == unit(name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ton", "short-ton"),
        ("mt", "Mt"),
        ("kwh", "kWh"),
        ("USD", "price year"),
        ("furlong", "unit table"),
        ("litr", "litre"),
        ("", "no unit"),
        ("XXX2022", "unknown"),
    ],
)
def test_a_unit_not_in_the_table_is_refused_with_the_choices(name: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        unit(name)


def test_units_of_different_kinds_never_convert() -> None:
    with pytest.raises(UnitError, match="energy"):
        ratio_between(unit("m3"), unit("kWh"))


def test_money_converts_to_no_other_price_year() -> None:
    assert convertible(unit("USD2022"), unit("USD2022"))
    assert not convertible(unit("USD2021"), unit("USD2022"))
    assert not convertible(unit("EUR2022"), unit("USD2022"))


def test_every_name_of_the_table_can_be_looked_up() -> None:
    for name in unit_names():
        assert unit(name).ratio > 0
