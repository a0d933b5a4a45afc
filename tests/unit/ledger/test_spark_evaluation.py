"""Spark's figures are the local ones, to the last digit, on a cluster of two workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cet.ledger import Figures
from cet.ledger.evaluation import Evaluation, Graph
from cet.ledger.evaluation.spark import evaluate_on_spark, frames_of
from lot_graphs import Drawn, random_graph
from spark_cluster import spark_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.slow

M63, M64 = 2**63 - 1, 2**64 - 1


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with spark_cluster() as session:
        yield session


def on_spark(spark: Any, drawn: Drawn) -> dict[int, Figures]:
    frame = evaluate_on_spark(spark, *frames_of(spark, drawn.births))
    return {row[0] & M64: Figures(*map(int, row[1:])) for row in frame.collect()}


@pytest.mark.parametrize("seed", range(3))
def test_graphs_at_the_bounds(spark: Any, seed: int) -> None:
    drawn = random_graph(seed, 5, 30)
    assert on_spark(spark, drawn) == drawn.expected()


def test_sums_beyond_64_bits(spark: Any) -> None:
    drawn = Drawn()
    heavy = [drawn.source(M63, M64) for _ in range(128)]
    product = drawn.derive(M64, [(one, M63) for one in heavy])
    drawn.derive(M64, [(product, M64), (heavy[0], 1)], offset=M64)
    assert on_spark(spark, drawn) == drawn.expected()


def test_many_lots(spark: Any) -> None:
    """Over several partitions; against the arrays of one machine."""
    drawn = random_graph(9, 3_000, 0)
    sources = list(drawn.basis)
    received: list[int] = []
    for number in range(6_000):
        parents = [sources[number * 7 % 3_000], sources[number * 11 % 3_000]]
        parents += received[number * 5 % len(received) :][:1] if received and number % 2 else []
        edges = [(one, max(1, drawn.basis[one] // 3)) for one in dict.fromkeys(parents)]
        if number < 2_000 or number % 2:
            received.append(drawn.derive(1_000 + number, edges, offset=number % 5))
    spread = received[::200]
    assert max(drawn.births.depths) < 40, spread
    assert on_spark(spark, drawn) == Evaluation(Graph.of(drawn.births)).as_figures()


def test_no_lots(spark: Any) -> None:
    lots = spark.createDataFrame([], "lot BIGINT, depth INT, basis BIGINT, stated BIGINT, own_offset BIGINT")
    edges = spark.createDataFrame([], "child BIGINT, parent BIGINT, units BIGINT")
    assert evaluate_on_spark(spark, lots, edges).collect() == []
