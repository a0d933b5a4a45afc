"""A stuck transaction holds up all later ones of its key. Whoever waits behind it gives it a higher fee, whoever stored it.

A key may be shared: by several workers, by a worker and the cascade keeper, by one that was stopped and its successor. Each raises its
own transaction once the chain waits for it; of one whose owner is gone nobody would. What is raised is the transaction as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.transactions import broadcast, market_fees, refilled
from cet.oracle.service import outbox

if TYPE_CHECKING:
    from cet.oracle.service.outbox import Stored
    from cet.oracle.service.surroundings import Surroundings


def is_stuck(around: Surroundings, stored: Stored) -> bool:
    """Whether its last attempt is older than transactions are left to wait; a clock that was set back does not make it younger."""
    return abs(around.now() - stored.latest.created) >= around.settings.stuck_ms


def unblock(around: Surroundings, waiting: Stored, used: int) -> bool:
    """Raises what the chain waits for before `waiting`; False, and nothing is done, if that is not stuck, or of another key.

    `used` is how many nonces of the key the chain has used. Raises NotBroadcast.
    """
    sender = waiting.sender
    if sender != around.signer.address or used >= waiting.nonce:
        return False
    with around.database.read() as connection:
        first = outbox.at_nonce(connection, sender, used)
    if first is None or not is_stuck(around, first):
        return False
    fees = first.latest.fees.raised(market_fees(around.ledger.chain))
    raw = around.signer.sign_transaction(refilled(around.ledger.chain, first.latest.raw, fees))
    with around.database.write() as connection:
        outbox.lock(connection, sender)
        now = outbox.at_nonce(connection, sender, used)
        if now is None or now.latest.hash != first.latest.hash:
            # Its owner, or another who waits, was a moment faster.
            return False
        attempt = outbox.add_attempt(connection, sender, used, fees, raw, around.now())
    around.metrics.replacements.inc()
    around.log.info(
        "transaction before replaced",
        owner=first.request,
        nonce=used,
        transaction=attempt.hash,
        fee=str(fees.most),
    )
    broadcast(around.ledger.chain, raw)
    around.metrics.broadcasts.inc()
    return True
