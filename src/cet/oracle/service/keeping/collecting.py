"""From the ledger's events to notices: every announced figure that is deep enough becomes a delivery for whoever wants it.

The block reached and the notices up to it are one database transaction: killed anywhere, none is missed and none made twice.
Events are read `depth` blocks below the newest, so that a reorganisation seldom reaches them. One that does is noticed by the
block's hash: the last blocks are read again, and what stands elsewhere now is told with a new id.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from cet.ledger import key_text
from cet.ledger.events import decode_logs
from cet.ledger.interfaces import interface
from cet.oracle.service.keeping import deliveries, subscriptions
from cet.oracle.service.keeping.events import Contract, Kind, cloud_event, wanted_by
from cet.oracle.service.tables import cursors, notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from cet.ledger.events import Event
    from cet.oracle.service.keeping.following import Sight
    from cet.oracle.service.keeping.subscriptions import Subscription
    from cet.oracle.service.surroundings import Surroundings

_NAME = "notices"
_PAGE = 2_000
_NET_CHANGED = next(
    entry.topic for entry in interface("CarbonEmissionsToken").events.values() if entry.name == "NetChanged"
)


class Collector:
    """`collect` takes in what is new and deep enough."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._chain = around.ledger.chain
        self._token = around.ledger.emissions

    @cached_property
    def contract(self) -> Contract:
        """Where the events are from."""
        return Contract(self._chain.chain_id, self._token.address)

    def collect(self, sight: Sight) -> int:
        """How many notices were made. What was before the first call ever is not told."""
        around = self._around
        safe = sight.block - around.settings.depth
        with around.database.read() as connection:
            reached = connection.execute(
                select(cursors.c.block, cursors.c.hash).where(cursors.c.name == _NAME)
            ).one_or_none()
        if reached is None:
            self._begin(max(0, safe))
            return 0
        stored, at, made = reached.block, reached.block, 0
        if self._hash(at) != reached.hash:
            at = max(0, min(at, sight.block) - around.settings.watch_blocks)
            around.log.warning("a reorganisation reached what was told", again_from=at)
        while at < safe:
            last = min(safe, at + _PAGE)
            made += self._page(sight, stored, at + 1, last)
            stored = at = last
        around.metrics.notices.inc(made)
        around.metrics.notice_block.set(at)
        return made

    def _begin(self, block: int) -> None:
        with self._around.database.write() as connection:
            present = connection.execute(select(cursors.c.block).where(cursors.c.name == _NAME)).first()
            if present is None:
                connection.execute(insert(cursors).values(name=_NAME, block=block, hash=self._hash(block)))

    def _page(self, sight: Sight, before: int, first: int, last: int) -> int:
        around, ledger = self._around, self._around.ledger
        logs = self._chain.logs([self._token.address], first, last, (_NET_CHANGED,))
        events = list(decode_logs(ledger.deployment, logs))
        reached, made = self._hash(last), 0
        with around.database.write() as connection:
            moved = connection.execute(
                update(cursors)
                .where(cursors.c.name == _NAME, cursors.c.block == before)
                .values(block=last, hash=reached)
            )
            if moved.rowcount != 1:
                # Another keeper was a moment faster, with the same notices.
                return 0
            wanting = subscriptions.live(connection, around.now()) if events else []
            for event in events:
                made += self._notify(connection, sight, event, wanting)
        return made

    def _notify(
        self, connection: Connection, sight: Sight, event: Event, wanting: Sequence[Subscription]
    ) -> int:
        lot = event.arguments["lot"]
        known = sight.lot(lot)
        made = 0
        place: dict[str, Any] = {"lot": key_text(lot), "block": event.block, "log": event.log}
        for kind in Kind:
            told = [one for one in wanting if one.events is kind and one.wants(lot, known.holder)]
            if not told or not wanted_by(kind, known):
                continue
            block = self._chain.w3.eth.get_block(event.block)
            at = (block["timestamp"], bytes(block["hash"]))
            identity = self.contract.event_id(kind, event, at[1])
            if connection.execute(select(notices.c.id).where(notices.c.id == identity)).first():
                continue
            text = cloud_event(self.contract, kind, event, known, at)
            told_to = [one.id for one in told]
            deliveries.add(connection, {"id": identity, **place}, text, told_to, self._around.now())
            made += 1
        return made

    def _hash(self, block: int) -> str:
        return (self._chain.block_hash(block) or b"").hex()
