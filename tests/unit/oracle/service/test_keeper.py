"""The cascade keeper on anvil: offset, stale, cascade within budget, webhooks in order; whatever dies, nothing is lost."""

from __future__ import annotations

import io
import threading
import time
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from cet.ledger.store import Follower
from cet.ledger.transactions import Fate, fate_of
from cet.oracle.service import outbox
from cet.oracle.service.doctor import examine
from cet.oracle.service.keeping import cascades, deliveries, subscriptions
from cet.oracle.service.keeping.cascades import STEP, CascadeState
from cet.oracle.service.keeping.events import NET_CHANGED, PUBLISHED, Kind
from cet.oracle.service.keeping.following import FollowingInStore
from cet.oracle.service.keeping.keeper import Budget
from cet.oracle.service.tables import cascades as batches
from kept import a_chain, keeping, mirror_of, offset, settle, stale_of, subscribe
from oracle_service import Service
from webhook_receiver import Receiver, receiving
from world import STATIONARY, TONNE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres import PostgresServer
    from world import World


class Killed(BaseException):
    """What no handler catches, as none catches SIGKILL."""


def dies_at(point: str) -> object:
    """A `mark` that kills at the point, the first time it is passed."""
    passed: list[str] = []

    def mark(here: str) -> None:
        if here == point and not passed:
            passed.append(here)
            raise Killed(here)

    return mark


@pytest.fixture
def kept(world: World, tmp_path: Path) -> Iterator[Service]:
    """A service whose key is the stranger's: anyone may cascade."""
    made = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", signer=world.stranger)
    yield made
    made.around.database.close()


@pytest.fixture(scope="module")
def postgres(postgres_of_run: PostgresServer) -> str:
    """An empty database of this module's own."""
    return postgres_of_run.fresh("keeper")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def states(service: Service) -> list[CascadeState]:
    with service.around.database.read() as connection:
        rows = connection.execute(select(batches.c.state).order_by(batches.c.created, batches.c.id))
        return [CascadeState(one) for one in rows.scalars()]


def cascades_of(service: Service) -> int:
    """Transactions of the keeper's key that are in a block."""
    settle(service.world)
    return service.world.ledger.chain.nonce(service.around.signer.address)


def later(service: Service, milliseconds: int = 3_600_000) -> None:
    service.clock.now += milliseconds
    settle(service.world)
    service.mine(service.around.settings.depth + 1)


def test_an_offset_reaches_the_subscriber_below_signed_and_in_order(
    kept: Service, receiver: Receiver
) -> None:
    world = kept.world
    chain = a_chain(world)
    keeper = keeping(kept)
    keeper.once()
    later(kept)
    keeper.once()
    assert stale_of(world) == []
    _, secret = subscribe(kept, receiver.url)
    for tonnes in (1, 2, 3):
        offset(world, chain.source, tonnes)
        assert set(stale_of(world)) == set(chain.below)
        done, _, _ = keeper.once()
        assert done is not None
        assert [list(batch.lots) for batch in done.sent] == [chain.below], "parents first"
        assert stale_of(world) == []
    later(kept)
    keeper.once()
    assert all(call.verified(secret) for call in receiver.calls)
    assert len(receiver.calls) == len(receiver.taken()) == 3 * (1 + len(chain.below))
    for call in receiver.calls:
        event = call.event
        assert (event["specversion"], event["type"], event["id"]) == ("1.0", NET_CHANGED, call.id)
        assert call.headers["content-type"].startswith("application/cloudevents+json")
    nets = [
        int(call.event["data"]["netMg"])
        for call in receiver.calls
        if call.event["subject"] == f"{chain.below[-1]:#018x}"
    ]
    assert nets == sorted(nets, reverse=True)
    assert nets[-1] == world.ledger.emissions.figures(chain.below[-1]).net
    for lot in (chain.source, *chain.below):
        told = [call.event["sequence"] for call in receiver.calls if call.event["subject"] == f"{lot:#018x}"]
        assert len(told) == 3
        assert all(one < other for one, other in pairwise(told))
    later(kept)
    keeper.once()
    assert set(states(kept)) == {CascadeState.CONFIRMED}


def test_nothing_is_sent_when_nothing_is_stale_or_another_announced_it(kept: Service) -> None:
    world = kept.world
    chain = a_chain(world)
    world.ledger.send(world.ledger.emissions.cascade(chain.below), world.customer)
    assert keeping(kept).once()[0].sent == ()  # type: ignore[union-attr]
    assert cascades_of(kept) == 0 or states(kept) == []


