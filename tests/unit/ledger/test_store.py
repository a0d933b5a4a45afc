"""The store says what a replay of all events says, at every block, also after going back and after being killed."""

from __future__ import annotations

import contextlib
import random
import threading
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from cet.ledger.events import Decoder, decode_logs
from cet.ledger.mirror import Mirror, ancestry, evaluate, flags_of, live_totals, stale
from cet.ledger.mirror.books import Books
from cet.ledger.mirror.mirror import replay
from cet.ledger.store import Follower, Memory, Store, StoreError, cone, evaluated, following, rows
from cet.ledger.store import store as store_module
from cet.ledger.store.following import WrittenMeanwhileError
from cet.ledger.store.moving import moves_of
from cet.ledger.store.shelves import SHELVES
from cet.ledger.store.stale import count_stale, stale_after, stale_among
from cet.ledger.store.tables import EVENTS, FIGURES, JOURNAL, MOVES, STIRRED
from cet.report.snapshot import Snapshot
from cet.scopes import LotCode
from supply_chain import a_supply_chain, credits_used
from world import MARKET, POWER, STATIONARY, TONNE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger import Figures
    from world import World


@pytest.fixture(params=["out of the tables", "by the graph", "sparingly"])
def store(
    world: World, store_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """Each way to calculate what moved."""
    if request.param == "by the graph":
        monkeypatch.setattr(evaluated, "MOST_WALKED", -1)
        monkeypatch.setattr(rows, "_COPY_FROM", 1)
    if request.param == "sparingly":
        monkeypatch.setattr(cone, "_AT_ONCE", 2)
    memory = Memory(kept=2, graph=False) if request.param == "sparingly" else Memory()
    made = Store.open(store_url, world.ledger.deployment, memory)
    yield made
    made.close()


def follow(store: Store, world: World, **more: Any) -> Follower:
    follower = Follower(store, world.ledger.chain, **more)
    follower.catch_up()
    store.evaluate()
    return follower


def tabled(store: Store) -> dict[int, Figures]:
    """Figures as the table has them."""
    from cet.ledger import Figures

    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(STIRRED)).scalar() == 0
        return {
            row.lot: Figures(row.gross, row.inherited, row.net, row.surplus)
            for row in connection.execute(select(FIGURES))
        }


def same(store: Store, world: World) -> None:
    """State and figures are those of a mirror built anew, in the same order; events are the chain's, and no others."""
    expected = world.mirrored()
    found = store.state()
    assert found == expected
    assert list(found.lots) == list(expected.lots)
    figures = evaluate(expected)
    assert tabled(store) == figures
    assert store.stale() == stale(expected, figures)
    with store.read() as connection:
        nets = stale_among(connection, figures)
        assert count_stale(connection) == len(nets)
    assert nets == {key: figures[key].net for key in stale(expected, figures)}
    chain, decoder = world.ledger.chain, Decoder(world.ledger.deployment)
    logs = chain.logs(decoder.addresses, world.ledger.deployment.block, chain.head)
    told = [
        (log["blockNumber"], log["logIndex"], bytes(log["blockHash"])) for log in logs if decoder.event(log)
    ]
    with store.read() as connection:
        kept = connection.execute(
            select(EVENTS.c.block, EVENTS.c.log, EVENTS.c.hash).order_by(EVENTS.c.block, EVENTS.c.log)
        )
        assert [tuple(row) for row in kept] == told
        moves = {tuple(row) for row in connection.execute(select(MOVES))}
    assert moves == set(moves_told(world))


def moves_told(world: World) -> Iterator[tuple[int, int, int, str, int]]:
    """What each event of the chain as it is moves."""
    chain, deployment, books = world.ledger.chain, world.ledger.deployment, Books()
    logs = chain.logs(Decoder(deployment).addresses, deployment.block, chain.head)
    for event in decode_logs(deployment, logs):
        replay(books, [event])
        for move in moves_of(event, books):
            yield event.block, event.log, move.lot, move.what, move.change


def test_every_field_has_its_place() -> None:
    names = {item.name for item in fields(Books)} - {"closed", "attestations_required", "book_closed"}
    assert sorted(shelf.field for shelf in SHELVES if shelf.field != "scalars") == sorted(names)


