"""What the store answers is what the state in memory says, and what the chain says at earlier blocks."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from cet.ledger import LedgerError, UnknownLot
from cet.ledger.mirror import evaluate, live_net, live_totals
from cet.ledger.store import Follower, Store, queries
from cet.ledger.store.changes import block_before
from cet.ledger.store.encoding import to_signed
from cet.ledger.store.tables import MOVES
from supply_chain import a_supply_chain, credits_used
from world import DAY_2021, MARKET, POWER, TONNE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger import Figures
    from world import World


@pytest.fixture
def store(world: World, store_url: str) -> Iterator[Store]:
    made = Store.open(store_url, world.ledger.deployment)
    yield made
    made.close()


def follow(store: Store, world: World) -> None:
    Follower(store, world.ledger.chain).catch_up()
    store.evaluate()


def test_inventory(world: World, store: Store) -> None:
    """Of every participant, by series as `live_totals` and `live_net` say; periods apart."""
    lots = a_supply_chain(world)
    credits_used(world, lots)
    world.mint(world.supplier, (POWER, 5, 7 * TONNE), first_day=DAY_2021 + 365)
    follow(store, world)
    state = world.mirrored()
    figures = evaluate(state)
    for holder in {*state.holders.values()}:
        with store.read() as connection:
            found = queries.inventory(connection, holder)
            one_year = queries.inventory(connection, holder, (DAY_2021, DAY_2021 + 364))
        sums: Any = defaultdict(lambda: [0, 0, 0, 0])
        for line in found:
            for place, value in enumerate((line.gross, line.lots, line.net, line.own_offset)):
                sums[line.scope, line.category, line.method][place] += value
        gross, net = live_totals(state, figures, holder), live_net(state, figures, holder)
        expected = {
            (a.scope, a.category, a.method): [a.gross, a.lots, b.net, b.own_offset]
            for a, b in zip(gross, net, strict=True)
        }
        assert dict(sums) == expected
        inside = live_totals(state, figures, holder, (DAY_2021, DAY_2021 + 364))
        assert sum(line.gross for line in one_year) == sum(series.gross for series in inside)
    with store.read() as connection:
        periods = {line.period for line in queries.inventory(connection, world.supplier.address)}
    assert len(periods) == 2


def test_suppliers_and_dependents(world: World, store: Store) -> None:
    lots = a_supply_chain(world)
    follow(store, world)
    figures = store.figures()
    with store.read() as connection:
        above = queries.suppliers(connection, world.customer.address)
        below = queries.dependents(connection, world.supplier.address)
        assert queries.suppliers(connection, world.supplier.address) == []
    assert {one.address: (one.lots, one.gross) for one in above} == {
        world.dependent.address: (1, figures[lots["bought"]].gross),
        world.supplier.address: (1, figures[lots["direct"]].gross),
    }
    assert {one.address: (one.lots, one.gross) for one in below} == {
        world.dependent.address: (1, figures[lots["received"]].gross),
        world.customer.address: (1, figures[lots["direct"]].gross),
    }


def test_trails(world: World, store: Store) -> None:
    lots = a_supply_chain(world)
    follow(store, world)
    names = {key: name for name, key in lots.items()}
    with store.read() as connection:
        up = queries.ancestors(connection, lots["bought"])
        down = queries.descendants(connection, lots["coal"])
        with pytest.raises(UnknownLot):
            queries.ancestors(connection, 77)
    assert {names[step.lot]: step.distance for step in up} == {
        "bought": 0,
        "service": 1,
        "received": 2,
        "fuel": 2,
        "mix": 3,
        "coal": 4,
        "gas": 4,
    }
    assert {names[step.lot] for step in down} == {"coal", "mix", "received", "service", "bought", "direct"}
    for step in up:
        assert step.figures == world.ledger.emissions.figures(step.lot)
        assert step.edges == world.ledger.emissions.edges_of(step.lot)


def test_participants_by_name(world: World, store: Store) -> None:
    follow(store, world)
    name = world.mirrored().participants[world.supplier.address]
    with store.read() as connection:
        assert queries.participant(connection, name.upper()) == world.supplier.address
        assert queries.participant(connection, world.supplier.address.lower()) == world.supplier.address
        with pytest.raises(LedgerError, match="no participant"):
            queries.participant(connection, "nobody")


def test_changes_are_what_the_contract_says_at_both_blocks(world: World, store: Store) -> None:
    """Every lot that moved, and none else; with the events that did it."""
    lots = a_supply_chain(world)
    before = world.ledger.chain.head
    emissions = world.ledger.emissions
    then = {key: emissions.figures(key, before) for key in lots.values()}
    credits_used(world, lots)
    world.allocate(lots["gas"], world.supplier, world.customer, 1, MARKET)
    follow(store, world)
    now: dict[int, Figures] = {key: emissions.figures(key) for key in store.state().lots}
    found = {change.lot: change for change in store.changes(before)}
    assert {key: change.now for key, change in found.items()} == {
        key: figures for key, figures in now.items() if then.get(key) != figures
    }
    assert {key: change.before for key, change in found.items()} == {key: then.get(key) for key in found}
    causes = {(reason.lot, reason.event) for reason in found[lots["bought"]].reasons}
    assert (lots["received"], "CreditsApplied") in causes
    assert (lots["coal"], "ApplicationVoided") in causes
    (born,) = set(now) - set(then)
    assert [reason.event for reason in found[born].reasons] == ["LotAllocated"]
    own = store.changes(before, world.customer.address)
    assert {change.holder for change in own} == {world.customer.address}
    assert store.changes(world.ledger.chain.head) == []
    with pytest.raises(LedgerError, match="not mirrored yet"):
        store.changes(world.ledger.chain.head + 1)


def test_reasons_are_all_that_moved_above(world: World, store: Store) -> None:
    """Every move since on a lot or above it, however far, in the chain's order; and none elsewhere."""
    lots = a_supply_chain(world)
    before = world.ledger.chain.head
    credits_used(world, lots)
    follow(store, world)
    state = world.mirrored()
    with store.read() as connection:
        rows = connection.execute(select(MOVES).where(MOVES.c.block > before)).all()
    moves = sorted(rows, key=lambda row: (row.block, row.log, row.lot))
    assert len(moves) > 4
    for change in store.changes(before):
        above = state.above(change.lot)
        told = [(one.block, one.lot, one.what, one.change) for one in change.reasons]
        expected = [(row.block, row.lot, row.what, row.change) for row in moves if row.lot in above]
        assert told == expected


