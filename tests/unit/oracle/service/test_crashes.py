"""A worker that dies at any labelled point loses nothing and mints nothing twice: another takes its request up."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from cet.oracle.service.states import State
from oracle_service import Service, package_of

if TYPE_CHECKING:
    from pathlib import Path

    from world import World


class Killed(BaseException):
    """What no handler of the worker's catches, as no handler catches SIGKILL."""


class Reaper:
    """Kills at the nth point passed, and remembers the names of all."""

    def __init__(self, at: int | None = None) -> None:
        self.at = at
        self.passed: list[str] = []

    def __call__(self, point: str) -> None:
        self.passed.append(point)
        if self.at is not None and len(self.passed) > self.at:
            raise Killed(point)


def mints_of(world: World) -> Counter[int]:
    """How often each statement was minted, by the token's own events."""
    events = [event.number for event in world.mirrored().statements.values()]
    return Counter(events)


def bring_through(service: Service, content: bytes, kill_at: int | None) -> Reaper:
    """The whole way with a worker that dies at a point, and another that follows; the first one's reaper."""
    reaper = Reaper(kill_at)
    mortal = service.another(mark=reaper)
    try:
        request = mortal.hand_in(content)
        mortal.bring(content)
    except Killed:
        pass
    service.clock.now += service.around.settings.lease_ms + 1
    # The client sends again what it has no answer to.
    request = service.hand_in(content)
    service.drive()
    if service.request(request).state is State.RECOMPUTED:
        service.sign(request)
        service.drive()
    assert service.request(request).state is State.RECEIPTED, service.request(request)
    return reaper


def test_killed_at_every_point_a_package_is_minted_exactly_once(service: Service, tmp_path: Path) -> None:
    """Every point on the way, one after the other, each with a package of its own."""
    world = service.world
    service.enrol("whole")
    points = bring_through(service, package_of(tmp_path / "whole", "whole"), None).passed
    assert {point.removeprefix("leased in ") for point in points if point.startswith("leased in")} == {
        "received",
        "signed",
        "attested",
        "submitting",
        "submitted",
        "confirmed",
        "receipted",
    }
    lots = len(world.mirrored().lots)
    first = world.ledger.chain.nonce(world.oracle.address)
    for place, point in enumerate(points):
        entity = f"killed-{place}"
        service.enrol(entity)
        reaper = bring_through(service, package_of(tmp_path / entity, entity), place)
        assert reaper.passed[-1] == point or place >= len(reaper.passed), (place, point)
        mirrored = world.mirrored()
        assert len(mirrored.lots) == lots + place + 1, point
        # One transaction a package: what was stored and not sent was sent, not made anew.
        assert world.ledger.chain.nonce(world.oracle.address) == first + place + 1, point
    assert set(mints_of(world).values()) == {1}


def test_a_worker_thought_dead_cannot_save_what_another_took_up(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package"))
    woken: list[str] = []

    def overslept(point: str) -> None:
        if point == "recomputed, not stored" and not woken:
            woken.append(point)
            service.clock.now += service.around.settings.lease_ms + 1
            assert service.worker.step()
            assert service.request(request).state is State.RECOMPUTED

    slow = service.another(mark=overslept)
    slow.worker.step()
    assert woken
    after = service.request(request)
    assert after.state is State.RECOMPUTED
    service.sign(request)
    service.drive()
    assert len(service.world.mirrored().lots) == 1


def test_a_package_that_kills_its_workers_is_refused_in_the_end(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package"))
    for _ in range(5):
        mortal = service.another(mark=Reaper(0))
        with pytest.raises(Killed):
            mortal.worker.step()
        service.clock.now += service.around.settings.lease_ms + 1
    service.drive()
    assert service.request(request).state is State.REFUSED
    assert "failed 5 times" in service.request(request).reason


def test_two_workers_of_one_key_share_the_queue_and_its_nonces(service: Service, tmp_path: Path) -> None:
    """Turn by turn, at every step: no nonce is taken twice, every package is minted once."""
    other = service.another()
    requests = []
    for number in range(4):
        service.enrol(f"site-{number}")
        requests.append(service.hand_in(package_of(tmp_path / str(number), f"site-{number}")))
    while service.worker.step() or other.worker.step():
        pass
    for request in requests:
        service.sign(request)
    for _ in range(60):
        for one in (service, other):
            one.worker.step()
        service.clock.now += 1_000
        service.mine()
    assert {service.request(request).state for request in requests} == {State.RECEIPTED}
    assert len(service.world.mirrored().lots) == 4
