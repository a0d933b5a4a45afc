"""Long work on many lines: whoever waits for it sees how far it is and can stop it; where the disk is full it ends with a plain error.

The engine says what it does with `long_work`; a command line that wants to know puts a `Watch` around it with `watched_by`.
"""

from __future__ import annotations

import errno
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

import duckdb

if TYPE_CHECKING:
    from collections.abc import Iterator


class Watch(Protocol):
    """Who watches: told what is begun and on which connection, how far work without one is, and its end."""

    def begin(self, doing: str, connection: duckdb.DuckDBPyConnection | None) -> None:
        """Something begins; on a connection one can ask how far it is, and interrupt it."""
        ...

    def at(self, done: int, of: int) -> None:
        """So much of it is done."""
        ...

    def end(self) -> None:
        """It ended, well or not; its connection must not be touched any more."""
        ...


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)

_FULL = ("no space left", "file too large", "disk quota", "max_temp_directory_size")


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Long work inside is told to `watch`."""
    token = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(token)


@contextmanager
def long_work(doing: str, connection: duckdb.DuckDBPyConnection | None = None) -> Iterator[Watch | None]:
    """Around a query, or work in Python without a connection. Raises OSError where the disk or the memory has no room."""
    watch = _WATCH.get()
    if watch is not None:
        watch.begin(doing, connection)
    try:
        with plain_disk_errors():
            yield watch
    finally:
        if watch is not None:
            watch.end()


@contextmanager
def plain_disk_errors() -> Iterator[None]:
    """DuckDB's errors of disk and memory as OSError, which commands report as such; other errors as they are."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        if _is_full(error):
            raise OSError(errno.ENOSPC, "no room left for temporary files") from error
        raise OSError(errno.ENOMEM, "not enough memory") from error
    except duckdb.IOException as error:
        if _is_full(error):
            raise OSError(errno.ENOSPC, "no room left on the disk") from error
        raise OSError(errno.EIO, str(error).splitlines()[0]) from error


def _is_full(error: duckdb.Error) -> bool:
    text = str(error).lower()
    return any(sign in text for sign in _FULL)
