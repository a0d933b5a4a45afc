"""The evaluation over arrays is the formula of docs/architecture.md to the milligram, at once and after every move."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cet.ledger.evaluation import Evaluation, Graph
from cet.ledger.evaluation.kernel import carries, is_plain, ratios, settle
from lot_graphs import Drawn, random_graph

M63, M64 = 2**63 - 1, 2**64 - 1
WORD = st.one_of(st.integers(0, M64), st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**63, M64 - 1, M64]))
BASIS = st.one_of(st.integers(1, M63), st.sampled_from([1, 2, 3, 2**31, 2**32 - 1, 2**32, M63 - 1, M63]))


@given(st.lists(st.tuples(WORD, BASIS, st.integers(0, M64)), min_size=1, max_size=40))
def test_carry_is_exact(rows: list[tuple[int, int, int]]) -> None:
    """Whole and part together are ceil(x · units · 2^64 / basis), for every plain edge."""
    edges = [(figure, part % basis + 1, basis) for figure, basis, part in rows]
    figure, units, basis = (np.array(column, np.uint64) for column in zip(*edges, strict=True))
    assert is_plain(units, basis).all()
    wholes, parts = carries(figure, ratios(units, basis), basis)
    found = [int(whole) << 64 | int(part) for whole, part in zip(wholes, parts, strict=True)]
    assert found == [-(-(x * u << 64) // b) for x, u, b in edges]


@given(st.lists(st.tuples(BASIS, st.integers(0, M64)), min_size=1, max_size=40))
def test_ratio_is_exact(rows: list[tuple[int, int]]) -> None:
    edges = [(part % basis + 1, basis) for basis, part in rows]
    limbs = ratios(*(np.array(column, np.uint64) for column in zip(*edges, strict=True)))
    found = [sum(int(limb) << 32 * place for place, limb in enumerate(column)) for column in limbs.T]
    assert found == [min((units << 128) // basis, 2**128 - 1) for units, basis in edges]


@given(st.lists(st.lists(st.tuples(WORD, WORD), min_size=1, max_size=6), min_size=1, max_size=6))
def test_runs_are_rounded_up_once(runs: list[list[tuple[int, int]]]) -> None:
    flat = [carry for run in runs for carry in run]
    wholes, parts = (np.array(column, np.uint64) for column in zip(*flat, strict=True))
    starts = np.cumsum([0, *(len(run) for run in runs[:-1])])
    high, low = settle(wholes, parts, starts)
    found = [int(one) << 64 | int(two) for one, two in zip(high, low, strict=True)]
    assert found == [-(-sum(whole << 64 | part for whole, part in run) >> 64) for run in runs]


@pytest.mark.parametrize("seed", range(40))
def test_graphs_at_the_bounds(seed: int) -> None:
    """Sums above 2^64, bases of 64 bits, diamonds, the same parent several times, offsets larger than what there is."""
    drawn = random_graph(seed, 5, 60)
    assert Evaluation(Graph.of(drawn.births)).as_figures() == drawn.expected()


def test_deep_chain_and_wide_diamonds() -> None:
    drawn = Drawn()
    below = drawn.source(M63, M64)
    for step in range(1_024):
        below = drawn.derive(M63 - step, [(below, M63 - step)], offset=step % 7)
    left, right = drawn.source(3, 10), drawn.source(7, M64)
    for _ in range(200):
        left, right = (
            drawn.derive(5, [(left, 1), (right, 2), (left, 1)]),
            drawn.derive(9, [(left, 1), (right, 3)]),
        )
    assert Evaluation(Graph.of(drawn.births)).as_figures() == drawn.expected()


def test_sums_beyond_64_bits() -> None:
    """128 lots of 2^64 − 1 mg in one product, passed on whole and in part."""
    drawn = Drawn()
    heavy = [drawn.source(M63, M64) for _ in range(128)]
    product = drawn.derive(M64, [(one, M63) for one in heavy])
    drawn.derive(1, [(product, 1), (heavy[0], 1)])
    drawn.derive(M64, [(product, M64)], offset=M64)
    figures = Evaluation(Graph.of(drawn.births)).as_figures()
    assert figures == drawn.expected()
    assert figures[product].gross == 128 * M64


@pytest.mark.parametrize("seed", range(25))
def test_moves_are_a_new_evaluation(seed: int) -> None:
    """After each move the figures are those of the whole graph calculated anew, and `changed` names what differs."""
    rng = random.Random(seed)
    drawn = random_graph(1_000 + seed, 6, 50)
    evaluation = Evaluation(Graph.of(drawn.births))
    for _ in range(12):
        before = drawn.expected()
        offsets: dict[int, int] = {}
        stated: dict[int, int] = {}
        units: dict[int, int] = {}
        for key in rng.sample(list(drawn.basis), 3):
            kind = rng.random()
            if kind < 0.5:
                drawn.offsets[key] = offsets[key] = rng.choice((0, 1, M64, rng.randrange(2**64)))
            elif drawn.stated[key] is not None:
                drawn.stated[key] = stated[key] = rng.choice((0, M64, rng.randrange(2**64)))
            elif len(drawn.edges[key]) == 1:
                ((parent, _),) = drawn.edges[key]
                taken = [had for edges in drawn.edges.values() for one, had in edges if one == key]
                least = max(taken, default=1)
                if least <= drawn.basis[parent]:
                    units[key] = drawn.basis[key] = rng.randint(least, drawn.basis[parent])
                    drawn.edges[key] = [(parent, units[key])]
        changed = evaluation.move(offsets=offsets, stated=stated, units=units)
        after = drawn.expected()
        assert evaluation.as_figures() == after
        assert set(evaluation.graph.keys[changed].tolist()) == {
            key for key in after if after[key] != before[key]
        }


def test_births_leave_what_is_known() -> None:
    """A graph that grew is evaluated at its new lots alone."""
    drawn = random_graph(7, 4, 30)
    first = Evaluation(Graph.of(drawn.births))
    known = set(drawn.basis)
    for _ in range(10):
        drawn.derive(1, [(random.Random(1).choice(list(drawn.basis)), 1)])
    drawn.source(1, 0)
    grown = Evaluation(Graph.of(drawn.births), first)
    assert grown.as_figures() == drawn.expected()
    assert set(grown.graph.keys[grown.changed].tolist()) == set(drawn.basis) - known


def test_nothing_and_unknown_lots() -> None:
    assert Evaluation(Graph.of(Drawn().births)).as_figures() == {}
    drawn = Drawn()
    drawn.source(1, 1)
    with pytest.raises(KeyError):
        Evaluation(Graph.of(drawn.births)).of(77)
    with pytest.raises(KeyError):
        Evaluation(Graph.of(Drawn().births)).of(77)
