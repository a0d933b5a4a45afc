"""Figures out of the tables alone are those of the plain formula, whatever moved, and whatever way it reaches down."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from cet.ledger.mirror.state import Lot, Restatement
from cet.ledger.store import cone
from cet.ledger.store.changes import changes_since
from cet.ledger.store.cone import evaluate_cone
from cet.ledger.store.encoding import of_signed, to_signed
from cet.ledger.store.moving import GROSS, OFFSET, UNITS
from cet.ledger.store.opening import open_engine
from cet.ledger.store.rows import Rows
from cet.ledger.store.shelved import put_rows
from cet.ledger.store.shelves import SHELVES, TABLES
from cet.ledger.store.tables import ABOUT, EVENTS, FIGURES, METADATA, MOVES, SCHEMA
from cet.scopes import LotCode
from lot_graphs import Drawn, random_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger import Figures

_SHELVES = {shelf.field: shelf for shelf in SHELVES}
CODE = LotCode.decode(0x4410)


@pytest.fixture
def rows(store_url: str) -> Iterator[Rows]:
    engine = open_engine(store_url)
    with engine.begin() as connection:
        METADATA.create_all(connection)
        yield Rows(connection)
    engine.dispose()


def write(rows: Rows, drawn: Drawn, keys: list[int]) -> None:
    """Lots, offsets and restatements as a follower writes them."""
    depths: dict[int, int] = {}
    for key, edges in drawn.edges.items():
        depths[key] = 1 + max((depths[parent] for parent, _ in edges), default=-1)
    places = {key: place for place, key in enumerate(drawn.basis)}
    for key in keys:
        gross, edges = drawn.stated[key], tuple(drawn.edges[key])
        minted = None if gross is None else 0
        lot = Lot(key, CODE, drawn.basis[key], minted, edges, int(not edges), 1, "", depth=depths[key])
        values = {"lots": lot, "offsets": drawn.offsets[key]}
        if gross is not None:
            values["restatements"] = (Restatement(1, 0, gross, 1, ""),)
        for field, value in values.items():
            shelf = _SHELVES[field]
            row = (*shelf.key_row(key), *shelf.pack(value))
            put_rows(rows, shelf, [(*row, places[key]) if shelf.ordered else row])


def write_figures(rows: Rows, figures: dict[int, Figures]) -> None:
    rows.put(
        FIGURES,
        [
            (to_signed(key), *map(rows.whole, (one.gross, one.inherited_net, one.net, one.surplus)))
            for key, one in figures.items()
        ],
    )


def figures_by_cone(rows: Rows, known: dict[int, Figures], moved: list[int]) -> dict[int, Figures]:
    """What was known, and over it what the cone of the lots that moved says."""
    told = evaluate_cone(rows, [to_signed(key) for key in moved], 10**6)
    assert told is not None
    assert told.gone == []
    fresh = {of_signed(key): one for key, one in told.figures.items()}
    assert all(known.get(key) != one for key, one in fresh.items()), "only what is other than before is told"
    return {**known, **fresh}


def move(drawn: Drawn, rng: random.Random) -> int:
    """Another offset, stated gross, or other units of an allocation; the lot's key."""
    key = rng.choice(list(drawn.basis))
    edges = drawn.edges[key]
    if len(edges) == 1 and rng.random() < 0.7:
        ((parent, _),) = edges
        drawn.basis[key] = rng.randint(1, drawn.basis[parent])
        drawn.edges[key] = [(parent, drawn.basis[key])]
        for child, taken in drawn.edges.items():
            drawn.edges[child] = [
                (above, min(units, drawn.basis[above])) if above == key else (above, units)
                for above, units in taken
            ]
    elif not edges and rng.random() < 0.5:
        drawn.stated[key] = rng.randrange(2**64)
    else:
        drawn.offsets[key] = rng.randrange(2 ** rng.choice((1, 20, 64)))
    return key


@pytest.mark.parametrize("seed", range(12))
def test_the_cone_of_random_moves_is_the_plain_formula(rows: Rows, seed: int) -> None:
    rng = random.Random(seed)
    drawn = random_graph(seed, sources=4, derived=25)
    known = drawn.expected()
    write(rows, drawn, list(drawn.basis))
    write_figures(rows, known)
    for _ in range(10):
        moved = [move(drawn, rng) for _ in range(rng.randint(1, 3))]
        write(rows, drawn, list(drawn.basis))
        known = figures_by_cone(rows, known, moved)
        assert known == drawn.expected()
        write_figures(rows, known)


def test_lots_born_are_evaluated_too(rows: Rows) -> None:
    drawn = random_graph(3, sources=3, derived=20)
    keys = list(drawn.basis)
    write(rows, drawn, keys[:12])
    write_figures(rows, {key: one for key, one in drawn.expected().items() if key in keys[:12]})
    write(rows, drawn, keys)
    told = evaluate_cone(rows, [to_signed(key) for key in keys[12:]], 100)
    assert told is not None
    assert {of_signed(key): one for key, one in told.figures.items()} == {
        key: one for key, one in drawn.expected().items() if key in keys[12:]
    }