def test_what_another_announces_between_the_look_and_the_signature_is_not_sent(kept: Service) -> None:
    world = kept.world
    chain = a_chain(world)
    keeper = keeping(kept)
    estimate = world.ledger.chain.gas_of

    def overtaken(call: object, sender: object) -> int:
        gas = estimate(call, sender)  # type: ignore[arg-type]
        world.ledger.send(world.ledger.emissions.cascade(chain.below), world.customer)
        return gas

    world.ledger.chain.gas_of = overtaken  # type: ignore[method-assign,assignment]
    try:
        done = keeper.keeper.round()
    finally:
        del world.ledger.chain.gas_of
    assert done.sent == ()
    assert states(kept) == []


def test_a_batch_that_others_made_needless_gives_its_nonce_to_nothing(kept: Service) -> None:
    world = kept.world
    chain = a_chain(world)
    before = cascades_of(kept)
    kept.make_request("evm_setAutomine", False)
    try:
        mortal = kept.another(mark=dies_at("cascade stored, not sent"))
        with pytest.raises(Killed):
            keeping(mortal).keeper.round()
        kept.make_request("evm_setAutomine", True)
        world.ledger.send(world.ledger.emissions.cascade(chain.below), world.customer)
        kept.clock.now += kept.around.settings.lease_ms + 1
        keeper = keeping(kept).keeper
        keeper.round()
        assert cascades_of(kept) == before + 1, "the nonce was not left open"
        later(kept)
        keeper.round()
    finally:
        kept.make_request("evm_setAutomine", True)
    assert states(kept) == [CascadeState.OVERTAKEN]
    with kept.around.database.read() as connection:
        spent = cascades.gas_spent(connection, cascades.day_of(kept.clock.now))
    assert spent == 21_000


@pytest.mark.parametrize("point", ["before storing a cascade", "cascade stored, not sent", "cascade sent"])
def test_killed_around_a_cascade_it_is_announced_by_one_transaction(kept: Service, point: str) -> None:
    world = kept.world
    chain = a_chain(world)
    before = cascades_of(kept)
    with pytest.raises(Killed):
        keeping(kept.another(mark=dies_at(point))).keeper.round()
    kept.clock.now += kept.around.settings.lease_ms + 1
    keeper = keeping(kept).keeper
    for _ in range(3):
        keeper.round()
        later(kept, 1_000)
    assert stale_of(world) == []
    assert cascades_of(kept) == before + 1
    assert states(kept) == [CascadeState.CONFIRMED]
    assert world.mirrored().announced[chain.below[0]] == world.ledger.emissions.figures(chain.below[0]).net


def test_two_keepers_of_one_database_announce_once(kept: Service) -> None:
    world = kept.world
    a_chain(world)
    before = cascades_of(kept)
    first, second = keeping(kept).keeper, keeping(kept).keeper
    done, standing_by = first.round(), second.round()
    assert (len(done.sent), standing_by.standby) == (1, True)
    assert cascades_of(kept) == before + 1
    first.stop()
    assert not second.round().standby


