"""The register of bookings and claims: events in, refusals out, and what follows from them.

The same rules a contract enforces, in memory: `Book.record` either takes an event whole or raises LogisticsError and changes
nothing. A book is rebuilt by recording its events in their order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.logistics import events as happened
from cet.logistics.profiles import book_solution, claim_solution, provide_solution, retire_emitter
from cet.logistics.register import Register
from cet.logistics.services import book_direct, book_indirect, claim_lets, rebook
from cet.logistics.terms import ACTIVITY_UNITS, LogisticsError, Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from cet.logistics.register import Lets, ProfileClaim, ServiceClaim, Solution


class Book:
    """A register of solutions, LETS and their claims."""

    def __init__(self, events: Iterable[happened.Event] = ()) -> None:
        self._register = Register()
        self._events: list[happened.Event] = []
        for event in events:
            self.record(event)

    def record(self, event: happened.Event) -> None:
        """Takes the event, or raises LogisticsError naming the rule it breaks and changes nothing."""
        register = self._register
        match event:
            case happened.Enrolled():
                _enrol(register, event)
            case happened.ActivityShown():
                _show_activity(register, event)
            case _:
                register.turn(event.on)
                _act(register, event)
                register.day = event.on
        self._events.append(event)

    @property
    def events(self) -> tuple[happened.Event, ...]:
        """All that was recorded, in order."""
        return tuple(self._events)

    @property
    def organisations(self) -> dict[str, happened.Enrolled]:
        """Every organisation by its id."""
        return dict(self._register.organisations)

    @property
    def solutions(self) -> dict[str, Solution]:
        """Every booked solution."""
        return dict(self._register.solutions)

    @property
    def provisions(self) -> dict[str, happened.SolutionProvided]:
        """Every solution that went to a carrier."""
        return dict(self._register.provisions)

    @property
    def profiles(self) -> dict[str, ProfileClaim]:
        """Every claim of a solution's profile."""
        return dict(self._register.profiles)

    @property
    def lets(self) -> dict[str, Lets]:
        """Every booked LETS."""
        return dict(self._register.lets)

    @property
    def claims(self) -> dict[str, ServiceClaim]:
        """Every claim of a LETS by a shipper."""
        return dict(self._register.claims)

    def own_activity(self, who: str, year: int) -> dict[tuple[str, str], tuple[int, int]]:
        """By (mode, unit): an organisation's own activity of the year, and what of it is claimed or booked."""
        register = self._register
        return {
            (mode.text, unit): (shown, register.used.get((by, mode, unit, of), 0))
            for (by, mode, unit, of), shown in register.shown.items()
            if by == who and of == year
        }

    def disclosable(self, lets: str) -> int:
        """What of a LETS its booker may still disclose: without what other carriers claimed (section 11)."""
        found = self._register.lets[lets]
        return found.activity - found.claimed_by_carriers

    def lineage(self, booking: str) -> tuple[str, ...]:
        """From a claim or a booking back to what it came from: claim, LETS, profile claim, solution."""
        return tuple(self._steps(booking))

    def unclaimed_emitters(self, day: dt.date) -> tuple[tuple[ProfileClaim, bool], ...]:
        """Emitter profiles beside supply-chain claims that no carrier claimed and that are not retired; whether the time for a
        carrier is over, so that they are to be retired."""
        waiting = (claim for claim in self._register.profiles.values() if claim.attached)
        return tuple((claim, day > claim.until) for claim in waiting)

    def retired_emitters(self, provider: str = "") -> tuple[ProfileClaim, ...]:
        """Retired emitter profiles, of one provider or of all, with day and reason."""
        solutions = self._register.solutions
        return tuple(
            claim
            for claim in self._register.profiles.values()
            if claim.retired and provider in ("", solutions[claim.claimed.solution].booked.by)
        )

    def _steps(self, booking: str) -> Iterator[str]:
        register = self._register
        at = booking
        while at:
            yield at
            if claim := register.claims.get(at):
                at = claim.lets
            elif found := register.lets.get(at):
                at = found.parent
            elif profile := register.profiles.get(at):
                at = profile.claimed.solution
            else:
                return


def _act(register: Register, event: happened.Event) -> None:
    match event:
        case happened.SolutionBooked():
            book_solution(register, event)
        case happened.SolutionProvided():
            provide_solution(register, event)
        case happened.SolutionClaimed():
            claim_solution(register, event)
        case happened.EmitterRetired():
            retire_emitter(register, event)
        case happened.LetsBooked():
            book_direct(register, event)
        case happened.LetsDerived():
            book_indirect(register, event)
        case happened.LetsRebooked():
            rebook(register, event)
        case happened.LetsClaimed():
            claim_lets(register, event)


def _enrol(register: Register, event: happened.Enrolled) -> None:
    """Roles and network are given once: widening a network later would turn indirect claims into direct ones."""
    if not event.id or event.id in register.organisations:
        raise LogisticsError(
            f"organisation {event.id!r} is enrolled already" if event.id else "no id", "enrol it once"
        )
    if not event.roles:
        raise LogisticsError(f"{event.id} has no role", f"one of {', '.join(role.text for role in Role)}")
    register.organisations[event.id] = event


def _show_activity(register: Register, event: happened.ActivityShown) -> None:
    if event.by not in register.organisations:
        raise LogisticsError(f"{event.by!r} is no organisation of the book", "enrol it first")
    if event.activity <= 0 or event.unit not in ACTIVITY_UNITS:
        raise LogisticsError("no activity shown", f"give it in {', '.join(ACTIVITY_UNITS)}, above 0")
    register.shown[event.by, event.mode, event.unit, event.year] += event.activity
