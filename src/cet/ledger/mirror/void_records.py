"""What a void reaches: a record that was made from one found void is not void itself, but stands on nothing any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.ledger.mirror.booked import (
        BookedLets,
        BookedSolution,
        ClaimedProfile,
        ClaimedService,
        Provided,
    )
    from cet.ledger.mirror.state import State

    BookRecord = BookedSolution | Provided | ClaimedProfile | BookedLets | ClaimedService


def record_of(state: State, record: int) -> BookRecord | None:
    """The solution, provision, profile claim, LETS or claim with this id; None if there is none."""
    return (
        state.service_claims.get(record)
        or state.lets.get(record)
        or state.profile_claims.get(record)
        or state.solutions.get(record)
        or state.provisions.get(record)
    )


def made_from(state: State, record: int) -> int:
    """The record that this one was made from; 0 where it comes from outside."""
    if record in state.service_claims:
        return state.service_claims[record].use.lets
    if record in state.lets:
        return state.lets[record].parent
    return state.profile_claims[record].claim.solution if record in state.profile_claims else 0


def void_origin(state: State, record: int) -> int:
    """The nearest void record among this one and all it was made from; 0 where there is none."""
    at = record
    while at:
        found = record_of(state, at)
        if found is not None and found.void_for is not None:
            return at
        at = made_from(state, at)
    return 0
