"""Replaying the chain's events into a state, from the deployment's block on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.errors import LedgerError
from cet.ledger.events import WATCHED, decode_logs
from cet.ledger.mirror import bookings as booking_events
from cet.ledger.mirror import certificates as certificate_events
from cet.ledger.mirror import credits as credit_events
from cet.ledger.mirror import escrows as escrow_events
from cet.ledger.mirror import generation as generation_events
from cet.ledger.mirror import lots as lot_events
from cet.ledger.mirror import registry as registry_events
from cet.ledger.mirror.books import Books

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.ledger.chain import Chain
    from cet.ledger.events import Event
    from cet.ledger.mirror.state import State
    from cet.ledger.record import Deployment

_HANDLERS = {
    "StatementRegistry": registry_events.HANDLERS,
    "CarbonEmissionsToken": lot_events.HANDLERS,
    "CarbonOffsetToken": credit_events.HANDLERS,
    "EnergyCertificates": certificate_events.HANDLERS,
    "BookAndClaim": booking_events.HANDLERS,
    "UsePhaseEscrow": escrow_events.HANDLERS,
    "CertificatedGeneration": generation_events.HANDLERS,
}


class Mirror:
    """Follows a deployment. `refresh` reads what is new; after a reorganisation it begins again."""

    def __init__(self, chain: Chain, deployment: Deployment) -> None:
        self._chain = chain
        self._deployment = deployment
        self._books = Books()
        self._last = deployment.block - 1
        self._last_hash = chain.block_hash(self._last)

    def refresh(self, block: int | None = None) -> State:
        """The state at the newest block, or at one not older than the last refresh's (raises LedgerError)."""
        if self._chain.block_hash(self._last) != self._last_hash:
            self._books, self._last = Books(), self._deployment.block - 1
        last = self._chain.head if block is None else block
        if last < self._last:
            raise LedgerError(
                f"block {last} is before block {self._last}, which is mirrored already",
                "begin another mirror",
            )
        addresses = [self._deployment.address(name) for name in WATCHED]
        logs = self._chain.logs(addresses, self._last + 1, last)
        replay(self._books, decode_logs(self._deployment, logs))
        self._last, self._last_hash = last, self._chain.block_hash(last)
        return self._books.frozen_at(last)


def replay(books: Books, events: Iterable[Event]) -> None:
    """Writes events into the books, in order. Events that say nothing new (approvals, administration) are passed over."""
    for event in events:
        handler = _HANDLERS[event.contract].get(event.name)
        if handler:
            handler(books, event)
