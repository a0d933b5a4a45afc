"""A clock that is wrong by hours costs work and time, never a request, and no clock decides what is minted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from cet.oracle.service.clock import SharedClock, clock_of, local_clock
from cet.oracle.service.database import Database
from cet.oracle.service.states import State
from oracle_service import HOUR_MS, Service, StoppedClock, package_of

if TYPE_CHECKING:
    from pathlib import Path

SKEWS = [-7 * HOUR_MS, 7 * HOUR_MS]


@pytest.mark.parametrize("skew", SKEWS)
def test_a_request_begun_under_a_wrong_clock_is_finished_under_a_right_one(
    service: Service, tmp_path: Path, skew: int
) -> None:
    """Left by a dead worker whose clock was wrong: due, and leased, in the far future or long ago."""
    wrong = StoppedClock(service.clock.now + skew)
    theirs = service.another(now=wrong)
    request = theirs.hand_in(package_of(tmp_path / "p"))

    class Killed(BaseException):
        pass

    def die(point: str) -> None:
        raise Killed(point)

    with pytest.raises(Killed):
        theirs.another(now=wrong, mark=die).worker.step()
    service.clock.now += service.around.settings.lease_ms + 1
    while service.worker.step():
        pass
    assert service.request(request).state is State.RECOMPUTED
    service.sign(request)
    assert theirs.another(now=wrong).worker.step()
    for _ in range(30):
        while service.worker.step():
            pass
        service.clock.now += 10_000
        service.mine()
    assert service.request(request).state is State.RECEIPTED


@pytest.mark.parametrize("skew", SKEWS)
def test_two_workers_hours_apart_mint_once_and_refuse_nothing(
    service: Service, tmp_path: Path, skew: int
) -> None:
    other = service.another(now=lambda: service.clock.now + skew)
    handed = []
    for number in range(3):
        service.enrol(f"site-{number}")
        handed.append(service.hand_in(package_of(tmp_path / str(number), f"site-{number}")))
    for _ in range(60):
        for one in (service, other):
            one.worker.step()
        for request in handed:
            if service.request(request).state is State.RECOMPUTED:
                service.sign(request)
        service.clock.now += 5_000
        service.mine()
    assert {service.request(one).state for one in handed} == {State.RECEIPTED}
    assert len(service.world.mirrored().lots) == 3


def test_a_stuck_transaction_is_replaced_although_the_clock_went_back(
    service: Service, tmp_path: Path
) -> None:
    request = service.hand_in(package_of(tmp_path / "p"))
    while service.worker.step():
        pass
    service.sign(request)
    service.make_request("evm_setAutomine", False)
    try:
        while service.worker.step():
            pass
        service.clock.now -= 7 * HOUR_MS
        while service.worker.step():
            pass
        assert service.around.metrics.replacements._value.get() == 1
    finally:
        service.make_request("evm_setAutomine", True)


def test_workers_of_postgresql_share_its_clock(postgres: str) -> None:
    database = Database.open(postgres)
    steady = [100.0]
    clock = SharedClock(database, lambda: steady[0])
    with database.read() as connection:
        theirs = connection.execute(text("SELECT extract(epoch FROM clock_timestamp()) * 1000")).scalar_one()
    first = clock()
    assert abs(first - int(theirs)) < 5_000
    steady[0] += 59
    assert clock() == first + 59_000
    # Asked again after a minute; while it does not answer, counted on.
    steady[0] += 2
    assert abs(clock() - int(theirs)) < 10_000
    database.engine.dispose()
    closed = Database.open("postgresql://cet@127.0.0.1:1/none")
    assert abs(SharedClock(closed)() - local_clock()) < 5_000
    database.close()


def test_sqlite_is_one_machines(tmp_path: Path) -> None:
    assert clock_of(Database.open(f"sqlite:///{tmp_path / 'x.db'}")) is local_clock
