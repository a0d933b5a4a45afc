"""Every row of section 9: allowed, each constraint violated alone, the last day of its window and the day after."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

import logistics_book as w
from cet.logistics import events as e
from cet.logistics.rules import Row, row_for, table
from cet.logistics.terms import Act, Bundling, LogisticsError, Material, Mode, Role

if TYPE_CHECKING:
    from collections.abc import Callable

LEAP = dt.date(2024, 2, 29)
BEFORE_LEAP = dt.date(2023, 2, 28)


@dataclass(frozen=True)
class Case:
    """A row, what stands before the act, and the act on a day and in a mode."""

    row: str
    before: Callable[[dt.date, e.Additionality | None], list[e.Event]]
    act: Callable[[dt.date, Mode], e.Event]


def _fuel(start: dt.date, additional: e.Additionality | None) -> list[e.Event]:
    return [w.solution(on=start, produced=start, additionality=additional)]


def _claimed_fuel(by: str, role: Role) -> Callable[[dt.date, e.Additionality | None], list[e.Event]]:
    return lambda start, additional: [
        *_fuel(start, additional),
        w.profile_claim("profile", by, role, on=start),
    ]


def _lets_of(by: str) -> Callable[[dt.date, e.Additionality | None], list[e.Event]]:
    return lambda start, additional: [w.lets(by=by, on=start, generated=start, additionality=additional)]


def _indirect_lets(start: dt.date, additional: e.Additionality | None) -> list[e.Event]:
    return [
        *_claimed_fuel("a", Role.CARRIER)(start, additional),
        w.derived("lets", "a", Role.CARRIER, "profile", on=start),
    ]


CASES = (
    Case(
        "carrier-book-direct",
        lambda start, additional: [],
        lambda day, mode: w.lets("new", on=day, generated=BEFORE_LEAP, mode=mode),
    ),
    Case(
        "carrier-book-indirect",
        _claimed_fuel("a", Role.CARRIER),
        lambda day, mode: w.derived("new", "a", Role.CARRIER, "profile", on=day),
    ),
    Case(
        "carrier-rebook",
        _lets_of("a"),
        lambda day, mode: w.rebooked("new", "b", Role.CARRIER, "lets", on=day, mode=mode),
    ),
    Case(
        "lsp-book-indirect",
        _claimed_fuel("lsp", Role.LSP),
        lambda day, mode: w.derived("new", "lsp", Role.LSP, "profile", on=day),
    ),
    Case(
        "lsp-rebook-direct",
        _lets_of("a"),
        lambda day, mode: w.rebooked("new", "lsp", Role.LSP, "lets", on=day, mode=mode),
    ),
    Case(
        "lsp-rebook-indirect",
        _lets_of("x"),
        lambda day, mode: w.rebooked("new", "lsp", Role.LSP, "lets", on=day, mode=mode),
    ),
    Case(
        "lsp-rebook-indirect",
        _indirect_lets,
        lambda day, mode: w.rebooked("new", "lsp", Role.LSP, "lets", on=day, mode=mode),
    ),
    Case(
        "shipper-claim-direct", _lets_of("a"), lambda day, mode: w.claimed("new", "lets", on=day, mode=mode)
    ),
    Case(
        "shipper-claim-indirect",
        _indirect_lets,
        lambda day, mode: w.claimed("new", "lets", on=day, mode=mode),
    ),
    Case(
        "shipper-claim-indirect", _lets_of("x"), lambda day, mode: w.claimed("new", "lets", on=day, mode=mode)
    ),
    Case(
        "shipper-claim-indirect",
        _fuel,
        lambda day, mode: w.profile_claim("new", "shipper", Role.SHIPPER, on=day, mode=mode),
    ),
    Case(
        "carrier-claim-profile",
        _fuel,
        lambda day, mode: w.profile_claim("new", "a", Role.CARRIER, on=day, mode=mode),
    ),
    Case(
        "lsp-claim-profile",
        _fuel,
        lambda day, mode: w.profile_claim("new", "lsp", Role.LSP, on=day, mode=mode),
    ),
    Case(
        "provider-book",
        lambda start, additional: [],
        lambda day, mode: w.solution("new", on=day, produced=BEFORE_LEAP),
    ),
)
LAST = {12: LEAP, 24: dt.date(2025, 12, 31)}
"""Twelve months from 28 February 2023 are over with February 2024, which has a 29th; 24 months from 2023 with 2025."""

IDS = [f"{case.row}-{number}" for number, case in enumerate(CASES)]


def row(case: Case) -> Row:
    return next(one for one in table() if one.id == case.row)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_row_allows_its_act_until_the_last_day_of_its_window(case: Case) -> None:
    last = LAST[row(case).months]
    for day in (BEFORE_LEAP, last):
        book = w.book()
        for event in [*case.before(BEFORE_LEAP, w.NOTHING), case.act(day, Mode.ROAD)]:
            book.record(event)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_the_day_after_the_window_is_refused(case: Case) -> None:
    book = w.book()
    for event in case.before(BEFORE_LEAP, w.NOTHING):
        book.record(event)
    with pytest.raises(LogisticsError, match="months from"):
        book.record(case.act(LAST[row(case).months] + dt.timedelta(days=1), Mode.ROAD))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.row in ("carrier-book-direct", "provider-book")]
)
def test_nothing_is_booked_before_it_is_there(case: Case) -> None:
    with pytest.raises(LogisticsError, match="is before"):
        w.book().record(case.act(BEFORE_LEAP - dt.timedelta(days=1), Mode.ROAD))


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in CASES
        if case.row not in ("carrier-book-direct", "provider-book") and "book-indirect" not in case.row
    ],
    ids=lambda case: case.row,
)
def test_another_mode_is_refused(case: Case) -> None:
    book = w.book()
    for event in case.before(BEFORE_LEAP, w.NOTHING):
        book.record(event)
    with pytest.raises(LogisticsError, match="never leaves its mode"):
        book.record(case.act(BEFORE_LEAP, Mode.SEA))


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_additionality_is_asked_where_it_applies_and_only_there(case: Case) -> None:
    """Of a LETS booked directly the statement is optional; a row that applies it refuses one without."""
    book = w.book()
    before = case.before(BEFORE_LEAP, None)
    if any(isinstance(event, e.SolutionBooked) for event in before):
        with pytest.raises(LogisticsError, match="without additionality"):
            book.record(before[0])
        return
    for event in before:
        book.record(event)
    act = case.act(BEFORE_LEAP, Mode.ROAD)
    if isinstance(act, e.SolutionBooked):
        with pytest.raises(LogisticsError, match="without additionality"):
            book.record(replace(act, additionality=None))
    elif row(case).additionality:
        with pytest.raises(LogisticsError, match="no additionality statement"):
            book.record(act)
    else:
        book.record(act)


def test_providing_has_no_window_and_no_additionality() -> None:
    provide = next(one for one in table() if one.id == "provider-provide")
    assert (provide.additionality, provide.months, provide.last_day(w.DAY)) == (False, 0, None)
    book = w.book()
    book.record(e.SolutionProvided("given", "provider", w.DAY, "a", Mode.ROAD, 100, "g", "load 1"))
    book.record(w.lets(provision="given"))
    with pytest.raises(LogisticsError, match="went to a"):
        book.record(w.lets("other", "b", provision="given"))
    with pytest.raises(LogisticsError, match="not in the book"):
        book.record(w.lets("other", "b", provision="taken"))


FORBIDDEN = [
    (Role.SHIPPER, Act.BOOK, Material.SOLUTION),
    (Role.SHIPPER, Act.REBOOK, Material.CARRIER_DIRECT),
    (Role.SOLUTION_PROVIDER, Act.BOOK, Material.OWN_TRANSPORT),
    (Role.LSP, Act.BOOK, Material.OWN_TRANSPORT),
    (Role.LSP, Act.REBOOK, Material.LSP_DIRECT),
    (Role.CARRIER, Act.REBOOK, Material.CARRIER_INDIRECT),
    (Role.CARRIER, Act.BOOK, Material.EMITTER_PROFILE),
    (Role.LSP, Act.BOOK, Material.EMITTER_PROFILE),
    (Role.SHIPPER, Act.CLAIM, Material.EMITTER_PROFILE),
]


@pytest.mark.parametrize(("role", "act", "material"), FORBIDDEN)
def test_what_no_row_allows_is_refused(role: Role, act: Act, material: Material) -> None:
    with pytest.raises(LogisticsError, match="may not"):
        row_for(role, act, material)


def test_rows_are_found_by_organisation_act_and_material_alone() -> None:
    seen = [(row.organisation, row.act, material) for row in table() for material in row.of]
    assert len(seen) == len(set(seen))


def test_the_encoding_holds_every_constraint_of_a_row() -> None:
    words = {row.id: row.encode() for row in table()}
    assert len(set(words.values())) == len(words) == 12
    for row in table():
        word = words[row.id]
        assert word >> 32 == 0
        assert frozenset(m for m in Material if word >> 16 + m & 1) == row.of
        assert (word >> 14 & 3, word >> 12 & 3, word >> 11 & 1) == (row.organisation, row.act, row.basis)
        assert (word >> 10 & 1, word >> 9 & 1) == (row.additionality, row.mode)
        assert (word >> 3 & 63, word & 7) == (row.months, row.since)


def test_an_emitter_profile_never_becomes_a_lets() -> None:
    book = w.book()
    book.record(w.solution(bundled=False))
    book.record(w.profile_claim("own", "a", Role.CARRIER, side=Bundling.EMITTER))
    with pytest.raises(LogisticsError, match="no LETS"):
        book.record(w.derived("new", "a", Role.CARRIER, "own"))
