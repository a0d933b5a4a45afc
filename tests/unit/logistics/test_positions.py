"""Positions: a unit of a booking is somewhere once, windows are those the register enforces, and the timeline shows them."""

from __future__ import annotations

import datetime as dt
import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cet.cli import main
from cet.logistics import events as e
from cet.logistics.book import Book
from cet.logistics.book_file import read_book
from cet.logistics.holdings import SOON, Holding
from cet.logistics.position import position
from cet.logistics.terms import Bundling, LogisticsError, Role
from cet.report.position_timeline import position_svg
from logistics_book import DAY, claimed, full_book, lets, profile_claim, rebooked, solution, world

EXAMPLES = Path(__file__).parents[3] / "examples"
CARRIER_A = EXAMPLES / "logistics-carrier-a" / "book.toml"
ONE = dt.timedelta(days=1)
SVG = "{http://www.w3.org/2000/svg}"


def holding(book: Book, who: str, name: str, day: dt.date, side: str = "") -> Holding:
    return next(one for one in position(book, who, day).holdings if one.id == name and side in ("", one.side))


@pytest.mark.parametrize("days", [-1, 0, 29, 30, 31, 300, 366, 367, 1500])
def test_every_unit_of_a_booking_is_somewhere_once(days: int) -> None:
    book, day = full_book(), DAY + days * ONE
    for who in book.organisations:
        found = position(book, who, day)
        for one in found.holdings:
            assert one.booked == one.claimed + one.retired + one.available + one.over
            assert min(one.claimed, one.retired, one.available, one.over, one.available - one.expiring) >= 0
        for name in ("booked", "claimed", "retired", "available", "expiring", "over"):
            assert sum(getattr(one, name) for one in found.totals) == sum(
                getattr(one, name) for one in found.holdings
            )


def test_the_sides_of_a_solution_stand_apart_and_add_up() -> None:
    day = DAY + 40 * ONE
    found = position(full_book(), "provider", day)
    assert [(one.id, one.side, one.booked, one.claimed, one.retired, one.available) for one in found.holdings] == [
        ("parts", "supply-chain", 90, 60, 0, 30),
        ("parts", "emitter", 30, 10, 0, 20),
        ("supply", "emitter", 60, 20, 40, 0),
        ("whole", "bundled", 100, 80, 0, 20),
    ]  # fmt: skip


def test_an_lsp_sees_what_it_may_still_book_from_a_profile_and_a_shipper_what_is_final() -> None:
    book, day = full_book(), DAY + 40 * ONE
    made = holding(book, "lsp", "bundle", day)
    assert (made.booked, made.claimed, made.available) == (400, 300, 100)
    mine = holding(book, "shipper", "mine", day)
    assert (mine.booked, mine.claimed, mine.last) == (50, 50, None)
    assert position(book, "shipper", day).own == (
        ("road", "g-km", 2023, 1000, 250),
        ("sea", "g-km", 2023, 1000, 0),
    )


def test_what_was_recorded_after_the_day_is_not_in_the_position() -> None:
    book = full_book()
    assert position(book, "provider", DAY - ONE).holdings == ()
    before = holding(book, "provider", "supply", DAY + 29 * ONE)
    assert (before.claimed, before.retired, before.available) == (0, 0, 60)


@pytest.mark.parametrize(
    ("role", "attempt"),
    [
        (Role.SHIPPER, lambda on: claimed("x", "lets", 1, on=on)),
        (Role.LSP, lambda on: rebooked("x", "lsp", Role.LSP, "lets", 1, on=on)),
        (Role.CARRIER, lambda on: rebooked("x", "b", Role.CARRIER, "lets", 1, on=on)),
    ],
)
def test_a_services_windows_end_on_the_last_day_that_the_register_allows(role: Role, attempt: Any) -> None:
    events = [*world(), lets(additionality=e.Additionality(("none",)))]
    found = holding(Book(events), "a", "lets", DAY)
    (window,) = [one for one in found.windows if role in one.roles]
    Book(events).record(attempt(window.last))
    with pytest.raises(LogisticsError, match="months"):
        Book(events).record(attempt(window.last + ONE))


