"""The life of a request: its states, the events that lead from one to the next, and nothing else. Pure.

    received ──► recomputed ──► signed ──► attested ──► submitting ──► submitted ──► confirmed ──► receipted
        │             │            ▲           │             │ ▲            │             │             │
        ├──► differs ◄┘            └───────────┴─unattested──┘ └────────────┴───vanished──┴─────────────┘
        └──► refused ◄── from every state before submitted

`vanished` is a reorganisation that took a mint away; `unattested` says that an attestation counts no longer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from cet.oracle.service.errors import IllegalMove


class State(StrEnum):
    """Where a request is."""

    RECEIVED = "received"
    RECOMPUTED = "recomputed"
    DIFFERS = "differs"
    REFUSED = "refused"
    SIGNED = "signed"
    ATTESTED = "attested"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    RECEIPTED = "receipted"

    @property
    def ended(self) -> bool:
        """Whether nothing leads out of it: hand in the package anew."""
        return self in (State.DIFFERS, State.REFUSED)


class Event(StrEnum):
    """What happened to a request."""

    RECOMPUTED = "recomputed"
    DIFFERED = "differed"
    REFUSED = "refused"
    SIGNED = "signed"
    ATTESTED = "attested"
    UNATTESTED = "unattested"
    SENDING = "sending"
    INCLUDED = "included"
    VANISHED = "vanished"
    CONFIRMED = "confirmed"
    RECEIPTED = "receipted"


_BEFORE_SUBMITTED = (State.RECEIVED, State.RECOMPUTED, State.SIGNED, State.ATTESTED, State.SUBMITTING)

MOVES = MappingProxyType(
    {
        (State.RECEIVED, Event.RECOMPUTED): State.RECOMPUTED,
        (State.RECEIVED, Event.DIFFERED): State.DIFFERS,
        (State.RECOMPUTED, Event.DIFFERED): State.DIFFERS,
        **{(state, Event.REFUSED): State.REFUSED for state in _BEFORE_SUBMITTED},
        (State.RECOMPUTED, Event.SIGNED): State.SIGNED,
        (State.SIGNED, Event.ATTESTED): State.ATTESTED,
        (State.ATTESTED, Event.UNATTESTED): State.SIGNED,
        (State.SUBMITTING, Event.UNATTESTED): State.SIGNED,
        (State.ATTESTED, Event.SENDING): State.SUBMITTING,
        (State.SUBMITTING, Event.INCLUDED): State.SUBMITTED,
        (State.SUBMITTED, Event.CONFIRMED): State.CONFIRMED,
        (State.CONFIRMED, Event.RECEIPTED): State.RECEIPTED,
        (State.SUBMITTED, Event.VANISHED): State.SUBMITTING,
        (State.CONFIRMED, Event.VANISHED): State.SUBMITTING,
        (State.RECEIPTED, Event.VANISHED): State.SUBMITTING,
    }
)
"""Every transition there is."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it is kept. Times are milliseconds since 1970.

    `statement` is the id of the statement its package gives, as hex, and its identity from when it is known: no two requests
    that are not ended have the same. `due` is when a worker is to look at it again, None for never. `attempts` counts failures
    in this state. `instruments` are the uses its statement consumes, `0x…:number` each, separated by spaces.
    """

    id: str
    organisation: str
    package: str
    participant: str
    verifier: str
    corrects: bool
    inflation: int
    state: State
    version: int
    created: int
    changed: int
    due: int | None
    attempts: int = 0
    statement: str | None = None
    asserted: str | None = None
    reason: str = ""
    instruments: str = ""


def moved(
    request: Request,
    event: Event,
    now: int,
    *,
    due: int | None,
    reason: str = "",
    statement: str | None = None,
) -> Request:
    """The request after the event. Raises IllegalMove if its state does not know it."""
    state = MOVES.get((request.state, event))
    if state is None:
        raise IllegalMove(f"{event} in state {request.state}", f"see the moves out of {request.state}")
    return replace(
        request,
        state=state,
        version=request.version + 1,
        changed=now,
        due=None if state.ended else due,
        attempts=0,
        statement=statement or request.statement,
        reason=reason,
    )


def postponed(request: Request, now: int, due: int | None, reason: str = "") -> Request:
    """The request in its state, to be looked at again; a reason counts as a failure."""
    attempts = request.attempts + 1 if reason else request.attempts
    return replace(
        request, version=request.version + 1, changed=now, due=due, attempts=attempts, reason=reason
    )


def backoff_ms(attempts: int, first_ms: int = 1_000, most_ms: int = 300_000) -> int:
    """How long to wait after so many failures: twice as long each time, up to a limit."""
    return min(most_ms, first_ms << min(attempts, 20))
