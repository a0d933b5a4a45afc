"""What an inventory package becomes: series, lots, fallbacks, notices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cet.errors import PackageError
from cet.gases import GAS_COLUMNS
from cet.inventory import Inventory, check, compute, load, read_package, reference
from cet.scopes import BasisUnit, Method, Scope
from package_folders import DEFAULT_FACTORS, FACTORS, LINE, factor, write_package

if TYPE_CHECKING:
    from pathlib import Path

GRID = {"scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"}
MG_PER_KG = 10**6


def kinds(inventory: Inventory) -> set[str]:
    return {notice.kind for notice in inventory.notices}


def notice(inventory: Inventory, kind: str) -> str:
    return " | ".join(str(one) for one in inventory.notices if one.kind == kind)


def test_emissions_are_quantity_times_share_times_factor_times_gwp(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"quantity": "100", "share": "0.5"}]))
    exact = 50 * (Fraction("10.21") + Fraction("0.00041") * 28 + Fraction("0.00008") * 265) * MG_PER_KG
    assert inventory.total(Scope.SCOPE_1) == exact
    assert inventory.gases_of(Scope.SCOPE_1) == {
        "CH4-fossil": 20_500,
        "CO2": 510_500_000,
        "N2O": 4_000,
    }


@pytest.mark.parametrize(("gwp", "methane"), [("AR4", "25"), ("AR5", "28"), ("AR6", "29.8")])
def test_one_gwp_set_serves_the_whole_inventory(tmp_path: Path, gwp: str, methane: str) -> None:
    n2o = {"AR4": 298, "AR5": 265, "AR6": 273}[gwp]
    inventory = read_package(write_package(tmp_path, header={"gwp": f'"{gwp}"'}))
    per_gallon = Fraction("10.21") + Fraction("0.00041") * Fraction(methane) + Fraction("0.00008") * n2o
    assert inventory.total(Scope.SCOPE_1) == 100 * per_gallon * MG_PER_KG


def test_units_convert_exactly(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"quantity": "3.785411784", "unit": "L"}]))
    one_gallon = read_package(write_package(tmp_path, [{"quantity": "1"}]))
    assert inventory.sums == one_gallon.sums


def test_scope_2_is_computed_by_both_methods(tmp_path: Path) -> None:
    inventory = read_package(
        write_package(tmp_path, [{**GRID, "quantity": "1000", "market_factor": "test/mix"}])
    )
    location = (Fraction("371.2") + Fraction("0.03") * 28) * MG_PER_KG
    assert inventory.total(Scope.SCOPE_2, Method.LOCATION_BASED) == location
    assert inventory.total(Scope.SCOPE_2, Method.MARKET_BASED) == 500 * MG_PER_KG
    assert "no-residual-mix" not in kinds(inventory)


def test_an_absent_market_factor_falls_back_to_the_grid_average_and_says_so(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{**GRID, "quantity": "1000"}]))
    by_method = [inventory.total(Scope.SCOPE_2, m) for m in (Method.LOCATION_BASED, Method.MARKET_BASED)]
    assert by_method[0] == by_method[1] > 0
    assert "no residual mix was available" in notice(inventory, "no-residual-mix")


def test_biogenic_co2_is_outside_the_scopes_and_its_methane_inside(tmp_path: Path) -> None:
    wood = {"category": "stationary", "quantity": "10", "unit": "kg", "factor": "test/wood"}
    inventory = read_package(write_package(tmp_path, [wood]))
    assert inventory.total(Scope.OUTSIDE, category=1) == 18 * MG_PER_KG
    assert inventory.gases_of(Scope.SCOPE_1).keys() == {"CH4-biogenic", "N2O"}
    assert [str(lot.code) for lot in inventory.lots] == ["outside biogenic", "scope 1 stationary"]
    assert "biogenic CO2" in notice(inventory, "outside-gas")


def test_gases_outside_the_kyoto_families_have_lots_of_their_own(tmp_path: Path) -> None:
    blend = {"category": "fugitive", "quantity": "100", "unit": "kg", "factor": "test/freon-mix"}
    inventory = read_package(write_package(tmp_path, [blend]))
    assert inventory.total(Scope.SCOPE_1) == 13 * 138 * MG_PER_KG
    assert inventory.total(Scope.OUTSIDE, category=2) == (53 * 1760 + 34 * 527) * MG_PER_KG


def test_a_line_of_a_non_kyoto_gas_alone_has_no_part_in_the_scopes(tmp_path: Path) -> None:
    leak = {"category": "fugitive", "quantity": "1", "unit": "kg", "factor": "test/old-chiller"}
    inventory = read_package(write_package(tmp_path, [leak]))
    assert inventory.reported == (0, 0, 0, 0, 1760 * MG_PER_KG)


def test_co2e_enters_the_total_as_published_and_no_gas_column(tmp_path: Path) -> None:
    flight = {
        "scope": "3",
        "category": "6",
        "quantity": "10",
        "unit": "passenger-mile",
        "factor": "test/flight",
    }
    inventory = read_package(write_package(tmp_path, [flight]))
    assert inventory.total(Scope.SCOPE_3) == inventory.unsplit_of(Scope.SCOPE_3) == 2 * MG_PER_KG
    assert not any(inventory.gas_masses)
    assert {"co2e-only", "gwp-set"} <= kinds(inventory)
    assert "published under AR4, the inventory uses AR5" in notice(inventory, "gwp-set")


def test_gas_masses_count_scope_2_once_and_no_removals(tmp_path: Path) -> None:
    removal = {
        "scope": "outside",
        "category": "removals",
        "quantity": "5",
        "unit": "MWh",
        "factor": "test/wind",
    }
    lines = [{**GRID, "id": "a", "quantity": "1000"}, {**removal, "id": "b"}]
    masses = dict(zip(GAS_COLUMNS, read_package(write_package(tmp_path, lines)).gas_masses, strict=True))
    assert masses[GAS_COLUMNS[0]] == Fraction("371.2") * MG_PER_KG


def test_mismatched_year_and_place_are_notices(tmp_path: Path) -> None:
    truck = {"scope": "3", "category": "4", "quantity": "1", "unit": "t-km", "factor": "test/truck"}
    inventory = read_package(
        write_package(tmp_path, [{**truck, "id": "a"}, {"id": "b", "facility": "depot"}])
    )
    assert "for 2019, 4 years from the period: test/truck" in notice(inventory, "factor-year")
    assert "world averages used in US: test/truck" in notice(inventory, "factor-geography")
    assert "for US, used in GB: test/diesel" in notice(inventory, "factor-geography")


def test_life_cycle_factors_in_scope_1_are_noticed(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"unit": "t-km", "factor": "test/truck"}]))
    assert "combustion factors belong" in notice(inventory, "factor-kind")


def test_a_notice_names_how_many_lines_and_the_first(tmp_path: Path) -> None:
    lines = [{"id": f"l{n}", "quantity": "0.30000000000000004"} for n in (3, 1, 2)]
    inventory = read_package(write_package(tmp_path, lines))
    assert notice(inventory, "float-artefact").endswith("(3 lines, first l1)")
    assert inventory.lines[0].row.quantity.text == "0.3"


def test_empty_scope_3_categories_want_a_reason(tmp_path: Path) -> None:
    more = '\n[[exclusion]]\ncategory = "3.2"\nreason = "No capital goods bought."\n'
    text = notice(read_package(write_package(tmp_path, more=more)), "unexplained-empty")
    assert "3.1, 3.3" in text
    assert "3.2" not in text


def test_the_share_of_measured_data_is_known(tmp_path: Path) -> None:
    lines = [{"id": "a", "quantity": "3"}, {"id": "b", "quantity": "1", "data": "proxy"}]
    inventory = read_package(write_package(tmp_path, lines))
    assert inventory.data_mg["measured"] == 3 * inventory.data_mg["proxy"]
    assert "proxy-data" in kinds(inventory)


def test_totals_alone_hold_no_lines(tmp_path: Path) -> None:
    package = load(write_package(tmp_path))
    with_lines, without = compute(package), compute(package, lines=False)
    assert (with_lines.lots, with_lines.sums) == (without.lots, without.sums)
    assert (len(with_lines.lines), without.lines, without.line_count) == (1, (), 1)


def test_total_can_be_asked_by_category_and_facility(tmp_path: Path) -> None:
    lines = [{"id": "a"}, {"id": "b", "facility": "depot"}, {"id": "c", "category": "stationary"}]
    inventory = read_package(write_package(tmp_path, lines))
    whole = inventory.total(Scope.SCOPE_1)
    assert inventory.total(Scope.SCOPE_1, category=2) * 3 == whole * 2
    assert inventory.total(Scope.SCOPE_1, facility="depot") * 3 == whole
    assert inventory.total(Scope.SCOPE_1, category=1, facility="depot") == 0


def test_check_reports_findings_or_notices_and_raises_nothing(tmp_path: Path) -> None:
    sound = check(write_package(tmp_path / "sound"))
    broken = check(write_package(tmp_path / "broken", [{"quantity": "1,5"}, {"id": "x", "unit": "ton"}]))
    assert sound.sound
    assert sound.notices
    assert [(one.row, one.column) for one in broken.findings] == [(2, "quantity"), (3, "unit")]
    assert not check(tmp_path / "missing").sound


def test_load_refuses_what_is_wrong_outside_the_rows(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="gwp"):
        load(write_package(tmp_path, header={"gwp": '"SAR"'}))


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("ending", ["", "\n", "\n\n"])
def test_the_ways_editors_write_csv_are_all_read(
    tmp_path: Path, newline: str, bom: bytes, ending: str
) -> None:
    folder = write_package(tmp_path)
    text = (folder / "activities.csv").read_text(encoding="utf-8").rstrip("\n") + ending
    (folder / "activities.csv").write_bytes(bom + text.replace("\n", newline).encode())
    package = load(folder)
    assert compute(package).sums == reference(package).sums
    assert compute(package).line_count == 1


def test_a_path_with_wildcards_is_taken_literally(tmp_path: Path) -> None:
    write_package(tmp_path / "ab", [{"quantity": "7"}])
    inventory = read_package(write_package(tmp_path / "a[b]*", [{"quantity": "1"}]))
    assert inventory.lines[0].row.quantity.text == "1"


def test_no_binary_fraction_enters(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"quantity": "0.1", "share": "0.3"}]))
    assert inventory.lines[0].row.amount == Fraction(3, 100)
    assert all(isinstance(lot.gross, int) and isinstance(lot.exact, Fraction) for lot in inventory.lots)


def test_facilities_have_lots_of_their_own(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"id": "a"}, {"id": "b", "facility": "depot"}]))
    assert [(lot.key.facility, lot.name) for lot in inventory.lots] == [
        ("depot", "18432:0"),
        ("plant", "18432:1"),
    ]
    assert all(lot.code.unit is BasisUnit.MASS and lot.basis == lot.gross for lot in inventory.lots)


def test_lines_of_a_lot_lead_back_to_the_activity(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [LINE, {**GRID, "id": "power"}]))
    by_name = {str(lot.code): [line.id for line in inventory.lines_of(lot)] for lot in inventory.lots}
    assert by_name == {
        "scope 1 mobile": ["line"],
        "scope 2 electricity location-based": ["power"],
        "scope 2 electricity market-based": ["power"],
    }


def test_gases_outside_the_scopes_count_once_for_scope_2(tmp_path: Path) -> None:
    biomass = factor("biomass", "kWh", {"CO2-biogenic": "0.4", "CH4-biogenic": "0.001"}, kind="supplier")
    line = {**GRID, "market_factor": "test/biomass"}
    inventory = read_package(write_package(tmp_path, [line], factors=FACTORS + DEFAULT_FACTORS + biomass))
    assert inventory.total(Scope.OUTSIDE) == 0
    assert inventory.total(Scope.SCOPE_2, Method.MARKET_BASED) == 100 * Fraction("0.028") * MG_PER_KG
    assert "test/biomass" in notice(inventory, "outside-gas")


def test_a_gas_without_a_gwp_is_found_in_the_column_of_its_factor(tmp_path: Path) -> None:
    odd = factor("odd", "kWh", {"HFC-41": "0.1"}, kind="supplier")
    folder = write_package(
        tmp_path,
        [{**GRID, "market_factor": "test/odd"}],
        header={"gwp": '"AR4"'},
        factors=FACTORS + DEFAULT_FACTORS + odd,
    )
    finding = check(folder).findings[0]
    assert (finding.row, finding.column) == (2, "market_factor")
    assert "AR4 gives no GWP for HFC-41" in finding.problem