@pytest.mark.parametrize(
    ("by", "role", "bundled"),
    [("shipper", Role.SHIPPER, True), ("lsp", Role.LSP, True), ("a", Role.CARRIER, True), ("shipper", Role.SHIPPER, False), ("a", Role.CARRIER, False)],
)  # fmt: skip
def test_a_solutions_windows_end_on_the_last_day_that_the_register_allows(
    by: str, role: Role, bundled: bool
) -> None:
    events = [*world(), solution(bundled=bundled)]
    holdings = position(Book(events), "provider", DAY).holdings
    (window,) = [one for each in holdings for one in each.windows if role in one.roles]
    side = (
        Bundling.BUNDLED if bundled else Bundling.EMITTER if role is Role.CARRIER else Bundling.SUPPLY_CHAIN
    )

    def attempt(on: dt.date) -> e.Event:
        return profile_claim("x", by, role, side=side, on=on, quantity=1, activity=1)

    Book(events).record(attempt(window.last))
    with pytest.raises(LogisticsError, match="months"):
        Book(events).record(attempt(window.last + ONE))


def test_available_is_about_to_expire_for_ninety_days_and_over_afterwards() -> None:
    book = Book([*world(), lets()])
    last = dt.date(2025, 12, 31)
    assert holding(book, "a", "lets", last - SOON - ONE).expiring == 0
    assert holding(book, "a", "lets", last - SOON).expiring == 600
    assert (holding(book, "a", "lets", last).available, holding(book, "a", "lets", last).over) == (600, 0)
    gone = holding(book, "a", "lets", last + ONE)
    assert (gone.available, gone.expiring, gone.over, gone.open_windows) == (0, 0, 600, ())


def test_the_timeline_is_sound_and_shows_every_holding_and_use(tmp_path: Path) -> None:
    book = full_book()
    day = DAY + 400 * ONE
    each = tuple(position(book, who, day) for who in book.organisations)
    root = ET.fromstring(position_svg(each))  # noqa: S314 - our own picture
    words = [text.text for text in root.iter(f"{SVG}text")]
    for one in (holding for found in each for holding in found.holdings):
        assert one.id in words
    assert len(list(root.iter(f"{SVG}circle"))) == sum(len(h.uses) for found in each for h in found.holdings)
    assert {"holds nothing", str(day)} <= set(words)


def test_names_are_escaped_and_pages_run_nothing(tmp_path: Path) -> None:
    book = tmp_path / "book.toml"
    book.write_text(
        CARRIER_A.read_text(encoding="utf-8").replace('"Carrier A"', '"<script>&"'), encoding="utf-8"
    )
    page = tmp_path / "p.html"
    words = ["logistics", "position", str(book), "--on", "2024-12-01", "--plot", str(page)]
    assert CliRunner().invoke(main, words, catch_exceptions=False).exit_code == 0
    assert "<script" not in page.read_text(encoding="utf-8")
    assert "&lt;script&gt;&amp;" in page.read_text(encoding="utf-8")


def test_the_command_answers_machines_and_refuses_strangers_and_other_pictures(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(
            main, ["logistics", "position", str(CARRIER_A), *words], catch_exceptions=False
        )

    found = json.loads(run("--org", "fuels", "--on", "2024-12-01", "--json").output)
    (emitter,) = [one for one in found["positions"][0]["totals"] if one["side"] == "emitter"]
    assert (emitter["available"], emitter["expiring"], emitter["unit"]) == ("9800000", "9800000", "g")
    assert found["positions"][0]["holdings"][1]["windows"] == [{"roles": ["carrier"], "last": "2025-03-01"}]
    assert run("--org", "nobody").exit_code == 1
    assert run("--plot", str(tmp_path / "p.png")).exit_code == 2
    assert "500,000" in run("--org", "carrier-a", "--on", "2024-12-01").output
    assert read_book(CARRIER_A).book.organisations.keys() == {"carrier-a", "shipper-1", "shipper-2", "fuels"}
