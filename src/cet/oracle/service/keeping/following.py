"""What the keeper must know of the ledger: which lots are stale, and of a lot who holds it and what it is. One seam."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cet.ledger.mirror import evaluate, stale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.ledger import Ledger
    from cet.ledger.mirror import State
    from cet.scopes import LotCode


@dataclass(frozen=True, slots=True)
class Known:
    """A lot as its subscribers see it."""

    holder: str
    code: LotCode


class Sight(Protocol):
    """The ledger at a block."""

    @property
    def block(self) -> int: ...

    @property
    def stale(self) -> Mapping[int, int]:
        """Live net, mg CO2e, of each derived lot that was announced otherwise or not at all; parents before their children."""
        ...

    def lot(self, key: int) -> Known:
        """Holder and code of a lot that was born by this block."""
        ...


class Following(Protocol):
    """Follows the ledger."""

    def refresh(self) -> Sight:
        """The ledger at its newest block."""
        ...


class FollowingInMemory:
    """By the mirror in memory, which reads what is new of the events each time."""

    def __init__(self, ledger: Ledger) -> None:
        self._mirror = ledger.mirror()

    def refresh(self) -> Sight:
        return _Seen(self._mirror.refresh())


class _Seen:
    def __init__(self, state: State) -> None:
        self._state = state
        figures = evaluate(state)
        self.stale = {key: figures[key].net for key in stale(state, figures)}

    @property
    def block(self) -> int:
        return self._state.block

    def lot(self, key: int) -> Known:
        return Known(self._state.holders[key], self._state.lots[key].code)
