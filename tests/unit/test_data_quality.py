"""Data quality: scores weighted by emissions, unknown never good, ranges by the published factors, proposals as notices."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.inventory import Inventory, compute, load
from cet.inventory.quality.assessment import assess
from cet.inventory.quality.scores import basic_factors, indicators
from cet.inventory.quality.uncertainty import PLACES, log_factor, range_of, widened
from cet.scopes import Method, Scope
from cet.statement import build
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

MOBILE = (Scope.SCOPE_1, 2, Method.PHYSICAL)
TRUCK = {"scope": "3", "category": "4", "unit": "t-km", "factor": "test/truck", "data": "estimated"}
POWER = {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"}


def inventory(tmp_path: Path, *lines: dict[str, str]) -> Inventory:
    named = [{"id": f"line-{number}", **line} for number, line in enumerate(lines)]
    return compute(load(write_package(tmp_path / "package", named)))


def test_means_are_weighted_by_emissions_and_leave_out_what_is_not_scored(tmp_path: Path) -> None:
    found = inventory(
        tmp_path,
        {"quality": "1-2-1-3-1", "quantity": "100"},
        {"quality": "4-2-3-3-2", "quantity": "300"},
        {"quality": "", "quantity": "600"},
    )
    one = assess(found).categories[MOBILE]
    assert one.scores == tuple(Fraction(n, 4) for n in (13, 8, 10, 12, 7))
    assert one.scored == Fraction(2, 5)
    assert (one.lines, one.scored_lines) == (3, 2)


def test_no_scores_are_unknown_and_never_good(tmp_path: Path) -> None:
    found = assess(inventory(tmp_path, {}, {"id": "zero", "quantity": "0", "quality": "1-1-1-1-1"}))
    one = found.categories[MOBILE]
    assert (one.scores, one.range, one.scored) == (None, None, 0)


def test_no_emissions_have_no_parts(tmp_path: Path) -> None:
    one = assess(inventory(tmp_path, {"quantity": "0", "quality": "1-1-1-1-1"})).categories[MOBILE]
    assert (one.scored, one.primary, one.scores) == (None, None, None)


@pytest.mark.parametrize(
    "text", ["0-1-1-1-1", "1-1-1-1-5", "1-1-1-1", "1-1-1-1-1-1", "11111", "1 1 1 1 1", "good"]
)
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(PackageError, match="no data quality scores"):
        inventory(tmp_path, {"quality": text})


def test_totals_hold_scope_2_once_and_nothing_outside_the_scopes(tmp_path: Path) -> None:
    wood = {"category": "stationary", "unit": "kg", "factor": "test/wood", "quality": "4-4-4-4-4"}
    power = {**POWER, "market_factor": "test/wind", "quality": "2-2-2-2-2"}
    found = inventory(tmp_path, {"quality": "1-1-1-1-1"}, power, wood)
    quality = assess(found)
    for method, one in quality.totals.items():
        assert one.mg == found.total(Scope.SCOPE_1) + found.total(Scope.SCOPE_2, method)
    assert quality.totals[Method.MARKET_BASED].mg < quality.totals[Method.LOCATION_BASED].mg


def test_primary_is_measured_data_without_a_factor_in_its_place(tmp_path: Path) -> None:
    spend = {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"}
    average = {"scope": "3", "category": "8", "unit": "MWh", "factor": "test/grid", "method": "average-data"}
    found = assess(inventory(tmp_path, {}, spend, average, TRUCK))
    primary = {key[:2]: one.primary for key, one in found.categories.items()}
    assert primary == {
        (Scope.SCOPE_1, 2): 1,
        (Scope.SCOPE_3, 1): 0,
        (Scope.SCOPE_3, 4): 0,
        (Scope.SCOPE_3, 8): 0,
    }
    bought = found.categories[Scope.SCOPE_3, 1, Method.PHYSICAL]
    assert bought.factor_mg["spend"] == bought.mg


def test_the_published_factors() -> None:
    """Quantitative Inventory Uncertainty, the pedigree matrix; levels 1, 3, 4 and 5 of ecoinvent 2, table 7.3."""
    assert {one.name: [str(factor) for factor in one.factors] for one in indicators()} == {
        "technology": ["1.00", "1.20", "1.50", "2.00"],
        "time": ["1.00", "1.10", "1.20", "1.50"],
        "geography": ["1.00", "1.02", "1.05", "1.10"],
        "completeness": ["1.00", "1.05", "1.10", "1.20"],
        "reliability": ["1.00", "1.10", "1.20", "1.50"],
    }
    assert (basic_factors()["other"], basic_factors()["freight"]) == (Decimal("1.05"), Decimal("2.00"))


def test_the_factor_of_the_best_line_is_the_basic_one() -> None:
    best = (1, 1, 1, 1, 1)
    alone = range_of(Fraction(10**9), {("f", log_factor(best, "energy")): Fraction(10**9)})
    assert alone.factor == Fraction("1.05")
    assert (alone.low, alone.high) == (952380952, 1050000000)


def test_a_line_by_hand() -> None:
    """ln U = sqrt(ln 1.2² + ln 1.1² + ln 1.05²) = 0.2114…; U = 1.2355 rounded up."""
    log = log_factor((2, 2, 1, 1, 1), "energy")
    assert str(log).startswith("0.2114")
    assert range_of(Fraction(7), {("f", log): Fraction(7)}).factor == Fraction("1.2355")


def test_rounding_never_narrows_a_range() -> None:
    assert widened(Decimal("1.05000000000000000001")) == Fraction(10501, 10**PLACES)
    assert widened(Decimal("1.05")) == Fraction(10500, 10**PLACES)


def test_lines_of_one_factor_share_its_error_and_others_even_out(tmp_path: Path) -> None:
    scored = {"quality": "2-2-2-2-2"}
    whole = inventory(tmp_path / "whole", {**scored, "quantity": "120"})
    cut = inventory(tmp_path / "cut", *({**scored, "quantity": "10"} for _ in range(12)))
    mixed = inventory(tmp_path / "mixed", scored, {**scored, "unit": "kg", "factor": "test/leak"})
    one, twelve, two = (assess(found).categories[MOBILE].range for found in (whole, cut, mixed))
    assert one is not None
    assert two is not None
    assert one == twelve
    assert two.factor < one.factor


def test_one_factor_with_other_scores_shares_its_error_too() -> None:
    """ln U is the plain mean of the two within one factor, and less where they are two factors'."""
    logs = [log_factor(scores, "energy") for scores in ((2, 2, 2, 2, 2), (3, 2, 2, 2, 2))]
    half = Fraction(1, 2)
    one = range_of(Fraction(1), {("f", log): half for log in logs})
    two = range_of(Fraction(1), {(f"f{number}", log): half for number, log in enumerate(logs)})
    assert one.factor == widened(((logs[0] + logs[1]) / 2).exp())
    assert two.factor < one.factor


