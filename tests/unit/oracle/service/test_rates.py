"""How often a token may call: one count for all processes on a database, by the clock that is passed in."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import TYPE_CHECKING

import requests
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select

from cet.oracle.service import tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.database import Database
from cet.oracle.service.rates import Rates
from cet.oracle.service.tables import rates
from cet.oracle.service.tokens import Scope
from oracle_service import Service, StoppedClock, served

if TYPE_CHECKING:
    from pathlib import Path

    from world import World

MINUTE_MS = 60_000


def test_all_processes_count_together(database: Database) -> None:
    clock = StoppedClock()
    other = Database.open(database.engine.url.render_as_string(hide_password=False))
    one, two = Rates(database, clock, 6), Rates(other, clock, 6)
    taken = [which.take("a") for _ in range(5) for which in (one, two)]
    assert taken == [True] * 6 + [False] * 4
    assert one.take("b"), "another's count is its own"
    clock.now += 9_999
    assert not two.take("a")
    clock.now += 1
    assert one.take("a"), "one every ten seconds"
    assert not two.take("a")
    clock.now += MINUTE_MS
    assert [two.take("a") for _ in range(7)] == [True] * 6 + [False]
    other.close()


def test_many_at_the_same_time_are_counted_each(database: Database) -> None:
    """Threads of two databases at once, as processes would be."""
    other = Database.open(database.engine.url.render_as_string(hide_password=False))
    both = [Rates(one, StoppedClock(), 20) for one in (database, other)]
    taken: list[bool] = []

    def call(which: Rates) -> None:
        taken.extend(which.take("a") for _ in range(8))

    threads = [threading.Thread(target=call, args=(both[n % 2],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(taken)) == (32, 20)
    other.close()


@given(
    st.integers(1, 7),
    st.lists(st.one_of(st.integers(0, 5), st.integers(0, 30_000)), max_size=40),
)
def test_as_a_bucket_that_fills_evenly(per_minute: int, pauses: list[int]) -> None:
    """Against a bucket of so many calls, refilled at so many a minute, in exact numbers."""

    database = Database.open("sqlite://")
    database.migrate()
    clock = StoppedClock()
    limited = Rates(database, clock, per_minute)
    # Whole nanoseconds a step, as the service has: else the two part at a tie.
    step = Fraction(60 * 10**9 // per_minute, 10**6)
    full = Fraction(MINUTE_MS)
    level, at = full, clock.now
    for pause in pauses:
        clock.now += pause
        level, at = min(full, level + clock.now - at), clock.now
        expected = level >= step
        if expected:
            level -= step
        assert limited.take("a") is expected
    database.close()


def test_a_clock_that_was_wrong_locks_nobody_out(database: Database) -> None:
    clock = StoppedClock()
    limited = Rates(database, clock, 2)
    clock.now += 86_400_000
    assert limited.take("a")
    clock.now -= 86_400_000
    assert [limited.take("a") for _ in range(3)] == [True, True, False]


def test_rows_of_the_quiet_go(database: Database) -> None:
    clock = StoppedClock()
    with database.write() as connection:
        rows = [{"who": str(n), "full_at": clock.now * 10**6} for n in range(50)]
        connection.execute(insert(rates), rows)
    Rates(database, clock, 2).take("a")
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(rates)).scalar_one() == 1


def test_where_the_database_cannot_be_written_each_process_counts_for_itself(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'oracle.db'}")
    database.migrate()
    limited = Rates(database, StoppedClock(), 3)
    with database.write():
        assert [limited.take("a") for _ in range(4)] == [True, True, True, False]
    assert limited.take("a")
    with database.write() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2, "FULL for all else"
    database.close()


def test_two_servers_on_one_database_give_a_token_its_calls_once(world: World, tmp_path: Path) -> None:

    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}")
    other = service.another(database=Database.open(f"sqlite:///{tmp_path / 'oracle.db'}"))
    with service.around.database.write() as connection:
        token = tokens.new(connection, "acme", [Scope.READ], "", 0)
    bounds = Bounds(per_minute=4)
    with served(service.around, bounds) as one, served(other.around, bounds) as two:
        answers = [
            requests.get(f"{url}/v1/requests", headers={"Authorization": f"Bearer {token}"}, timeout=30)
            for _ in range(3)
            for url in (one, two)
        ]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert answers[-1].headers["Retry-After"] == "15"
    for each in (service, other):
        each.around.database.close()
