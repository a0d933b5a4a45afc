"""What casts doubt on a lot from above: opinions taken back, instruments found void, corrections not carried out, proxy periods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cet.ledger.mirror.certification import is_short, to_return
from cet.ledger.mirror.void_records import void_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger.mirror.state import Lot, State


class Doubt(Enum):
    """Why a source is flagged."""

    WITHDRAWN = "opinion withdrawn"
    UNRESTATED = "correction not carried out"
    UNCONSUMED = "instruments not consumed"
    VOID_INSTRUMENT = "instrument found void"
    MADE_FROM_VOID = "instrument made from what was found void"
    """A claim is not void by itself when the booking behind it is; what used it is flagged all the same."""
    VOIDED = "offset voided"
    UNRETURNED = "displaced by another input, units not returned"
    UNCERTIFIED = "certificates missing"
    """It was allocated from certificated generation, and too few of its certificates are cancelled for it."""
    PROXY = "proxy period, not primary data"
    """It was received for days that its supplier's lot does not speak for."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about a lot in the ancestry (or the lot itself); `statement` is the one that stands for its period, 0 for none."""

    lot: int
    statement: int
    doubt: Doubt


def flags_of(state: State, key: int) -> tuple[Flag, ...]:
    """Every flag on the lot and on its ancestors, oldest lot first. Nothing disappears: figures stay what they are."""
    above = state.in_order_of_birth(state.above(key))
    return tuple(flag for each in above for flag in _of_one(state, each))


def _of_one(state: State, key: int) -> Iterator[Flag]:
    lot = state.lots[key]
    if lot.statement:
        head = state.head_of(lot.statement)
        if head in state.withdrawn:
            yield Flag(key, head, Doubt.WITHDRAWN)
        if state.restated_chunks.get(head, 0) < len(state.statements[head].statement.restated_chunks):
            yield Flag(key, head, Doubt.UNRESTATED)
        if state.consumed_chunks.get(head, 0) < len(state.statements[head].statement.instrument_chunks):
            yield Flag(key, head, Doubt.UNCONSUMED)
        if head in state.voided_uses:
            yield Flag(key, head, Doubt.VOID_INSTRUMENT)
        if _stands_on_void(state, head):
            yield Flag(key, head, Doubt.MADE_FROM_VOID)
    if key in state.voided:
        yield Flag(key, 0, Doubt.VOIDED)
    yield from _of_energy(state, lot)
    if lot.consumed is not None and not _covers(_periods_of(state, lot.edges[0][0]), lot.consumed):
        yield Flag(key, 0, Doubt.PROXY)


def _stands_on_void(state: State, statement: int) -> bool:
    """Whether a claim that the statement consumed, and that is not void itself, was made from a record that is."""
    uses = (one.use for one in state.consumed.get(statement, ()))
    return any(void_origin(state, use) not in (0, use) for use in uses)


def _of_energy(state: State, lot: Lot) -> Iterator[Flag]:
    if to_return(state, lot):
        yield Flag(lot.key, 0, Doubt.UNRETURNED)
    if is_short(state, lot):
        yield Flag(lot.key, 0, Doubt.UNCERTIFIED)


def _periods_of(state: State, key: int) -> list[tuple[int, int]]:
    """First and last days that a lot speaks for: its statement's, its consumption's, or those of a product's parts."""
    lots, periods, seen = [key], [], {key}
    while lots:
        lot = state.lots[lots.pop()]
        if lot.statement:
            statement = state.statements[lot.statement].statement
            periods.append((statement.period_start, statement.period_end))
        elif lot.consumed is not None:
            periods.append(lot.consumed)
        else:
            parts = [parent for parent, _ in lot.edges if parent not in seen]
            seen.update(parts)
            lots += parts
    return periods


def _covers(periods: list[tuple[int, int]], days: tuple[int, int]) -> bool:
    """Whether some period holds each of the days."""
    reached, last = days
    for start, end in sorted(periods):
        if start <= reached <= end:
            reached = end + 1
    return reached > last
