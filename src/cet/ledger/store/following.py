"""From the chain into the store: new events block by block, reorganisations back to the common ancestor."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from cet.ledger.errors import LedgerError
from cet.ledger.events import Decoder
from cet.ledger.mirror.mirror import replay
from cet.ledger.store.errors import StoreError
from cet.ledger.store.moving import moves_of, named_lots
from cet.ledger.store.store import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cet.ledger.chain import Chain
    from cet.ledger.events import Event
    from cet.ledger.store.shelves import Packed
    from cet.ledger.store.store import Cursor, Store

KEEP = 256
"""Blocks below the newest to which the store can go back; below them a reorganisation means a rebuild."""

_FIRST_PAGE, _PAGE = 400, 5_000
"""Blocks asked for at once: of the first time, and at most, where little happens in them."""
_AT_ONCE = 20_000
_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Raw:
    """An event, and how the node gave it."""

    event: Event
    hash: bytes
    row: Packed


@dataclass(frozen=True, slots=True)
class Progress:
    """What a step did. `rolled_back` is the block it went back to, None if the chain only grew; `head` the chain's newest."""

    block: int
    head: int
    events: int
    rolled_back: int | None = None

    @property
    def done(self) -> bool:
        return self.block >= self.head


class WrittenMeanwhileError(StoreError):
    """Another process wrote these blocks meanwhile: what it wrote stands, and is gone on from."""


class Follower:
    """Brings a store up to the chain's newest block. Killed at any moment, another one goes on; several may follow one store."""

    def __init__(self, store: Store, chain: Chain, *, keep: int = KEEP) -> None:
        self.store = store
        self._chain = chain
        self._keep = keep
        self._page = _FIRST_PAGE
        self._decoder = Decoder(store.deployment)

    def steps(self) -> Iterator[Progress]:
        """Page by page until the store is at the newest block. Raises LedgerError if the chain moves faster than it is read."""
        while True:
            progress = self.step()
            yield progress
            if progress.done:
                return

    def catch_up(self) -> Progress:
        """All steps; their events together, and where the first reorganisation went back to."""
        events, rolled_back = 0, None
        for progress in self.steps():
            events += progress.events
            rolled_back = progress.rolled_back if rolled_back is None else rolled_back
        return Progress(progress.block, progress.head, events, rolled_back)

    def step(self) -> Progress:
        """Goes back if the chain did, then takes up to a page of blocks."""
        rolled_back = self._back_to_common()
        cursor = self.store.cursor
        head = self._chain.head
        last = min(cursor.block + self._page, head)
        if last <= cursor.block:
            return Progress(cursor.block, head, 0, rolled_back)
        logs, last_hash = self._read(cursor.block + 1, last)
        self._turn_pages(len(logs))
        if cursor.hash and self._chain.block_hash(cursor.block) != cursor.hash:
            # What was read does not stand on what the store has: the next step goes back first.
            return Progress(min(cursor.block, head - 1), head, 0, rolled_back)
        try:
            self._write(cursor, logs, (last, last_hash), head - self._keep)
        except WrittenMeanwhileError:
            return Progress(self.store.cursor.block, head, 0, rolled_back)
        return Progress(last, head, len(logs), rolled_back)

    def _turn_pages(self, events: int) -> None:
        """All events of a page are in memory at once: fewer blocks where much happens."""
        if events > _AT_ONCE:
            self._page = max(1, self._page // 2)
        elif events < _AT_ONCE // 4:
            self._page = min(_PAGE, 2 * self._page)

    def _back_to_common(self) -> int | None:
        """The block gone back to, None if the store's last block is still on the chain."""
        cursor = self.store.cursor
        if not cursor.hash or self._chain.block_hash(cursor.block) == cursor.hash:
            return None
        for block, kept in self.store.checkpoints():
            if block < cursor.block and self._chain.block_hash(block) == kept:
                return block if self.store.roll_back(block, cursor) else None
        return self.store.deployment.block - 1 if self.store.clear(cursor) else None

    def _read(self, first: int, last: int) -> tuple[list[Raw], bytes]:
        """Events of blocks of one chain: the last block's hash is the same before and after they were asked for."""
        for _ in range(_ATTEMPTS):
            before = self._chain.block_hash(last)
            found = [self._raw(log) for log in self._chain.logs(self._decoder.addresses, first, last)]
            if before is not None and before == self._chain.block_hash(last):
                return [raw for raw in found if raw is not None], before
        raise LedgerError(f"block {last} changes as often as it is read", "try again, or use another node")

    def _raw(self, log: Any) -> Raw | None:
        event = self._decoder.event(log)
        if event is None:
            return None
        block_hash = bytes(log["blockHash"])
        topics = b"".join(bytes(topic) for topic in log["topics"])
        place = (event.block, event.log, block_hash, event.transaction)
        return Raw(event, block_hash, (*place, event.contract, event.name, topics, bytes(log["data"])))

    def _write(self, cursor: Cursor, found: Sequence[Raw], last: tuple[int, bytes], final: int) -> None:
        """Old blocks many at a time; recent ones each with a journal, so that each can be gone back to."""
        old = [raw for raw in found if raw.event.block <= final]
        batches = [(piece, (piece[-1].event.block, piece[-1].hash), False) for piece in _pieces(old)]
        recent = [raw for raw in found if raw.event.block > final]
        for block, raws in groupby(recent, key=lambda raw: raw.event.block):
            piece = list(raws)
            batches.append((piece, (block, piece[0].hash), True))
        if not batches or batches[-1][1][0] < last[0]:
            batches.append(([], last, True))
        seen = cursor
        for piece, at, journal in batches:
            with self.store.write() as connection:
                here = self.store.books_at(connection)
                if (here.block, here.hash) != (seen.block, seen.hash):
                    raise WrittenMeanwhileError(
                        f"another process wrote block {here.block} into the store", "go on from there"
                    )
                self._replay(piece, at, journal=journal)
                if at == last:
                    self.store.prune(connection, final)
            self.store.shelved.settled()
            seen = type(cursor)(at[0], at[1], 0)

    def _replay(self, found: Sequence[Raw], last: tuple[int, bytes], *, journal: bool) -> None:
        store = self.store
        books = store.shelved.books
        store.shelved.begin(journaled=journal)
        store.shelved.fetch_lots(
            key
            for raw in found
            if raw.event.contract == "CarbonEmissionsToken"
            for key in named_lots(raw.event)
        )
        moves = []
        for raw in found:
            replay(books, [raw.event])
            moves += [(raw.event.block, raw.event.log, move) for move in moves_of(raw.event, books)]
        store.add(Batch([raw.row for raw in found], moves), last, journal=journal)


def _pieces(found: Sequence[Raw]) -> Iterator[list[Raw]]:
    """Runs of whole blocks with some ten thousand events."""
    piece: list[Raw] = []
    for _, raws in groupby(found, key=lambda raw: raw.event.block):
        piece += raws
        if len(piece) >= _AT_ONCE:
            yield piece
            piece = []
    if piece:
        yield piece