def test_changes_read_no_table_as_a_whole(world: World, store: Store) -> None:
    """SQLite says of each question how it goes about it: every table is searched by key or index, none is scanned.

    And of lots that nothing moved, nothing is read, however many there are.
    """
    if store.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL scans tables of a few rows, whatever indexes they have")
    lots = a_supply_chain(world)
    others = world.mint(world.supplier, *[(POWER, 1, 1)] * 20, first_day=DAY_2021 + 365)
    before = world.ledger.chain.head
    credits_used(world, lots)
    follow(store, world)
    asked: list[tuple[str, Any]] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append((given[2], given[3])))
    found = store.changes(before)
    assert found
    questions = [(text_, given) for text_, given in asked if text_.startswith("SELECT")]
    assert len(questions) > 5
    with store.read() as connection:
        for question, given in questions:
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", given)]
            scanned = {step.split()[1] for step in plan if step.startswith("SCAN")}
            assert scanned <= {"ledger_about", "ledger_stirred", "json_each"}, (question, plan)
    named = {key for _, given in asked for key in _keys_in(given)}
    assert {to_signed(change.lot) for change in found} <= named
    assert not named & {to_signed(key) for key in others}


def _keys_in(given: Any) -> list[int]:
    """The lots that a question names."""
    return [key for one in given if isinstance(one, str) and one.startswith("[") for key in json.loads(one)]


class Clock:
    """The times of a chain's blocks, several of them in a second."""

    times = (10, 10, 11, 11, 11, 15, 20)
    head = len(times) - 1

    def time_of(self, number: int) -> int:
        return self.times[number]


def test_the_block_before_a_time() -> None:
    clock: Any = Clock()
    for seconds in range(11, 25):
        expected = max(number for number, time in enumerate(clock.times) if time < seconds)
        assert block_before(clock, seconds) == expected
    assert block_before(clock, 10) == 0, "all that happened, happened since"
