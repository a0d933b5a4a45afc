"""What casts doubt on a lot from above: opinions taken back, instruments found void, corrections not yet carried out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger.mirror.state import State


class Doubt(Enum):
    """Why a source is flagged."""

    WITHDRAWN = "opinion withdrawn"
    UNRESTATED = "correction not carried out"
    UNCONSUMED = "instruments not consumed"
    VOID_INSTRUMENT = "instrument found void"
    VOIDED = "offset voided"


@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about a lot in the ancestry (or the lot itself); `statement` is the one that stands for its period, 0 for none."""

    lot: int
    statement: int
    doubt: Doubt


def flags_of(state: State, key: int) -> tuple[Flag, ...]:
    """Every flag on the lot and on its ancestors, oldest lot first. Nothing disappears: figures stay what they are."""
    above, stack = {key}, [key]
    while stack:
        for parent, _ in state.lots[stack.pop()].edges:
            if parent not in above:
                above.add(parent)
                stack.append(parent)
    return tuple(flag for each in state.lots if each in above for flag in _of_one(state, each))


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
    if key in state.voided:
        yield Flag(key, 0, Doubt.VOIDED)
