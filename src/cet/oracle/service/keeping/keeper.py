"""The keeper's round: settle what was sent, see what is stale, announce it parents first, within the budget.

A batch's transaction is stored before it is sent, like a mint's, in the outbox. What is stale is asked of the ledger again just
before: what another announced meanwhile is not sent, and a batch that others made needless gives its nonce to a transaction
that does nothing.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cet.ledger import Refused, key_text
from cet.ledger.transactions import filled, market_fees
from cet.oracle.service import outbox
from cet.oracle.service.errors import Overtaken
from cet.oracle.service.keeping import cascades
from cet.oracle.service.keeping.cascades import STEP, Cascade, CascadeState
from cet.oracle.service.keeping.settling import Sender, Settler
from cet.oracle.service.outbox import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.ledger.transactions import Fees
    from cet.oracle.service.keeping.following import Following, Sight
    from cet.oracle.service.surroundings import Surroundings

_GAS_A_LOT = 14_000
"""A first guess only (`cascade_per_lot`): the chain estimates each batch."""
_WAIT = ("Closed",)


@dataclass(frozen=True, slots=True)
class Budget:
    """What a cascade may cost: gas of a transaction and of a day (UTC), lots and batches at once."""

    gas_per_transaction: int = 5_000_000
    gas_per_day: int = 100_000_000
    lots_per_transaction: int = 400
    batches_per_round: int = 16


@dataclass(frozen=True, slots=True)
class Batch:
    """Lots with the net to announce, mg CO2e, and the gas it may take."""

    lots: dict[int, int]
    gas: int


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did. `stale` lots were found, `sent` batches stored and sent; `aside` are lots that can't be announced within a
    transaction's gas, or that the contract refuses; `exhausted` says that the day's gas ended before the stale lots did."""

    block: int
    stale: int
    waiting: int
    sent: tuple[Batch, ...]
    aside: tuple[int, ...]
    gas_left: int
    exhausted: bool
    standby: bool = False


class Keeper:
    """`round` does one; at most one keeper of a database sends at a time, others stand by."""

    def __init__(self, around: Surroundings, following: Following, budget: Budget, name: str = "") -> None:
        self._around = around
        self._following = following
        self._budget = budget
        self._chain = around.ledger.chain
        self._sender = Sender(around)
        self._settler = Settler(around, self._sender)
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"

    def round(self, *, dry_run: bool = False) -> Round:
        """One round; a dry run only says what it would send. Raises LedgerError, SQLAlchemyError: the next is as good."""
        around = self._around
        version = 0
        if not dry_run:
            with around.database.write() as connection:
                lease = cascades.take_lease(connection, self.name, around.now(), around.settings.lease_ms)
            if lease is None:
                return Round(0, 0, 0, (), (), 0, exhausted=False, standby=True)
            version = lease
        sight = self._following.refresh()
        try:
            if not dry_run:
                self._settler.settle_all(sight, version)
            done = self._announce(sight, version, dry_run=dry_run)
        except Overtaken:
            around.log.info("overtaken by another keeper")
            return Round(sight.block, sight.stale_count, 0, (), (), 0, exhausted=False, standby=True)
        around.metrics.stale.set(done.stale)
        around.metrics.gas_left.set(done.gas_left)
        around.metrics.aside.set(len(done.aside))
        return done

    def stop(self) -> None:
        """Gives the lease back."""
        with self._around.database.write() as connection:
            cascades.give_lease_back(connection, self.name)

    # What is stale

    def _announce(self, sight: Sight, version: int, *, dry_run: bool) -> Round:
        around, budget = self._around, self._budget
        with around.database.read() as connection:
            on_their_way = {
                key
                for one in cascades.unsettled(connection)
                if one.state is CascadeState.OPEN
                for key in one.lots
            }
            left = budget.gas_per_day - cascades.gas_spent(connection, cascades.day_of(around.now()))
        coming = ((key, net) for key, net in sight.stale() if key not in on_their_way)
        nets: dict[int, int] = {}
        keys: list[int] = []
        sent: list[Batch] = []
        aside: list[int] = []
        while len(sent) < budget.batches_per_round and left > 0:
            # Never more of them in memory than a transaction takes.
            nets = {key: nets[key] for key in keys} | dict(
                islice(coming, budget.lots_per_transaction - len(keys))
            )
            keys = list(nets)
            if not keys:
                break
            most = min(budget.gas_per_transaction, left)
            try:
                taken, gas = self._fit(keys, most)
            except Refused as refused:
                around.log.warning("cascade refused", why=str(refused))
                break
            if not taken:
                if most < budget.gas_per_transaction:
                    left = 0
                    break
                aside.append(keys.pop(0))
                continue
            batch = Batch({key: nets[key] for key in keys[:taken]}, gas)
            if not dry_run and not self._store_and_send(batch, version):
                # The ledger moved on meanwhile: the next round sees what is stale now.
                break
            sent.append(batch)
            keys = keys[taken:]
            left -= gas
        if aside:
            around.log.warning("lots set aside", lots=[key_text(key) for key in aside])
        exhausted = left <= 0 and (bool(keys) or next(coming, None) is not None)
        waiting = len(sight.stale_among(on_their_way))
        return Round(
            sight.block, sight.stale_count, waiting, tuple(sent), tuple(aside), max(0, left), exhausted
        )

    def _fit(self, keys: Sequence[int], most: int) -> tuple[int, int]:
        """How many of the first lots fit into the gas, and what the chain estimates for them; 0 if not even the first.

        Raises Refused if cascades are closed.
        """
        call, sender = self._around.ledger.emissions.cascade, self._around.signer.address
        number = min(len(keys), self._budget.lots_per_transaction, max(1, most // _GAS_A_LOT))
        while number:
            try:
                gas = self._chain.gas_of(call(keys[:number]), sender)
            except Refused as refused:
                if refused.name in _WAIT:
                    raise
                number //= 2
                continue
            if gas <= most:
                return number, gas
            number = min(number - 1, number * most // gas)
        return 0, 0

    def _store_and_send(self, batch: Batch, version: int) -> bool:
        """Stores the signed transaction, then sends it; False, and nothing is stored, if the batch is not what is stale now."""
        around, signer = self._around, self._around.signer
        call = around.ledger.emissions.cascade(list(batch.lots))
        fees, used = market_fees(self._chain), self._chain.nonce(signer.address)
        if self._following.refresh().stale_among(batch.lots) != batch.lots:
            return False

        def sign(nonce: int, at: Fees) -> bytes:
            return signer.sign_transaction(
                filled(self._chain, call.to, call.data, nonce=nonce, gas=batch.gas, fees=at)
            )

        identity, at = secrets.token_hex(16), around.now()
        wanted = Wanted(identity, STEP, call.to, call.data, batch.gas)
        around.mark("before storing a cascade")
        with around.database.write() as connection:
            cascades.require_lease(connection, version)
            stored = outbox.store(connection, wanted, signer.address, used, fees, sign, at)
            cascades.add(connection, Cascade(identity, CascadeState.OPEN, batch.lots, batch.gas, 0, at))
        around.log.info(
            "cascade stored", cascade=identity, lots=len(batch.lots), gas=batch.gas, nonce=stored.nonce
        )
        around.metrics.cascades.labels("open").inc()
        around.metrics.cascaded_lots.inc(len(batch.lots))
        around.mark("cascade stored, not sent")
        self._sender.send(stored)
        around.mark("cascade sent")
        return True
