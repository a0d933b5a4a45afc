"""The entries of a book file that are of solutions: booked, provided to a carrier, claimed, retired."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from cet.factors.model import Id, Words
from cet.logistics import events as e
from cet.logistics.sections import AMode, ARole, ASide, Dated, Entry, Profile, Quantity
from cet.logistics.terms import SOLUTION_UNITS, amount


class Solution(Profile):
    """`[[solution]]`: a provider books a profile."""

    produced: dt.date
    bundled: bool
    modes: list[AMode]
    amount: Quantity
    energy: Quantity
    scheme: Words
    proof: Words
    feedstock: Words
    delivery: str
    name: str = ""

    def event(self) -> e.Event:
        """The booking."""
        quantity, unit = self.amount.whole(SOLUTION_UNITS)
        energy, _ = amount(self.energy.quantity, self.energy.unit, ("Wh",), cut=True)
        return e.SolutionBooked(
            self.id,
            self.by,
            self.on,
            self.produced,
            self.bundled,
            frozenset(self.modes),
            quantity,
            unit,
            energy,
            certification=e.Certification(self.scheme, self.proof, self.feedstock),
            delivery=self.delivery,
            name=self.name,
            **self.common(),
        )


class Provision(Dated):
    """`[[provision]]`: a solution that its provider delivered to a carrier, which books LETS of it; no profile is booked of it."""

    to: Id
    mode: AMode
    amount: Quantity
    delivery: Words

    def event(self) -> e.Event:
        """The provision."""
        quantity, unit = self.amount.whole(SOLUTION_UNITS)
        return e.SolutionProvided(
            self.id, self.by, self.on, self.to, self.mode, quantity, unit, self.delivery
        )


class ProfileClaim(Dated):
    """`[[profile_claim]]`: a solution's profile, or a side of it, to a claimant, as so much activity."""

    role: ARole
    solution: Id
    side: ASide
    amount: Quantity
    mode: AMode
    year: int
    activity: Quantity | None = None
    toc: str = ""
    paired: str = ""

    def event(self) -> e.Event:
        """The claim; what a unit of activity takes is the amount over the activity."""
        quantity, _ = self.amount.whole(SOLUTION_UNITS)
        activity, unit = self.activity.whole() if self.activity else (0, "g-km")
        takes = Fraction(quantity, activity) if activity else Fraction(0)
        of = (self.solution, self.side, quantity, self.mode, self.year, activity, unit, takes)
        return e.SolutionClaimed(self.id, self.by, self.role, self.on, *of, self.toc, self.paired)


class Retirement(Entry):
    """`[[retirement]]`: the emitter profile beside a supply-chain claim."""

    by: Id
    on: dt.date
    claim: Id
    reason: Words

    def event(self) -> e.Event:
        """The retirement."""
        return e.EmitterRetired(self.by, self.on, self.claim, self.reason)
