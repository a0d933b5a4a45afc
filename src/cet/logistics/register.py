"""What a book holds: organisations, solutions, claims and LETS, with what is left of each."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.logistics.terms import Basis, LogisticsError, Mode, Role

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.logistics.events import (
        Additionality,
        CrossModeCredit,
        Enrolled,
        SolutionBooked,
        SolutionClaimed,
        SolutionProvided,
    )

ActivityKey = tuple[str, Mode, str, int]
"""An organisation's own activity: who, mode, unit, year."""


@dataclass(slots=True)
class Solution:
    """A booked solution and what is claimed of it on each side, in its unit. `free` is of the emitter profile, and beside
    no supply-chain claim yet."""

    booked: SolutionBooked
    bookable: int
    supply: int = 0
    emitter: int = 0
    free: int = 0


@dataclass(slots=True)
class ProfileClaim:
    """A claim of a solution's profile. `attached` is the emitter profile beside it: claimable by a carrier until `until`."""

    claimed: SolutionClaimed
    additionality: Additionality
    credits: tuple[CrossModeCredit, ...]
    derived: int = 0
    attached: int = 0
    until: dt.date = dt.date.max
    retired: int = 0
    retired_on: dt.date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a LETS passes on of where it came from: solution, its certificate, the evidence, who verified the booking (known of
    those on a ledger); empty for what nobody said."""

    solution: str = ""
    certificate: str = ""
    evidence: str = ""
    ttw_known: bool = True
    verifier: str = ""

    @classmethod
    def of(cls, booked: SolutionBooked) -> Told:
        """Of a booked solution: by its name, else what it is made from, and its id in another registry."""
        what = booked.name or f"{booked.id}, of {booked.certification.feedstock}"
        if booked.elsewhere is not None:
            what += f"; {booked.elsewhere[1]} of {booked.elsewhere[0]}"
        certificate = f"{booked.certification.scheme}, {booked.certification.proof}"
        return cls(what, certificate, booked.delivery, booked.masses.ttw_known, booked.verifier)


@dataclass(slots=True)
class Lets:
    """A booked low-emission transport service. Intensities in mg CO2e per unit of activity, exact.

    `parent` is the LETS or the profile claim it was made from. `additional` is what of it may be used where additionality
    applies; `unscreened` what of it was.
    """

    id: str
    booker: str
    role: Role
    basis: Basis
    on: dt.date
    mode: Mode
    toc: str
    unit: str
    year: int
    activity: int
    wtw: Fraction
    ttw: Fraction
    biogenic: Fraction
    parent: str
    additionality: Additionality | None
    credits: tuple[CrossModeCredit, ...]
    additional: int
    claimed: int = 0
    claimed_additional: int = 0
    claimed_by_carriers: int = 0
    told: Told = Told()

    @property
    def available(self) -> int:
        """What may still be claimed, in its unit."""
        return self.activity - self.claimed


@dataclass(frozen=True, slots=True)
class ServiceClaim:
    """A shipper's claim of a LETS, as it enters its inventory: activity and intensities, never a reduction."""

    id: str
    by: str
    on: dt.date
    lets: str
    mode: Mode
    toc: str
    unit: str
    year: int
    activity: int
    wtw: Fraction
    ttw: Fraction
    biogenic: Fraction
    basis: Basis
    additionality: Additionality | None
    credits: tuple[CrossModeCredit, ...]


@dataclass(slots=True)
class Register:
    """All of a book, changed by `Book.record` alone."""

    organisations: dict[str, Enrolled] = field(default_factory=dict)
    shown: defaultdict[ActivityKey, int] = field(default_factory=lambda: defaultdict(int))
    used: defaultdict[ActivityKey, int] = field(default_factory=lambda: defaultdict(int))
    solutions: dict[str, Solution] = field(default_factory=dict)
    provisions: dict[str, SolutionProvided] = field(default_factory=dict)
    profiles: dict[str, ProfileClaim] = field(default_factory=dict)
    lets: dict[str, Lets] = field(default_factory=dict)
    claims: dict[str, ServiceClaim] = field(default_factory=dict)
    locked: set[tuple[str, str]] = field(default_factory=set)
    deliveries: set[str] = field(default_factory=set)
    provided: set[tuple[str, str]] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    day: dt.date = dt.date.min

    def actor(self, who: str, role: Role) -> Enrolled:
        """The organisation acting in a role. Raises LogisticsError when it is not enrolled, or not in that role."""
        found = self.organisations.get(who)
        if found is None:
            raise LogisticsError(f"{who!r} is no organisation of the book", "enrol it first")
        if role not in found.roles:
            has = ", ".join(one.text for one in sorted(found.roles))
            raise LogisticsError(f"{who} is no {role.text}", f"it acts as {has}")
        return found

    def fresh(self, new: str) -> None:
        """Raises LogisticsError when the id stands for something already, or for nothing."""
        if not new or new in self.ids:
            raise LogisticsError(
                f"id {new!r} is taken" if new else "no id", "give every booking and claim its own"
            )

    def turn(self, day: dt.date) -> None:
        """Raises LogisticsError for a day before the last recorded one."""
        if day < self.day:
            raise LogisticsError(
                f"{day} is before {self.day}, the last recorded day", "record events in their order"
            )

    def unlocked(self, elsewhere: tuple[str, str] | None, delivery: str, provider: str = "") -> None:
        """Raises LogisticsError when the unit of another registry, or the delivery, stands in the book already, or the provider
        itself provided the delivery to a carrier. What another says that it provided binds that one alone."""
        if elsewhere is not None and elsewhere in self.locked:
            raise LogisticsError(f"{elsewhere[1]} of {elsewhere[0]} is booked here already", "book it once")
        if delivery and delivery in self.deliveries:
            raise LogisticsError(f"delivery {delivery} is recorded already", "one delivery, one booking")
        if delivery and (provider, delivery) in self.provided:
            raise LogisticsError(
                f"{provider} provided delivery {delivery} to a carrier already",
                "the carrier books LETS of it; give every delivery its own evidence",
            )

    def lock(self, new: str, elsewhere: tuple[str, str] | None, delivery: str) -> None:
        """Takes the id, and locks the unit of another registry and the delivery against a second booking."""
        self.ids.add(new)
        if elsewhere is not None:
            self.locked.add(elsewhere)
        if delivery:
            self.deliveries.add(delivery)

    def within_own(self, key: ActivityKey, activity: int) -> None:
        """Raises LogisticsError when a claim goes above the claimant's own activity of the mode in the year."""
        left = self.shown.get(key, 0) - self.used.get(key, 0)
        if activity > left:
            who, mode, unit, year = key
            raise LogisticsError(
                f"{activity} {unit} of {who} by {mode.text} in {year}, {left} left of its own activity",
                "claims never exceed the claimant's own activity in the mode: show evidence of more, or claim less",
            )
