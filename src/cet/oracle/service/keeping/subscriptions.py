"""Subscriptions: which organisation is told, of which lots, where. Only what is public on the ledger is ever told."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from cet.ledger import key_text, parse_key
from cet.oracle.service import audit
from cet.oracle.service.errors import NoSuchSubscription, ServiceError
from cet.oracle.service.keeping.events import Kind
from cet.oracle.service.keeping.webhook import new_secret, secret_text
from cet.oracle.service.sealing import needed, opened
from cet.oracle.service.tables import subscriptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, RowMapping

    from cet.oracle.service.sealing import Seal

MOST_LOTS = 1_000
MOST_SUBSCRIPTIONS = 100
_OLD_SECRET_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told what. Neither lots nor a participant: every lot. `secrets` as they are kept, the newest first."""

    id: str
    organisation: str
    url: str
    events: Kind
    lots: tuple[int, ...]
    participant: str
    created: int
    ended: int | None
    failures: int
    due: int
    version: int
    secrets: tuple[bytes, ...] = field(repr=False)

    def wants(self, lot: int, holder: str) -> bool:
        """Whether an event about this lot is for it."""
        if self.lots and lot not in self.lots:
            return False
        return not self.participant or self.participant == holder

    def signing_keys(self, seal: Seal | None) -> tuple[bytes, ...]:
        """What signs its webhooks, the newest first. Raises NoSecretKey, SecretUnreadable."""
        return tuple(opened(seal, self.id, kept) for kept in self.secrets)


@dataclass(frozen=True, slots=True)
class Wish:
    """What an organisation asks for; the URL is checked already."""

    url: str
    events: Kind = Kind.LOT
    lots: tuple[int, ...] = ()
    participant: str = ""


def create(
    connection: Connection, organisation: str, wish: Wish, actor: str, now: int, seal: Seal | None
) -> tuple[Subscription, str]:
    """The subscription, and its secret: the only time it is seen.

    Raises ServiceError above what an organisation may have, NoSecretKey without a key, SecretUnreadable with another key than
    the others' secrets are kept with."""
    sealing = needed(seal)
    require_right_key(connection, seal)
    live = select(func.count()).where(
        subscriptions.c.organisation == organisation, subscriptions.c.ended.is_(None)
    )
    if connection.execute(live).scalar_one() >= MOST_SUBSCRIPTIONS or len(wish.lots) > MOST_LOTS:
        raise ServiceError(
            f"more than {MOST_SUBSCRIPTIONS} subscriptions, or {MOST_LOTS} lots in one",
            "end some, or name the participant instead of its lots",
        )
    identity, secret = secrets.token_hex(16), new_secret()
    connection.execute(
        insert(subscriptions).values(
            id=identity,
            organisation=organisation,
            url=wish.url,
            events=wish.events.value,
            lots=" ".join(key_text(lot) for lot in dict.fromkeys(wish.lots)),
            participant=wish.participant,
            secret=sealing.close(identity, secret),
            old_secret=None,
            old_until=None,
            created=now,
            ended=None,
            failures=0,
            due=now,
            version=0,
            lease_until=None,
        )
    )
    _note(connection, identity, actor, "subscribed", now)
    return find(connection, organisation, identity, now), secret_text(secret)


def rotate(
    connection: Connection, organisation: str, identity: str, actor: str, now: int, seal: Seal | None
) -> str:
    """A new secret, seen once; the old one signs beside it for a day.

    Raises NoSuchSubscription, NoSecretKey, and SecretUnreadable with another key than its secret is kept with."""
    held = find(connection, organisation, identity, now)
    sealing, secret = needed(seal), new_secret()
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == identity)
        .values(
            old_secret=sealing.close(identity, opened(seal, identity, held.secrets[0])),
            old_until=now + _OLD_SECRET_MS,
            secret=sealing.close(identity, secret),
        )
    )
    _note(connection, identity, actor, "secret rotated", now)
    return secret_text(secret)


def end(connection: Connection, organisation: str, identity: str, actor: str, now: int) -> None:
    """Ends it: nothing more is sent, and its secret is forgotten. Raises NoSuchSubscription."""
    find(connection, organisation, identity, now)
    end_quietly(connection, identity, actor, now)


def end_quietly(connection: Connection, identity: str, actor: str, now: int) -> None:
    """Ends it whoever's it is: its receiver said so."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.id == identity)
        .values(ended=now, secret=b"", old_secret=None, old_until=None)
    )
    _note(connection, identity, actor, "unsubscribed", now)


def find(connection: Connection, organisation: str, identity: str, now: int) -> Subscription:
    """A live subscription of the organisation. Raises NoSuchSubscription: another's looks like none."""
    for one in listed(connection, organisation, now):
        if one.id == identity:
            return one
    raise NoSuchSubscription(f"no subscription {identity[:64]}", "see the list of subscriptions")


def listed(connection: Connection, organisation: str, now: int) -> Sequence[Subscription]:
    """The organisation's live subscriptions, newest first."""
    wanted = (
        select(subscriptions)
        .where(subscriptions.c.organisation == organisation, subscriptions.c.ended.is_(None))
        .order_by(subscriptions.c.created.desc(), subscriptions.c.id)
    )
    return [of_row(row, now) for row in connection.execute(wanted).mappings()]


def live(connection: Connection, now: int) -> Sequence[Subscription]:
    """Everybody's."""
    wanted = select(subscriptions).where(subscriptions.c.ended.is_(None)).order_by(subscriptions.c.created)
    return [of_row(row, now) for row in connection.execute(wanted).mappings()]


def require_right_key(connection: Connection, seal: Seal | None) -> None:
    """Raises NoSecretKey or SecretUnreadable if the newest secret does not open: then this is another key than the others use."""
    wanted = (
        select(subscriptions.c.id, subscriptions.c.secret)
        .where(subscriptions.c.ended.is_(None))
        .order_by(subscriptions.c.created.desc(), subscriptions.c.id)
        .limit(1)
    )
    for identity, kept in connection.execute(wanted):
        opened(seal, identity, kept)


def of_row(row: RowMapping, now: int) -> Subscription:
    """The subscription in a row; its old secret while it still signs."""
    keys = [row["secret"]]
    if row["old_secret"] is not None and row["old_until"] > now:
        keys.append(row["old_secret"])
    return Subscription(
        id=row["id"],
        organisation=row["organisation"],
        url=row["url"],
        events=Kind(row["events"]),
        lots=tuple(parse_key(lot) for lot in row["lots"].split()),
        participant=row["participant"],
        created=row["created"],
        ended=row["ended"],
        failures=row["failures"],
        due=row["due"],
        version=row["version"],
        secrets=tuple(bytes(key) for key in keys),
    )


def _note(connection: Connection, identity: str, actor: str, event: str, now: int) -> None:
    audit.append(connection, at=now, request="", actor=actor, event=event, detail={"subscription": identity})