def test_a_keeper_starts_where_its_store_is(
    kept: Service, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads no block again, needs no graph of all lots, and sees what is stale at once."""
    chain = a_chain(world)
    first = keeping(kept)
    first.once()
    first.keeper.stop()
    settle(world)
    offset(world, chain.source, 2)
    settle(world)
    reached = mirror_of(kept.around).cursor.block
    asked: list[int] = []
    logs = world.ledger.chain.logs

    def seen(addresses: Any, first: int, *more: Any) -> Any:
        asked.append(first)
        return logs(addresses, first, *more)

    monkeypatch.setattr(world.ledger.chain, "logs", seen)
    keeper = keeping(kept).keeper
    done = keeper.round()
    assert [list(batch.lots) for batch in done.sent] == [chain.below]
    assert asked
    assert min(asked) == reached + 1
    following = keeper._following
    assert isinstance(following, FollowingInStore)
    assert following._store.evaluated.evaluation is None


def test_keepers_and_a_follower_share_a_store(kept: Service, world: World) -> None:
    """All follow it at once, over a reorganisation too: the store is the chain's, and each lot is announced once."""
    chain = a_chain(world)
    snapshot = world.snapshot()
    offset(world, chain.source, 1)
    keepers = [keeping(kept) for _ in range(2)]
    follower = Follower(mirror_of(kept.around), world.ledger.chain)
    for each in (*keepers, *keepers):
        each.collect()
        follower.catch_up()
    world.revert(snapshot)
    offset(world, chain.source, 3)
    for each in keepers:
        each.keeper.round()
        follower.catch_up()
        settle(world)
        each.collect()
    follower.catch_up()
    follower.store.evaluate()
    assert stale_of(world) == follower.store.stale() == []
    assert follower.store.state() == world.mirrored()
    assert cascades_of(kept) == 1


def test_a_keeper_thought_dead_stores_nothing_after_another_took_over(kept: Service) -> None:
    a_chain(kept.world)
    before = cascades_of(kept)
    other = keeping(kept).keeper

    def overslept(point: str) -> None:
        if point == "before storing a cascade":
            kept.clock.now += kept.around.settings.lease_ms + 1
            assert len(other.round().sent) == 1

    assert keeping(kept.another(mark=overslept)).keeper.round().standby
    assert cascades_of(kept) == before + 1
    assert len(states(kept)) == 1


def test_the_gas_of_a_transaction_and_of_a_day_are_kept(kept: Service) -> None:
    world = kept.world
    chain = a_chain(world, links=8)
    whole = keeping(kept, Budget()).keeper.round(dry_run=True).sent[0].gas
    small = Budget(gas_per_transaction=whole // 2, gas_per_day=whole * 3 // 4)
    keeper = keeping(kept, small).keeper
    done = keeper.round()
    assert all(batch.gas <= whole // 2 for batch in done.sent)
    told = [key for batch in done.sent for key in batch.lots]
    assert told == chain.below[: len(told)], "parents first"
    assert len(told) < len(chain.below)
    for _ in range(3):
        # What is left of a limit that was not used up is used; the day's sum never passes the budget.
        kept.clock.now += 1_000
        keeper.round()
        with kept.around.database.read() as connection:
            assert cascades.gas_spent(connection, cascades.day_of(kept.clock.now)) <= small.gas_per_day
    assert keeper.round().exhausted
    assert stale_of(world)
    for _ in range(4):
        kept.clock.now += 86_400_000
        keeper.round()
    assert stale_of(world) == []


def test_a_lot_that_no_transaction_within_the_budget_announces_is_set_aside(kept: Service) -> None:
    a_chain(kept.world)
    done = keeping(kept, Budget(gas_per_transaction=25_000)).keeper.round()
    assert len(done.aside) == 3
    assert done.sent == ()
    assert not done.exhausted


def test_while_cascades_are_closed_nothing_is_sent_and_it_goes_on_by_itself(kept: Service) -> None:
    from cet.ledger import Operation

    world = kept.world
    a_chain(world)
    keeper = keeping(kept).keeper
    world.ledger.send(world.ledger.emissions.set_closed(Operation.CASCADE), world.operator)
    assert keeper.round().sent == ()
    world.ledger.send(world.ledger.emissions.set_closed(Operation(0)), world.operator)
    assert len(keeper.round().sent) == 1


def test_a_stuck_cascade_is_replaced_at_a_higher_fee(kept: Service) -> None:
    world = kept.world
    a_chain(world)
    keeper = keeping(kept).keeper
    kept.make_request("evm_setAutomine", False)
    try:
        keeper.round()
        with kept.around.database.read() as connection:
            (open_batch,) = cascades.unsettled(connection)
        kept.clock.now += kept.around.settings.stuck_ms + 1
        assert keeper.round().waiting == 3, "what is on its way is not sent again"
        with kept.around.database.read() as connection:
            stored = outbox.open_of(connection, open_batch.id, STEP)
        assert stored is not None
        assert len(stored.attempts) == 2
        kept.mine()
    finally:
        kept.make_request("evm_setAutomine", True)
    seen = fate_of(world.ledger.chain, stored.sender, stored.nonce, stored.hashes)
    assert (seen.fate, seen.transaction) == (Fate.DONE, stored.latest.hash)
    assert stale_of(world) == []


def test_a_cascade_that_a_reorganisation_took_away_is_sent_again_as_it_was(kept: Service) -> None:
    world = kept.world
    a_chain(world)
    keeper = keeping(kept).keeper
    before = kept.make_request("evm_snapshot")
    nonce = cascades_of(kept)
    keeper.round()
    settle(world)
    keeper.round()
    assert states(kept) == [CascadeState.INCLUDED]
    kept.make_request("evm_revert", before)
    for _ in range(5):
        # The node's pool may have kept it for a later block.
        kept.clock.now += 1_000
        keeper.round()
        kept.mine()
    assert cascades_of(kept) == nonce + 1
    assert stale_of(world) == []
    assert states(kept) == [CascadeState.CONFIRMED]


def test_a_receiver_that_is_down_gets_everything_in_order_once_it_is_up(
    kept: Service, receiver: Receiver
) -> None:
    world = kept.world
    chain = a_chain(world)
    keeper = keeping(kept)
    keeper.once()
    subscribe(kept, receiver.url, lots=(chain.source,))
    receiver.answer = lambda _: 503
    for tonnes in (1, 2):
        offset(world, chain.source, tonnes)
    later(kept)
    keeper.once()
    assert len(receiver.calls) == 1, "one that is down is not asked for every event"
    keeper.once()
    assert len(receiver.calls) == 1, "and not again at once"
    receiver.answer = lambda _: 200
    later(kept)
    keeper.once()
    nets = [int(call.event["data"]["netMg"]) for call in receiver.taken()]
    assert nets == sorted(nets, reverse=True)
    assert len(nets) == 2
    assert receiver.calls[0].id == receiver.calls[1].id


def test_killed_between_sending_and_marking_the_same_event_comes_again(
    kept: Service, receiver: Receiver
) -> None:
    world = kept.world
    chain = a_chain(world)
    keeping(kept).once()
    subscribe(kept, receiver.url, lots=(chain.source,))
    offset(world, chain.source, 1)
    later(kept)
    mortal = keeping(kept.another(mark=dies_at("webhook sent, not marked")))
    mortal.collect()
    with pytest.raises(Killed):
        mortal.notifier.step()
    second = keeping(kept)
    assert not second.notifier.step(), "while the lease lasts nobody else sends"
    later(kept)
    while second.notifier.step():
        pass
    assert len(receiver.calls) == 2
    assert len(receiver.taken()) == 1
    assert receiver.calls[0].body == receiver.calls[1].body


def test_an_event_that_is_refused_holds_up_its_lot_alone_and_dies_in_the_end(
    kept: Service, receiver: Receiver
) -> None:
    world = kept.world
    chain = a_chain(world)
    other, _ = world.mint(
        world.supplier, (STATIONARY, TONNE, 9 * TONNE), (STATIONARY, TONNE, TONNE), first_day=20_000
    )
    keeper = keeping(kept)
    keeper.once()
    subscription, _ = subscribe(kept, receiver.url, participant=world.supplier.address)
    poisoned = f"{chain.source:#018x}"
    receiver.answer = lambda call: 422 if call.event["subject"] == poisoned else 200
    offset(world, chain.source, 1)
    offset(world, chain.source, 1)
    offset(world, other, 1)
    later(kept)
    keeper.once()
    assert [call.event["subject"] for call in receiver.calls] == [poisoned, f"{other:#018x}"]
    for _ in range(100):
        kept.clock.now += 3_600_000
        keeper.once()
    with kept.around.database.read() as connection:
        found = deliveries.recent(connection, subscription, 10)
        assert (
            sorted(one["state"] for one in found) == ["dead", "dead", "delivered"]
            or [one["state"] for one in found].count("dead") >= 1
        )
    assert any(one.what == "deliveries" and not one.fine for one in examine(kept.around))
    receiver.answer = lambda _: 200
    with kept.around.database.write() as connection:
        assert deliveries.put_back(connection, subscription, kept.clock.now)
    later(kept)
    while keeper.notifier.step():
        pass
    with kept.around.database.read() as connection:
        assert {one["state"] for one in deliveries.recent(connection, subscription, 10)} == {"delivered"}


def test_a_receiver_that_is_gone_ends_its_subscription(kept: Service, receiver: Receiver) -> None:
    world = kept.world
    chain = a_chain(world)
    keeper = keeping(kept)
    keeper.once()
    subscribe(kept, receiver.url)
    receiver.answer = lambda _: 410
    offset(world, chain.source, 1)
    later(kept)
    keeper.once()
    later(kept)
    keeper.once()
    assert len(receiver.calls) == 1
    with kept.around.database.read() as connection:
        assert subscriptions.live(connection, kept.clock.now) == []


def test_pact_subscribers_hear_of_products_alone(kept: Service, receiver: Receiver) -> None:
    world = kept.world
    chain = a_chain(world, links=3)
    keeper = keeping(kept)
    keeper.once()
    later(kept)
    keeper.once()
    subscribe(kept, receiver.url, events=Kind.PACT)
    offset(world, chain.source, 1)
    keeper.once()
    later(kept)
    keeper.once()
    assert [call.event["type"] for call in receiver.calls] == [PUBLISHED, PUBLISHED]
    assert [call.event["subject"] for call in receiver.calls] == [f"{lot:#018x}" for lot in chain.below[1:]]
    contract = keeper.collector.contract
    assert receiver.calls[0].event["data"] == {"pfIds": [contract.footprint_id(chain.below[1])]}


def test_what_a_reorganisation_moved_is_told_again_with_another_id(kept: Service, receiver: Receiver) -> None:
    world = kept.world
    chain = a_chain(world)
    shallow = kept.another(settings=replace(kept.around.settings, depth=0))
    keeper = keeping(shallow)
    keeper.once()
    subscribe(kept, receiver.url, lots=(chain.source,))
    before = kept.make_request("evm_snapshot")
    offset(world, chain.source, 1)
    keeper.once()
    assert len(receiver.calls) == 1
    kept.make_request("evm_revert", before)
    kept.mine(5)
    offset(world, chain.source, 2)
    kept.clock.now += 1_000
    keeper.once()
    assert len(receiver.taken()) == 2
    assert receiver.calls[-1].event["data"]["netMg"] == str(8 * TONNE)


def test_a_dry_run_sends_nothing(kept: Service, receiver: Receiver) -> None:
    world = kept.world
    a_chain(world)
    subscribe(kept, receiver.url)
    before = cascades_of(kept)
    done, made, turns = keeping(kept).once(dry_run=True)
    assert done is not None
    assert (len(done.sent), made, turns) == (1, 0, 0)
    assert cascades_of(kept) == before
    assert states(kept) == []


def test_secrets_are_in_no_log(world: World, tmp_path: Path, receiver: Receiver) -> None:
    log = io.StringIO()
    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", log, signer=world.stranger)
    chain = a_chain(world)
    keeper = keeping(service)
    keeper.once()
    _, secret = subscribe(service, receiver.url)
    service.around.log.info("careless", secret=secret)
    receiver.answer = lambda _: 500
    offset(world, chain.source, 1)
    later(service)
    keeper.once()
    assert len(receiver.calls) == 1
    text = log.getvalue()
    assert '"event": "webhook"' in text
    assert secret not in text
    with service.around.database.read() as connection:
        assert secret not in repr(subscriptions.live(connection, service.clock.now))
    service.around.database.close()


def test_two_keepers_at_work_on_postgresql_announce_and_tell_each_thing_once(
    world: World, postgres: str, receiver: Receiver
) -> None:
    """Threads, leases and locks as in operation: both keepers run, whoever comes first."""
    service = Service.on(world, postgres, signer=world.stranger)
    settings = replace(service.around.settings, depth=0, poll_ms=50)
    service = service.another(settings=settings, now=lambda: time.time_ns() // 1_000_000)
    chain = a_chain(world)
    before = cascades_of(service)
    first = keeping(service)
    first.once()
    first.keeper.stop()
    settle(world)
    first.collect()
    _, secret = subscribe(service, receiver.url)
    stop = threading.Event()
    pair = [threading.Thread(target=keeping(service).run, args=(stop,)) for _ in range(2)]
    for thread in pair:
        thread.start()
    try:
        for tonnes in (1, 2, 3):
            offset(world, chain.source, tonnes)
            until = time.monotonic() + 30
            while len(receiver.taken()) < tonnes * (1 + len(chain.below)) and time.monotonic() < until:
                time.sleep(0.05)
    finally:
        stop.set()
        for thread in pair:
            thread.join()
    assert stale_of(world) == []
    assert cascades_of(service) == before + 4
    assert len(receiver.calls) == len(receiver.taken()) == 3 * (1 + len(chain.below))
    assert all(call.verified(secret) for call in receiver.calls)
    for lot in (chain.source, *chain.below):
        told = [call.event["sequence"] for call in receiver.calls if call.event["subject"] == f"{lot:#018x}"]
        assert told == sorted(told)
    service.around.database.close()