@pytest.mark.parametrize("keep", [0, 10_000])
def test_equals_a_mirror_in_memory(world: World, store: Store, keep: int) -> None:
    """With blocks written many at a time, and each with a journal."""
    lots = a_supply_chain(world)
    credits_used(world, lots)
    follow(store, world, keep=keep)
    same(store, world)
    figures = store.figures()
    for key in lots.values():
        assert figures[key] == world.ledger.emissions.figures(key)


def test_equals_a_mirror_in_memory_block_by_block(world: World, store: Store) -> None:
    """Opened anew in between, so that nothing rests on what is in memory."""
    follow(store, world)
    lots = a_supply_chain(world)
    follow(store, world)
    same(store, world)
    credits_used(world, lots)
    other = Store.open(store.engine.url.render_as_string(hide_password=False), world.ledger.deployment)
    follow(other, world)
    same(other, world)
    other.close()
    follow(store, world)
    same(store, world)


@pytest.mark.parametrize("page", [1, 3, 5_000])
def test_small_pages_change_nothing(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """Nor does it matter that pages become smaller where much happens, and larger again."""
    monkeypatch.setattr(following, "_FIRST_PAGE", page)
    monkeypatch.setattr(following, "_AT_ONCE", 4)
    lots = a_supply_chain(world)
    credits_used(world, lots)
    follow(store, world, keep=10)
    same(store, world)


def test_a_reorganisation_goes_back_to_the_common_ancestor(world: World, store: Store) -> None:
    """Lots, credits and figures of the abandoned blocks are gone; what was before them is as it was."""
    lots = a_supply_chain(world)
    follow(store, world)
    common = world.ledger.chain.head
    snapshot = world.snapshot()
    credits_used(world, lots)
    (gone,) = world.mint(world.customer, (POWER, 1000, 10**9))
    follower = follow(store, world)
    same(store, world)
    world.revert(snapshot)
    batch = world.issue(10, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, lots["coal"], 3 * TONNE), world.supplier)
    progress = follower.catch_up()
    store.evaluate()
    assert progress.rolled_back == common
    assert gone not in store.state().lots
    same(store, world)


