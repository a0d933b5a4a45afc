"""A DuckDB database for the rows of one file, given up with its context.

Opening one takes 15 ms, as much as reading a thousand lines. So a small file's is an attached catalog of an engine that is opened
once a process; a larger one has an engine of its own, with the whole memory limit, and beyond a size a file on the disk.
"""

from __future__ import annotations

import os
import tempfile
import threading
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cet.inventory.parquet import SAFE_CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY_BYTES = 512 << 20
"""Larger files are held in a temporary database file, so that memory stays flat. Parquet counts eightfold."""

SMALL_BYTES = 4 << 20
"""Smaller files share an engine: nothing of theirs ever has to go to the disk."""

MEMORY_LIMIT = "1GiB"
"""What DuckDB may hold in memory; beyond it, sorts and groupings go through the disk."""

_LOCK = threading.Lock()
_NUMBERS = count()
_shared: dict[int, duckdb.DuckDBPyConnection] = {}
"""The engine by process: what was forked does not go on with its parent's."""


@contextmanager
def row_database(size: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database for rows of so many bytes as text; a connection that nobody else uses."""
    if size <= SMALL_BYTES:
        with _attached() as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix="cet-") as scratch:
        connection = duckdb.connect(
            str(Path(scratch) / "lines.duckdb") if size > IN_MEMORY_BYTES else ":memory:",
            config={**SAFE_CONFIG, "memory_limit": MEMORY_LIMIT, "temp_directory": scratch},
        )
        try:
            yield connection
        finally:
            connection.close()


def name_of(connection: duckdb.DuckDBPyConnection) -> str:
    """What a connection's database is called, for `beside`."""
    row = connection.execute("SELECT current_database()").fetchone()
    return str(row[0]) if row else ""


def beside(connection: duckdb.DuckDBPyConnection, database: str) -> duckdb.DuckDBPyConnection:
    """Another connection to the same database: its result is read while the first one goes on."""
    second = connection.cursor()
    second.execute(f'USE "{database}"')
    return second


@contextmanager
def _attached() -> Iterator[duckdb.DuckDBPyConnection]:
    engine = _engine()
    name = f"rows_{next(_NUMBERS)}"
    connection = engine.cursor()
    try:
        connection.execute(f"ATTACH ':memory:' AS {name}")
        connection.execute(f"USE {name}")
        yield connection
    finally:
        connection.close()
        with engine.cursor() as closing:
            closing.execute(f"DETACH DATABASE IF EXISTS {name}")


def _engine() -> duckdb.DuckDBPyConnection:
    with _LOCK:
        if (found := _shared.get(os.getpid())) is None:
            found = duckdb.connect(
                ":memory:",
                config={**SAFE_CONFIG, "memory_limit": MEMORY_LIMIT, "temp_directory": "", "threads": 1},
            )
            _shared[os.getpid()] = found
        return found
