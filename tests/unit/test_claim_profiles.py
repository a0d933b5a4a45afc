"""Claim profiles: months on the calendar, every rule kept and broken, and rules that lost only in their own profile."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.inventory import Inventory, compute, load
from cet.inventory.profiles.facts import Dates, facts_of
from cet.inventory.profiles.rules import RULES, judge, stands
from cet.inventory.profiles.verdicts import Outcome, ProfileError, Verdict, profile, profiles
from cet.quantities.months import is_months_long, months_after
from cet.scopes import Method, Scope
from organisations import toml
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

KEPT, BROKEN, OPEN, MEMO = Outcome
POWER = {"id": "power", "scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"}
FLIGHT = {"id": "flight", "scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight"}
SOLD = {"id": "sold", "scope": "3", "category": "9", "unit": "t-km", "factor": "test/truck"}
SAID = "".join(toml("exclusion", category=scope, reason="Nothing else.") for scope in ("1", "2", "3"))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("end", "months", "last"),
    [
        ("2021-06-30", 6, "2021-12-31"),
        ("2021-06-29", 6, "2021-12-29"),
        ("2021-12-31", 6, "2022-06-30"),
        ("2021-12-31", 9, "2022-09-30"),
        ("2021-08-31", 6, "2022-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        ("2023-08-30", 6, "2024-02-29"),
        ("2023-08-29", 6, "2024-02-29"),
        ("2023-08-28", 6, "2024-02-28"),
        ("2022-08-29", 6, "2023-02-28"),
        ("2023-02-28", 6, "2023-08-31"),
        ("2024-02-28", 6, "2024-08-28"),
        ("2024-02-29", 6, "2024-08-31"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2023-02-28", 12, "2024-02-29"),
        ("2021-05-31", 9, "2022-02-28"),
        ("2021-05-15", 9, "2022-02-15"),
        ("2021-12-31", 0, "2021-12-31"),
        ("2021-12-31", 24, "2023-12-31"),
        ("2021-01-30", 1, "2021-02-28"),
    ],
)
def test_months_after_the_end_of_a_day(end: str, months: int, last: str) -> None:
    assert months_after(day(end), months) == day(last)


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        ("2023-01-01", "2023-12-31", True),
        ("2020-07-01", "2021-06-30", True),
        ("2023-03-01", "2024-02-29", True),
        ("2022-03-01", "2023-02-28", True),
        ("2023-03-01", "2024-02-28", False),
        ("2024-02-29", "2025-02-28", True),
        ("2023-01-15", "2024-01-14", True),
        ("2023-01-15", "2024-01-15", False),
        ("2023-01-01", "2024-01-01", False),
        ("2023-01-01", "2023-12-30", False),
        ("2023-01-02", "2023-12-31", False),
    ],
)
def test_twelve_months_are_twelve_on_the_calendar(start: str, end: str, right: bool) -> None:
    assert is_months_long(day(start), day(end), 12) is right


def test_a_later_end_never_has_an_earlier_deadline() -> None:
    """Over every day of eight years, leap years among them, and every number of months a profile uses."""
    for months in (1, 6, 9, 12, 24):
        last = dt.date.min
        for number in range(8 * 365):
            found = months_after(dt.date(2019, 1, 1) + dt.timedelta(days=number), months)
            assert found >= last
            last = found


def test_months_beyond_the_calendar_are_an_error() -> None:
    with pytest.raises(OverflowError):
        months_after(day("9999-12-31"), 1)


def inventory(tmp_path: Path, *lines: dict[str, str], more: str = SAID, **header: str) -> Inventory:
    return compute(load(write_package(tmp_path / "package", lines or ({},), header=header, more=more)))


def verdict(rule: str, found: Inventory, **dates: str) -> Verdict:
    facts = facts_of(found, Dates(**{name: day(text) for name, text in dates.items()}))
    parameters: dict[str, Any] = {}
    for one in (one for each in profiles().values() for one in each.rules if one.rule == rule):
        parameters = dict(one.parameters)
    return RULES[rule](facts, parameters)


@pytest.mark.parametrize(
    ("rule", "dates", "outcome"),
    [
        ("submitted-in-time", {"submitted": "2024-06-30"}, KEPT),
        ("submitted-in-time", {"submitted": "2024-01-01"}, KEPT),
        ("submitted-in-time", {"submitted": "2024-07-01"}, BROKEN),
        ("submitted-in-time", {"submitted": "2023-12-31"}, BROKEN),
        ("submitted-in-time", {}, OPEN),
        ("offset-in-time", {"offset_on": "2024-09-30"}, KEPT),
        ("offset-in-time", {"offset_on": "2024-10-01"}, BROKEN),
        ("offset-in-time", {"offset_on": "2023-11-01"}, KEPT),
        ("offset-in-time", {}, OPEN),
        ("booked-in-time", {"produced_on": "2022-02-28", "booked_on": "2023-02-28"}, KEPT),
        ("booked-in-time", {"produced_on": "2022-02-28", "booked_on": "2023-03-01"}, BROKEN),
        ("booked-in-time", {"booked_on": "2023-02-28"}, OPEN),
        ("included-in-time", {"booked_on": "2021-01-01"}, KEPT),
        ("included-in-time", {"booked_on": "2020-12-31"}, BROKEN),
        ("included-in-time", {}, OPEN),
    ],
)
def test_dates_are_judged_to_the_day(
    rule: str, dates: dict[str, str], outcome: Outcome, tmp_path: Path
) -> None:
    """The period is 2023; dates come from the caller, never from a clock."""
    assert verdict(rule, inventory(tmp_path), **dates).outcome is outcome


def test_a_period_of_eleven_months_breaks_twelve_months(tmp_path: Path) -> None:
    short = inventory(tmp_path, period="{ start = 2023-02-01, end = 2023-12-31 }")
    assert verdict("twelve-months", short).outcome is BROKEN


def test_another_approach_breaks_traces(tmp_path: Path) -> None:
    assert verdict("approach", inventory(tmp_path)).outcome is KEPT
    other = inventory(tmp_path / "other", consolidation='"equity-share"')
    assert verdict("approach", other).outcome is BROKEN


def test_scopes_are_accounted_by_lines_or_statements(tmp_path: Path) -> None:
    assert verdict("direct-and-energy-complete", inventory(tmp_path / "a")).outcome is KEPT
    assert verdict("direct-and-energy-complete", inventory(tmp_path / "b", more="")).outcome is BROKEN
    assert verdict("scope-3-accounted", inventory(tmp_path / "c")).outcome is KEPT
    assert verdict("scope-3-accounted", inventory(tmp_path / "d", more="")).outcome is BROKEN


def test_estimates_need_their_assumption_and_plan(tmp_path: Path) -> None:
    guessed = {**FLIGHT, "data": "estimated"}
    assert verdict("estimates-explained", inventory(tmp_path / "a", FLIGHT)).outcome is KEPT
    assert verdict("estimates-explained", inventory(tmp_path / "b", guessed)).outcome is BROKEN
    plan = toml("plan", category="3.6", gap="G.", assumption="A.", action="A.", responsible="R.")
    mended = inventory(tmp_path / "c", guessed, more=SAID + plan + "due = 2024-06-30\n")
    assert verdict("estimates-explained", mended).outcome is KEPT


def test_green_power_is_zero_in_traces_figure_only(tmp_path: Path) -> None:
    """Only power by contract, with nothing emitted, is zero; the rest counts location-based."""
    green = {**POWER, "id": "green", "market_factor": "test/wind"}
    mixed = {**POWER, "id": "mixed", "market_factor": "test/mix"}
    found = inventory(tmp_path, green, mixed, POWER)
    location = found.total(Scope.SCOPE_2, Method.LOCATION_BASED)
    memo = verdict("green-power-zero", found)
    assert (memo.outcome, memo.figure) == (MEMO, location * 2 / 3)
    assert found.total(Scope.SCOPE_2, Method.LOCATION_BASED) == location


def test_exports_come_off_the_market_based_figure_in_traces_only(tmp_path: Path) -> None:
    export = toml("export", facility="plant", quantity="40", unit="MWh", factor="test/mix")
    found = inventory(tmp_path, {**POWER, "market_factor": "test/mix"}, more=SAID + export)
    market = found.total(Scope.SCOPE_2, Method.MARKET_BASED)
    memo = verdict("export-deducted", found)
    assert (memo.outcome, memo.figure) == (MEMO, market * Fraction(60, 100))
    assert found.total(Scope.SCOPE_2, Method.MARKET_BASED) == market > 0


def test_downstream_is_left_out_of_traces_scope_3_only(tmp_path: Path) -> None:
    found = inventory(tmp_path, FLIGHT, SOLD)
    memo = verdict("downstream-left-out", found)
    assert memo.figure == found.total(Scope.SCOPE_3, category=6)
    assert found.total(Scope.SCOPE_3) > memo.figure


def test_power_without_a_market_factor_leaves_the_residual_mix_open(tmp_path: Path) -> None:
    covered = inventory(tmp_path / "a", {**POWER, "market_factor": "test/mix"})
    assert verdict("uncovered-at-residual-mix", covered).outcome is KEPT
    assert verdict("uncovered-at-residual-mix", inventory(tmp_path / "b", POWER)).outcome is OPEN


def test_a_claim_stands_when_no_rule_is_broken_or_open(tmp_path: Path) -> None:
    found = inventory(tmp_path)
    dates = Dates(submitted=day("2024-03-01"), offset_on=day("2024-09-30"))
    assert stands(judge(profile("trace"), facts_of(found, dates)))
    assert not stands(judge(profile("trace"), facts_of(found, Dates(submitted=day("2024-03-01")))))
    assert stands(judge(profile("ghg-protocol"), facts_of(found, Dates())))


def test_profiles_stand_in_the_order_of_precedence() -> None:
    assert list(profiles()) == ["ghg-protocol", "sfc", "carbonneutral", "trace"]
    used = {one.rule for each in profiles().values() for one in each.rules}
    assert used == set(RULES)
    with pytest.raises(ProfileError, match="no profile"):
        profile("Trace")


def test_an_overridden_rule_exists_in_its_own_profile_only() -> None:
    """DESIGN: GHG Protocol, then SFC, then CarbonNeutral, then Trace."""
    order = list(profiles())
    for name, found in profiles().items():
        for rule in found.rules:
            if rule.overridden:
                by = rule.overridden.partition(":")[0]
                assert order.index(by) < order.index(name)
                others = [each for each in profiles().values() if each.name != name]
                assert rule.rule not in {one.rule for each in others for one in each.rules}


def test_the_command_says_every_verdict_and_exits_by_them(tmp_path: Path) -> None:
    folder = write_package(tmp_path / "package", [{}], more=SAID)
    arguments = [
        "inventory",
        "claims",
        str(folder),
        "--profile",
        "trace",
        "--submitted",
        "2024-03-01",
        "--json",
    ]
    runner = CliRunner(mix_stderr=False)
    late = runner.invoke(main, [*arguments, "--offset-on", "2024-10-01"])
    assert late.exit_code == 1
    found = json.loads(late.stdout)
    assert [one["rule"] for one in found["rules"] if one["outcome"] == "broken"] == ["offset-in-time"]
    assert runner.invoke(main, [*arguments, "--offset-on", "2024-09-30"]).exit_code == 0
    assert runner.invoke(main, [*arguments, "--offset-on", "2024-9-30"]).exit_code == 2
    shown = runner.invoke(main, arguments[:-1])
    assert "does not stand: 0 rules broken, 1 open" in " ".join(shown.stdout.split())
