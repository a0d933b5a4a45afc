"""GWPs by assessment report, families, and blends taken apart."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.errors import GasError
from cet.gases import GAS_COLUMNS, Family, GwpSet, expand, gas, gas_names


@pytest.mark.parametrize(
    ("name", "ar4", "ar5", "ar6"),
    [
        ("CO2", "1", "1", "1"),
        ("CO2-biogenic", "1", "1", "1"),
        ("CH4-fossil", "25", "28", "29.8"),
        ("CH4-biogenic", "25", "28", "27.0"),
        ("N2O", "298", "265", "273"),
        ("SF6", "22800", "23500", "25200"),
        ("NF3", "17200", "16100", "17400"),
        ("HFC-134a", "1430", "1300", "1530"),
        ("PFC-14", "7390", "6630", "7380"),
        ("HCFC-22", "1810", "1760", "1960"),
    ],
)
def test_the_gwps_are_those_of_the_reports(name: str, ar4: str, ar5: str, ar6: str) -> None:
    values = [gas(name).gwp(gwp_set) for gwp_set in GwpSet]
    assert values == [Fraction(ar4), Fraction(ar5), Fraction(ar6)]


def test_methane_of_unstated_origin_is_fossil() -> None:
    assert gas("CH4") == gas("CH4-fossil")


def test_a_gas_a_report_does_not_list_is_refused_under_it() -> None:
    with pytest.raises(GasError, match="AR4 gives no GWP for HFC-41"):
        gas("HFC-41").gwp(GwpSet.AR4)


def test_an_unknown_gas_is_refused_with_its_neighbours() -> None:
    with pytest.raises(GasError, match="HFC-134a"):
        gas("HFC-134b")


def test_a_blend_is_its_components_by_mass() -> None:
    assert {part.name: mass for part, mass in expand({"R-404A": Fraction(100)})} == {
        "HFC-125": 44,
        "HFC-134a": 4,
        "HFC-143a": 52,
    }


def test_what_is_no_listed_gas_drops_out_of_a_blend() -> None:
    assert sum(mass for _, mass in expand({"R-402A": Fraction(1)})) == Fraction(98, 100)


def test_the_same_gas_from_two_sources_is_one() -> None:
    parts = expand({"R-410A": Fraction(2), "HFC-32": Fraction(1), "HFC-125": Fraction(1)})
    assert [(part.name, mass) for part, mass in parts] == [("HFC-125", 2), ("HFC-32", 2)]


def test_the_columns_of_a_statement_are_the_seven_families_and_biogenic_co2() -> None:
    assert [family.value for family in GAS_COLUMNS] == [
        "fossil-co2",
        "biogenic-co2",
        "ch4",
        "n2o",
        "hfc",
        "pfc",
        "sf6",
        "nf3",
    ]
    assert Family.NON_KYOTO not in GAS_COLUMNS


def test_every_gas_and_blend_has_a_gwp_under_the_latest_report() -> None:
    for name in gas_names():
        assert all(part.gwp(GwpSet.AR6) > 0 for part, _ in expand({name: Fraction(1)}))
