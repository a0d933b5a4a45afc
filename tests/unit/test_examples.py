"""The example packages: sound, cited, and giving the figures that were published (examples/README.md)."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from cet.gases import GwpSet, gas
from cet.inventory import Inventory, check, compute, explain_claim, load
from cet.quantities import MG_PER_TONNE, half_even_text, round_up_mg, tonnes_text
from cet.scopes import Method, Scope

EXAMPLES = Path(__file__).parents[2] / "examples"
FOLDERS = sorted(path.parent.name for path in EXAMPLES.glob("*/inventory.toml"))
PLANTS = ("belews-creek-2021", "roxboro-2021")
UNIVERSITY = ("duke-university-fy2016", "duke-university-fy2021")


def inventory(folder: str) -> Inventory:
    return compute(load(EXAMPLES / folder))


def tonnes(mg: Fraction | int) -> Fraction:
    return Fraction(mg) / MG_PER_TONNE


def test_there_are_nine_packages() -> None:
    assert len(FOLDERS) == 9


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_example_is_sound_and_explains_its_empty_categories(folder: str) -> None:
    checked = check(EXAMPLES / folder)
    assert checked.sound
    assert "unexplained-empty" not in [notice.kind for notice in checked.notices]


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_example_says_where_it_comes_from_or_that_it_is_illustrative(folder: str) -> None:
    package = load(EXAMPLES / folder)
    notes = " ".join(note.text for note in package.settings.notes)
    assert "EPA" in notes or "Duke University" in notes or "Illustrative" in notes
    assert folder in (EXAMPLES / "README.md").read_text(encoding="utf-8")


def test_every_entity_and_period_and_salt_is_its_own() -> None:
    headers = [load(EXAMPLES / folder).settings.header for folder in FOLDERS]
    assert len({header.salt for header in headers}) == len(FOLDERS)
    assert len({(header.entity, header.period.start) for header in headers}) == len(FOLDERS)


@pytest.mark.parametrize(
    ("folder", "published", "by_gas", "reported"),
    [
        ("belews-creek-2021", "6959270", ("6915081.8", "16317.25", "27871.344"), "6958142.040"),
        ("roxboro-2021", "5419467", ("5372908.6", "19019.0", "27539.074"), "5418699.325"),
    ],
)
def test_a_plants_masses_are_its_published_co2e_under_ar4(
    folder: str, published: str, by_gas: tuple[str, ...], reported: str
) -> None:
    """US EPA, Greenhouse Gas Reporting Program 2021: the published figures are AR4, the inventory AR5."""
    plant = inventory(folder)
    masses = plant.gases_of(Scope.SCOPE_1)
    under_ar4 = {name: tonnes(mass) * gas(name).gwp(GwpSet.AR4) for name, mass in masses.items()}
    assert under_ar4 == dict(zip(("CO2", "CH4-fossil", "N2O"), map(Fraction, by_gas), strict=True))
    assert half_even_text(sum(under_ar4.values(), Fraction(0)), 0) == published
    assert tonnes_text(plant.reported[0]) == reported
    assert plant.reported[1:] == (0, 0, 0, 0)


def test_the_zero_emission_fleet_has_an_output_and_no_emissions() -> None:
    (lot,) = inventory("utility-zero-emission-2021").lots
    assert (lot.gross, lot.basis) == (0, 35_000_000 * 10**6)


class TestSystemMix:
    """The mix that holds both plants and has the factor the university publishes for its supplier."""

    mix = tomllib.loads((EXAMPLES / "system-mix-2021.toml").read_text(encoding="utf-8"))

    def gross(self) -> int:
        return sum(lot.gross for folder in self.mix["parents"] for lot in inventory(folder).lots)

    def test_its_output_is_its_gross_over_the_published_factor_in_whole_watt_hours(self) -> None:
        factor = Fraction(self.mix["published_factor"]["t_per_mwh"])
        watt_hours = tonnes(self.gross()) / factor * 10**6
        assert self.mix["output_wh"] == half_even_text(watt_hours, 0)

    def test_its_factor_is_the_published_one_in_every_printed_digit(self) -> None:
        factor = tonnes(self.gross()) * 10**6 / int(self.mix["output_wh"])
        assert half_even_text(factor, 11) == "0.25889292196"
        assert half_even_text(factor, 14) == "0.25889292196007"

    def test_the_universitys_consumption_carries_its_published_tonnes(self) -> None:
        units = 311_285_799 * 1000
        carried = round_up_mg(Fraction(self.gross() * units, int(self.mix["output_wh"])))
        assert tonnes_text(carried, 2) == "80589.69"

    def test_the_zero_emission_output_leaves_the_plants_a_plausible_generation(self) -> None:
        zero = 35_000_000 * 10**6
        generated = int(self.mix["output_wh"]) - zero
        assert Decimal("0.8") < Decimal(self.gross()) / Decimal(generated * 1000) < Decimal("1.1")


@pytest.mark.parametrize(
    ("folder", "scope_1", "market", "scope_3", "outside"),
    [
        ("duke-university-fy2016", "60544.935", "110136.114", "89831.363", "769.870"),
        ("duke-university-fy2021", "73909.913", "80589.690", "16361.784", "946.227"),
    ],
)
def test_a_university_year_has_its_compliant_totals(
    folder: str, scope_1: str, market: str, scope_3: str, outside: str
) -> None:
    year = inventory(folder)
    assert year.line_count == 18
    shown = [tonnes_text(mg) for mg in year.reported]
    assert [shown[0], *shown[2:]] == [scope_1, market, scope_3, outside]


@pytest.mark.parametrize("folder", UNIVERSITY)
def test_every_line_but_the_wrong_diesel_is_the_published_figure(folder: str) -> None:
    year = inventory(folder)
    published = tomllib.loads((EXAMPLES / folder / "published.toml").read_text(encoding="utf-8"))["line"]
    wrong = {claim.line for claim in year.claims}
    assert wrong == ({"fleet-diesel"} if folder.endswith("2021") else set())
    lines = {line.id: line for line in year.lines}
    for entry in published:
        if entry["id"] in lines and entry["id"] not in wrong:
            own = dict(lines[entry["id"]].emissions())
            market = [mg for key, mg in own.items() if key.method is not Method.LOCATION_BASED]
            assert abs(tonnes(sum(market, Fraction(0))) - Fraction(entry["tonnes"])) < Fraction(1, 10**9)


def test_the_wrong_diesel_is_found_and_reproduced() -> None:
    """Published: 1,120.405 t. It is the propane factor, times the gallons of gasoline."""
    year = inventory("duke-university-fy2021")
    (claim,) = year.claims
    assert (claim.line, claim.claimed, claim.recomputed) == ("fleet-diesel", "1120.405", "1436.343")
    rows = [line.row for line in year.lines]
    shapes = {line.row.shape: line.shape for line in year.lines}
    reasons = explain_claim(claim, rows, shapes, year.package.store(), year.package.settings.header.gwp)
    assert reasons == ("applies duke-fy2021/propane (Propane) to the quantity of line fleet-gasoline",)


@pytest.mark.parametrize("folder", UNIVERSITY)
def test_the_grid_factors_year_is_noticed(folder: str) -> None:
    years = [notice for notice in check(EXAMPLES / folder).notices if notice.kind == "factor-year"]
    assert [notice.first_line for notice in years] == ["electricity"]


def test_avoided_emissions_are_in_no_line() -> None:
    for folder in UNIVERSITY:
        package = load(EXAMPLES / folder)
        (excluded,) = [one for one in package.settings.exclusions if one.category == "3.5"]
        assert "never netted" in excluded.reason
        assert "incinerated-waste" not in {line.id for line in inventory(folder).lines}