def test_other_units_reach_the_children_though_the_lots_own_figures_stay(rows: Rows) -> None:
    """95 mg of 1,000 units: 100 or 102 of them are both 10 mg, rounded up; but 91 of 100 are 10 mg and 91 of 102 are 9."""
    drawn = Drawn()
    source = drawn.source(1_000, 95)
    received = drawn.derive(100, [(source, 100)])
    made = drawn.derive(7, [(received, 91)])
    before = drawn.expected()
    write(rows, drawn, list(drawn.basis))
    write_figures(rows, before)
    drawn.basis[received], drawn.edges[received] = 102, [(source, 102)]
    write(rows, drawn, [received])
    after = drawn.expected()
    assert before[received] == after[received]
    assert (before[made].gross, after[made].gross) == (10, 9)
    assert figures_by_cone(rows, before, [received]) == after


def test_below_a_lot_whose_figures_stay_nothing_is_read(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    """An offset that is all surplus moves its lot's surplus and no net: the lots below are looked at once, those below these never."""
    drawn = Drawn()
    lots = [drawn.source(1_000, 95, 95)]
    for _ in range(4):
        lots.append(drawn.derive(500, [(lots[-1], 500 if len(lots) > 1 else 1_000)]))
    write(rows, drawn, lots)
    write_figures(rows, drawn.expected())
    drawn.offsets[lots[0]] = 100
    write(rows, drawn, lots[:1])
    seen: list[int] = []
    evaluated = cone._evaluated
    monkeypatch.setattr(
        cone, "_evaluated", lambda tables, level, fresh: seen.extend(level) or evaluated(tables, level, fresh)
    )
    told = evaluate_cone(rows, [to_signed(lots[0])], 100)
    assert told is not None
    assert list(told.figures) == [to_signed(lots[0])]
    assert seen == [to_signed(key) for key in lots[:2]]


def test_more_than_the_most_is_left_alone(rows: Rows) -> None:
    drawn = random_graph(5, sources=2, derived=20)
    keys = [to_signed(key) for key in drawn.basis]
    write(rows, drawn, list(drawn.basis))
    assert evaluate_cone(rows, keys, len(keys) - 1) is None
    told = evaluate_cone(rows, keys, len(keys))
    assert told is not None
    assert len(told.figures) == len(keys)


def test_lots_that_are_gone_are_told(rows: Rows) -> None:
    """Only those that have figures: one that came and went in between has none."""
    drawn = Drawn()
    kept, gone = drawn.source(10, 10), drawn.source(10, 20)
    write(rows, drawn, [kept])
    write_figures(rows, drawn.expected())
    told = evaluate_cone(rows, [to_signed(kept), to_signed(gone), 77], 100)
    assert told is not None
    assert (told.figures, told.gone) == ({}, [to_signed(gone)])


@pytest.mark.parametrize("seed", range(8))
def test_what_moved_since_is_moved_back(rows: Rows, seed: int) -> None:
    """Other gross, offsets and units, also of lots above each other: the figures before are the plain formula's before."""
    rng = random.Random(seed)
    drawn = random_graph(seed, sources=4, derived=25)
    before = drawn.expected()
    moves: dict[tuple[int, str], int] = {}
    for key in rng.sample(list(drawn.basis), 8):
        what = rng.choice((GROSS, UNITS) if len(drawn.edges[key]) < 2 else (OFFSET,))
        if what == UNITS and drawn.edges[key]:
            ((parent, units),) = drawn.edges[key]
            taken = [used for edges in drawn.edges.values() for above, used in edges if above == key]
            drawn.basis[key] = rng.randint(max(taken, default=1), drawn.basis[parent])
            drawn.edges[key] = [(parent, drawn.basis[key])]
            moves[key, UNITS] = drawn.basis[key] - units
        elif what == GROSS and not drawn.edges[key]:
            stated = rng.randrange(2**64)
            moves[key, GROSS] = stated - (drawn.stated[key] or 0)
            drawn.stated[key] = stated
        else:
            offset = rng.randrange(2 ** rng.choice((1, 20, 64)))
            moves[key, OFFSET] = offset - drawn.offsets[key]
            drawn.offsets[key] = offset
    now = drawn.expected()
    write(rows, drawn, list(drawn.basis))
    write_figures(rows, now)
    about = (1, SCHEMA, "", 2, b"", 0, 0)
    rows.put(ABOUT, [about])
    rows.put(TABLES["holders"], [(to_signed(key), "0xa") for key in drawn.basis])
    told = [
        (2, log, to_signed(key), what, rows.whole(by)) for log, ((key, what), by) in enumerate(moves.items())
    ]
    rows.put(MOVES, told)
    rows.put(EVENTS, [(2, log, b"", "", "", "Moved", b"", b"") for _, log, *_ in told])
    found = {change.lot: change for change in changes_since(rows.connection, 1)}
    assert {key: (one.before, one.now) for key, one in found.items()} == {
        key: (before[key], now[key]) for key in now if before[key] != now[key]
    }
    assert found
    assert all(change.reasons for change in found.values())
