"""The database behind a URL: SQLite with no set-up, PostgreSQL for several machines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from cet.ledger.store.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

_BUSY_MS = 30_000


def open_engine(url: str, cache_mib: int = 256) -> Engine:
    """Connects by an SQLAlchemy URL; SQLite keeps up to `cache_mib` of a file in memory. Raises StoreError for one that is none."""
    try:
        parsed = _driver_of(make_url(url))
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (ArgumentError, SQLAlchemyError, ImportError) as error:
        raise StoreError(
            f"no database behind this URL ({type(error).__name__})",
            "write sqlite:///FILE or postgresql://USER@HOST/NAME",
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", partial(_prepare_sqlite, cache_mib))
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name != "postgresql":
        raise StoreError(
            f"a store in {engine.dialect.name}", "write sqlite:///FILE or postgresql://USER@HOST/NAME"
        )
    return engine


def _driver_of(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _prepare_sqlite(cache_mib: int, connection: Any, _: object) -> None:
    """Our own BEGIN, readers beside a writer; a crash of the machine may lose the last blocks, which are read again."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA cache_size = -{cache_mib << 10}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(
        "BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITING) else "BEGIN"
    )


WRITING = "cet_writing"
