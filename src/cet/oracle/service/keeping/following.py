"""What the keeper must know of the ledger: which lots are stale, and of a lot who holds it and what it is. One seam."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cet.ledger.store import Follower, StoreError, queries
from cet.ledger.store.stale import count_stale, stale_after, stale_among
from cet.ledger.store.store import cursor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cet.ledger import Chain
    from cet.ledger.store import Store
    from cet.scopes import LotCode

_PAGE = 1_000


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
    def stale_count(self) -> int:
        """How many derived lots were announced otherwise or not at all."""
        ...

    def stale(self) -> Iterator[tuple[int, int]]:
        """Those lots and the live net of each, mg CO2e; parents before their children. Never all at once in memory."""
        ...

    def stale_among(self, lots: Iterable[int]) -> dict[int, int]:
        """The same of those among the lots that are stale."""
        ...

    def lot(self, key: int) -> Known:
        """Holder and code of a lot that was born by this block."""
        ...


class Following(Protocol):
    """Follows the ledger."""

    def refresh(self) -> Sight:
        """The ledger at its newest block."""
        ...


class FollowingInStore:
    """By the mirror in a database: what it has is not read again, and of what it has little is in memory."""

    def __init__(self, store: Store, chain: Chain) -> None:
        self._store = store
        self._follower = Follower(store, chain)
        self._one_at_a_time = threading.Lock()

    def refresh(self) -> Sight:
        """Follows the chain, beside whoever else does. Raises LedgerError."""
        with self._one_at_a_time:
            self._follower.catch_up()
            self._store.evaluate()
            with self._store.read() as connection:
                return _Seen(self._store, cursor_of(connection).block, count_stale(connection))


@dataclass(frozen=True)
class _Seen:
    """Asks the store as it goes: what another wrote there meanwhile is seen, too."""

    _store: Store
    block: int
    stale_count: int

    def stale(self) -> Iterator[tuple[int, int]]:
        place = -1
        while True:
            with self._store.read() as connection:
                found = stale_after(connection, place, _PAGE)
            yield from ((lot, net) for _, lot, net in found)
            if len(found) < _PAGE:
                return
            place = found[-1][0]

    def stale_among(self, lots: Iterable[int]) -> dict[int, int]:
        with self._store.read() as connection:
            return stale_among(connection, lots)

    def lot(self, key: int) -> Known:
        with self._store.read() as connection:
            found = queries.holder_and_code(connection, key)
        if found is None:
            raise StoreError(
                "a lot that was told of is gone from the store", "after a reorganisation: try again"
            )
        return Known(*found)
