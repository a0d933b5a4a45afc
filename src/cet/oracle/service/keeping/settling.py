"""What became of the keeper's batches: in a block, deep enough, stuck, needless, or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.transactions import Fate, broadcast, fate_of, filled, market_fees
from cet.oracle.service import outbox
from cet.oracle.service.keeping import cascades
from cet.oracle.service.keeping.cascades import STEP, Cascade, CascadeState
from cet.oracle.service.unblocking import is_stuck, unblock

if TYPE_CHECKING:
    from cet.ledger.transactions import Seen
    from cet.oracle.service.keeping.following import Sight
    from cet.oracle.service.outbox import Stored
    from cet.oracle.service.surroundings import Surroundings

_NOTHING_GAS = 21_000


class Sender:
    """Hands stored transactions to the node, as often as needed."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._chain = around.ledger.chain

    def send(self, stored: Stored) -> None:
        """Hands it to the node, and before it what the node may have lost of the key's earlier nonces."""
        used = self._chain.nonce(stored.sender)
        with self._around.database.read() as connection:
            earlier = outbox.waiting_before(connection, stored, used)
        for one in (*earlier, stored):
            self.hand_over(one.latest.raw)

    def hand_over(self, raw: bytes) -> None:
        """Hands a signed transaction to the node."""
        broadcast(self._chain, raw)
        self._around.metrics.broadcasts.inc()


class Settler:
    """Looks at what was sent."""

    def __init__(self, around: Surroundings, sender: Sender) -> None:
        self._around = around
        self._chain = around.ledger.chain
        self._sender = sender

    def settle_all(self, sight: Sight, version: int) -> None:
        """Looks at every batch of which something may still be seen. Raises Overtaken."""
        with self._around.database.read() as connection:
            pairs = [
                (one, outbox.open_of(connection, one.id, STEP)) for one in cascades.unsettled(connection)
            ]
        for cascade, stored in pairs:
            if stored is not None:
                seen = fate_of(self._chain, stored.sender, stored.nonce, stored.hashes)
                self._settle(cascade, stored, seen, sight, version)

    def _settle(self, cascade: Cascade, stored: Stored, seen: Seen, sight: Sight, version: int) -> None:
        if seen.fate is Fate.OPEN:
            if cascade.state is CascadeState.INCLUDED:
                self._write(cascade, CascadeState.OPEN, stored.gas, 0, version)
            needless = not sight.stale_among(cascade.lots)
            self._push(cascade, stored, needless=needless, version=version)
        elif seen.fate is Fate.DONE:
            deep = self._chain.head - seen.block >= self._around.settings.depth
            if cascade.state is CascadeState.YIELDED:
                after = CascadeState.OVERTAKEN if deep else CascadeState.YIELDED
            else:
                after = CascadeState.CONFIRMED if deep else CascadeState.INCLUDED
            if (after, seen.block) != (cascade.state, cascade.block):
                self._write(cascade, after, seen.gas_used, seen.block, version)
        else:
            with self._around.database.write() as connection:
                cascades.require_lease(connection, version)
                if not outbox.end(connection, stored, seen.fate.name.lower()):
                    # Another raised its fee since it was read: the next round asks for that attempt, too.
                    return
                now = self._around.now()
                cascades.settle(
                    connection, cascade, CascadeState.FAILED, now, gas=seen.gas_used, block=seen.block
                )
            self._around.metrics.cascades.labels("failed").inc()
            self._around.log.warning("cascade came to nothing", cascade=cascade.id, fate=seen.fate.value)

    def _write(self, cascade: Cascade, state: CascadeState, gas: int, block: int, version: int) -> None:
        with self._around.database.write() as connection:
            cascades.require_lease(connection, version)
            cascades.settle(connection, cascade, state, self._around.now(), gas=gas, block=block)
        self._around.metrics.cascades.labels(state.value).inc()
        self._around.log.info("cascade", cascade=cascade.id, state=state.value, block=block, gas=gas)

    def _push(self, cascade: Cascade, stored: Stored, *, needless: bool, version: int) -> None:
        """Sends a waiting transaction again; at a higher fee if it is stuck, or what is before it is; and as one that does nothing if
        it is needless."""
        around, now = self._around, self._around.now()
        used = self._chain.nonce(stored.sender)
        stuck = used == stored.nonce and is_stuck(around, stored)
        yields = needless and cascade.state is not CascadeState.YIELDED
        if stored.sender == around.signer.address and (stuck or yields):
            fees = stored.latest.fees.raised(market_fees(self._chain))
            if needless:
                to, data, gas = stored.sender, b"", _NOTHING_GAS
            else:
                to, data, gas = stored.target, stored.data, stored.gas
            raw = around.signer.sign_transaction(
                filled(self._chain, to, data, nonce=stored.nonce, gas=gas, fees=fees)
            )
            with around.database.write() as connection:
                cascades.require_lease(connection, version)
                outbox.lock(connection, stored.sender)
                outbox.add_attempt(connection, stored.sender, stored.nonce, fees, raw, now)
                if needless:
                    cascades.settle(connection, cascade, CascadeState.YIELDED, now, gas=stored.gas)
            around.metrics.replacements.inc()
            around.log.info("cascade replaced", cascade=cascade.id, nonce=stored.nonce, needless=needless)
            self._sender.hand_over(raw)
        elif not unblock(around, stored, used):
            self._sender.send(stored)
