"""Projected lifetime emissions stand beside scope 3 (Scope 3 Standard, table 5.9): in no series, lot, category or mean."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.inventory import Inventory, load, read_package, reference
from cet.inventory.completeness.report import completeness
from cet.inventory.line_ledger import write_line_ledger
from cet.inventory.quality.assessment import assess
from cet.inventory.reference_projected import reference_projected
from cet.report.inventory_report.building import inventory_report
from cet.scopes import Scope
from cet.statement import commit
from cet.statement.document import canonical_document
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

INVESTED = {
    "scope": "3",
    "category": "15",
    "source": "Scope 1 and 2 of the dam",
    "unit": "t",
    "factor": "measured/CO2e",
    "data": "estimated",
    "equity_share": "0.15",
}
ANNUAL = {**INVESTED, "id": "annual", "quantity": "7000", "method": "project-finance", "project": "dam"}
LIFE = {**ANNUAL, "id": "life", "method": "projected-lifetime", "lifetime": "30"}
DAM = '\n[[project]]\nid = "dam"\nname = "The dam"\nbegan = {}\n'
OURS = DAM.format("2023-12-31")
T = 10**9


def read(tmp_path: Path, *lines: dict[str, str], more: str = OURS) -> Inventory:
    folder = write_package(tmp_path / "package", lines, more=more)
    inventory = read_package(folder)
    slow = reference(load(folder))
    assert (inventory.sums, inventory.lots, inventory.lines) == (slow.sums, slow.lots, slow.lines)
    assert inventory.projected == slow.projected == reference_projected(load(folder))
    return inventory


def refused(tmp_path: Path, *lines: dict[str, str], more: str = OURS) -> str:
    with pytest.raises(PackageError) as caught:
        read_package(write_package(tmp_path / "package", lines, more=more))
    return "\n".join(str(finding) for finding in caught.value.findings)


def test_a_projected_life_changes_nothing_but_its_own_place(tmp_path: Path) -> None:
    alone, both = read(tmp_path / "1", ANNUAL), read(tmp_path / "2", ANNUAL, LIFE)
    assert both.reported == alone.reported == (0, 0, 0, 1050 * T, 0)
    assert both.sums == alone.sums
    assert both.lots == alone.lots
    assert both.data_mg == alone.data_mg
    assert assess(both) == assess(alone)
    assert completeness(both) == completeness(alone)
    assert alone.projected == ()
    (life,) = both.projected
    assert (life.project, life.mg, life.reported, life.lines) == ("dam", 31_500 * T, 31_500 * T, 1)


@pytest.mark.parametrize(
    ("method", "lifetime", "beside"),
    [
        ("projected-lifetime", "30", True),
        ("projected-lifetime", "", True),
        ("project-finance", "30", True),
        ("investment-specific", "30", True),
        ("", "30", True),
        ("project-finance", "", False),
        ("", "", False),
    ],
)
def test_a_lifetime_in_category_15_or_the_method_makes_it_projected(
    method: str, lifetime: str, beside: bool, tmp_path: Path
) -> None:
    inventory = read(tmp_path, {**LIFE, "method": method, "lifetime": lifetime})
    assert bool(inventory.projected) is beside
    assert bool(inventory.total(Scope.SCOPE_3)) is not beside


def test_a_lifetime_of_products_sold_is_category_11_of_the_year(tmp_path: Path) -> None:
    use = {"scope": "3", "category": "11", "unit": "kg", "factor": "measured/CO2e", "data": "estimated"}
    inventory = read(tmp_path, {**use, "quantity": "2", "method": "use-direct", "lifetime": "10"})
    assert inventory.total(Scope.SCOPE_3, category=11) == 20 * 10**6
    assert inventory.projected == ()


@pytest.mark.parametrize("began", ["2022-12-31", "2024-01-01"])
def test_a_project_of_another_year_is_refused_with_the_rule(began: str, tmp_path: Path) -> None:
    told = refused(tmp_path, LIFE, more=DAM.format(began))
    assert began in told
    assert "table 5.9" in told
    assert read(tmp_path / "annual", ANNUAL, more=DAM.format(began)).total(Scope.SCOPE_3) == 1050 * T


@pytest.mark.parametrize("began", ["2023-01-01", "2023-12-31"])
def test_both_ends_of_the_period_are_in_the_initial_year(began: str, tmp_path: Path) -> None:
    assert read(tmp_path, LIFE, more=DAM.format(began)).projected


def test_without_a_project_it_is_reported_and_a_notice_says_that_nobody_checked(tmp_path: Path) -> None:
    named, unnamed = read(tmp_path / "1", LIFE), read(tmp_path / "2", {**LIFE, "project": ""})
    assert "projected-year" not in {notice.kind for notice in named.notices}
    assert "projected-year" in {notice.kind for notice in unnamed.notices}
    assert unnamed.projected[0].mg == named.projected[0].mg


def test_what_a_project_can_t_be_is_refused(tmp_path: Path) -> None:
    assert "no such project" in refused(tmp_path / "1", {**LIFE, "project": "dan"})
    assert "outside scope 3, category 15" in refused(
        tmp_path / "2", {**ANNUAL, "category": "1", "method": ""}
    )
    assert "used twice" in refused(tmp_path / "3", LIFE, more=OURS + OURS)
    received = {**LIFE, "received": "0x9a3f5c0012de8841"}
    assert "by an allocation" in refused(tmp_path / "4", received)
    assert "began" in refused(tmp_path / "5", LIFE, more=DAM.format('"2023"'))


def test_an_entity_s_share_applies(tmp_path: Path) -> None:
    more = (
        OURS
        + """
