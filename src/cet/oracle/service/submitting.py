"""From an attested request to its receipt: the ledger is asked first, a transaction is stored before it is sent.

What is done is what the ledger says is done, at its newest block or `depth` blocks below; a receipt of a transaction proves
nothing for longer than its block stands. So a mint that a reorganisation took away is carried out again, by the very same
transaction as long as its nonce is free, and one that stayed is not.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from cet.ledger import LotWord, Refused, key_text
from cet.ledger.transactions import Fate, broadcast, fate_of, filled, market_fees
from cet.oracle.service import outbox, recomputing, requests
from cet.oracle.service.attesting import evidence_of
from cet.oracle.service.outbox import Wanted
from cet.oracle.service.requests import Act
from cet.oracle.service.states import Event, backoff_ms, moved, postponed
from cet.oracle.service.tables import receipts
from cet.oracle.service.unblocking import is_stuck, unblock
from cet.oracle.steps import MINT, call_of, is_done

if TYPE_CHECKING:
    from cet.ledger.events import Event as LedgerEvent
    from cet.ledger.transactions import Fees
    from cet.oracle.service.outbox import Stored
    from cet.oracle.service.recomputing import Recomputed
    from cet.oracle.service.states import Request
    from cet.oracle.service.surroundings import Surroundings
    from cet.oracle.steps import Step

_MOST_FAILURES = 5
_NOS = 3
"""How often a contract must say the same before it is believed. One time proves little: the nodes behind an endpoint need not
agree, and another statement of the entity may have come between, after the evidence had named its period's neighbour."""
_ATTEST_AGAIN = ("AttestationsTooFew", "AttestationInvalid")
_MOST_REASON = 20_000
_NO_EVENT = "the node has the statement and not its event: its index lags, or is damaged"
_WAIT = ("Closed", "Unknown")
"""Refusals that say nothing of the statement: minting is closed, or a node gave no reason."""


