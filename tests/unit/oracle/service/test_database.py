"""The schema, the audit log's own defences, a full disk, and backups, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import zipfile
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from cet.ledger.transactions import Fees
from cet.oracle.service import audit, outbox, recomputing, requests, tokens
from cet.oracle.service.backup import back_up, restore
from cet.oracle.service.database import Database
from cet.oracle.service.errors import DatabaseError, NotAllowed, ServiceError
from cet.oracle.service.tables import METADATA
from queued_requests import fresh_request

if TYPE_CHECKING:
    from pathlib import Path


def fill(database: Database, count: int) -> None:
    with database.write() as connection:
        recomputing.keep_package(connection, recomputing.Kept("0" * 64, "zip", b"\0\xff" * 100), 0)
        for number in range(count):
            requests.create(connection, fresh_request(f"{number:032}", 1_000), "test")


def test_migrations_make_the_tables(database: Database) -> None:
    assert database.revision == database.newest
    assert database.migrate() == database.newest
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_database_without_the_schema_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="migrate"):
        Database.open(f"sqlite:///{tmp_path / 'new.db'}").require_schema()
    with pytest.raises(DatabaseError, match="no database"):
        Database.open("nonsense")


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_database_itself_keeps_the_log(database: Database, statement: str) -> None:
    fill(database, 3)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(text(statement))
    with database.read() as connection:
        assert audit.verify(connection)[0] == 3


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE audit SET detail = '{}' WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 3",
    ],
)
def test_a_changed_log_is_found_out(tmp_path: Path, forgery: str) -> None:
    """Even by who may drop the triggers."""
    database = Database.open(f"sqlite:///{tmp_path / 'oracle.db'}")
    database.migrate()
    fill(database, 3)
    with database.write() as connection:
        for verb in ("UPDATE", "DELETE"):
            connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        connection.execute(text(forgery))
    with database.read() as connection, pytest.raises(DatabaseError, match="audit log"):
        audit.verify(connection)
    database.close()


def test_on_a_full_disk_nothing_is_half_written(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'oracle.db'}")
    database.migrate()
    fill(database, 1)
    with database.write() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages + 4}"))
    big = recomputing.Kept("1" * 64, "zip", bytes(200_000))

    def overfill() -> None:
        with database.write() as connection:
            requests.create(connection, fresh_request("9" * 32, 1), "test")
            recomputing.keep_package(connection, big, 0)

    with pytest.raises(OperationalError, match="full"):
        overfill()
    with database.write() as connection:
        assert audit.verify(connection)[0] == 1
        assert sum(requests.counts(connection).values()) == 1
        connection.execute(text("PRAGMA max_page_count = 1000000"))
        recomputing.keep_package(connection, big, 0)
    database.close()


def test_two_workers_never_hold_the_same_request(database: Database) -> None:
    fill(database, 6)
    claimed = [requests.claim(database, f"worker {n % 2}", 2_000, 100) for n in range(7)]
    assert claimed[-1] is None
    assert len({one.id for one in claimed[:-1] if one}) == 6


def test_workers_skip_what_is_locked_on_postgresql(postgres: str) -> None:
    database = Database.open(postgres)
    database.migrate()
    fill(database, 2)
    with database.write() as connection:
        held = connection.execute(
            text("SELECT id FROM requests ORDER BY due, id LIMIT 1 FOR UPDATE")
        ).scalar_one()
        other = requests.claim(database, "worker", 2_000, 100)
        assert other is not None
        assert other.id != held
    database.close()


def test_two_workers_use_a_new_key_at_the_same_time(postgres: str) -> None:
    database = Database.open(postgres)
    database.migrate()
    taken = []

    def take(request: str) -> None:
        with database.write() as connection:
            sender = "0x" + "1" * 40
            wanted = outbox.Wanted(request, "mint:0", "0x" + "2" * 40, b"", 1)
            stored = outbox.store(
                connection, wanted, sender, 0, Fees(1, 1), lambda nonce, _: b"%d" % nonce, 0
            )
            both.wait(0.5)
            taken.append(stored.nonce)

    both = threading.Event()
    threads = [threading.Thread(target=take, args=(str(place) * 32,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert sorted(taken) == [0, 1]


def test_a_backup_goes_from_one_kind_of_database_to_the_other(database: Database, tmp_path: Path) -> None:
    fill(database, 3)
    with database.write() as connection:
        token = tokens.new(connection, "acme", [tokens.Scope.READ], "", 5)
    about = back_up(database, tmp_path / "backup.zip")
    other = Database.open(f"sqlite:///{tmp_path / 'restored.db'}")
    assert restore(other, tmp_path / "backup.zip") == about
    with other.write() as connection:
        assert audit.verify(connection) == (about["audit_entries"], about["audit_hash"])
        assert recomputing.package_of(connection, "0" * 64).content == b"\0\xff" * 100
        assert tokens.check(connection, token).organisation == "acme"
        requests.create(connection, fresh_request("8" * 32, 1), "test")
    with pytest.raises(DatabaseError, match="not empty"):
        restore(other, tmp_path / "backup.zip")
    other.close()


def test_tokens_are_kept_as_hashes_only(database: Database, tmp_path: Path) -> None:
    with database.write() as connection:
        token = tokens.new(connection, "acme", [tokens.Scope.READ], "", 5)
        for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], "", token.upper()):
            with pytest.raises(NotAllowed, match="no such token"):
                tokens.check(connection, wrong)
        for bad in (("Acme", [tokens.Scope.READ], ""), ("acme", [], ""), ("acme", [tokens.Scope.VERIFY], "")):
            with pytest.raises(ServiceError):
                tokens.new(connection, *bad, 0)
    back_up(database, tmp_path / "backup.zip")
    _, identity, secret = token.split("_", 2)
    with zipfile.ZipFile(tmp_path / "backup.zip") as backup:
        kept = b"".join(backup.read(name) for name in backup.namelist())
    assert identity.encode() in kept
    assert secret.encode() not in kept
