"""One clock for all workers of a database, so that a machine whose clock is wrong by hours neither starves nor robs the others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.oracle.service.database import Database

_ASK_SECONDS = 60.0


def local_clock() -> int:
    """Milliseconds since 1970, as this machine has it."""
    return time.time_ns() // 1_000_000


def clock_of(database: Database) -> Callable[[], int]:
    """PostgreSQL's clock, for workers on several machines; of SQLite, which is used on one, that machine's."""
    return SharedClock(database) if database.postgres else local_clock


class SharedClock:
    """The database's time in milliseconds since 1970: asked for every minute, and counted on by a clock nobody sets.

    While the database does not answer it is counted on from the last answer; before the first, this machine's is taken.
    """

    def __init__(self, database: Database, steady: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._steady = steady
        self._asked: tuple[float, int] | None = None

    def __call__(self) -> int:
        began = self._steady()
        if self._asked is None or began - self._asked[0] >= _ASK_SECONDS:
            try:
                with self._database.read() as connection:
                    answer = connection.execute(
                        text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
                    ).scalar_one()
                self._asked = (self._steady(), int(answer))
            except SQLAlchemyError:
                if self._asked is None:
                    return local_clock()
        at, then = self._asked
        return then + int((self._steady() - at) * 1_000)
