"""Random bookings and claims: the register and the slow model take and refuse the same, and the laws hold."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import logistics_book as w
from cet.logistics import events as e
from cet.logistics.book import Book
from cet.logistics.terms import Bundling, LogisticsError, Mode, Role
from model.logistics import LogisticsModel
from stateful.booking_faults import FAULTS, UNIT_ELSEWHERE, Faults

WHO = ("a", "b", "x", "lsp", "lsp2", "shipper")
NAMES = st.integers(0, 3).map(str)
AMOUNT = st.sampled_from([1, 7, 10, 20, 50, 60, 67, 100, 200, 600])
MODES = st.sampled_from([Mode.ROAD] * 7 + [Mode.SEA])
ROLES = st.sampled_from(list(Role))
ACTORS = st.sampled_from(
    [
        (who, role)
        for who, role in zip(WHO, (Role.CARRIER,) * 3 + (Role.LSP,) * 2 + (Role.SHIPPER,), strict=True)
    ]
    * 2
    + [("shipper", Role.CARRIER)]
)
STATED = st.sampled_from([None] + [w.NOTHING] * 4 + [e.Additionality(("mandate",), Fraction(1, 3))])
TOC = st.sampled_from(["", "reefer", "reefer", "parcel"])
TOC_SPOKEN_OF = st.sampled_from(["its own", "its own", "", "parcel"])
"""The category that a use names: most often that of what it uses."""
ODD = st.sampled_from([False] * 5 + [True])


class BookMachine(RuleBasedStateMachine):
    """One book, one model; days pass by themselves."""

    @initialize()
    def begin(self) -> None:
        self.book, self.model = Book(), LogisticsModel()
        self.day, self.count = w.DAY, 0
        more = [e.ActivityShown(who, Mode.ROAD, "g-km", 2023, 2000) for who in WHO]
        for event in [*w.world(), *more]:
            self.book.record(event)
            self.model.take(event)
        self.offer(w.solution(self.new(), bundled=True, elsewhere=UNIT_ELSEWHERE))
        self.offer(w.solution(self.new(), bundled=False))
        self.offer(w.lets(self.new(), "a", additionality=w.NOTHING, activity=200))
        required = e.Additionality(("mandate",), Fraction(1, 3))
        self.offer(w.lets(self.new(), "x", additionality=required, activity=200, toc="reefer"))
        part = {"solution": "2", "quantity": 10, "activity": 50}
        supply = {**part, "side": Bundling.SUPPLY_CHAIN, "toc": "reefer"}
        self.offer(w.profile_claim(self.new(), "lsp", Role.LSP, **supply))
        self.offer(w.profile_claim(self.new(), "b", Role.CARRIER, **part, side=Bundling.EMITTER))

    def new(self) -> str:
        self.count += 1
        return str(self.count)

    def offer(self, event: Any) -> None:
        allowed = self.model.takes(event)
        before = self.book.events
        refusal = self.refusal(event)
        assert (refusal is None) == allowed, f"{event}: {refusal or 'taken'}"
        if allowed:
            self.model.take(event)
        else:
            assert self.book.events == before

    def refusal(self, event: Any) -> LogisticsError | None:
        try:
            self.book.record(event)
        except LogisticsError as error:
            return error
        return None

    def some(self, kind: str, data: st.DataObject) -> str:
        """One of what is there of a kind, most often the newest; sometimes what is not there."""
        names = [one.id for one in self.model.of(*kind.split())]
        return data.draw(st.sampled_from([*names[-6:] * 3, "nothing"] if names else ["nothing"]))

    @rule(days=st.sampled_from([0, 0, 0, 1, 30, 180]))
    def time_passes(self, days: int) -> None:
        if self.day.year < 2028:
            self.day += dt.timedelta(days=days)

    @rule(
        by=st.sampled_from(["provider"] * 6 + ["a"]),
        bundled=st.booleans(),
        stated=STATED,
        old=st.sampled_from([0, 0, 0, 365, 400]),
    )
    def book_solution(self, by: str, bundled: bool, stated: e.Additionality | None, old: int) -> None:
        produced = self.day - dt.timedelta(days=old)
        self.offer(
            w.solution(
                self.new(), by=by, bundled=bundled, additionality=stated, on=self.day, produced=produced
            )
        )

    @rule(
        by=st.sampled_from(["provider", "provider", "rival", "a"]),
        to=st.sampled_from(["a", "a", "b", "x", "lsp"]),
        quantity=AMOUNT,
        data=st.data(),
    )
    def provide(self, by: str, to: str, quantity: int, data: Any) -> None:
        """A delivery of its own, or one that it or somebody else has named already."""
        new = self.new()
        named = [one.delivery for one in self.model.of("SolutionBooked", "SolutionProvided")][-3:]
        delivery = data.draw(st.sampled_from([f"delivery of {new}"] * 3 + named))
        self.offer(w.provided(new, to, by=by, on=self.day, quantity=quantity, delivery=delivery))

    @rule(
        actor=ACTORS,
        quantity=AMOUNT,
        mode=MODES,
        part=st.sampled_from([5, 5, 4, 0]),
        toc=TOC,
        odd=ODD,
        data=st.data(),
    )
    def claim_solution(
        self, actor: tuple[str, Role], quantity: int, mode: Mode, part: int, toc: str, odd: bool, data: Any
    ) -> None:
        solution, paired = self.some("SolutionBooked", data), ""
        booked = self.model.named(solution, "SolutionBooked")
        carrier = actor[1] is Role.CARRIER
        apart = Bundling.EMITTER if carrier else Bundling.SUPPLY_CHAIN
        side = Bundling.BUNDLED if booked and booked.bundled else apart
        if odd:
            side = data.draw(st.sampled_from(list(Bundling)))
        if side is Bundling.EMITTER and data.draw(st.booleans()):
            beside = [one for one in self.model.of("SolutionClaimed") if one.side is Bundling.SUPPLY_CHAIN]
            if beside and not odd:
                paired, solution = beside[-1].id, beside[-1].solution
            else:
                paired = self.some("SolutionClaimed", data)
        consumption = Fraction(1, 4 if odd else 5)
        self.offer(
            w.profile_claim(
                self.new(),
                *actor,
                on=self.day,
                solution=solution,
                side=side,
                quantity=quantity,
                mode=mode,
                activity=quantity * part,
                consumption=consumption,
                paired=paired,
                toc=toc,
            )
        )

    @rule(by=st.sampled_from(["provider", "a"]), data=st.data())
    def retire(self, by: str, data: Any) -> None:
        beside = [one.id for one in self.model.of("SolutionClaimed") if one.side is Bundling.SUPPLY_CHAIN]
        claim = data.draw(st.sampled_from(beside or ["nothing"])) if not data.draw(ODD) else "nothing"
        self.offer(e.EmitterRetired(by, self.day, claim, "no carrier was found"))

    @rule(
        by=st.sampled_from(["a", "a", "b", "x", "x", "lsp"]),
        amount=AMOUNT,
        mode=MODES,
        stated=STATED,
        toc=TOC,
        old=st.sampled_from([0, 0, 0, 365, 367]),
        data=st.data(),
    )
    def book_direct(
        self, by: str, amount: int, mode: Mode, stated: e.Additionality | None, toc: str, old: int, data: Any
    ) -> None:
        made = self.day - dt.timedelta(days=old)
        own = [one.id for one in self.model.of("SolutionProvided") if one.to == by]
        provision = data.draw(st.sampled_from(["", *own[-2:]]))
        if data.draw(ODD):
            provision = self.some("SolutionProvided", data)
        self.offer(
            w.lets(
                self.new(),
                by,
                on=self.day,
                generated=made,
                activity=amount,
                mode=mode,
                additionality=stated,
                toc=toc,
                provision=provision,
            )
        )

    @rule(actor=ACTORS, amount=AMOUNT, data=st.data())
    def derive(self, actor: tuple[str, Role], amount: int, data: Any) -> None:
        usable = [one.id for one in self.model.of("SolutionClaimed") if one.side is not Bundling.EMITTER]
        claim = usable[-1] if usable and data.draw(st.booleans()) else self.some("SolutionClaimed", data)
        if (found := self.model.named(claim, "SolutionClaimed")) and not data.draw(ODD):
            actor = (found.by, found.role)
        self.offer(w.derived(self.new(), *actor, claim, amount, on=self.day))

    def category(self, of: str, toc: str) -> str:
        """The category a use names, its own being that of what it uses."""
        found = self.book.lets.get(of)
        return toc if toc != "its own" else found.toc if found else ""

    @rule(actor=ACTORS, amount=AMOUNT, mode=MODES, toc=TOC_SPOKEN_OF, data=st.data())
    def rebook(self, actor: tuple[str, Role], amount: int, mode: Mode, toc: str, data: Any) -> None:
        of = self.some("LetsBooked LetsDerived LetsRebooked", data)
        toc = self.category(of, toc)
        self.offer(w.rebooked(self.new(), *actor, of, amount, on=self.day, mode=mode, toc=toc))

    @rule(
        by=st.sampled_from(["shipper"] * 8 + ["lsp"]),
        amount=AMOUNT,
        mode=MODES,
        toc=TOC_SPOKEN_OF,
        data=st.data(),
    )
    def claim(self, by: str, amount: int, mode: Mode, toc: str, data: Any) -> None:
        of = self.some("LetsBooked LetsDerived LetsRebooked", data)
        toc = self.category(of, toc)
        self.offer(w.claimed(self.new(), of, amount, by, on=self.day, mode=mode, toc=toc))

    @rule(fault=st.sampled_from([*FAULTS, *["another_category"] * 12]))
    def go_wrong(self, fault: str) -> None:
        if (event := Faults(self.book, self.day, self.new)(fault)) is not None:
            self.offer(event)

    @invariant()
    def claims_never_exceed_bookings(self) -> None:
        for name, found in self.book.lets.items():
            assert found.claimed == self.model.claimed(name) <= found.activity

    @invariant()
    def each_side_of_a_solution_is_used_once(self) -> None:
        profiles = self.book.profiles.values()
        for name, found in self.book.solutions.items():
            waiting = sum(one.attached + one.retired for one in profiles if one.claimed.solution == name)
            assert found.supply <= found.bookable <= found.booked.quantity
            assert found.emitter + found.free + waiting <= found.bookable

    @invariant()
    def no_emitter_profile_is_above_a_lets_and_no_activity_leaves_its_mode(self) -> None:
        for name, found in {**self.book.lets, **self.book.claims}.items():
            steps = self.book.lineage(name)
            for step in steps:
                if step in self.book.profiles:
                    assert self.book.profiles[step].claimed.side is not Bundling.EMITTER
                if step in self.book.lets:
                    assert self.book.lets[step].mode is found.mode
                    assert self.book.lets[step].wtw == found.wtw

    @invariant()
    def what_another_carrier_claimed_is_not_disclosed(self) -> None:
        for name, found in self.book.lets.items():
            by_carriers = [
                one for one in self.model.users(name) if getattr(one, "role", None) is Role.CARRIER
            ]
            assert self.book.disclosable(name) == found.activity - sum(one.activity for one in by_carriers)

    @invariant()
    def figures_are_the_models(self) -> None:
        for name, found in self.book.lets.items():
            expected = self.model.service(name)
            assert expected is not None
            assert (found.booker, found.wtw, found.activity) == (
                expected["by"],
                expected["wtw"],
                expected["activity"],
            )

    def teardown(self) -> None:
        """A book rebuilt from its events is the same book."""
        if hasattr(self, "book"):
            again = Book(self.book.events)
            assert (again.lets, again.claims, again.profiles) == (
                self.book.lets,
                self.book.claims,
                self.book.profiles,
            )


BookMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
TestBook = BookMachine.TestCase
