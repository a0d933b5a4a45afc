"""Section 11: each side of a solution once, claims within bookings and own activity, emitter profiles in time or retired."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

import logistics_book as w
from cet.logistics import events as e
from cet.logistics.terms import Basis, Bundling, LogisticsError, Mode, Role, amount

if TYPE_CHECKING:
    from cet.logistics.book import Book

YEAR_ON = dt.date(2024, 3, 1)
DAY_AFTER = dt.date(2024, 3, 2)


def unbundled(part: int = 60) -> Book:
    """A solution of 100 booked unbundled, `part` of its supply-chain profile claimed by the shipper."""
    book = w.book()
    book.record(w.solution(bundled=False))
    book.record(
        w.profile_claim(
            "s", "shipper", Role.SHIPPER, side=Bundling.SUPPLY_CHAIN, quantity=part, activity=5 * part
        )
    )
    return book


def emitter(
    new: str, quantity: int, on: dt.date = w.DAY, paired: str = "s", by: str = "a"
) -> e.SolutionClaimed:
    return w.profile_claim(
        new, by, Role.CARRIER, side=Bundling.EMITTER, quantity=quantity, on=on, paired=paired, activity=0
    )


def test_a_carrier_claims_the_emitter_profile_until_a_year_after_the_supply_chain_claim() -> None:
    unbundled().record(emitter("e", 60, YEAR_ON))
    with pytest.raises(LogisticsError, match="12 months from"):
        unbundled().record(emitter("e", 60, DAY_AFTER))


def test_the_emitter_profile_beside_a_claim_is_no_more_than_the_claim_and_is_taken_once() -> None:
    book = unbundled(60)
    with pytest.raises(LogisticsError, match="60 left"):
        book.record(emitter("e", 61))
    book.record(emitter("e", 40))
    with pytest.raises(LogisticsError, match="20 left"):
        book.record(emitter("f", 21, by="b"))
    book.record(emitter("g", 40, paired=""))
    with pytest.raises(LogisticsError, match="0 left"):
        book.record(emitter("h", 1, paired=""))


def test_an_emitter_profile_claimed_first_is_not_beside_a_later_supply_chain_claim() -> None:
    book = w.book()
    book.record(w.solution(bundled=False))
    book.record(emitter("e", 70, paired=""))
    book.record(w.profile_claim("s", "lsp", Role.LSP, side=Bundling.SUPPLY_CHAIN, quantity=80, activity=400))
    assert book.profiles["s"].attached == 30


def test_an_unclaimed_emitter_profile_is_retired_once_with_its_reason_and_stays_traceable() -> None:
    book = unbundled()
    book.record(emitter("e", 20))
    with pytest.raises(LogisticsError, match="is over"):
        book.record(e.EmitterRetired("a", YEAR_ON, "s", "no carrier"))
    with pytest.raises(LogisticsError, match="without a reason"):
        book.record(e.EmitterRetired("provider", w.DAY, "s", " "))
    assert [late for _, late in book.unclaimed_emitters(YEAR_ON)] == [False]
    assert [late for _, late in book.unclaimed_emitters(DAY_AFTER)] == [True]
    book.record(e.EmitterRetired("a", DAY_AFTER, "s", "no carrier was found"))
    (retired,) = book.retired_emitters("provider")
    assert (retired.retired, retired.retired_on, retired.reason) == (40, DAY_AFTER, "no carrier was found")
    assert not book.unclaimed_emitters(DAY_AFTER)
    with pytest.raises(LogisticsError, match="retire it once"):
        book.record(e.EmitterRetired("provider", DAY_AFTER, "s", "again"))


def test_each_side_is_for_its_claimants() -> None:
    book = unbundled()
    for role, who, side in (
        (Role.SHIPPER, "shipper", Bundling.EMITTER),
        (Role.LSP, "lsp", Bundling.EMITTER),
        (Role.CARRIER, "a", Bundling.SUPPLY_CHAIN),
        (Role.SHIPPER, "shipper", Bundling.BUNDLED),
    ):
        with pytest.raises(LogisticsError, match="profile"):
            book.record(w.profile_claim("n", who, role, side=side, quantity=1, activity=5))


def test_what_regulation_requires_is_not_bookable() -> None:
    book = w.book()
    book.record(w.solution(additionality=e.Additionality(("2% blend mandate",), Fraction(2, 100))))
    with pytest.raises(LogisticsError, match="98 left"):
        book.record(w.profile_claim("s", "shipper", Role.SHIPPER, quantity=99, activity=400))
    book.record(w.profile_claim("s", "shipper", Role.SHIPPER, quantity=98, activity=400))


def test_indirect_use_of_a_direct_lets_is_capped_by_what_is_additional() -> None:
    stated = e.Additionality(("zero-emission zone",), Fraction(1, 4))
    book = w.book()
    book.record(w.lets(additionality=stated, activity=400))
    with pytest.raises(LogisticsError, match="300 left that is additional"):
        book.record(w.rebooked("r", "b", Role.CARRIER, "lets", 301))
    book.record(w.rebooked("r", "b", Role.CARRIER, "lets", 300))
    book.record(w.claimed("c", "lets", 100))
    assert book.claims["c"].basis is Basis.DIRECT


def test_a_rebooked_part_is_additional_only_above_all_that_regulation_requires() -> None:
    book = w.book()
    book.record(w.lets(additionality=e.Additionality(("zone",), Fraction(1, 4)), activity=400))
    book.record(w.rebooked("r", "lsp", Role.LSP, "lets", 150))
    assert (book.lets["r"].basis, book.lets["r"].additional) == (Basis.DIRECT, 50)


def test_a_solution_moves_no_more_than_it_could_and_a_lets_is_no_more_than_its_claim() -> None:
    book = w.book()
    book.record(w.solution())
    with pytest.raises(LogisticsError, match="could not have moved"):
        book.record(w.profile_claim("p", "a", Role.CARRIER, activity=501))
    book.record(w.profile_claim("p", "a", Role.CARRIER))
    book.record(w.derived("l", "a", Role.CARRIER, "p", 300))
    with pytest.raises(LogisticsError, match="200 left"):
        book.record(w.derived("m", "a", Role.CARRIER, "p", 201))
    assert book.lets["l"].wtw == Fraction(4, 5)


def test_claims_stay_within_the_claimants_own_activity_of_the_mode_and_year() -> None:
    book = w.book()
    book.record(w.lets(activity=600))
    book.record(w.lets("more", "b", activity=600))
    book.record(w.claimed("c", "lets", 600))
    with pytest.raises(LogisticsError, match="400 left of its own activity"):
        book.record(w.claimed("d", "more", 401))
    with pytest.raises(LogisticsError, match="0 left of its own activity"):
        book.record(w.claimed("d", "more", 1, year=2024))
    book.record(w.claimed("d", "more", 400))
    with pytest.raises(LogisticsError, match="400 left of its own activity"):
        book.record(w.lets("third", activity=401))


def test_a_carrier_no_longer_discloses_what_another_carrier_claimed() -> None:
    book = w.book()
    book.record(w.lets(additionality=w.NOTHING))
    book.record(w.rebooked("r", "b", Role.CARRIER, "lets", 250))
    book.record(w.claimed("c", "lets", 100))
    assert (book.disclosable("lets"), book.disclosable("r")) == (350, 250)


def test_a_category_binds_when_the_booker_says_so() -> None:
    book = w.book()
    book.record(w.lets(toc="reefer"))
    with pytest.raises(LogisticsError, match="bound it to the category"):
        book.record(w.claimed("c", "lets"))
    book.record(w.claimed("c", "lets", toc="reefer"))
    book.record(w.lets("plain", activity=100))
    book.record(w.claimed("d", "plain", 1, toc="reefer"))


def test_what_stands_in_another_registry_or_was_delivered_is_booked_once() -> None:
    book = w.book()
    book.record(w.solution(elsewhere=("a registry", "unit 7")))
    with pytest.raises(LogisticsError, match="booked here already"):
        book.record(w.solution("again", elsewhere=("a registry", "unit 7")))
    with pytest.raises(LogisticsError, match="one delivery"):
        book.record(w.solution("again", delivery="delivery of fuel"))
    with pytest.raises(LogisticsError, match="one delivery"):
        book.record(w.provided("p", delivery="delivery of fuel"))


def test_what_a_provider_provided_binds_that_provider_alone() -> None:
    book = w.book()
    book.record(w.provided(delivery="tank 7"))
    with pytest.raises(LogisticsError, match="provider provided delivery tank 7"):
        book.record(w.solution("second", delivery="tank 7"))
    book.record(w.solution("first", by="rival", delivery="tank 7"))
    with pytest.raises(LogisticsError, match="recorded already"):
        book.record(w.provided("again", by="rival", delivery="tank 7"))
    book.record(w.provided("tank 8"))
    with pytest.raises(LogisticsError, match="provider provided"):
        book.record(w.provided("again", "b", delivery="delivery of tank 8"))


def test_credits_of_another_mode_are_carried_into_everything_derived() -> None:
    credit = e.CrossModeCredit(Mode.SEA, "a credit scheme", Fraction(1, 2))
    book = w.book()
    book.record(w.solution(credits=(credit,)))
    book.record(w.profile_claim("p", "a", Role.CARRIER))
    book.record(w.derived("l", "a", Role.CARRIER, "p"))
    book.record(w.rebooked("r", "lsp", Role.LSP, "l"))
    book.record(w.claimed("c", "r"))
    assert book.claims["c"].credits == (credit,)
    assert book.lineage("c") == ("c", "r", "l", "p", "fuel")
    with pytest.raises(LogisticsError, match="not additional"):
        book.record(w.solution("other", credits=(replace(credit, mode=Mode.ROAD),)))


def test_an_organisation_acts_in_its_roles_and_claims_nothing_of_its_own() -> None:
    book = w.book()
    book.record(w.organisation("both", Role.CARRIER, Role.SHIPPER, network=("both",)))
    book.record(e.ActivityShown("both", Mode.ROAD, "g-km", 2023, 1000))
    book.record(w.lets("own", "both"))
    with pytest.raises(LogisticsError, match="its own LETS"):
        book.record(w.claimed("c", "own", by="both"))
    with pytest.raises(LogisticsError, match="it acts as lsp"):
        book.record(w.lets("no", "lsp"))
    with pytest.raises(LogisticsError, match="enrol it once"):
        book.record(w.organisation("lsp", Role.LSP, network=("x",)))


def test_days_go_forward() -> None:
    book = w.book()
    book.record(w.lets(on=DAY_AFTER, generated=DAY_AFTER))
    with pytest.raises(LogisticsError, match="in their order"):
        book.record(w.claimed("c", "lets"))


@pytest.mark.parametrize(
    ("quantity", "unit", "found"),
    [
        ("5000000", "t-km", (5 * 10**12, "g-km")),
        ("1.5", "TEU-km", (1500, "TEU-m")),
        ("7", "item", (7, "item")),
    ],
)
def test_activity_is_counted_in_whole_base_units(quantity: str, unit: str, found: tuple[int, str]) -> None:
    assert amount(quantity, unit) == found


@pytest.mark.parametrize(
    ("quantity", "unit"), [("-1", "t-km"), ("0.0000001", "t-km"), ("1", "kWh"), ("1,5", "t-km")]
)
def test_other_amounts_are_refused(quantity: str, unit: str) -> None:
    with pytest.raises(Exception, match=r"negative|whole number|can't count|comma"):
        amount(quantity, unit)


def test_an_lsp_books_again_no_more_than_its_own_activity() -> None:
    book = w.book()
    for carrier in ("a", "b"):
        book.record(w.lets(f"of {carrier}", carrier))
    book.record(w.rebooked("r", "lsp", Role.LSP, "of a", 600))
    with pytest.raises(LogisticsError, match="400 left of its own activity"):
        book.record(w.rebooked("s", "lsp", Role.LSP, "of b", 401))


def test_the_year_for_a_carrier_runs_from_the_supply_chain_claim_not_from_the_booking() -> None:
    book = w.book()
    book.record(w.solution(bundled=False))
    later = dt.date(2023, 9, 1)
    book.record(
        w.profile_claim(
            "s", "shipper", Role.SHIPPER, side=Bundling.SUPPLY_CHAIN, on=later, quantity=60, activity=300
        )
    )
    book.record(emitter("e", 60, dt.date(2024, 9, 1)))
