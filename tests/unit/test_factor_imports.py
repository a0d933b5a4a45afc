"""Official files in small: the figures come through exactly, and a cell that is not as published is found."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cet.errors import FactorError, PackageError
from cet.factors import Boundary, Factor, FactorKind
from cet.factors.importing import Import, import_file
from cet.gases import GwpSet
from cet.quantities import exact_text
from factor_files import (
    by_gas_lines,
    desnz_rows,
    egrid_rows,
    egrid_rows_before_2023,
    hub_rows,
    totals_lines,
    write_desnz,
    write_egrid,
    write_hub,
    write_supply_chain,
)
from workbooks import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from factor_files import Rows


def by_key(found: Import) -> dict[str, Factor]:
    return {factor.id.removeprefix(f"{found.pack.id}/"): factor for factor in found.factors}


def refused(read: Callable[[], Import]) -> str:
    with pytest.raises(PackageError) as error:
        read()
    return str(error.value)


def test_a_desnz_factor_is_its_published_total_and_keeps_its_gases(tmp_path: Path) -> None:
    found = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))
    gas = found["fuels/natural-gas/kwh-gross-cv"]
    assert gas.co2e(GwpSet.AR5) == Fraction("0.1829")
    masses = {one.name: mg for one, mg in gas.components}
    assert masses["CH4-fossil"] * 28 == 280
    assert gas.co2e(GwpSet.AR6) != gas.co2e(GwpSet.AR5)
    assert found["electricity/electricity/kwh"].co2e(GwpSet.AR5) == Fraction("0.20705")
    assert found["electricity/electricity/kwh"].kind is FactorKind.GRID


def test_the_largest_gas_takes_the_rounding_of_the_print(tmp_path: Path) -> None:
    car = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))["vehicles/car/average-car/diesel/km"]
    assert car.co2e(GwpSet.AR5) == Fraction("0.16984")
    assert dict(car.weighted) == {"CH4": "0.0000046368", "N2O": "0.00167"}


def test_biogenic_co2_stands_beside_its_fuel_and_once(tmp_path: Path) -> None:
    found = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))
    assert dict(found["fuels/diesel/litres"].gases)["CO2-biogenic"] == "0.16"
    assert not any(key.startswith("outside") for key in found)


def test_radiative_forcing_is_no_mass_of_co2(tmp_path: Path) -> None:
    found = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))
    with_rf = found["air/domestic/average-passenger/with-rf/passenger-km"]
    assert dict(with_rf.gases) == {"CO2": "0.15942", "CO2e": "0.11159"}
    assert with_rf.co2e(GwpSet.AR5) == Fraction("0.27257")


def test_a_refrigerant_is_the_gas_itself_not_its_gwp(tmp_path: Path) -> None:
    found = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))
    assert dict(found["refrigerant/r404a"].gases) == {"R-404A": "1"}


def test_well_to_tank_is_upstream_and_a_hotel_is_where_it_stands(tmp_path: Path) -> None:
    found = by_key(import_file(write_desnz(tmp_path / "f.xlsx"), "desnz"))
    assert found["wtt-fuels/natural-gas/kwh-gross-cv"].covers is Boundary.UPSTREAM
    assert found["hotel/france/room-per-night"].geography == "FR"


def test_what_becomes_no_factor_is_counted_with_its_reason(tmp_path: Path) -> None:
    found = import_file(write_desnz(tmp_path / "f.xlsx"), "desnz")
    assert {one.reason: one.rows for one in found.left_out} == {
        "energy content (SECR), no emissions": 1,
        "no figure published": 2,
        "refrigerant totals that mix Kyoto and other gases": 1,
    }
    assert not found.known
    assert found.pack.id == "desnz-2024-v1.0"


@pytest.mark.parametrize(
    ("row", "figure", "words"),
    [
        (7, "#0.18390", "do not add up"),
        (10, "#0.0009", "do not add up"),
        (7, "#0,1829", "decimal comma"),
        (7, "n/a", "not a number"),
        (7, "#-0.1829", "negative"),
    ],
)
def test_a_corrupted_desnz_cell_is_found(tmp_path: Path, row: int, figure: str, words: str) -> None:
    rows = desnz_rows()
    rows[row] = [*rows[row][:9], figure]
    assert words in refused(lambda: import_file(write_desnz(tmp_path / "f.xlsx", rows), "desnz"))


def test_a_factor_per_mile_that_is_not_its_factor_per_km_is_found(tmp_path: Path) -> None:
    rows = desnz_rows()
    for row, cells in rows.items():
        if "miles" in cells and cells[8] in ("kg CO2e", "kg CO2e of CO2 per unit"):
            rows[row] = [*cells[:9], "#" + exact_text(Fraction(str(cells[9])[1:]) + Fraction(1, 10))]
    assert "per mile is not" in refused(lambda: import_file(write_desnz(tmp_path / "f.xlsx", rows), "desnz"))


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (7, "furlongs", "closed table"),
        (8, "kg CO2e of SF6 per unit", "not a gas"),
        (4, "Atlantis", "country"),
    ],
)
def test_a_label_that_is_not_known_is_found(tmp_path: Path, column: int, value: str, words: str) -> None:
    rows = desnz_rows()
    row = next(number for number, cells in rows.items() if "France" in cells)
    rows[row] = [value if place == column else cell for place, cell in enumerate(rows[row])]
    assert words in refused(lambda: import_file(write_desnz(tmp_path / "f.xlsx", rows), "desnz"))


def test_a_new_theme_is_left_out_and_said(tmp_path: Path) -> None:
    rows = desnz_rows()
    rows[7] = [*rows[7][:2], "Space travel", *rows[7][3:]]
    left_out = import_file(write_desnz(tmp_path / "f.xlsx", rows), "desnz").left_out
    assert [one.rows for one in left_out if one.reason == "theme not known: Space travel"] == [1]


@pytest.mark.parametrize("rows", [egrid_rows(), egrid_rows_before_2023()])
def test_egrid_rates_are_masses_by_subregion(tmp_path: Path, rows: Rows) -> None:
    found = by_key(import_file(write_egrid(tmp_path / "f.xlsx", rows), "egrid"))
    assert set(found) == {"egrid/akgd", "egrid/camx", "egrid/us-average"}
    assert dict(found["egrid/camx"].gases) == {"CO2": "497.443", "CH4-fossil": "0.03", "N2O": "0.004"}
    assert found["egrid/camx"].geography == "US-CAMX"
    assert found["egrid/us-average"].geography == "US"


@pytest.mark.parametrize(
    ("name", "edition"),
    [
        ("summary_tables_rev2", "eGRID2022 rev2"),
        ("egrid2022_summary_tables", "eGRID2022"),
        ("previous3", "eGRID2022"),
    ],
)
def test_a_revision_that_only_the_files_name_says_is_an_edition_of_its_own(
    tmp_path: Path, name: str, edition: str
) -> None:
    assert import_file(write_egrid(tmp_path / f"{name}.xlsx"), "egrid").pack.edition == edition


@pytest.mark.parametrize(
    ("row", "column", "figure", "words"),
    [
        (6, 3, "#597.443", "CO2e is not CO2"),
        (6, 6, "#499.9", "CO2e is not CO2"),
        (7, 5, "#0.9", "lies outside"),
        (6, 1, "CAM", "not an eGRID subregion"),
    ],
)
def test_a_corrupted_egrid_cell_is_found(
    tmp_path: Path, row: int, column: int, figure: str, words: str
) -> None:
    rows = egrid_rows()
    rows[row] = [figure if place == column else cell for place, cell in enumerate(rows[row])]
    assert words in refused(lambda: import_file(write_egrid(tmp_path / "f.xlsx", rows), "egrid"))


@pytest.mark.parametrize(
    ("key", "gases"),
    [
        ("egrid/camx", {"CO2": "497.443", "CH4-fossil": "0.03", "N2O": "0.004"}),
        ("mobile/motor-gasoline", {"CO2": "8.78"}),
        ("mobile/biodiesel-100-percent", {"CO2-biogenic": "9.45"}),
        ("stationary/natural-gas/mmbtu", {"CO2": "53.06", "CH4-fossil": "0.001", "N2O": "0.0001"}),
        ("table-3/gasoline-light-duty-trucks/1975", {"CH4-fossil": "0.00016336", "N2O": "0.00005127"}),
        ("waste/mixed-msw/landfilled", {"CO2e": "0.58"}),
        ("refrigerant/pfc-31-10", {"PFC-3-1-10": "1"}),
    ],
)
def test_a_hub_factor_is_the_cell_of_its_table(tmp_path: Path, key: str, gases: dict[str, str]) -> None:
    assert dict(by_key(import_file(write_hub(tmp_path / "f.xlsx"), "epa-hub"))[key].gases) == gases


def test_biomass_in_the_hub_is_biogenic(tmp_path: Path) -> None:
    found = by_key(import_file(write_hub(tmp_path / "f.xlsx"), "epa-hub"))
    assert set(dict(found["stationary/wood-and-wood-residuals/mmbtu"].gases)) == {
        "CO2-biogenic",
        "CH4-biogenic",
        "N2O",
    }


def test_a_known_misprint_of_the_hub_is_said_and_its_composition_taken(tmp_path: Path) -> None:
    found = import_file(write_hub(tmp_path / "f.xlsx"), "epa-hub")
    assert any("R-424A: prints 3104, right is 2212" in notice for notice in found.notices)
    assert dict(by_key(found)["refrigerant/r-424a"].gases) == {"HFC-125": "0.505", "HFC-134a": "0.47"}


@pytest.mark.parametrize(
    ("label", "place", "figure", "words"),
    [
        ("Anthracite", 5, "#2620", "not the heat content"),
        ("Anthracite", 2, "#103.96", "not the heat content"),
        ("HFC-134a", 2, "#1430", "not its AR5 GWP"),
        ("R-404A", 1, "#3922", "not what its composition gives"),
        ("R-404A", 2, "44% HFC-125 , 4% HFC-134a", "do not make 100 %"),
        ("US Average", 2, "#8231.49", "lies outside"),
        ("Mixed MSW", 2, "#0,58", "decimal comma"),
        ("Motor Gasoline", 2, "furlong", "unknown unit"),
    ],
)
def test_a_corrupted_hub_cell_is_found(
    tmp_path: Path, label: str, place: int, figure: str, words: str
) -> None:
    rows = hub_rows()
    row = next(number for number, cells in rows.items() if cells[0] == label)
    rows[row] = [figure if at == place else cell for at, cell in enumerate(rows[row])]
    assert words in refused(lambda: import_file(write_hub(tmp_path / "f.xlsx", rows), "epa-hub"))


def test_a_hub_without_one_of_its_tables_is_refused(tmp_path: Path) -> None:
    rows = {number: cells for number, cells in hub_rows().items() if cells[0] != "Table 7"}
    assert "Table 7: missing" in refused(lambda: import_file(write_hub(tmp_path / "f.xlsx", rows), "epa-hub"))


def test_an_edition_on_record_is_held_to_its_column_totals(tmp_path: Path) -> None:
    """The small file says it is the Hub of 13 February 2024: its counts are not that Hub's."""
    path = write_workbook(tmp_path / "f.xlsx", {"Emission Factors Hub": hub_rows()})
    assert "1 numbers that sum to 8.78" not in refused(lambda: import_file(path, "epa-hub"))
    assert "as published 10 that sum to 73.75444" in refused(lambda: import_file(path, "epa-hub"))