[[entity]]
id = "half"
name = "Half"
treatment = "joint-venture"

[[holding]]
owner = "works"
entity = "half"
share = "50 %"

[[facility]]
id = "theirs"
name = "Theirs"
country = "US"
entity = "half"
"""
    )
    folder = write_package(
        tmp_path, [{**LIFE, "facility": "theirs"}], more=more, header={"consolidation": '"equity-share"'}
    )
    (life,) = found = read_package(folder).projected
    assert life.mg == Fraction(31_500 * T, 2)
    assert found == reference_projected(load(folder))


def test_projects_facilities_and_gases_outside_the_scopes_by_both_ways(tmp_path: Path) -> None:
    """Each way for itself: classes of lines times a sum of gases, and line by line, gas by gas. `read` compares them."""
    wood = {**LIFE, "id": "wood", "factor": "measured/CO2-biogenic", "quantity": "100", "equity_share": "1/3"}
    methane = {**LIFE, "id": "methane", "factor": "measured/CH4-fossil", "quantity": "2"}
    other = {**LIFE, "id": "other", "project": "mill", "quantity": "7.5"}
    mill = OURS + DAM.format("2023-01-01").replace("dam", "mill")
    dam, second = read(tmp_path, ANNUAL, LIFE, wood, methane, other, more=mill).projected
    assert (dam.project, dam.lines, second.project, second.lines) == ("dam", 3, "mill", 1)
    assert dam.outside_mg == 1_000 * T
    assert dam.mg == 31_500 * T + 9 * 28 * T  # 2 t × 15 % × 30 years, GWP 28 (AR5)
    assert second.mg == Fraction("7.5") * Fraction("0.15") * 30 * T


def test_it_is_told_by_itself_in_result_report_document_and_ledger(tmp_path: Path) -> None:
    inventory = read(tmp_path, ANNUAL, LIFE)
    document = json.loads(canonical_document(inventory, commit(inventory).root))
    assert document["projected_lifetime"]["reported_mg"] == str(31_500 * T)
    plain = read(tmp_path / "plain", ANNUAL)
    assert "projected_lifetime" not in json.loads(canonical_document(plain, commit(plain).root))
    run = CliRunner(mix_stderr=False).invoke
    folder = str(tmp_path / "package")
    found = json.loads(run(main, ["inventory", "compute", folder, "--json", "--lines"]).stdout)
    assert found["projected_lifetime"]["projects"][0]["name"] == "The dam"
    (life,) = (line for line in found["lines"] if line["id"] == "life")
    assert [(one["scope"], one["method"], one["lot"]) for one in life["results"]] == [
        ("separate", "projected-lifetime", None)
    ]
    shown = run(main, ["inventory", "compute", folder]).stdout
    assert "reported separately" in shown
    assert "31,500.000" in shown
    report = inventory_report(inventory)
    assert "projected" in {section.id for section in report.sections}
    ledger = tmp_path / "ledger.csv"
    write_line_ledger(inventory, ledger)
    with ledger.open(encoding="utf-8") as file:
        rows = {row["line"]: row for row in csv.DictReader(file)}
    assert (rows["life"]["lot_1"], rows["life"]["mg_1"]) == ("none", str(31_500 * T))
    assert rows["life"]["project"] == "dam"


def test_a_claim_of_a_projected_line_is_compared_with_its_own_figure(tmp_path: Path) -> None:
    assert read(tmp_path / "1", {**LIFE, "claimed_t": "31500.0"}).claims == ()
    (claim,) = read(tmp_path / "2", {**LIFE, "claimed_t": "31501"}).claims
    assert claim.recomputed == "31500"
