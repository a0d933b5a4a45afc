"""The starter packs: known figures of their sources, and what each source's columns are."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.factors import Boundary, Factor, FactorKind, FactorStore
from cet.factors.wanted import words_of
from cet.gases import GwpSet, expand, own_names
from cet.quantities import unit

STORE = FactorStore.default()
MG = {"kg": 10**6, "lb": Fraction("453592.37"), "t": 10**9}


THEMES = {
    "fuel": 200,
    "electricity": 30,
    "travel": 60,
    "freight": 40,
    "waste": 200,
    "refrigerant": 50,
    "spend": 100,
    "material": 40,
    "hotel": 39,
    "homeworking": 3,
    "water": 2,
}
"""At least so many factors that know the word."""


def test_the_packs_cover_what_inventories_need() -> None:
    assert len(STORE) >= 1000
    for word, least in THEMES.items():
        assert sum(word in words_of(factor) for factor in STORE) >= least, word
    assert sum(factor.covers is Boundary.UPSTREAM for factor in STORE) >= 150
    assert all(factor.activity for factor in STORE if factor.pack.id != "measured")


def test_every_fuel_of_desnz_has_its_upstream_counterpart() -> None:
    """So that scope 3.3 can be served wherever scope 1 is; the file itself lacks what is not listed here."""
    fuels = [one for one in STORE if one.pack.id == "desnz-2024" and "fuel" in words_of(one)]
    upstream = {(words_of(one), one.per) for one in fuels if one.covers is Boundary.UPSTREAM}
    lacking = {
        one.id for one in fuels if one.covers is Boundary.DIRECT and (words_of(one), one.per) not in upstream
    }
    assert lacking == set()


def test_a_flight_with_radiative_forcing_has_it_as_co2e_only() -> None:
    with_rf = STORE.get("desnz-2024/air/long-haul-average-rf")
    without = STORE.get("desnz-2024/air/long-haul-average-no-rf")
    assert dict(with_rf.gases)["CO2"] == dict(without.gases)["CO2"]
    assert with_rf.co2e(GwpSet.AR5) == Fraction("0.26128")


def test_no_two_starter_factors_answer_the_same_question_differently() -> None:
    seen: dict[object, Factor] = {}
    for factor in STORE:
        question = (words_of(factor), factor.geography, factor.per, factor.covers, factor.kind, factor.year)
        other = seen.setdefault(question, factor)
        same = (other.components, other.co2e_mg) == (factor.components, factor.co2e_mg)
        assert same, f"{other.id} and {factor.id}"


def co2e(factor: Factor, gwp: GwpSet) -> Fraction:
    """Mass of CO2e per unit, in the factor's own unit of mass; biogenic CO2 and non-Kyoto gases included."""
    gases = sum((mass * gas.gwp(gwp) for gas, mass in factor.components), factor.co2e_mg or Fraction(0))
    return gases / MG[factor.mass]


def test_the_packs_are_the_three_official_ones() -> None:
    packs = {factor.pack.id for factor in STORE} - {"measured"}
    assert packs == {"desnz-2024", "epa-hub-2024", "epa-supply-chain-1.3"}


def test_a_starter_factor_names_units_by_their_first_names_and_a_year_of_its_edition() -> None:
    for factor in STORE:
        assert unit(factor.per).name == factor.per, factor.id
        assert factor.year in (2022, 2024), factor.id


def test_every_gas_and_blend_is_a_factor_of_itself() -> None:
    for name in own_names():
        factor = STORE.get(f"measured/{name}")
        assert dict(factor.components) == {gas: mass * MG["kg"] for gas, mass in expand({name: Fraction(1)})}
        assert factor.co2e_mg is None


def test_co2e_that_is_given_is_taken_as_given() -> None:
    assert [STORE.get(f"measured/CO2e{gwp}").gwp for gwp in ("", "-AR4", "-AR5", "-AR6")] == [
        "unstated",
        "AR4",
        "AR5",
        "AR6",
    ]
    assert co2e(STORE.get("measured/CO2e"), GwpSet.AR5) == 1


@pytest.mark.parametrize(
    ("factor_id", "gases"),
    [
        ("epa-hub-2024/egrid/camx", {"CO2": "497.443", "CH4-fossil": "0.03", "N2O": "0.004"}),
        ("epa-hub-2024/egrid/srvc", {"CO2": "622.987", "CH4-fossil": "0.047", "N2O": "0.007"}),
        ("epa-hub-2024/mobile/gasoline", {"CO2": "8.78"}),
        (
            "epa-hub-2024/stationary/natural-gas-mmbtu",
            {"CO2": "53.06", "CH4-fossil": "0.001", "N2O": "0.0001"},
        ),
        ("epa-hub-2024/mobile/biodiesel", {"CO2-biogenic": "9.45"}),
        ("epa-hub-2024/waste/mixed-msw-landfilled", {"CO2e": "0.58"}),
    ],
)
def test_an_epa_factor_is_the_cell_of_its_table(factor_id: str, gases: dict[str, str]) -> None:
    assert dict(STORE.get(factor_id).gases) == gases


@pytest.mark.parametrize(
    ("factor_id", "total"),
    [
        ("desnz-2024/electricity/uk", "0.20705"),
        ("desnz-2024/fuels/natural-gas-kwh", "0.1829"),
        ("desnz-2024/fuels/diesel-mineral-litre", "2.66155"),
        ("desnz-2024/electricity/uk-transmission-and-distribution", "0.0183"),
    ],
)
def test_a_desnz_factor_adds_up_to_its_published_total(factor_id: str, total: str) -> None:
    """The file's per-gas columns are CO2e already: multiplied by a GWP again they would exceed the total."""
    assert co2e(STORE.get(factor_id), GwpSet.AR5) == Fraction(total)


def test_a_fuel_blends_biogenic_co2_stands_beside_its_total() -> None:
    diesel = STORE.get("desnz-2024/fuels/diesel-blend-litre")
    assert dict(diesel.gases)["CO2-biogenic"] == "0.16"
    assert diesel.co2e(GwpSet.AR5) == Fraction("2.51279")
    assert diesel.co2e_mg is None


@pytest.mark.parametrize(
    ("naics", "printed"), [("111998", "0.740"), ("221310", "0.578"), ("541511", "0.084"), ("611310", "0.140")]
)
def test_a_spend_factors_gases_give_the_published_co2e(naics: str, printed: str) -> None:
    """The same publisher's file of CO2e factors, AR5, three decimals; by gas it prints three digits."""
    factor = STORE.get(f"epa-supply-chain-1.3/{naics}")
    assert factor.kind is FactorKind.SPEND
    assert abs(co2e(factor, GwpSet.AR5) - Fraction(printed)) <= Fraction(1, 1000)
