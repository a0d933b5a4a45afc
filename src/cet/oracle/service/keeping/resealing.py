"""Every secret in the database looked at, and sealed anew with the first key: after a key was replaced, or once there is one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError

from cet.oracle.service import audit
from cet.oracle.service.errors import NoSecretKey, SecretUnreadable
from cet.oracle.service.sealing import PLAIN_BYTES, Seal, is_plain, opened
from cet.oracle.service.tables import subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, RowMapping

    from cet.oracle.service.database import Database

_COLUMNS = ("secret", "old_secret")


@dataclass(frozen=True, slots=True)
class Secrets:
    """How many secrets stand plain in the database, are sealed with the first key, with another; and whose do not open."""

    plain: int
    newest: int
    older: int
    unreadable: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.plain + self.newest + self.older + len(self.unreadable)


def look(connection: Connection, seal: Seal | None) -> Secrets:
    """What there is. Raises nothing: without a key nothing that is sealed opens."""
    plain, newest, older, unreadable = 0, 0, 0, []
    for row in _live(connection):
        for kept in _secrets_of(row):
            if is_plain(kept):
                plain += 1
            elif not _opens(seal, row["id"], kept):
                unreadable.append(row["id"])
            elif seal is not None and seal.is_newest(kept):
                newest += 1
            else:
                older += 1
    return Secrets(plain, newest, older, tuple(dict.fromkeys(unreadable)))


def seal_anew(database: Database, seal: Seal, now: int, *, actor: str, replace_lost: bool = False) -> Secrets:
    """Seals what is plain or sealed with an older key with the first; what was found before. One transaction.

    What does not open stays as it is; to `replace_lost`, it gets a secret that nobody knows: its owner asks for a new one.
    """
    with database.write() as connection:
        if not database.postgres:
            # What is overwritten is overwritten with zeros.
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        found = look(connection, seal)
        for row in list(_live(connection, lock=True)):
            changed = dict(_changes(row, seal, replace_lost=replace_lost))
            if changed:
                connection.execute(
                    update(subscriptions).where(subscriptions.c.id == row["id"]).values(**changed)
                )
        detail = {"plain": found.plain, "older": found.older}
        if replace_lost:
            detail["replaced"] = len(found.unreadable)
        if any(detail.values()):
            audit.append(connection, at=now, request="", actor=actor, event="secrets sealed", detail=detail)
    return found


def scrub(database: Database) -> bool:
    """Rewrites what the secrets stood in, so that no plain one is left in the database's files; whether nobody was in the way.

    SQLite: the whole file, and its log is emptied. PostgreSQL: the table; its write-ahead log and archives are out of reach.
    """
    raw = database.engine.raw_connection()
    try:
        if database.postgres:
            raw.driver_connection.autocommit = True  # type: ignore[union-attr]
            raw.cursor().execute("VACUUM FULL subscriptions")
            raw.driver_connection.autocommit = False  # type: ignore[union-attr]
            return True
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        answer = cursor.fetchone()
        return answer is not None and answer[0] == 0
    except (SQLAlchemyError, database.engine.dialect.loaded_dbapi.Error):
        return False
    finally:
        raw.close()


def _changes(row: RowMapping, seal: Seal, *, replace_lost: bool) -> Iterator[tuple[str, bytes | None]]:
    for column in _COLUMNS:
        kept = row[column]
        if not kept or (not is_plain(kept) and seal.is_newest(kept) and _opens(seal, row["id"], kept)):
            continue
        try:
            yield column, seal.close(row["id"], opened(seal, row["id"], kept))
        except SecretUnreadable:
            if replace_lost:
                fresh = seal.close(row["id"], secrets.token_bytes(PLAIN_BYTES))
                yield column, fresh if column == "secret" else None


def _opens(seal: Seal | None, owner: str, kept: bytes) -> bool:
    try:
        opened(seal, owner, kept)
    except (NoSecretKey, SecretUnreadable):
        return False
    return True


def _live(connection: Connection, *, lock: bool = False) -> Iterator[RowMapping]:
    columns = (subscriptions.c.id, subscriptions.c.secret, subscriptions.c.old_secret)
    wanted = select(*columns).where(subscriptions.c.ended.is_(None)).order_by(subscriptions.c.id)
    yield from connection.execute(wanted.with_for_update() if lock else wanted).mappings()


def _secrets_of(row: RowMapping) -> Iterator[bytes]:
    return (bytes(row[column]) for column in _COLUMNS if row[column])