def test_spend_factors_are_per_gas_and_their_gases_make_the_total(tmp_path: Path) -> None:
    found = by_key(import_file(write_supply_chain(tmp_path), "epa-supply-chain"))
    soybeans = found["111110"]
    assert (soybeans.per, soybeans.kind) == ("USD2022", FactorKind.SPEND)
    assert dict(soybeans.gases) == {
        "CO2": "0.172",
        "CH4-fossil": "0.000496",
        "N2O": "0.0013",
        "CO2e": "0.001",
    }


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"1.72e-01"', '"1.82e-01"', "without margins + margins"),
        ('"4.96e-04"', '"4.96e-4x"', "not a number"),
        ('"Methane"', '"Phlogiston"', "not known"),
        ('"Methane"', '"Carbon dioxide"', "stands twice"),
        ("kg/2022 USD", "kg/2021 USD", "not the unit"),
        ("2017 NAICS Title", "Title", "column missing"),
    ],
)
def test_a_corrupted_spend_cell_is_found(tmp_path: Path, old: str, new: str, words: str) -> None:
    lines = [line.replace(old, new) for line in by_gas_lines()]
    assert words in refused(lambda: import_file(write_supply_chain(tmp_path, lines), "epa-supply-chain"))


def test_gases_that_do_not_make_the_published_total_are_found(tmp_path: Path) -> None:
    totals = [line.replace("0.488,0.044,0.531", "0.588,0.044,0.631") for line in totals_lines()]
    path = write_supply_chain(tmp_path, totals=totals)
    assert "the gases by their GWPs" in refused(lambda: import_file(path, "epa-supply-chain"))


def test_a_gas_missing_for_one_commodity_is_found(tmp_path: Path) -> None:
    lines = [*by_gas_lines(), by_gas_lines()[1].replace("111110", "111120")]
    totals = [
        *totals_lines(),
        totals_lines()[1].replace("111110", "111120").replace("0.488,0.044,0.531", "0.134,0.038,0.172"),
    ]
    path = write_supply_chain(tmp_path, lines, totals)
    assert "missing for this code" in refused(lambda: import_file(path, "epa-supply-chain"))


@pytest.mark.parametrize("layout", ["desnz", "epa-hub", "egrid"])
def test_another_workbook_is_refused(tmp_path: Path, layout: str) -> None:
    path = write_workbook(tmp_path / "f.xlsx", {"Sheet": {1: ["a", "#1"]}})
    with pytest.raises(PackageError):
        import_file(path, layout)


def test_a_layout_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FactorError, match="egrid"):
        import_file(tmp_path / "f.xlsx", "iea")
