"""The audit log: append-only, each entry's hash covering the one before, so that none can be changed, left out or moved.

hash = sha256(previous hash ‖ canonical JSON of seq, at, request, actor, event, detail). Keep the last hash elsewhere (it is in
every backup and in `cet oracle doctor`) and even the end can't be cut off unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from cet.oracle.service.errors import DatabaseError
from cet.oracle.service.tables import audit, audit_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `detail` is canonical JSON."""

    seq: int
    at: int
    request: str
    actor: str
    event: str
    detail: str
    hash: str


def lock(connection: Connection) -> None:
    """Until the transaction ends nobody else writes an entry, or anything that comes with one."""
    connection.execute(select(audit_head.c.seq).with_for_update()).one()


def append(
    connection: Connection, *, at: int, request: str, actor: str, event: str, detail: Mapping[str, Any]
) -> Entry:
    """Writes an entry in the caller's transaction: what happened and that it happened are one write."""
    seq, previous = connection.execute(select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one()
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    said = (seq + 1, at, request, actor, event, text)
    entry = Entry(*said, entry_hash(previous, *said))
    connection.execute(
        insert(audit).values(
            seq=entry.seq,
            at=at,
            request=request,
            actor=actor,
            event=event,
            detail=text,
            hash=entry.hash,
        )
    )
    connection.execute(update(audit_head).values(seq=entry.seq, hash=entry.hash))
    return entry


def entry_hash(previous: str, *said: int | str) -> str:
    """The hash of an entry that follows `previous`."""
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(previous) + text.encode()).hexdigest()


def entries_of(connection: Connection, request: str) -> tuple[Entry, ...]:
    """What happened to a request, in order."""
    rows = connection.execute(select(audit).where(audit.c.request == request).order_by(audit.c.seq))
    return tuple(Entry(**row) for row in rows.mappings())


def verify(connection: Connection) -> tuple[int, str]:
    """Number of entries and the last hash. Raises DatabaseError naming the first entry that does not follow."""
    previous, count = START, 0
    for row in connection.execute(select(audit).order_by(audit.c.seq)).mappings():
        entry = Entry(**row)
        count += 1
        expected = entry_hash(
            previous, count, entry.at, entry.request, entry.actor, entry.event, entry.detail
        )
        if (entry.seq, entry.hash) != (count, expected):
            raise DatabaseError(
                f"entry {entry.seq} of the audit log does not follow the one before",
                "somebody changed the log: compare with the last backup",
            )
        previous = entry.hash
    head = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    if tuple(head) != (count, previous):
        raise DatabaseError(
            f"the audit log ends at entry {count} and its head says {head[0]}",
            "entries were cut off: compare with the last backup",
        )
    return count, previous
