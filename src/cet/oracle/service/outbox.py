"""The transactional outbox: a transaction is stored, signed, in the same database transaction that takes its nonce.

Only then is it sent, and it may be sent any number of times: it has one nonce and one hash. Every nonce that was taken has a
stored transaction, so a key's nonces have no gap that could not be filled. The row of the key is locked while this happens, so
two workers never take the same nonce; the primary key would refuse the second anyway.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_utils.crypto import keccak
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from cet.ledger.transactions import Fees
from cet.oracle.service.tables import accounts, attempts, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

_MOST_EARLIER = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signed transaction of a nonce, at some fee."""

    hash: str
    raw: bytes
    fees: Fees
    created: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A transaction of the outbox with its attempts, oldest first."""

    sender: str
    nonce: int
    request: str
    step: str
    target: str
    data: bytes
    gas: int
    attempts: tuple[Attempt, ...]

    @property
    def latest(self) -> Attempt:
        return self.attempts[-1]

    @property
    def hashes(self) -> tuple[str, ...]:
        """Newest first: the best paid is the likeliest."""
        return tuple(attempt.hash for attempt in reversed(self.attempts))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a step of a request, or a batch of the cascade keeper, wants sent."""

    request: str
    step: str
    target: str
    data: bytes
    gas: int


def store(
    connection: Connection,
    wanted: Wanted,
    sender: str,
    used: int,
    fees: Fees,
    sign: Callable[[int, Fees], bytes],
    now: int,
) -> Stored:
    """Takes the key's next nonce, signs, stores. `used` is how many nonces the chain says are used.

    After a restored backup or a use of the key by others the chain is ahead of the database, and counts.
    """
    nonce = max(_locked_nonce(connection, sender), used)
    connection.execute(update(accounts).where(accounts.c.sender == sender).values(next_nonce=nonce + 1))
    generation = connection.execute(
        select(func.count()).where(outbox.c.request == wanted.request, outbox.c.step == wanted.step)
    ).scalar_one()
    connection.execute(
        insert(outbox).values(
            sender=sender,
            nonce=nonce,
            request=wanted.request,
            step=wanted.step,
            generation=generation,
            target=wanted.target,
            data=wanted.data,
            gas=wanted.gas,
            ended="",
        )
    )
    attempt = add_attempt(connection, sender, nonce, fees, sign(nonce, fees), now)
    return Stored(
        sender, nonce, wanted.request, wanted.step, wanted.target, wanted.data, wanted.gas, (attempt,)
    )


def _locked_nonce(connection: Connection, sender: str) -> int:
    """The key's next nonce by the database, its row locked; of a key never used 0, whoever else uses it first."""
    wanted = select(accounts.c.next_nonce).where(accounts.c.sender == sender).with_for_update()
    present = connection.execute(wanted).scalar_one_or_none()
    if present is None:
        with suppress(IntegrityError), connection.begin_nested():
            connection.execute(insert(accounts).values(sender=sender, next_nonce=0))
        present = connection.execute(wanted).scalar_one()
    return int(present)


def lock(connection: Connection, sender: str) -> None:
    """Locks a key until the transaction ends: nobody else takes a nonce of it."""
    _locked_nonce(connection, sender)


def add_attempt(connection: Connection, sender: str, nonce: int, fees: Fees, raw: bytes, now: int) -> Attempt:
    """Stores a signed transaction of a nonce that was taken."""
    attempt = Attempt("0x" + keccak(raw).hex(), raw, fees, now)
    connection.execute(
        insert(attempts).values(
            hash=attempt.hash,
            sender=sender,
            nonce=nonce,
            raw=raw,
            fee=fees.most,
            tip=fees.tip,
            created=now,
        )
    )
    return attempt


def open_of(connection: Connection, request: str, step: str) -> Stored | None:
    """The step's transaction that may still be carried out, or is."""
    wanted = select(outbox).where(outbox.c.request == request, outbox.c.step == step, outbox.c.ended == "")
    row = connection.execute(wanted.order_by(outbox.c.generation.desc())).mappings().first()
    return None if row is None else _stored(connection, row["sender"], row["nonce"])


def at_nonce(connection: Connection, sender: str, nonce: int) -> Stored | None:
    """The transaction of a key's nonce, whichever request it is of and however it ended."""
    present = select(outbox.c.nonce).where(outbox.c.sender == sender, outbox.c.nonce == nonce)
    if connection.execute(present).first() is None:
        return None
    return _stored(connection, sender, nonce)


def waiting_before(connection: Connection, stored: Stored, used: int) -> list[Stored]:
    """The key's stored transactions before this one whose nonces the chain has not used: a reorganisation or a full pool may have
    dropped them, and none after them is carried out before they are."""
    nonces = range(used, min(stored.nonce, used + _MOST_EARLIER))
    found = [at_nonce(connection, stored.sender, nonce) for nonce in nonces]
    return [one for one in found if one is not None]


def end(connection: Connection, stored: Stored, how: str) -> bool:
    """Marks a transaction that failed, or whose nonce was used by another: the step may take a new one.

    False, and nothing is done, if it was given another attempt meanwhile, of which nobody asked: look again.
    """
    of_nonce = (attempts.c.sender == stored.sender, attempts.c.nonce == stored.nonce)
    known = connection.execute(select(func.count()).select_from(attempts).where(*of_nonce)).scalar_one()
    if known != len(stored.attempts):
        return False
    connection.execute(
        update(outbox)
        .where(outbox.c.sender == stored.sender, outbox.c.nonce == stored.nonce)
        .values(ended=how)
    )
    return True


def ended_count(connection: Connection, request: str, step: str) -> int:
    """How many transactions of the step came to nothing."""
    return connection.execute(
        select(func.count()).where(outbox.c.request == request, outbox.c.step == step, outbox.c.ended != "")
    ).scalar_one()


def sent_of(connection: Connection, request: str) -> Sequence[Stored]:
    """Every transaction of a request that did not come to nothing, in the order of its steps."""
    rows = connection.execute(
        select(outbox.c.sender, outbox.c.nonce)
        .where(outbox.c.request == request, outbox.c.ended == "")
        .order_by(outbox.c.nonce)
    )
    return [_stored(connection, sender, nonce) for sender, nonce in rows.all()]


def _stored(connection: Connection, sender: str, nonce: int) -> Stored:
    row = (
        connection.execute(select(outbox).where(outbox.c.sender == sender, outbox.c.nonce == nonce))
        .mappings()
        .one()
    )
    found = connection.execute(
        select(attempts)
        .where(attempts.c.sender == sender, attempts.c.nonce == nonce)
        .order_by(attempts.c.fee, attempts.c.created)
    ).mappings()
    tried = tuple(
        Attempt(one["hash"], one["raw"], Fees(one["fee"], one["tip"]), one["created"]) for one in found
    )
    return Stored(sender, nonce, row["request"], row["step"], row["target"], row["data"], row["gas"], tried)
