"""A package consolidated: shares, places, what is outside, lots that know nothing of it, and the steps between."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cet.gases import GwpSet, gas
from cet.inventory import SERIES, Consolidation, Inventory, compute, load, reference
from cet.inventory.boundary.bridge import bridge, references
from cet.scopes import Method, Scope
from cet.statement import build
from organisations import TABLE_2, toml
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

EQUITY, FINANCIAL, OPERATIONAL = Consolidation
PARTIES = ("0x" + "11" * 20, "0x" + "22" * 20)

POWER = {
    "scope": "2",
    "category": "electricity",
    "unit": "MWh",
    "factor": "test/grid",
    "market_factor": "test/mix",
}
WOOD = {"category": "stationary", "unit": "kg", "factor": "test/wood"}
FLIGHT = {"scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight"}


def site(name: str, **fields: object) -> str:
    return toml("facility", id=name, name=name, country="GB", **fields)


def group(tmp_path: Path, approach: Consolidation, more: str, *lines: dict[str, str]) -> Inventory:
    header = {"consolidation": f'"{approach.text}"'}
    named = [{"id": f"line-{number}", **line} for number, line in enumerate(lines)]
    return compute(load(write_package(tmp_path / approach.text, named, header=header, more=more)))


def holland_toml() -> str:
    text = ""
    for name, treatment, held, operated, _ in TABLE_2:
        text += toml("entity", id=name, name=name, treatment=treatment, operational_control=operated)
        for owner, share in held.items():
            owner_id = "works" if owner == "holland-industries" else owner
            text += toml("holding", owner=owner_id, entity=name, share=share)
        text += site(f"at-{name}", entity=name)
    return text


@pytest.mark.parametrize("approach", Consolidation)
def test_holland_industries_as_a_package(tmp_path: Path, approach: Consolidation) -> None:
    """Corporate Standard, table 2: 100 kg of refrigerant at each operation counts what the table prints."""
    leak = {"category": "fugitive", "unit": "kg", "quantity": "100", "factor": "test/leak"}
    lines = [{**leak, "facility": f"at-{row[0]}"} for row in TABLE_2]
    found = group(tmp_path, approach, holland_toml(), *lines)
    whole = {key.facility: one.mg for key, one in found.written.items()}
    column = list(Consolidation).index(approach)
    for row in TABLE_2:
        name = f"at-{row[0]}"
        share = Fraction(row[4][column]) / 100
        assert found.total(Scope.SCOPE_1, facility=name) == whole[name] * share
        investment = 0 if share else {"bgb": 415, "nallo": 560, "syntal": 10}[row[0]]
        assert found.total(Scope.SCOPE_3, category=15, facility=name) == whole[name] * investment / 1000
    assert {lot.key.facility for lot in found.lots} == {f"at-{row[0]}" for row in TABLE_2 if row[3]}
    assert all(lot.exact == whole[lot.key.facility] for lot in found.lots)


def test_lots_do_not_depend_on_the_approach(tmp_path: Path) -> None:
    """Law 10: a source is minted once, at 100 %, by its operator, however its owners consolidate."""
    more = holland_toml() + site("leased", lease="lessee-operating") + site("let", lease="lessor-operating")
    lines = [{"facility": f"at-{row[0]}"} for row in TABLE_2]
    lines += [{**POWER, "facility": "leased"}, {"facility": "let"}]
    found = [group(tmp_path, approach, more, *lines) for approach in Consolidation]
    assert len({tuple(lot.word for lot in one.lots) for one in found}) == 1
    assert len({one.reported for one in found}) == 3


def test_electricity_of_a_leased_asset_outside_counts_once_in_category_8(tmp_path: Path) -> None:
    more = site("leased", lease="lessee-operating")
    found = group(tmp_path, EQUITY, more, {**POWER, "facility": "leased"}, {**FLIGHT, "facility": "leased"})
    power = {
        method: mg for (key, mg) in [(k, s.mg) for k, s in found.written.items()] for method in [key.method]
    }
    assert found.total(Scope.SCOPE_2, Method.LOCATION_BASED) == 0
    assert found.total(Scope.SCOPE_2, Method.MARKET_BASED) == 0
    assert found.total(Scope.SCOPE_3, category=8) == power[Method.LOCATION_BASED]
    (moved,) = found.consolidated.moves.values()
    assert moved.market_mg == power[Method.MARKET_BASED]
    assert found.total(Scope.SCOPE_3, category=6) > 0, "the lessee's own flights stay where they are"


def test_biogenic_co2_stays_outside_the_scopes_wherever_its_line_is_placed(tmp_path: Path) -> None:
    found = group(tmp_path, OPERATIONAL, site("let", lease="lessor-finance"), {**WOOD, "facility": "let"})
    assert found.total(Scope.SCOPE_1) == 0
    assert found.total(Scope.SCOPE_3, category=13) == found.written_total(Scope.SCOPE_1) > 0
    assert found.total(Scope.OUTSIDE) == found.written_total(Scope.OUTSIDE) > 0


def test_what_is_outside_is_listed_and_nothing_is_lost(tmp_path: Path) -> None:
    more = holland_toml()
    lines = [{**line, "facility": "at-bgb"} for line in ({}, POWER, WOOD, FLIGHT)]
    for approach in Consolidation:
        found = group(tmp_path, approach, more, *lines)
        moves = found.consolidated.moves
        listed = sum(
            (sum(one.mg.values()) + one.market_mg + one.outside_mg for one in moves.values()), Fraction(0)
        )
        assert listed == sum((one.mg for one in found.written.values()), Fraction(0))
        outside = {move.written for move in found.consolidated.outside}
        assert (Scope.SCOPE_3, 6) in outside
        kinds = {notice.kind for notice in found.notices}
        assert "boundary-outside" in kinds


def test_a_notice_counts_every_line_that_the_boundary_moved(tmp_path: Path) -> None:
    """Two kinds of lines of one facility, at a share and partly outside: all of their lines, in each notice."""
    lines = [
        {"id": f"line-{number}", "facility": "at-bgb", **what}
        for number, what in enumerate(({}, {}, WOOD, POWER))
    ]
    found = group(tmp_path, Consolidation.EQUITY_SHARE, holland_toml(), *lines)
    told = {notice.kind: notice.lines for notice in found.notices if notice.kind.startswith("boundary")}
    assert told == {"boundary-share": 4, "boundary-outside": 4}


def test_what_is_inside_is_listed_before_what_is_outside(tmp_path: Path) -> None:
    found = group(tmp_path, Consolidation.EQUITY_SHARE, holland_toml(), {"facility": "at-bgb"})
    assert [move.place is None for move in found.consolidated.moves] == [False, True]


@pytest.mark.parametrize("approach", Consolidation)
def test_the_steps_lead_from_the_lots_to_the_reported_figures(
    tmp_path: Path, approach: Consolidation
) -> None:
    more = holland_toml() + site("leased", lease="lessee-operating") + site("let", lease="lessor-operating")
    places = [f"at-{row[0]}" for row in TABLE_2] + ["leased", "let", "plant"]
    lines = [{**line, "facility": place} for place in places for line in ({}, POWER, WOOD, FLIGHT)]
    found = group(tmp_path, approach, more, *lines)
    steps = bridge(found)
    for column in range(len(SERIES)):
        total = steps.lots.columns[column] + sum(step.columns[column] for step in steps.steps)
        assert total == steps.reported.columns[column] == found.reported[column]
    assert reference(found.package).reported == found.reported
    kinds = {one.kind for one in references(found)}
    assert kinds == {"consolidation", "value-chain"} if approach is not EQUITY else {"consolidation"} <= kinds


def test_gases_and_what_is_known_only_as_co2e_are_at_share_too(tmp_path: Path) -> None:
    """mass × GWP of every gas, and what is unsplit, is the CO2e of each consolidated figure; another's scope 3 is outside."""
    paper = {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"}
    lines = [{**line, "facility": place} for line in ({}, WOOD, paper) for place in ("at-irw", "at-nallo")]
    for approach in Consolidation:
        found = group(tmp_path, approach, holland_toml(), *lines)
        for one in found.sums.values():
            split = sum((mass * gas(name).gwp(GwpSet.AR5) for name, mass in one.gases.items()), Fraction(0))
            assert split + one.unsplit == one.mg
        nallo = found.total(Scope.SCOPE_3, category=1, facility="at-nallo")
        assert (nallo > 0) is (approach is EQUITY)


def test_without_entities_reported_is_the_sum_of_the_lots(tmp_path: Path) -> None:
    found = group(tmp_path, EQUITY, "", {}, POWER, WOOD, FLIGHT)
    assert sum(found.reported) == sum(lot.gross for lot in found.lots)
    assert not found.consolidated.moves
    assert not references(found)
    assert b'organisation":{' not in build(found, *PARTIES).document


def test_the_statement_says_what_the_boundary_did(tmp_path: Path) -> None:
    more = holland_toml() + site("leased", lease="lessee-operating", exception="The landlord runs all of it.")
    lines = [{"facility": "at-bgb"}, {"facility": "plant"}, {**POWER, "facility": "leased"}]
    found = group(tmp_path, EQUITY, more, *lines)
    draft = build(found, *PARTIES)
    document = json.loads(draft.document)["boundary"]
    assert draft.statement.reported == found.reported
    assert document["lots_to_reported_mg"][-1]["series"] == [str(mg) for mg in found.reported]
    assert {one["place"] for one in document["moves"]} >= {"scope 1 mobile", "outside the boundary"}
    leased = next(one for one in document["facilities"] if one["id"] == "leased")
    assert (leased["exception"], leased["minted"]) == ("The landlord runs all of it.", "no")
    assert any(notice.kind == "lease-exception" for notice in found.notices)
    line = json.loads(draft.prove("line-0").line)
    assert draft.prove("line-0").holds()
    assert line["lot"] == "none", "what others mint is a line of the statement and of no lot"


def test_a_company_that_operates_nothing_has_no_statement(tmp_path: Path) -> None:
    from cet.errors import StatementError

    found = group(tmp_path, EQUITY, holland_toml(), {"facility": "at-nallo"})
    assert found.reported[0] > 0
    with pytest.raises(StatementError, match="minted by others"):
        build(found, *PARTIES)
