"""The base year recalculated as the Corporate Standard's figures have it; what triggers, what does not; effects that add up.

The figures of the standard's acquisition and divestment (its figures 6 and 7) were typed without the document at hand.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.errors import PackageError
from cet.inventory import compute, load
from cet.inventory.base_year.effects import Effects
from cet.inventory.base_year.events import KINDS, Trigger
from cet.inventory.base_year.recalculation import BASES
from cet.scopes import Method, Scope
from cet.statement import build
from comparisons import POLICY, compared, event, site, tonnes
from package_folders import write_package

if TYPE_CHECKING:
    from cet.inventory.base_year.comparison import Comparison

TONNE = 10**9
EXAMPLES = Path(__file__).parents[2] / "examples"
STACK = (Scope.SCOPE_1, 1, Method.PHYSICAL)
MARKET = BASES["total"][1][1]


def t(found: Comparison, name: str) -> Fraction:
    return Fraction(getattr(found.bridge(*MARKET), name)) / TONNE


def test_an_acquisition_as_in_figure_6(tmp_path: Path) -> None:
    """Gamma: A and B 25,000 t each in the base year, 30,000 t since; C joins with 15,000 t in the base year, 20,000 t now."""
    found = compared(
        tmp_path,
        [tonnes("a", "25000"), tonnes("b", "25000")],
        [tonnes("a", "30000"), tonnes("b", "30000"), tonnes("c", "20000")],
        event("acquisition", facility="c", package="joined"),
        base_more=site("a") + site("b"),
        current_more=site("a") + site("b") + site("c"),
        joined=[tonnes("c", "15000")],
        joined_more=site("c"),
    )
    assert (t(found, "recorded"), t(found, "structure"), t(found, "like_for_like")) == (50000, 15000, 65000)
    assert (t(found, "activity"), t(found, "factor"), t(found, "reported")) == (15000, 0, 80000)
    assert found.recalculates is True
    assert not found.remarks


def test_a_divestment_as_in_figure_7(tmp_path: Path) -> None:
    """Beta: A, B and C 25,000 t each in the base year, 30,000 t the year after; C is sold."""
    sites = site("a") + site("b")
    found = compared(
        tmp_path,
        [tonnes(one, "25000") for one in "abc"],
        [tonnes(one, "30000") for one in "ab"],
        event("divestment", facility="c"),
        base_more=sites + site("c"),
        current_more=sites,
    )
    assert (t(found, "recorded"), t(found, "structure"), t(found, "like_for_like")) == (75000, -25000, 50000)
    assert (t(found, "activity"), t(found, "reported")) == (10000, 60000)


@pytest.mark.parametrize(("date", "reported"), [("2023-07-02", "183"), ("2023-01-01", "365")])
def test_a_mid_year_acquisition_counts_whole_in_both_years(tmp_path: Path, date: str, reported: str) -> None:
    """365 t a year: what is reported is the days held; like for like it is the whole year."""
    found = compared(
        tmp_path,
        [tonnes("plant", "100")],
        [tonnes("plant", "100"), tonnes("c", reported)],
        event("acquisition", date=date, facility="c", package="joined", more="prorate = true"),
        current_more=site("c"),
        joined=[tonnes("c", "365")],
        joined_more=site("c"),
    )
    assert t(found, "whole_year") == t(found, "like_for_like") == 465
    assert t(found, "reported") == 100 + int(reported)
    assert t(found, "part_year") == int(reported) - 365


def test_a_mid_year_divestment_counts_in_neither_year(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        [tonnes("plant", "100"), tonnes("c", "40")],
        [tonnes("plant", "100"), tonnes("c", "20")],
        event("divestment", date="2023-07-01", facility="c", more='lines = ["c"]\nprorate = true'),
        base_more=site("c"),
        current_more=site("c"),
    )
    assert (t(found, "like_for_like"), t(found, "whole_year"), t(found, "part_year")) == (100, 100, 20)


def test_the_effects_of_a_source_are_its_whole_difference() -> None:
    effects = Effects(Fraction(1), Fraction(20), Fraction(300), Fraction(4000))
    assert effects.total == 4321
    effects.add(Effects(share=Fraction(5)))
    assert (effects.share, effects.total) == (305, 4326)


def test_small_changes_accumulate_whichever_way_they_go(tmp_path: Path) -> None:
    """+3 % and −3 % cancel out, and are 6 % of change: above 5 %, though each is below."""
    changes = [
        event("method", name, more=f'[[event.figure]]\nplace = "1.stationary"\nt = "{mass}"')
        for name, mass in (("finer", "3"), ("dearer", "-3"))
    ]
    line = [tonnes("plant", "100")]
    both = compared(tmp_path / "both", line, line, "".join(changes))
    assert [test.net_mg for test in both.tests] == [0, 0]
    assert {test.part for test in both.tests} == {Fraction(6, 100)}
    assert both.recalculates is True
    assert compared(tmp_path / "one", line, line, changes[0]).recalculates is False


def test_the_threshold_itself_is_significant(tmp_path: Path) -> None:
    line = [tonnes("plant", "100")]
    figure = event("error", more='[[event.figure]]\nplace = "1.stationary"\nt = "{}"')
    assert compared(tmp_path / "at", line, line, figure.replace("{}", "-5")).recalculates is True
    assert (
        compared(tmp_path / "below", line, line, figure.replace("{}", "-4.999999999")).recalculates is False
    )


def test_each_scope_may_be_tested(tmp_path: Path) -> None:
    power = {
        "id": "p",
        "scope": "2",
        "category": "electricity",
        "unit": "MWh",
        "factor": "test/grid",
        "quantity": "1",
    }
    lines = [tonnes("plant", "100"), power]
    figure = event(
        "error", more='[[event.figure]]\nplace = "2.electricity"\nmethod = "location-based"\nt = "0.1"'
    )
    policy = POLICY.replace('threshold = "5 %"', 'threshold = "5 %"\ntested = "each-scope"')
    found = compared(tmp_path, lines, lines, figure, policy=policy)
    assert [test.basis for test in found.tests if test.reaches(Fraction(1, 20))] == ["scope 2 location-based"]


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.trigger is Trigger.NONE])
def test_what_is_real_recalculates_nothing_and_says_why(tmp_path: Path, kind: str) -> None:
    found = compared(tmp_path, [tonnes("plant", "100")], [tonnes("plant", "150")], event(kind))
    assert found.recalculates is False
    assert t(found, "like_for_like") == 100
    with pytest.raises(PackageError, match="recalculates nothing"):
        compared(tmp_path, [{}], [{}], event(kind, more='[[event.figure]]\nplace = "1.mobile"\nt = "1"'))


def test_restated_lines_take_the_place_of_the_old_ones(tmp_path: Path) -> None:
    found = compared(
        tmp_path,
        [tonnes("plant", "100"), {"id": "wrong", "quantity": "10"}],
        [tonnes("plant", "100"), {"id": "right", "quantity": "30"}],
        event("error", package="joined"),
        joined=[{"id": "wrong", "quantity": "20"}],
    )
    mobile = found.bridges[Scope.SCOPE_1, 2, Method.PHYSICAL]
    assert mobile.error == mobile.recorded == mobile.activity


def test_outsourcing_moves_what_is_still_counted(tmp_path: Path) -> None:
    """Scope 1 falls, category 4 rises, the total stays: nothing to recalculate in all scopes together."""
    found = compared(
        tmp_path,
        [tonnes("plant", "100", id="trucks", share="1")],
        [{**tonnes("plant", "90"), "scope": "3", "category": "4"}],
        event("outsourcing", more='lines = ["trucks"]\nto = "3.4"'),
    )
    assert (t(found, "structure"), t(found, "like_for_like"), t(found, "activity")) == (0, 100, -10)
    assert found.bridges[STACK].structure == -100 * TONNE
    assert found.recalculates is False


def test_a_share_that_changed_is_placed_as_the_current_year_places_it(tmp_path: Path) -> None:
    def held(share: str) -> str:
        entity = '\n[[entity]]\nid = "v"\nname = "V"\ntreatment = "joint-venture"\n'
        holding = f'\n[[holding]]\nowner = "works"\nentity = "v"\nshare = "{share}"\n'
        return entity + holding + site("mill", entity="v")

    header = {"consolidation": '"equity-share"'}
    kept = {
        "base_header": header,
        "current_header": header,
        "base_more": held("50 %"),
        "current_more": held("60 %"),
    }
    lines = [tonnes("plant", "10"), tonnes("mill", "100")], [tonnes("plant", "10"), tonnes("mill", "80")]
    told = compared(tmp_path / "told", *lines, event("acquisition", facility="mill"), **kept)
    assert (t(told, "structure"), t(told, "share"), t(told, "activity")) == (10, 0, -12)
    untold = compared(tmp_path / "untold", *lines, **kept)
    assert (t(untold, "structure"), t(untold, "share"), t(untold, "activity")) == (0, 9, -11)


def test_both_years_stand_under_the_current_gwp_set(tmp_path: Path) -> None:
    leak = {"quantity": "1", "unit": "t", "factor": "measured/CH4-fossil", "category": "fugitive"}
    found = compared(tmp_path, [leak], [leak], base_header={"gwp": '"AR4"'}, current_header={"gwp": '"AR5"'})
    assert (t(found, "recorded"), t(found, "rules"), t(found, "reported")) == (25, 3, 28)
    assert t(found, "factor") == 0


def test_what_is_known_only_as_co2e_is_not_restated(tmp_path: Path) -> None:
    flight = {"scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight"}
    with pytest.raises(PackageError, match="known only as CO2e, not under AR6"):
        compared(tmp_path, [flight], [flight], current_header={"gwp": '"AR6"'})


def test_activity_and_factor_by_hand(tmp_path: Path) -> None:
    """A 10 → 20, rate 2 → 3 t: (20−10)(2+3)/2 = 25 and (3−2)(10+20)/2 = 15; together 40."""
    line = {"unit": "t", "factor": "measured/CO2"}
    found = compared(
        tmp_path,
        [{**line, "quantity": "10", "carbon_content": "1", "molar_ratio": "2"}],
        [{**line, "quantity": "20", "carbon_content": "1", "molar_ratio": "3"}],
    )
    assert t(found, "activity") == 40, "parameters are part of the activity that the factor counts"
    diesel = (
        [{"quantity": "10", "unit": "kg", "factor": "test/wood"}],
        [{"quantity": "20", "unit": "kg", "factor": "test/leak"}],
    )
    two = compared(tmp_path / "two", *diesel)
    (one,) = [one for one in two.sources if one.series[0] is Scope.SCOPE_1]
    a, b = one.base_mg / 10, one.current_mg / 20
    assert (one.effects.activity, one.effects.factor) == (10 * (a + b) / 2, (b - a) * 30 / 2)


def test_years_counted_in_other_units_are_not_separated(tmp_path: Path) -> None:
    spend = {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"}
    mass = {"scope": "3", "category": "1", "unit": "t-km", "factor": "test/truck"}
    found = compared(tmp_path, [spend], [mass])
    whole = found.bridge(*MARKET)
    assert whole.unseparated == whole.reported - whole.recorded != 0


def test_a_facility_in_one_year_only_is_remarked(tmp_path: Path) -> None:
    found = compared(
        tmp_path, [tonnes("plant", "1")], [tonnes("plant", "1"), tonnes("c", "1")], current_more=site("c")
    )
    assert found.remarks == (
        "facility c is in the current year only: an opening, or an acquisition without its event",
    )


def test_recorded_figures_that_the_package_does_not_give_are_remarked(tmp_path: Path) -> None:
    line = [tonnes("plant", "100")]
    assert not compared(tmp_path / "same", line, line, policy=POLICY + 'scope_1_t = "100.0"\n').remarks
    (remark,) = compared(tmp_path / "other", line, line, policy=POLICY + 'scope_1_t = "99.9"\n').remarks
    assert "99.9 t; base gives 100.0 t" in remark


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        (event("divestment", facility="nowhere"), "nothing of the base year is selected"),
        (event("divestment"), "nothing it changes"),
        (event("error", facility="plant"), "no corrected data"),
        (event("acquisition", facility="x", package="p", to="3.4"), "package and to in one event"),
        (event("lease", facility="plant", date="2021-01-01", more="prorate = true"), "prorated outside"),
        (event("burning"), "burning"),
        (event("closure") + event("closure"), "event id used twice"),
        ("[[thing]]\n", "more than events"),
        ("not toml", "not TOML"),
        (
            event("error", more='[[event.figure]]\nplace = "2.electricity"\nt = "1"'),
            "method is needed in scope 2",
        ),
    ],
)
def test_events_that_make_no_sense_are_refused(tmp_path: Path, events: str, problem: str) -> None:
    with pytest.raises(PackageError) as refused:
        compared(tmp_path, [tonnes("plant", "1")], [tonnes("plant", "1")], events)
    assert problem in str(refused.value)
    assert {(one.file, one.row) for one in refused.value.findings} == {("events.toml", 0)}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (('threshold = "5 %"', 'threshold = "0"'), "not above 0"),
        (('package = "../base"', ""), "neither figures nor a package"),
        (("start = 2019-01-01", "start = 2019-12-32"), "not TOML"),
        (("end = 2019-12-31", "end = 2018-12-31"), "ends before it starts"),
        (("2019", "2024"), "after the inventory's period"),
    ],
)
def test_a_base_year_that_makes_no_sense_is_refused(
    tmp_path: Path, wrong: tuple[str, str], problem: str
) -> None:
    with pytest.raises(PackageError, match=problem):
        load(write_package(tmp_path, more=POLICY.replace(*wrong)))


def test_other_entities_and_years_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="not the entity works"):
        compared(tmp_path, [{}], [{}], base_header={"entity": '"others"'})
    with pytest.raises(PackageError, match="not before the current year"):
        compared(tmp_path, [{}], [{}], base_header={"period": "{ start = 2023-01-01, end = 2023-12-31 }"})


def test_the_statement_commits_to_policy_and_threshold(tmp_path: Path) -> None:
    parties = "0x" + "11" * 20, "0x" + "22" * 20
    policies = ("", POLICY, POLICY.replace("5 %", "10 %", 1), POLICY.replace('"5 %"', '"6 %"'))
    documents = {
        build(compute(load(write_package(tmp_path / str(number), more=more))), *parties).statement.document
        for number, more in enumerate(policies)
    }
    assert len(documents) == len(policies)


def test_the_example_accumulates_two_small_changes_over_the_threshold() -> None:
    command = ["inventory", "compare", "duke-university-fy2016", "duke-university-fy2021"]
    command = [*command[:2], *(str(EXAMPLES / name) for name in command[2:])]
    command += ["--events", str(EXAMPLES / "duke-base-year/events.toml"), "--json"]
    told = json.loads(CliRunner().invoke(main, command, catch_exceptions=False).output)
    assert told["recalculates"] is True
    market = next(test for test in told["tests"] if test["basis"].endswith("market-based"))
    assert [mg == market["accumulated_mg"][0] for mg in market["accumulated_mg"]][:3] == [True] * 3
    assert market["part"].startswith("0.0408") or "/" in market["part"]
    assert not told["remarks"]
    shown = CliRunner().invoke(main, command[:-1], catch_exceptions=False).output
    assert "to be recalculated" in shown
