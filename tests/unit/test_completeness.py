"""Relevance by two of five criteria; every category reported, empty with its statement, or flagged with a remedy."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from cet.inventory import Inventory, compute, load
from cet.inventory.completeness.report import RULES, Item, Status, completeness
from cet.inventory.completeness.sections import CRITERIA, Relevance
from cet.scopes import Method
from cet.statement import build
from organisations import toml
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

FLIGHT = {"scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight"}
ALL_SAID = toml("exclusion", category="1", reason="No other fuels.") + "".join(
    toml("exclusion", category=scope, reason="Nothing else.") for scope in ("2", "3")
)
PLAN = {"gap": "Hotels.", "action": "Ask.", "responsible": "Travel desk"}


def relevance(relevant: str = "3.6", **criteria: bool) -> str:
    said = {name: criteria.get(name, False) for name in CRITERIA}
    return toml("relevance", category=relevant, reason="Judged.", **said)


def plan(category: str, **more: str) -> str:
    return toml("plan", category=category, **PLAN, **more) + "due = 2024-06-30\n"


def inventory(tmp_path: Path, more: str, *lines: dict[str, str]) -> Inventory:
    named = [{"id": f"line-{number}", **line} for number, line in enumerate(lines or ({},))]
    return compute(load(write_package(tmp_path / "package", named, more=more)))


def item(found: Inventory, path: str) -> Item:
    return next(one for one in completeness(found) if one.path == path)


@pytest.mark.parametrize("criteria", itertools.product([False, True], repeat=5))
def test_relevant_when_at_least_two_of_the_five_hold(criteria: tuple[bool, ...]) -> None:
    said: dict[str, Any] = dict(zip(CRITERIA, criteria, strict=True))
    found = Relevance(category="3.6", reason="Judged.", **said)
    assert found.relevant is (sum(criteria) >= 2)
    assert found.holding == tuple(name for name, holds in said.items() if holds)


def test_the_report_has_every_source_type_and_category_once(tmp_path: Path) -> None:
    items = completeness(inventory(tmp_path, ""))
    assert len(items) == len({one.path for one in items}) == 4 + 4 + 15


def test_what_is_reported_or_stated_is_not_flagged(tmp_path: Path) -> None:
    found = inventory(tmp_path, ALL_SAID, {}, FLIGHT)
    assert item(found, "1.mobile").status is Status.REPORTED
    assert item(found, "3.6").status is Status.REPORTED
    assert item(found, "3.1").status is Status.EMPTY
    assert {one.status for one in completeness(found)} == {Status.REPORTED, Status.EMPTY}


def test_a_categorys_own_statement_goes_before_its_scopes(tmp_path: Path) -> None:
    found = inventory(tmp_path, ALL_SAID + toml("exclusion", category="3.8", reason="No leases."))
    own, general = item(found, "3.8").exclusion, item(found, "3.9").exclusion
    assert own is not None
    assert general is not None
    assert (own.reason, general.reason) == ("No leases.", "Nothing else.")


def test_a_line_whose_gases_are_all_outside_the_scopes_reports_its_category(tmp_path: Path) -> None:
    line = {"category": "fugitive", "unit": "kg", "factor": "test/old-chiller"}
    content = item(inventory(tmp_path, "", line), "1.fugitive").content
    assert content is not None
    assert (content.lines, content.mg) == (1, {})


def test_lines_count_once_and_both_scope_2_methods_are_there(tmp_path: Path) -> None:
    power = {
        "scope": "2",
        "category": "electricity",
        "unit": "MWh",
        "factor": "test/grid",
        "market_factor": "test/mix",
    }
    wood = {"category": "stationary", "unit": "kg", "factor": "test/wood"}
    found = inventory(tmp_path, "", {**power, "data": "proxy"}, power, wood, wood)
    electricity, stationary = item(found, "2.electricity").content, item(found, "1.stationary").content
    assert electricity is not None
    assert stationary is not None
    assert (electricity.lines, stationary.lines) == (2, 2)
    assert set(electricity.mg) == {Method.LOCATION_BASED, Method.MARKET_BASED}
    assert electricity.estimated == electricity.mg[Method.MARKET_BASED] / 2


def test_what_a_lease_moves_is_reported_in_its_category(tmp_path: Path) -> None:
    let = toml("facility", id="let", name="Let", country="GB", lease="lessor-finance")
    found = inventory(tmp_path, let, {"facility": "let"})
    assert item(found, "3.13").content is not None
    assert item(found, "1.mobile").content is None


def exclusion(because: str, **more: str) -> str:
    return toml("exclusion", category="3.6", reason="Said.", because=because, **more)


BROKEN = {
    "what_is_empty_has_its_statement": ("", ()),
    "what_does_not_occur_has_no_lines": (exclusion("does-not-occur"), (FLIGHT,)),
    "what_is_relevant_is_reported": (
        exclusion("not-relevant", estimated_t="1") + relevance(size=True, risk=True),
        (),
    ),
    "what_is_not_relevant_was_tested": (exclusion("not-relevant", estimated_t="1"), ()),
    "what_is_left_out_has_a_size": (exclusion("not-relevant") + relevance(size=True), ()),
    "what_lacks_data_has_a_plan": (exclusion("no-data", estimated_t="1"), ()),
    "what_is_estimated_has_an_assumption": (plan("3.6"), ({**FLIGHT, "data": "proxy"},)),
}
MENDED = {
    "what_is_empty_has_its_statement": (exclusion("does-not-occur"), ()),
    "what_does_not_occur_has_no_lines": ("", (FLIGHT,)),
    "what_is_relevant_is_reported": (relevance(size=True, risk=True), (FLIGHT,)),
    "what_is_not_relevant_was_tested": (
        exclusion("not-relevant", estimated_t="1") + relevance(size=True),
        (),
    ),
    "what_is_left_out_has_a_size": (exclusion("not-relevant", estimated_t="0") + relevance(), ()),
    "what_lacks_data_has_a_plan": (exclusion("no-data", estimated_t="1") + plan("3.6"), ()),
    "what_is_estimated_has_an_assumption": (
        plan("3", assumption="As last year.", uplift="10 %"),
        ({**FLIGHT, "data": "proxy"},),
    ),
}


def test_every_rule_has_a_case() -> None:
    assert {rule.__name__.removeprefix("_") for rule in RULES} == set(BROKEN) == set(MENDED)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_flags_its_break_alone_and_nothing_mended(rule: Any, tmp_path: Path) -> None:
    name = rule.__name__.removeprefix("_")
    flags = item(inventory(tmp_path / "broken", *_case(BROKEN[name])), "3.6").flags
    assert len(flags) == 1
    assert flags[0].problem
    assert flags[0].remedy
    assert not item(inventory(tmp_path / "mended", *_case(MENDED[name])), "3.6").flags


def _case(case: tuple[str, tuple[dict[str, str], ...]]) -> tuple[Any, ...]:
    more, lines = case
    return (more, {}, *lines)


def test_a_line_that_says_how_it_is_an_estimate_needs_no_other_assumption(tmp_path: Path) -> None:
    line = {**FLIGHT, "data": "estimated", "estimate": "average", "reason": "Mean of three years."}
    found = item(inventory(tmp_path, plan("3.6"), line), "3.6")
    assert found.status is Status.ESTIMATED
    assert found.content is not None
    assert found.content.estimated == sum(found.content.mg.values())
    assert found.content.unexplained == 0


def test_the_statement_tells_tests_plans_and_sizes(tmp_path: Path) -> None:
    more = exclusion("no-data", estimated_t="12.5") + relevance("3.7", size=True) + plan("3.6", uplift="0.1")
    draft = build(inventory(tmp_path, more), "0x" + "11" * 20, "0x" + "22" * 20)
    document = json.loads(draft.document)
    assert document["exclusions"] == [
        {"category": "3.6", "reason": "Said.", "because": "no-data", "estimated_t": "12.5"}
    ]
    assert document["relevance"][0]["criteria"] == ["size"]
    assert Fraction(document["plans"][0]["uplift"]) == Fraction(1, 10)