def test_year_and_place_propose_scores_as_notices_where_others_have_some(tmp_path: Path) -> None:
    found = inventory(tmp_path, {"quality": "1-1-1-1-1"}, TRUCK)
    proposal = next(one for one in found.notices if one.kind == "quality-proposal")
    assert proposal.text.endswith("time 2, geography 3 would fit: test/truck")
    assert assess(found).categories[Scope.SCOPE_3, 4, Method.PHYSICAL].scores is None
    silent = inventory(tmp_path / "silent", TRUCK)
    assert not any(one.kind.startswith("quality") for one in silent.notices)


def test_scores_better_than_the_factor_allows_are_doubted(tmp_path: Path) -> None:
    found = inventory(tmp_path, {**TRUCK, "quality": "1-1-3-1-1"})
    doubts = [one.text for one in found.notices if one.kind == "quality-doubt"]
    assert doubts == ["time scored 1, by box 7.2 the factor allows 2: test/truck"]


def test_scores_stand_in_the_line_and_their_means_in_the_document(tmp_path: Path) -> None:
    found = inventory(tmp_path, {"quality": "1-2-1-3-1"})
    draft = build(found, "0x" + "11" * 20, "0x" + "22" * 20)
    assert b'"quality":"1-2-1-3-1"' in draft.prove("line-0").line
    plain = build(inventory(tmp_path / "plain", {}), "0x" + "11" * 20, "0x" + "22" * 20)
    assert draft.statement.document != plain.statement.document


def test_the_command_says_the_same(tmp_path: Path) -> None:
    found = inventory(tmp_path, {"quality": "2-2-2-2-2"}, TRUCK)
    folder = str(found.package.folder)
    shown = CliRunner().invoke(main, ["inventory", "quality", folder], catch_exceptions=False)
    assert "unknown" in shown.output
    told = CliRunner().invoke(main, ["inventory", "quality", folder, "--json"], catch_exceptions=False)
    mobile, truck = json.loads(told.output)["categories"]
    assert mobile["scores"] == ["2"] * 5
    assert (truck["scores"], truck["scored"]) == (None, "0")
