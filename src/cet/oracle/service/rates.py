"""How often a token may call, counted in the database: all processes that serve it share one count.

GCRA, one row a token: `full_at` is when its allowance will be whole again. Each call puts it off by one step (a minute over the
calls a minute); a call that would put it off beyond a minute from now is refused. So a client that was quiet may make all calls of
a minute at once, and then one a step: in no minute more than twice the limit, in no long time more than the limit.

A row that is lost costs nothing but a few calls too many, so no call waits for a disk. While the database can't be written (a full
disk, another writer that takes long) each process counts for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import delete, or_, text
from sqlalchemy.exc import SQLAlchemyError

from cet.oracle.service.tables import rates

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.oracle.service.database import Database

_MINUTE_NS = 60 * 10**9
_NS_OF_MS = 10**6

# A time further ahead than any call puts one was written by a clock that was wrong: it counts for nothing.
_TAKE = text(
    "INSERT INTO rates (who, full_at) VALUES (:who, :first) ON CONFLICT (who) DO UPDATE SET full_at = "
    "CASE WHEN rates.full_at > :now AND rates.full_at <= :farthest THEN rates.full_at + :step ELSE :first END "
    "WHERE rates.full_at <= :latest OR rates.full_at > :farthest RETURNING full_at"
)


class Rates:
    """So many calls a minute of each; `now` is milliseconds since 1970."""

    def __init__(self, database: Database, now: Callable[[], int], per_minute: int) -> None:
        self._database = database
        self._now = now
        self._step = _MINUTE_NS // per_minute
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(per_minute)
        self._swept = 0

    @property
    def pause_seconds(self) -> int:
        """After how long one who was refused may call again, at most."""
        return max(1, -(-self._step // 10**9))

    def take(self, who: str) -> bool:
        """Counts a call; False, and nothing is counted, if it is one too many."""
        now = self._now() * _NS_OF_MS
        values = {
            "who": who,
            "now": now,
            "step": self._step,
            "first": now + self._step,
            "latest": now + _MINUTE_NS - self._step,
            "farthest": now + 2 * _MINUTE_NS,
        }
        try:
            with self._database.write_lightly() as connection:
                taken = connection.execute(_TAKE, values).first() is not None
                if now - self._swept >= _MINUTE_NS or now < self._swept:
                    self._swept = now
                    connection.execute(
                        delete(rates).where(or_(rates.c.full_at <= now, rates.c.full_at > values["farthest"]))
                    )
        except SQLAlchemyError:
            return self._alone.hit(self._limit, "token", who)
        return taken