class Submitter:
    """The states from attested on; each method takes the request one act further."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._chain = around.ledger.chain
        self._settings = around.settings

    def begin(self, request: Request) -> None:
        """attested → submitting."""
        self._move(request, Event.SENDING, {})

    def submit(self, request: Request) -> None:
        """Pursues the first step that the ledger does not have; submitted when it has all."""
        found = self._recomputed(request)
        for step in found.steps:
            if not is_done(self._around.ledger, found.statement, step):
                self._pursue(request, found, step)
                return
        self._move(request, Event.INCLUDED, {})

    def confirm(self, request: Request) -> None:
        """submitted → confirmed once the ledger had everything `depth` blocks ago."""
        found = self._recomputed(request)
        head = self._chain.head
        if head >= self._settings.depth and self._has(found, head - self._settings.depth):
            self._move(request, Event.CONFIRMED, {"block": head, "depth": self._settings.depth})
        elif self._has(found, None):
            self._again(request)
        else:
            self._vanished(request)

    def receipt(self, request: Request) -> None:
        """confirmed → receipted."""
        found = self._recomputed(request)
        record = self._around.ledger.registry.record(found.statement.id)
        recorded = self._around.ledger.recording_of(found.statement.id)
        if record is None or not self._has(found, None):
            self._vanished(request)
            return
        if recorded is None:
            # The state has it, the events do not: a node whose index of events lags. Nothing vanished.
            self._again(request, reason=_NO_EVENT)
            return
        with self._around.database.read() as connection:
            sent = outbox.sent_of(connection, request.id)
        words = [LotWord.decode(word) for step in found.steps if step.kind == MINT for word in step.words]
        receipt = {
            "request": request.id,
            "statement": "0x" + found.statement.id.hex(),
            "number": record.number,
            "lots": [key_text(word.key(record.number)) for word in words],
            "recorded_in": recorded.transaction,
            "block": recorded.block,
            "transactions": [
                seen.transaction
                for stored in sent
                if (seen := fate_of(self._chain, stored.sender, stored.nonce, stored.hashes)).transaction
            ],
            "chain_id": self._chain.chain_id,
            "registry": self._around.ledger.registry.address,
        }
        now = self._around.now()
        after = moved(request, Event.RECEIPTED, now, due=now + self._settings.poll_ms)
        with self._around.database.write() as connection:
            connection.execute(delete(receipts).where(receipts.c.request == request.id))
            connection.execute(insert(receipts).values(request=request.id, receipt=json.dumps(receipt)))
            requests.save(connection, request, after, self._act(Event.RECEIPTED, receipt))
        self._around.metrics.moves.labels(Event.RECEIPTED).inc()
        self._around.metrics.waiting.observe((now - request.created) / 1_000)

    def watch(self, request: Request) -> None:
        """Looks after a receipted mint until it is deep enough that nobody expects a reorganisation to reach it."""
        found = self._recomputed(request)
        if not self._has(found, None):
            self._vanished(request)
            return
        with self._around.database.read() as connection:
            text = connection.execute(
                select(receipts.c.receipt).where(receipts.c.request == request.id)
            ).scalar_one()
        receipt = json.loads(text)
        recorded = self._around.ledger.recording_of(found.statement.id)
        if recorded is None:
            self._again(request, reason=_NO_EVENT)
        elif not self._is_of(receipt, found, recorded):
            self._vanished(request, "a reorganisation moved the mint: its receipt is written anew")
        else:
            deep = self._chain.head - recorded.block >= self._settings.watch_blocks
            self._again(request, forever=deep)

    def _is_of(self, receipt: dict[str, Any], found: Recomputed, recorded: LedgerEvent) -> bool:
        """Whether a receipt says what the ledger says: in another order, statements have other numbers and lots other keys."""
        record = self._around.ledger.registry.record(found.statement.id)
        number = record.number if record is not None else 0
        said = (receipt["number"], receipt["recorded_in"], receipt["block"])
        return said == (number, recorded.transaction, recorded.block)

    def _pursue(self, request: Request, found: Recomputed, step: Step) -> None:
        with self._around.database.read() as connection:
            stored = outbox.open_of(connection, request.id, step.name)
            failures = outbox.ended_count(connection, request.id, step.name)
        if stored is None:
            if failures >= _MOST_FAILURES:
                reason = f"{failures} transactions of {step.name} came to nothing"
                self._move(request, Event.REFUSED, {"step": step.name}, reason)
            else:
                self._send(request, found, step)
            return
        seen = fate_of(self._chain, stored.sender, stored.nonce, stored.hashes)
        if seen.fate in (Fate.FAILED, Fate.PASSED):
            self._end(request, stored, seen.fate)
        elif seen.fate is Fate.OPEN:
            self._hurry(request, stored)
        else:
            # The ledger did not have it a moment ago: a block came between, or the nodes do not agree yet.
            self._again(request)

    def _send(self, request: Request, found: Recomputed, step: Step) -> None:
        """Stores a signed transaction, then sends it. Killed in between, the next worker finds it stored and sends it."""
        around, signer = self._around, self._around.signer
        evidence = evidence_of(around, request, found)
        call = call_of(around.ledger, found.statement, evidence, step)
        try:
            gas = self._chain.gas_of(call, signer.address)
        except Refused as refused:
            self._refused(request, found, step, refused)
            return
        wanted = Wanted(request.id, step.name, call.to, call.data, gas)
        fees, used = market_fees(self._chain), self._chain.nonce(signer.address)

        def sign(nonce: int, at: Fees) -> bytes:
            fields = filled(self._chain, call.to, call.data, nonce=nonce, gas=gas, fees=at)
            return signer.sign_transaction(fields)

        now = around.now()
        around.mark("before storing a transaction")
        with around.database.write() as connection:
            stored = outbox.store(connection, wanted, signer.address, used, fees, sign, now)
            after = postponed(request, now, now + self._settings.poll_ms)
            detail = {"step": step.name, "nonce": stored.nonce, "transaction": stored.latest.hash}
            requests.save(connection, request, after, self._act("stored", detail))
        around.log.info("transaction stored", request=request.id, **detail)
        around.mark("stored, not sent")
        # Not what is before it too, as below: with many in one block each would send all the others again.
        self._hand_over(stored.latest.raw)
        around.mark("sent")

    def _hurry(self, request: Request, stored: Stored) -> None:
        """Sends a waiting transaction again, and at a higher fee when it has been next in line for too long; or what is before it."""
        around, now = self._around, self._around.now()
        used = self._chain.nonce(stored.sender)
        if unblock(around, stored, used):
            self._again(request)
            return
        stuck = used == stored.nonce and is_stuck(around, stored)
        if not stuck or stored.sender != around.signer.address:
            # Those before it are sent by their own requests; after a while, also by this one.
            if abs(now - stored.latest.created) >= self._settings.stuck_ms // 2:
                self._broadcast(stored, used)
            else:
                self._hand_over(stored.latest.raw)
            self._again(request)
            return
        fees = stored.latest.fees.raised(market_fees(self._chain))
        raw = around.signer.sign_transaction(
            filled(self._chain, stored.target, stored.data, nonce=stored.nonce, gas=stored.gas, fees=fees)
        )
        around.mark("before storing a replacement")
        with around.database.write() as connection:
            outbox.lock(connection, stored.sender)
            attempt = outbox.add_attempt(connection, stored.sender, stored.nonce, fees, raw, now)
            after = postponed(request, now, now + self._settings.poll_ms)
            detail = {"nonce": stored.nonce, "transaction": attempt.hash, "fee": str(fees.most)}
            requests.save(connection, request, after, self._act("replaced", detail))
        around.metrics.replacements.inc()
        around.log.info("transaction replaced", request=request.id, **detail)
        around.mark("replacement stored, not sent")
        self._hand_over(raw)

    def _broadcast(self, stored: Stored, used: int) -> None:
        """Hands it to the node, and before it what of the key's earlier nonces a reorganisation or a full pool dropped.

        `used` is how many nonces of the key the chain has used.
        """
        with self._around.database.read() as connection:
            earlier = outbox.waiting_before(connection, stored, used)
        for one in (*earlier, stored):
            self._hand_over(one.latest.raw)

    def _hand_over(self, raw: bytes) -> None:
        broadcast(self._chain, raw)
        self._around.metrics.broadcasts.inc()

    def _refused(self, request: Request, found: Recomputed, step: Step, refused: Refused) -> None:
        """What a contract's no means: somebody was faster, wait, attest again, or the end once it was said often enough."""
        said_again = request.reason == str(refused)[:_MOST_REASON]
        if is_done(self._around.ledger, found.statement, step):
            self._again(request)
        elif refused.name in _ATTEST_AGAIN:
            self._move(request, Event.UNATTESTED, {"error": refused.name}, str(refused))
        elif refused.name in _WAIT or not said_again or request.attempts < _NOS - 1:
            now = self._around.now()
            after = postponed(request, now, now + backoff_ms(request.attempts), str(refused)[:_MOST_REASON])
            with self._around.database.write() as connection:
                requests.save(connection, request, after)
        else:
            self._move(request, Event.REFUSED, {"error": refused.name, "step": step.name}, str(refused))

    def _end(self, request: Request, stored: Stored, fate: Fate) -> None:
        now, how = self._around.now(), fate.name.lower()
        with self._around.database.write() as connection:
            ended = outbox.end(connection, stored, how)
            after = postponed(request, now, now)
            detail = {"step": stored.step, "nonce": stored.nonce, "fate": fate.value}
            requests.save(connection, request, after, self._act(how, detail) if ended else None)
        if ended:
            self._around.log.warning("transaction came to nothing", request=request.id, **detail)

    def _vanished(self, request: Request, reason: str = "a reorganisation took the mint away") -> None:
        self._around.metrics.vanished.inc()
        with self._around.database.write() as connection:
            connection.execute(delete(receipts).where(receipts.c.request == request.id))
            now = self._around.now()
            after = moved(request, Event.VANISHED, now, due=now, reason=reason)
            requests.save(connection, request, after, self._act(Event.VANISHED, {"reason": reason}))
        self._around.metrics.moves.labels(Event.VANISHED).inc()

    def _move(self, request: Request, event: Event, detail: dict[str, Any], reason: str = "") -> None:
        now = self._around.now()
        after = moved(request, event, now, due=now, reason=reason)
        with self._around.database.write() as connection:
            about = {**detail, "reason": reason} if reason else detail
            requests.save(connection, request, after, self._act(event, about))
        self._around.metrics.moves.labels(event).inc()

    def _again(self, request: Request, *, forever: bool = False, reason: str = "") -> None:
        """Looks at it again after a while, with a reason ever later; never again if it is to rest for ever."""
        now = self._around.now()
        pause = self._settings.poll_ms + (backoff_ms(request.attempts) if reason else 0)
        after = postponed(request, now, None if forever else now + pause, reason)
        with self._around.database.write() as connection:
            requests.save(connection, request, after)

    def _recomputed(self, request: Request) -> Recomputed:
        with self._around.database.read() as connection:
            return recomputing.kept(connection, request.id)

    def _has(self, found: Recomputed, block: int | None) -> bool:
        ledger = self._around.ledger
        return all(is_done(ledger, found.statement, step, block) for step in found.steps)

    def _act(self, event: str, detail: dict[str, Any]) -> Act:
        return Act(self._around.signer.address, event, detail)
