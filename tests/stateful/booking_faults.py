"""Events that would be right but for one thing: each law of book and claim, broken by itself, from whatever a random book holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import logistics_book as w
from cet.logistics import events as e
from cet.logistics.terms import Bundling, Mode, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cet.logistics.book import Book

UNIT_ELSEWHERE = ("another registry", "7")
"""Booked in another registry, and here once."""


class Faults:
    """Makes a wrong event of a book on a day, by the name of its fault; None where the book holds nothing to be wrong about."""

    def __init__(self, book: Book, day: dt.date, new: Callable[[], str]) -> None:
        self.book, self.day, self.new = book, day, new

    def __call__(self, fault: str) -> Any:
        return getattr(self, fault)()

    def _last(self, *kinds: type) -> Any:
        return next((one for one in reversed(self.book.events) if isinstance(one, kinds)), None)

    def _profile(self, side: Bundling, *, attached: bool = False) -> Any:
        return next(
            (
                one
                for one in reversed(self.book.profiles.values())
                if one.claimed.side is side and (one.attached or not attached)
            ),
            None,
        )

    def _fresh_solution(self) -> Any:
        """A solution that can still be claimed for the road today, bundled."""
        return next(
            (
                one.booked
                for one in reversed(self.book.solutions.values())
                if one.booked.bundled and one.bookable > one.supply and (self.day - one.booked.on).days < 365
            ),
            None,
        )

    def recorded_again(self) -> Any:
        past = self._last(e.SolutionClaimed, e.LetsDerived, e.LetsRebooked, e.LetsClaimed)
        return past and replace(past, on=self.day)

    def same_evidence(self) -> Any:
        past = self._last(e.SolutionBooked, e.LetsBooked)
        made = "produced" if isinstance(past, e.SolutionBooked) else "generated"
        changes = {made: self.day, "masses": e.Masses(7, 7)}
        return replace(past, id=self.new(), on=self.day, elsewhere=None, **changes)

    def provided_and_booked(self) -> Any:
        past = self._last(e.SolutionProvided)
        return past and w.solution(
            self.new(), by=past.by, on=self.day, produced=self.day, delivery=past.delivery
        )

    def provided_by_another(self) -> Any:
        """No fault: who names another's delivery takes nothing from that one."""
        past = self._last(e.SolutionProvided)
        other = past and ("rival" if past.by == "provider" else "provider")
        return past and w.solution(
            self.new(), by=other, on=self.day, produced=self.day, delivery=past.delivery
        )

    def provided_twice(self) -> Any:
        past = self._last(e.SolutionProvided)
        return past and replace(past, id=self.new(), on=self.day, quantity=past.quantity + 1)

    def booked_and_provided(self) -> Any:
        past = self._last(e.SolutionBooked)
        return past and w.provided(self.new(), on=self.day, by="rival", delivery=past.delivery)

    def with_what_another_got(self) -> Any:
        past = self._last(e.SolutionProvided)
        other = past and ("b" if past.to == "a" else "a")
        return past and w.lets(
            self.new(), other, on=self.day, generated=self.day, activity=1, provision=past.id
        )

    def booked_elsewhere(self) -> Any:
        return w.solution(self.new(), on=self.day, produced=self.day, elsewhere=UNIT_ELSEWHERE)

    def additionality_not_stated(self) -> Any:
        return w.solution(self.new(), on=self.day, produced=self.day, additionality=None)

    def credit_in_its_own_mode(self) -> Any:
        credit = e.CrossModeCredit(Mode.ROAD, "a scheme", Fraction(1, 2))
        return w.solution(self.new(), on=self.day, produced=self.day, credits=(credit,))

    def of_another(self) -> Any:
        found = self._profile(Bundling.BUNDLED) or self._profile(Bundling.SUPPLY_CHAIN)
        if found is None:
            return None
        other = "b" if found.claimed.by != "b" else "a"
        return w.derived(self.new(), other, found.claimed.role, found.claimed.id, 1, on=self.day)

    def own_service(self) -> Any:
        found = next(reversed(self.book.lets.values()))
        return w.rebooked(
            self.new(), found.booker, found.role, found.id, 1, on=self.day, mode=found.mode, toc=found.toc
        )

    def emitter_as_service(self) -> Any:
        found = self._profile(Bundling.EMITTER)
        return found and w.derived(
            self.new(), found.claimed.by, Role.CARRIER, found.claimed.id, 1, on=self.day
        )

    def beside_an_emitter_claim(self) -> Any:
        found = self._profile(Bundling.EMITTER)
        return found and w.profile_claim(
            self.new(), "b", Role.CARRIER, on=self.day, solution=found.claimed.solution, side=Bundling.EMITTER,
            quantity=1, activity=0, consumption=Fraction(0), paired=found.claimed.id,
        )  # fmt: skip

    def retired_early(self) -> Any:
        found = self._profile(Bundling.SUPPLY_CHAIN, attached=True)
        return found and e.EmitterRetired("a", self.day, found.claimed.id, "no carrier was found")

    def retired_without_reason(self) -> Any:
        found = self._profile(Bundling.SUPPLY_CHAIN, attached=True)
        return found and e.EmitterRetired("provider", self.day, found.claimed.id, "")

    def retired_twice(self) -> Any:
        """Where nothing is retired yet, something is, rightly."""
        if past := self._last(e.EmitterRetired):
            return replace(past, on=self.day)
        found = self._profile(Bundling.SUPPLY_CHAIN, attached=True)
        return found and e.EmitterRetired("provider", self.day, found.claimed.id, "no carrier was found")

    def nothing_claimed(self) -> Any:
        return self._use(lambda found: {"activity": 0})

    def another_mode(self) -> Any:
        return self._use(lambda found: {"mode": Mode.SEA if found.mode is Mode.ROAD else Mode.ROAD})

    def another_category(self) -> Any:
        return self._use(
            lambda found: {"toc": "" if found.toc == "reefer" else "reefer"}, lambda found: bool(found.toc)
        )

    def above_what_is_left(self) -> Any:
        return self._use(lambda found: {"activity": found.available + 1})

    def above_what_is_additional(self) -> Any:
        return self._use(
            lambda found: {"activity": found.additional - found.claimed_additional + 1},
            lambda found: found.additionality is not None and found.booker == "x",
        )

    def not_additional_at_all(self) -> Any:
        return self._use(
            lambda found: {}, lambda found: found.additionality is None and found.booker not in ("a", "b")
        )

    def _use(
        self, change: Callable[[Any], dict[str, Any]], of: Callable[[Any], bool] = lambda found: True
    ) -> Any:
        """A shipper's claim of a late service, right but for the change."""
        found = next((one for one in reversed(self.book.lets.values()) if of(one)), None)
        if found is None:
            return None
        right = {"on": self.day, "mode": found.mode, "toc": found.toc}
        return w.claimed(self.new(), found.id, **{"activity": 1, **right, **change(found)})

    def above_own_activity(self) -> Any:
        return w.lets(self.new(), "b", on=self.day, generated=self.day, activity=3001)

    def of_too_little(self) -> Any:
        solution = self._fresh_solution()
        return solution and w.profile_claim(
            self.new(), "a", Role.CARRIER, on=self.day, solution=solution.id, quantity=1, activity=6
        )

    def too_late(self) -> Any:
        made = self.day - dt.timedelta(days=367)
        return w.lets(self.new(), "a", on=self.day, generated=made, activity=1)

    def by_who_may_not(self) -> Any:
        found = next(reversed(self.book.lets.values()))
        return w.rebooked(self.new(), "shipper", Role.SHIPPER, found.id, 1, on=self.day, mode=found.mode)

    def in_no_role(self) -> Any:
        return w.lets(self.new(), "shipper", on=self.day, generated=self.day, activity=1)

    def other_side(self) -> Any:
        solution = self._fresh_solution()
        return solution and w.profile_claim(
            self.new(), "a", Role.CARRIER, on=self.day, solution=solution.id, side=Bundling.EMITTER
        )

    def of_nothing(self) -> Any:
        return w.claimed(self.new(), "nothing", 1, on=self.day)


FAULTS: Sequence[str] = [name for name in vars(Faults) if not name.startswith("_")]
