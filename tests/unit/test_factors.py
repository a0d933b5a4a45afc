"""A factor without provenance is refused; the others are exact and keep their trail."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cet.errors import FactorError, PackageError, UnknownFactorError
from cet.factors import FactorStore, read_pack
from cet.gases import GwpSet
from cet.quantities import unit
from package_folders import DEFAULT_FACTORS, FACTORS, factor

DIESEL = factor("diesel", "gal", {"CO2": "10.21", "CH4": "0.00041"})


def refusal(text: str) -> str:
    with pytest.raises(PackageError) as error:
        read_pack(text, "factors.toml")
    return str(error.value)


def test_a_factor_gives_exact_milligrams_of_each_gas() -> None:
    found = read_pack(FACTORS + DIESEL, "factors.toml").factors[0]
    assert [(gas.name, mg) for gas, mg in found.components] == [("CH4-fossil", 410), ("CO2", 10_210_000)]
    assert found.co2e_mg is None


def test_a_mass_in_pounds_is_exact() -> None:
    found = read_pack(FACTORS + factor("grid", "MWh", {"CO2": "1"}, mass="lb"), "factors.toml").factors[0]
    assert found.components[0][1] == Fraction("453592.37")


def test_what_is_published_as_co2e_names_its_gwp_set() -> None:
    text = FACTORS + factor("flight", "passenger-mile", {"CO2": "0.1", "CO2e": "0.02"}, gwp="AR4")
    found = read_pack(text, "factors.toml").factors[0]
    assert found.co2e_mg == 20_000
    assert found.published_under is GwpSet.AR4
    assert "GWP set" in refusal(FACTORS + factor("flight", "passenger-mile", {"CO2e": "0.02"}))


def test_an_unstated_gwp_set_is_none() -> None:
    text = FACTORS + factor("flight", "passenger-mile", {"CO2e": "0.02"}, gwp="unstated")
    assert read_pack(text, "factors.toml").factors[0].published_under is None


@pytest.mark.parametrize(
    "field", ["name", "table", "year", "geography", "kind", "per", "mass", "gases", "id"]
)
def test_a_factor_without_full_provenance_is_refused(field: str) -> None:
    lines = [line for line in DIESEL.splitlines() if not line.startswith(f"{field} =")]
    assert field in refusal(FACTORS + "\n".join(lines))


@pytest.mark.parametrize("field", ["id", "publisher", "document", "edition", "licence"])
def test_a_pack_without_full_provenance_is_refused(field: str) -> None:
    lines = [line for line in FACTORS.splitlines() if not line.startswith(f"{field} =")]
    assert field in refusal("\n".join(lines) + DIESEL)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DIESEL.replace('"10.21"', "10.21"), 'write CO2 = "10.21"'),
        (DIESEL.replace('"10.21"', '"10,21"'), "write 10.21"),
        (DIESEL.replace('"10.21"', '"-1"'), "negative"),
        (DIESEL.replace("CO2 =", "CO3 ="), "unknown gas"),
        (DIESEL.replace("'gal'", "'gallons'"), "gal-imp"),
        (DIESEL.replace("'combustion'", "'burning'"), "life-cycle"),
        (DIESEL.replace("test/", "other/"), "begin it with test/"),
        (DIESEL.replace("2023", "1850"), "1990"),
        (DIESEL.replace("'US'", "'usa'"), "geography"),
        (DIESEL + "colour = 'red'\n", "colour"),
        (DIESEL.replace("'combustion'", "'spend'"), "USD2022"),
        (DIESEL + DIESEL, "twice"),
        (DIESEL.replace("{ CO2", "{ CO2 CO2"), "not TOML"),
        ("", "no factors"),
        ("\n[other]\n" + DIESEL, "unknown part"),
    ],
)
def test_a_wrong_factor_is_refused_with_what_would_be_right(text: str, words: str) -> None:
    assert words in refusal(FACTORS + text)


def test_every_problem_of_a_pack_is_reported_at_once() -> None:
    broken = DIESEL.replace('"10.21"', "10.21").replace("'US'", "'usa'")
    message = refusal(FACTORS.replace('edition = "1"', "edition = 1") + DIESEL)
    assert "edition" in message
    message = refusal(FACTORS + broken + DIESEL.replace("gal", "ton"))
    assert all(words in message for words in ("CO2", "geography", "ambiguous"))


def test_a_store_finds_factors_by_id_and_suggests_the_closest() -> None:
    store = FactorStore([read_pack(FACTORS + DEFAULT_FACTORS, "factors.toml")])
    assert store.get("test/diesel").name == "Diesel"
    with pytest.raises(UnknownFactorError, match="did you mean test/diesel"):
        store.get("test/diesle")


def test_packs_and_factors_are_never_redefined() -> None:
    pack = read_pack(FACTORS + DIESEL, "factors.toml")
    with pytest.raises(FactorError, match="loaded already"):
        FactorStore([pack]).with_pack(pack)


def test_factors_applicable_to_a_unit_are_those_of_its_kind() -> None:
    store = FactorStore([read_pack(FACTORS + DEFAULT_FACTORS, "factors.toml")])
    assert [one.id for one in store.applicable_to(unit("L"))] == ["test/diesel"]


def test_the_trail_names_publisher_document_table_year_and_place() -> None:
    trail = read_pack(FACTORS + DIESEL, "factors.toml").factors[0].trail()
    assert trail["publisher"] == "Tester"
    assert (trail["document"], trail["table"], trail["year"], trail["geography"]) == (
        "Test factors",
        "1",
        "2023",
        "US",
    )
    assert trail["gases"] == "CH4=0.00041 CO2=10.21"


def test_the_starter_packs_load() -> None:
    store = FactorStore.default()
    assert len(store) > 100
    assert all(one.trail()["licence"] for one in store)
