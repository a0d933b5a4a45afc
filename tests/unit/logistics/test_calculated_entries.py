"""Mail and parcels, air and sea as book files: the exact figures and the printed ones, and what does not hold is refused."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.logistics.book_file import read_book
from cet.logistics.declaring import declarations
from cet.logistics.terms import Mode

EXAMPLES = Path(__file__).parents[3] / "examples"
PARCELS = EXAMPLES / "logistics-parcels" / "book.toml"
FUELS = EXAMPLES / "logistics-fuels" / "book.toml"


def run(*words: str, code: int = 0) -> Any:
    found = CliRunner().invoke(main, ["logistics", *words, "--json"], catch_exceptions=False)
    assert found.exit_code == code, found.output
    return json.loads(found.output)


def steps(of: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {one["name"]: one for one in of["steps"]}


def test_annex_1_from_its_file_as_printed_and_exactly() -> None:
    (found,) = run("parcels", str(PARCELS))["parcels"]
    by_name = steps(found)
    printed = {
        "network: baseline per item": "50",
        "road: energy behind them": "126183",
        "road: asset-years behind them": "7",
        "road: part that remains": "15",
        "logistics-sites: energy behind them": "416667",
        "logistics-sites: asset-years behind them": "15",
        "logistics-sites: part that remains": "6",
        "per item": "6.6",
        "footprint": "66000000",
    }
    assert {name: by_name[name]["printed"] for name in printed} == printed
    diesel = Fraction(58_909) * Fraction("0.306") * Fraction("3.17") * 7
    exact = (40 * 60_000 / diesel + 10 * Fraction(5_900, 97_200)) * 10_000_000
    assert Fraction(by_name["footprint"]["exact"]) == exact


def test_annex_1_declares_six_grams_by_road_and_six_tenths_at_sites() -> None:
    file = read_book(PARCELS)
    told = {
        mode: {
            one.audience: one.document["intensity"]
            for one in declarations(file, "post", mode, 2023)
            if one.form == "b2b"
        }
        for mode in (Mode.ROAD, Mode.LOGISTICS_SITES)
    }
    assert told == {
        Mode.ROAD: {"shipper": "6.000 g CO2e per item", "all-others": "40.000 g CO2e per item"},
        Mode.LOGISTICS_SITES: {"shipper": "0.600 g CO2e per item", "all-others": "10.000 g CO2e per item"},
    }


def test_air_and_sea_from_their_file_as_printed_and_exactly() -> None:
    air, sea = (steps(one) for one in run("fuels", str(FUELS))["fuels"])
    assert [air[name]["exact"] for name in ("fuel behind the activity", "footprint")] == ["208000", "453228"]
    assert [air[f"{leg}: fuel"]["printed"] for leg in ("regional", "narrow body", "wide body")] == ["50000", "104000", "54000"]  # fmt: skip
    names = ("fuel behind the activity", "solution for all of it", "footprint")
    assert [sea[name]["printed"] for name in names] == ["84694", "88929", "35571"]
    assert [Fraction(sea[name]["exact"]) for name in names[:2]] == [
        Fraction(4_150_000, 49),
        Fraction(622_500, 7),
    ]
    # Claims are whole grams, so less than a gram of MGO's emissions is left beside the exact 249,000/7 kg.
    assert 0 < Fraction(sea["footprint"]["exact"]) - Fraction(249_000, 7) < Fraction(1, 500)


BROKEN = [
    (PARCELS, 'items = "10000000"', 'items = "20000000000"', "parcels.1", "more items than the network"),
    (PARCELS, 'baseline_g = "40"', 'baseline_g = "40.1"', "parcels.1", "above 50.000 g"),
    (PARCELS, 'assets = "15"', 'assets = "14"', "parcels.1", "take 15 asset-years"),
    (PARCELS, 'per_asset = "27000"', 'per_asset = "27000"\ndistance = "1"\nper_distance = "1"', "parcels.1", "or twice"),
    (PARCELS, 'distance = "58909"\n', "", "parcels.1", "not given"),
    (PARCELS, 'factor_kg = "3.17"', 'factor_kg = "0"', "parcels.1", "nothing replaced"),
    (PARCELS, 'mode = "logistics-sites"\nbaseline_g', 'mode = "road"\nbaseline_g', "parcels.1", "a mode twice"),
    (PARCELS, 'items = "10000000000" }', 'items = "0" }', "parcels.1", "more items"),
    (FUELS, 'claim = "travel-fuel"', 'claim = "freight-fuel"', "fuel.1", "no profile claim of traveller"),
    (FUELS, 'fuel_kg = "0.05"', 'fuel_kg = "0.05", wtw_kg = "1"', "fuel.1", "or both"),
    (FUELS, '"1000000", unit = "passenger-km" }, fuel_kg = "0.05"', '"1", unit = "passenger-km" }, fuel_kg = "-1"', "fuel.1.legs.0.fuel_kg", "negative"),
    (FUELS, 'mass_ratio = "1.05"', 'mass_ratio = "1.04"', "fuel.2", "more of the solution than"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "place", "why"), BROKEN)
def test_what_does_not_hold_is_refused_with_its_place(
    tmp_path: Path, file: Path, old: str, new: str, place: str, why: str
) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "book.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PackageError, match=why) as refused:
        read_book(path)
    assert place in [one.column for one in refused.value.findings]


def test_low_emission_assets_of_earlier_years_leave_the_baseline_alone(tmp_path: Path) -> None:
    later = PARCELS.read_text(encoding="utf-8").replace(
        'total_kg = "500000000"',
        'deployed = [{ emitted_kg = "60000", conventional_kg = "400000" }], total_kg = "499660000"',
    )
    path = tmp_path / "book.toml"
    path.write_text(later, encoding="utf-8")
    (found,) = run("parcels", str(path))["parcels"]
    assert steps(found)["network: baseline per item"]["exact"] == "50"


def test_people_see_rounded_and_exact_figures_or_that_there_is_nothing() -> None:
    def told(*words: str) -> str:
        return CliRunner().invoke(main, ["logistics", *words], catch_exceptions=False).output

    assert "≈ 66069905.258784" in told("parcels", str(PARCELS))
    assert "453228" in told("fuels", str(FUELS))
    assert "has no [[parcels]]" in told("parcels", str(FUELS))
    assert "has no [[fuel]]" in told("fuels", str(PARCELS))