def test_a_lot_born_again_otherwise(world: World, store: Store) -> None:
    """Keys of source lots are numbers: after a reorganisation the same key may be a lot of another basis, gross and holder."""
    snapshot = world.snapshot()
    (first,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    follow(store, world)
    world.revert(snapshot)
    (again,) = world.mint(world.customer, (POWER, 3, 5 * 10**9))
    assert again == first
    follow(store, world)
    same(store, world)


def test_a_reorganisation_while_blocks_are_read(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of two chains are never written together: the blocks are read again."""
    chain = world.ledger.chain
    follow(store, world)
    snapshot = world.snapshot()
    world.mint(world.supplier, (POWER, 1000, 10**9))
    logs, asked = chain.logs, 0

    def reading(*arguments: Any) -> Iterator[Any]:
        nonlocal asked
        asked += 1
        found = list(logs(*arguments))
        if asked == 1:
            world.revert(snapshot)
            world.mint(world.customer, (POWER, 3, 5 * 10**9))
        return iter(found)

    with monkeypatch.context() as patched:
        patched.setattr(chain, "logs", reading)
        follow(store, world)
    assert asked == 2
    same(store, world)


def test_a_chain_that_only_lost_blocks(world: World, store: Store) -> None:
    follow(store, world)
    snapshot = world.snapshot()
    a_supply_chain(world)
    follow(store, world)
    world.revert(snapshot)
    follow(store, world)
    same(store, world)


def test_a_reorganisation_below_what_is_kept_begins_again(world: World, store: Store) -> None:
    snapshot = world.snapshot()
    a_supply_chain(world)
    follow(store, world, keep=2)
    world.revert(snapshot)
    (other,) = world.mint(world.dependent, (STATIONARY, 11, 10**9))
    follower = Follower(store, world.ledger.chain, keep=2)
    assert follower.catch_up().rolled_back == world.ledger.deployment.block - 1
    store.evaluate()
    assert list(store.state().lots) == [other]
    same(store, world)


@pytest.mark.parametrize("seed", range(3))
def test_random_reorganisations(world: World, store: Store, seed: int) -> None:
    """Any number of blocks forth and back, the store looking on at some of them, some of the time anew."""
    rng = random.Random(seed)
    (coal,) = world.mint(world.supplier, (POWER, 10**6, 10**12))
    batch = world.issue(1_000, world.supplier)
    follow(store, world, keep=50)
    received: list[int] = []
    for _ in range(5):
        snapshot, before = world.snapshot(), list(received)
        for _ in range(rng.randint(1, 4)):
            if (chance := rng.random()) < 0.4:
                received.append(
                    world.allocate(coal, world.supplier, world.dependent, rng.randint(1, 100), MARKET)
                )
            elif chance < 0.6 and received:
                world.ledger.send(world.ledger.emissions.cascade(received), world.stranger)
            else:
                amount = rng.randint(1, 10**9)
                world.ledger.send(world.ledger.offsets.apply_to(batch, coal, amount), world.supplier)
            if rng.random() < 0.5:
                follow(store, world, keep=50)
        if rng.random() < 0.6:
            world.revert(snapshot)
            received = before
        follow(store, world, keep=50)
        same(store, world)


def test_the_journal_does_not_grow(world: World, store: Store) -> None:
    follow(store, world, keep=3)
    for year in range(8):
        world.mint(world.supplier, (POWER, 1000, 10**9), first_day=10_000 + 400 * year)
        follow(store, world, keep=3)
    head = world.ledger.chain.head
    with store.read() as connection:
        assert connection.execute(select(func.min(JOURNAL.c.block))).scalar() > head - 4
        assert connection.execute(select(func.count()).select_from(EVENTS)).scalar() > 16
    assert min(block for block, _ in store.checkpoints()) >= head - 5


def test_it_goes_back_to_every_checkpoint_that_is_left(world: World, store: Store) -> None:
    """To the oldest, too: what was forgotten is of blocks before it."""
    (coal,) = world.mint(world.supplier, (POWER, 10**6, 10**12))
    batch = world.issue(1_000, world.supplier)
    for _ in range(8):
        world.ledger.send(world.ledger.offsets.apply_to(batch, coal, TONNE), world.supplier)
        follow(store, world, keep=3)
    left = [block for block, _ in store.checkpoints()]
    assert len(left) > 3
    for block in left:
        store.roll_back(block)
        mirror = Mirror(world.ledger.chain, world.ledger.deployment)
        assert store.state() == mirror.refresh(block)


SHARED = LotCode.decode(0x4412)
"""A consolidation reference to a power plant's lot."""


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("at", range(0, 60, 7))
def test_killed_at_any_write(world: World, store_url: str, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Whatever was being written, another process goes on and arrives at the same state."""
    lots = a_supply_chain(world)
    store = Store.open(store_url, world.ledger.deployment)
    left = at
    put = store_module.Rows.put

    def failing(self: Any, *arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        put(self, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(store_module.Rows, "put", failing)
        with contextlib.suppress(Killed):
            follow(store, world)
    store.close()
    again = Store.open(store_url, world.ledger.deployment)
    credits_used(world, lots)
    follow(again, world)
    same(again, world)
    again.close()


def test_the_same_store_goes_on_after_a_failed_write(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was in memory of a transaction that came to nothing is forgotten."""
    follow(store, world)
    a_supply_chain(world)
    with monkeypatch.context() as patched:
        patched.setattr(store, "prune", lambda *_: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            follow(store, world)
    follow(store, world)
    same(store, world)


def test_a_second_follower_goes_on_from_the_first(world: World, store: Store) -> None:
    """Two processes that follow one store don't mix: what one wrote meanwhile, the other does not write again."""
    follow(store, world)
    follower = Follower(store, world.ledger.chain)
    other = Store.open(store.engine.url.render_as_string(hide_password=False), world.ledger.deployment)
    cursor = store.cursor
    a_supply_chain(world)
    head = world.ledger.chain.head
    logs, at = follower._read(cursor.block + 1, head)
    follow(other, world)
    with pytest.raises(WrittenMeanwhileError, match="another process wrote"):
        follower._write(cursor, logs, (head, at), head)
    assert follower.catch_up().done
    store.evaluate()
    same(store, world)
    other.close()


def test_a_second_follower_does_not_undo_the_first(world: World, store: Store) -> None:
    """Both saw the reorganisation; one was back and on again before the other came to it."""
    lots = a_supply_chain(world)
    follow(store, world)
    snapshot = world.snapshot()
    credits_used(world, lots)
    follower = follow(store, world)
    other = Store.open(store.engine.url.render_as_string(hide_password=False), world.ledger.deployment)
    abandoned = store.cursor
    world.revert(snapshot)
    world.issue(10, world.supplier)
    follow(other, world)
    after = other.cursor
    assert not store.roll_back(store.checkpoints()[-1][0], abandoned)
    assert not store.clear(abandoned)
    assert follower.catch_up().rolled_back is None
    assert store.cursor == after
    same(store, world)
    other.close()


def test_a_reorganisation_just_before_blocks_are_read(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is read then stands on blocks that the store has not: it goes back first."""
    lots = a_supply_chain(world)
    follow(store, world)
    snapshot = world.snapshot()
    credits_used(world, lots)
    follower = follow(store, world)
    back, gone = follower._back_to_common, []

    def afterwards() -> int | None:
        found = back()
        if not gone:
            gone.append(world.revert(snapshot))
            while world.ledger.chain.head <= store.cursor.block:
                world.issue(10, world.supplier)
        return found

    monkeypatch.setattr(follower, "_back_to_common", afterwards)
    follower.catch_up()
    store.evaluate()
    assert gone
    same(store, world)


def test_asking_beside_following(world: World, store: Store) -> None:
    """Who asks calculates what is new: it takes nothing for calculated that was written meanwhile."""
    url = store.engine.url.render_as_string(hide_password=False)
    stop = threading.Event()

    def ask() -> None:
        other = Store.open(url, world.ledger.deployment)
        while not stop.is_set():
            other.evaluate()
        other.close()

    (coal,) = world.mint(world.supplier, (POWER, 10**6, 10**12))
    batch = world.issue(1_000, world.supplier)
    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    follower = Follower(store, world.ledger.chain)
    for number in range(12):
        world.allocate(coal, world.supplier, world.dependent, 1 + number, MARKET)
        world.ledger.send(world.ledger.offsets.apply_to(batch, coal, 10**9), world.supplier)
        follower.catch_up()
    stop.set()
    for thread in threads:
        thread.join()
    store.evaluate()
    same(store, world)


def test_a_large_cone_is_left_to_the_graph(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what comes after goes on with it, until the chain goes back; never of one that is opened sparingly."""
    lots = a_supply_chain(world)
    monkeypatch.setattr(evaluated, "MOST_WALKED", 2)
    follow(store, world)
    assert (store.evaluated.evaluation is not None) == store.memory.graph
    snapshot = world.snapshot()
    credits_used(world, lots)
    follow(store, world)
    assert (store.evaluated.evaluation is not None) == store.memory.graph
    same(store, world)
    world.revert(snapshot)
    monkeypatch.setattr(evaluated, "MOST_WALKED", 1_000)
    follow(store, world)
    assert store.evaluated.evaluation is None
    same(store, world)


def test_a_reorganisation_takes_an_announcement_back(world: World, store: Store) -> None:
    """Though no figure moved, what was announced is not any more."""
    (coal,) = world.mint(world.supplier, (POWER, 10**6, 10**12))
    received = world.allocate(coal, world.supplier, world.dependent, 100, MARKET)
    batch = world.issue(10, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, coal, TONNE), world.supplier)
    follow(store, world)
    assert store.stale() == [received]
    snapshot = world.snapshot()
    world.ledger.send(world.ledger.emissions.cascade([received]), world.stranger)
    follow(store, world)
    assert store.stale() == []
    world.revert(snapshot)
    follow(store, world)
    assert store.stale() == [received]
    same(store, world)


def test_a_state_that_is_read_as_it_is_asked(world: World, store: Store) -> None:
    """Says what the whole state says."""
    lots = a_supply_chain(world)
    credits_used(world, lots)
    follow(store, world)
    expected = world.mirrored()
    known = Snapshot.of(expected)
    with store.looking() as (state, figures):
        view = Snapshot(state, figures)
        for key in lots.values():
            assert view.sources(key) == known.sources(key)
            assert flags_of(state, key) == flags_of(expected, key)
            assert ancestry(state, figures, key) == ancestry(expected, known.figures, key)
            assert figures[key] == known.figures[key]
        holders = expected.everybody_holding()
        assert sorted(state.everybody_holding()) == sorted(holders)
        for holder in (*holders, "0x" + "00" * 20):
            assert state.lots_held_by(holder) == expected.lots_held_by(holder)
            assert live_totals(state, figures, holder) == live_totals(expected, known.figures, holder)
        for agreement in expected.opt_ins:
            assert state.received_under(*agreement) == expected.received_under(*agreement)
        with pytest.raises(KeyError):
            figures[1]
        assert dict(figures) == known.figures
        assert state.in_order_of_birth({*lots.values(), 1}) == list(expected.lots)


def test_stale_lots_come_page_by_page(world: World, store: Store) -> None:
    credits_used(world, a_supply_chain(world))
    follow(store, world)
    found, place = [], -1
    with store.read() as connection:
        while page := stale_after(connection, place, 1):
            ((place, lot, _),) = page
            found.append(lot)
    assert found == store.stale()


def test_stale_lots_are_found(world: World, store: Store) -> None:
    lots = a_supply_chain(world)
    credits_used(world, lots)
    follow(store, world)
    state = world.mirrored()
    expected = stale(state, evaluate(state))
    assert expected
    assert store.stale() == expected


def test_another_schema_or_deployment_is_refused(world: World, store: Store) -> None:
    url = store.engine.url.render_as_string(hide_password=False)
    other = world.ledger.deployment.model_copy(update={"block": world.ledger.deployment.block + 1})
    with pytest.raises(StoreError, match="another deployment"):
        Store.open(url, other)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE ledger_about SET schema = 0"))
    with pytest.raises(StoreError, match="ledger rebuild"):
        Store.open(url, world.ledger.deployment)
    again = Store.anew(url, world.ledger.deployment)
    follow(again, world)
    same(again, world)
    again.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://host/name", "oracle://x"])
def test_no_database(world: World, url: str) -> None:
    with pytest.raises(StoreError, match="write sqlite"):
        Store.open(url, world.ledger.deployment)


def test_references_and_displacements_are_found_from_both_ends(world: World, store: Store) -> None:
    """Of a lot with many of them in the order they came, and one more costs a row of its own, in the journal too."""
    (coal,) = world.mint(world.supplier, (POWER, 1000, 1000 * TONNE))
    (estimate,) = world.mint(world.dependent, (MARKET, 1000, 9 * TONNE))
    received = [
        world.allocate(coal, world.supplier, world.dependent, units, MARKET, displaces=estimate)
        for units in (5, 3, 7)
    ]
    reported = [world.allocate(coal, world.supplier, world.customer, units, SHARED) for units in (2, 4)]
    follow(store, world)
    expected = world.mirrored()
    with store.looking() as (state, _):
        for seen in (state, expected):
            assert seen.references_to(coal) == tuple(reported)
            assert seen.references_to(estimate) == ()
            assert seen.displaced_by(estimate) == tuple(zip(received, (5, 3, 7), strict=True))
            assert seen.displaced_by(coal) == ()
            assert seen.displacements[received[1]] == (estimate, 3)
            assert seen.references[reported[1]] == coal
    with store.read() as connection:
        of_fields = JOURNAL.c.field.in_(("references", "displacements"))
        kept = connection.execute(select(JOURNAL.c.field, JOURNAL.c.row).where(of_fields)).all()
    assert sorted(map(tuple, kept)) == [("displacements", None)] * 3 + [("references", None)] * 2
