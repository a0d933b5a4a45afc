"""The database: SQLite without set-up, PostgreSQL by URL; the same transactions on both.

SQLite takes one writer at a time: what may write begins IMMEDIATE, so that nothing read in it is stale when it writes.
PostgreSQL locks rows; workers skip what others have locked.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cet.oracle.service.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

_BUSY_MS = 30_000
_LIGHT_BUSY_MS = 500
_READING = "cet_reading"


class Database:
    """An engine and the schema's migrations. `write` and `read` give a transaction; an exception rolls it back whole."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, url: str) -> Database:
        """Connects by an SQLAlchemy URL; `postgresql://` means psycopg. Raises DatabaseError for one that is none."""
        try:
            parsed = make_url(url)
            if parsed.drivername in ("postgresql", "postgres"):
                parsed = parsed.set(drivername="postgresql+psycopg")
            sqlite = parsed.get_backend_name() == "sqlite"
            engine = create_engine(parsed, pool_pre_ping=not sqlite)
        except (ArgumentError, SQLAlchemyError, ImportError) as error:
            raise DatabaseError(
                f"no database behind this URL ({type(error).__name__})",
                "write sqlite:///FILE or postgresql://USER@HOST/NAME",
            ) from error
        if sqlite:
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        return cls(engine)

    @property
    def postgres(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write_lightly(self) -> Iterator[Connection]:
        """One transaction that waits for no disk and not long for others: if the machine dies it may be forgotten."""
        with self.engine.connect() as connection:
            if self.postgres:
                with connection.begin():
                    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_LIGHT_BUSY_MS}")
                    yield connection
                return
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA synchronous = NORMAL")
            raw.execute(f"PRAGMA busy_timeout = {_LIGHT_BUSY_MS}")
            try:
                with connection.begin():
                    yield connection
            finally:
                raw.execute("PRAGMA synchronous = FULL")
                raw.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads; of PostgreSQL a snapshot."""
        with self.engine.connect() as connection:
            if self.postgres:
                reading = connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                reading = connection.execution_options(**{_READING: True})
            with reading.begin():
                yield reading

    def migrate(self) -> str:
        """Brings the schema to the newest revision, whoever else does the same; the revision."""
        with self.write() as connection:
            if self.postgres:
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4345542)")
            configuration = _configuration()
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
        return self.newest

    @property
    def newest(self) -> str:
        """The revision this version of the service works with."""
        return str(ScriptDirectory.from_config(_configuration()).get_current_head())

    @property
    def revision(self) -> str | None:
        """The schema's revision, None before the first migration."""
        with self.read() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def require_schema(self) -> None:
        """Raises DatabaseError unless the schema is the newest."""
        found = self.revision
        if found != self.newest:
            raise DatabaseError(
                f"the schema is {found or 'not there'}, {self.newest} is needed", "run `cet oracle migrate`"
            )

    def close(self) -> None:
        self.engine.dispose()


def _configuration() -> Config:
    configuration = Config()
    folder = Path(str(resources.files("cet.oracle.service").joinpath("migrations")))
    configuration.set_main_option("script_location", str(folder))
    return configuration


def _prepare_sqlite(connection: Any, _: object) -> None:
    """Our own BEGIN, foreign keys kept, readers beside a writer, and waiting where another process writes."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
