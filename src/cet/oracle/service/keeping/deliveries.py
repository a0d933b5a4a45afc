"""Deliveries in the database: leased by subscription, sent in the ledger's order lot by lot, marked, given up.

    pending ──► delivered
        └─────► dead ──► pending      put back by hand

Of a lot nothing is sent before what is older: one event that a receiver refuses holds up that lot alone. One that is dead holds
up nothing; `sequence` shows the receiver that something is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, func, insert, or_, select, update

from cet.oracle.service.errors import Overtaken
from cet.oracle.service.keeping import subscriptions as told
from cet.oracle.service.tables import deliveries, notices, subscriptions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from cet.oracle.service.database import Database
    from cet.oracle.service.keeping.subscriptions import Subscription


class DeliveryState(StrEnum):
    """Where a delivery is."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice on its way. Times are ms since 1970."""

    subscription: str
    notice: str
    lot: str
    event: str
    attempts: int
    due: int
    first_tried: int | None


def lease(database: Database, now: int, lease_ms: int) -> Subscription | None:
    """A live subscription with something due, for this caller alone until the lease ends; None if none is."""
    with database.write() as connection:
        waiting = select(deliveries.c.subscription).where(*_ready(now))
        wanted = (
            select(subscriptions)
            .where(
                subscriptions.c.ended.is_(None),
                subscriptions.c.due <= now,
                or_(subscriptions.c.lease_until.is_(None), subscriptions.c.lease_until <= now),
                subscriptions.c.id.in_(waiting),
            )
            .order_by(subscriptions.c.due, subscriptions.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            return None
        connection.execute(
            update(subscriptions)
            .where(subscriptions.c.id == row["id"])
            .values(version=row["version"] + 1, lease_until=now + lease_ms)
        )
        fresh = connection.execute(select(subscriptions).where(subscriptions.c.id == row["id"])).mappings()
        return told.of_row(fresh.one(), now)


def release(connection: Connection, held: Subscription, *, failures: int, due: int) -> None:
    """Ends the lease; `due` is when this subscription is looked at again. Raises Overtaken."""
    _require(connection, held)
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == held.id)
        .values(lease_until=None, failures=failures, due=due)
    )


def next_of(connection: Connection, subscription: str, now: int, most: int) -> Sequence[Delivery]:
    """What may be sent now: of each lot its oldest that is pending, if it is due; in the ledger's order."""
    ready = (
        select(deliveries, notices.c.event)
        .join(notices, notices.c.id == deliveries.c.notice)
        .where(deliveries.c.subscription == subscription, *_ready(now))
        .order_by(deliveries.c.block, deliveries.c.log)
        .limit(most)
    )
    return [
        Delivery(
            row["subscription"],
            row["notice"],
            row["lot"],
            row["event"],
            row["attempts"],
            row["due"],
            row["first_tried"],
        )
        for row in connection.execute(ready).mappings()
    ]


def mark(
    connection: Connection,
    held: Subscription,
    delivery: Delivery,
    state: DeliveryState,
    now: int,
    *,
    due: int,
    status: int | None,
    reason: str,
) -> None:
    """Writes what an attempt came to. Raises Overtaken if the lease is another's by now: then the attempt does not count."""
    _require(connection, held)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.subscription == delivery.subscription, deliveries.c.notice == delivery.notice)
        .values(
            state=state.value,
            attempts=delivery.attempts + 1,
            due=due,
            first_tried=delivery.first_tried if delivery.first_tried is not None else now,
            status=status,
            reason=reason,
            changed=now,
        )
    )


def drop(connection: Connection, held: Subscription, now: int) -> None:
    """Makes everything pending of a subscription dead: its receiver is gone."""
    _require(connection, held)
    connection.execute(
        update(deliveries)
        .where(deliveries.c.subscription == held.id, deliveries.c.state == DeliveryState.PENDING.value)
        .values(state=DeliveryState.DEAD.value, reason="the receiver wants no more", changed=now)
    )


def put_back(connection: Connection, subscription: str, now: int) -> int:
    """Makes what is dead of a subscription pending again, from the first attempt on; how many."""
    changed = connection.execute(
        update(deliveries)
        .where(deliveries.c.subscription == subscription, deliveries.c.state == DeliveryState.DEAD.value)
        .values(state=DeliveryState.PENDING.value, attempts=0, first_tried=None, due=now, changed=now)
    )
    connection.execute(
        update(subscriptions).where(subscriptions.c.id == subscription).values(failures=0, due=now)
    )
    return changed.rowcount


def recent(connection: Connection, subscription: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """The newest deliveries of a subscription with their events."""
    wanted = (
        select(deliveries, notices.c.event)
        .join(notices, notices.c.id == deliveries.c.notice)
        .where(deliveries.c.subscription == subscription)
        .order_by(deliveries.c.block.desc(), deliveries.c.log.desc())
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(wanted).mappings()]


def counts(connection: Connection) -> dict[str, int]:
    """Deliveries by state; of ended subscriptions what was delivered alone."""
    wanted = (
        select(deliveries.c.state, func.count())
        .join(subscriptions, subscriptions.c.id == deliveries.c.subscription)
        .where(or_(subscriptions.c.ended.is_(None), deliveries.c.state == DeliveryState.DELIVERED.value))
        .group_by(deliveries.c.state)
    )
    return dict(connection.execute(wanted).all())


def forget(connection: Connection, before: int) -> int:
    """Deletes what was delivered, or died, before that time, and notices that nobody waits for; how many deliveries."""
    old = deliveries.c.state != DeliveryState.PENDING.value, deliveries.c.changed < before
    gone = connection.execute(delete(deliveries).where(*old)).rowcount
    told_still = select(deliveries.c.notice)
    connection.execute(delete(notices).where(notices.c.created < before, notices.c.id.not_in(told_still)))
    return gone


def add(connection: Connection, notice: Mapping[str, Any], event: str, to: Sequence[str], now: int) -> None:
    """Stores a notice, and a delivery of it for each of the subscriptions."""
    connection.execute(insert(notices).values(event=event, created=now, **notice))
    common = {name: notice[name] for name in ("lot", "block", "log")}
    common |= {"state": DeliveryState.PENDING.value, "attempts": 0, "due": now, "reason": "", "changed": now}
    connection.execute(
        insert(deliveries), [{"subscription": one, "notice": notice["id"], **common} for one in to]
    )


def _ready(now: int) -> tuple[ColumnElement[bool], ...]:
    """That a delivery is pending and due, and nothing older of its lot is pending."""
    older = deliveries.alias("older")
    earlier = or_(
        older.c.block < deliveries.c.block,
        and_(older.c.block == deliveries.c.block, older.c.log < deliveries.c.log),
    )
    held_up = (
        select(older.c.notice)
        .where(
            older.c.subscription == deliveries.c.subscription,
            older.c.lot == deliveries.c.lot,
            older.c.state == DeliveryState.PENDING.value,
            earlier,
        )
        .correlate(deliveries)
        .exists()
    )
    return (deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.due <= now, ~held_up)


def _require(connection: Connection, held: Subscription) -> None:
    version = connection.execute(
        select(subscriptions.c.version).where(subscriptions.c.id == held.id).with_for_update()
    ).scalar_one()
    if version != held.version:
        raise Overtaken(f"subscription {held.id} is another's by now", "its deliveries are in good hands")
