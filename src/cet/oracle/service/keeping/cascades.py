"""Batches of the keeper in the database: what was sent, what became of it, what of the day's gas is left.

open ──► included ──► confirmed
 │  ▲        │
 │  └────────┘ a reorganisation took it out of its block
 ├──► yielded ──► overtaken      others announced its lots first: its nonce is used up by a transaction that does nothing
 └──► failed
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from cet.ledger import key_text, parse_key
from cet.oracle.service.errors import Overtaken
from cet.oracle.service.tables import cascades, keepers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

STEP = "cascade"
"""Its step in the outbox."""
_NAME = "cascade"
_DAY_MS = 86_400_000


class CascadeState(StrEnum):
    """What became of a batch."""

    OPEN = "open"
    YIELDED = "yielded"
    INCLUDED = "included"
    CONFIRMED = "confirmed"
    OVERTAKEN = "overtaken"
    FAILED = "failed"


UNSETTLED = (CascadeState.OPEN, CascadeState.YIELDED, CascadeState.INCLUDED)


@dataclass(frozen=True, slots=True)
class Cascade:
    """A batch: lots with the net that is to be announced, mg CO2e. `gas` is its limit, once it is in a block what it used."""

    id: str
    state: CascadeState
    lots: Mapping[int, int]
    gas: int
    block: int
    created: int


def take_lease(connection: Connection, owner: str, now: int, lease_ms: int) -> int | None:
    """The lease's version if `owner` keeps now, None while another does. Its version is the lease, as of a request."""
    held = (
        connection.execute(select(keepers).where(keepers.c.name == _NAME).with_for_update())
        .mappings()
        .one_or_none()
    )
    if held is None:
        connection.execute(
            insert(keepers).values(name=_NAME, version=1, owner=owner, lease_until=now + lease_ms)
        )
        return 1
    if held["owner"] != owner and held["lease_until"] > now:
        return None
    version: int = held["version"] + int(held["owner"] != owner)
    connection.execute(
        update(keepers)
        .where(keepers.c.name == _NAME)
        .values(version=version, owner=owner, lease_until=now + lease_ms)
    )
    return version


def require_lease(connection: Connection, version: int) -> None:
    """Locks the lease until the transaction ends. Raises Overtaken if another keeper has it by now."""
    held = connection.execute(
        select(keepers.c.version).where(keepers.c.name == _NAME).with_for_update()
    ).scalar_one()
    if held != version:
        raise Overtaken("another keeper has taken over", "it is in good hands; look again later")


def give_lease_back(connection: Connection, owner: str) -> None:
    """Lets the next keeper begin at once."""
    connection.execute(update(keepers).where(keepers.c.owner == owner).values(lease_until=0))


def day_of(now: int) -> int:
    """Days since 1970-01-01, UTC: the budget's day."""
    return now // _DAY_MS


def gas_spent(connection: Connection, day: int) -> int:
    """Gas that the day's batches used, and may still use."""
    spent = select(func.coalesce(func.sum(cascades.c.gas), 0)).where(cascades.c.day == day)
    return int(connection.execute(spent).scalar_one())


def add(connection: Connection, cascade: Cascade) -> None:
    """Stores a batch whose transaction is stored beside it."""
    connection.execute(
        insert(cascades).values(
            id=cascade.id,
            state=cascade.state.value,
            lots=json.dumps([[key_text(key), str(net)] for key, net in cascade.lots.items()]),
            gas=cascade.gas,
            block=cascade.block,
            day=day_of(cascade.created),
            created=cascade.created,
            changed=cascade.created,
        )
    )


def settle(
    connection: Connection, cascade: Cascade, state: CascadeState, now: int, *, gas: int, block: int = 0
) -> None:
    """Writes what became of a batch."""
    connection.execute(
        update(cascades)
        .where(cascades.c.id == cascade.id)
        .values(state=state.value, gas=gas, block=block, changed=now)
    )


def unsettled(connection: Connection) -> Sequence[Cascade]:
    """Batches of which something may still be seen, oldest first."""
    wanted = select(cascades).where(cascades.c.state.in_([state.value for state in UNSETTLED]))
    return [
        Cascade(
            row["id"],
            CascadeState(row["state"]),
            {parse_key(key): int(net) for key, net in json.loads(row["lots"])},
            row["gas"],
            row["block"],
            row["created"],
        )
        for row in connection.execute(wanted.order_by(cascades.c.created, cascades.c.id)).mappings()
    ]


def counts(connection: Connection) -> dict[str, int]:
    """Batches by state."""
    return dict(connection.execute(select(cascades.c.state, func.count()).group_by(cascades.c.state)).all())
