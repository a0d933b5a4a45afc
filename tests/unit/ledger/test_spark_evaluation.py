"""Spark's figures are the local ones, to the last digit, on a cluster of two workers."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from cet.ledger import Figures
from cet.ledger.evaluation import Evaluation, Graph
from cet.ledger.evaluation.spark import EDGES, LOTS, evaluate_on_spark, frames_of
from cet.ledger.store import EDGES_SQL, LOTS_SQL, Follower, Store
from lot_graphs import Drawn, random_graph
from spark_cluster import require_driver, spark_cluster
from supply_chain import a_supply_chain, credits_used

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from postgres import PostgresServer
    from world import World

pytestmark = pytest.mark.slow

M63, M64 = 2**63 - 1, 2**64 - 1


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with spark_cluster() as session:
        yield session


def on_spark(spark: Any, drawn: Drawn) -> dict[int, Figures]:
    frame = evaluate_on_spark(spark, *frames_of(spark, drawn.births))
    return {row[0] & M64: Figures(*map(int, row[1:])) for row in frame.collect()}


@pytest.mark.parametrize("seed", range(2))
def test_graphs_at_the_bounds(spark: Any, seed: int) -> None:
    drawn = random_graph(seed, 5, 12)
    assert on_spark(spark, drawn) == drawn.expected()


def test_sums_beyond_64_bits(spark: Any) -> None:
    drawn = Drawn()
    heavy = [drawn.source(M63, M64) for _ in range(128)]
    product = drawn.derive(M64, [(one, M63) for one in heavy])
    drawn.derive(M64, [(product, M64), (heavy[0], 1)], offset=M64)
    assert on_spark(spark, drawn) == drawn.expected()


def test_many_lots(spark: Any) -> None:
    """Over several partitions; against the arrays of one machine."""
    rng = random.Random(9)
    drawn = random_graph(9, 3_000, 0)
    above = list(drawn.basis)
    for level in range(4):
        parents = [rng.sample(above, 3) for _ in range(2_000)]
        above = [
            drawn.derive(
                1_000 + level, [(one, rng.randint(1, drawn.basis[one])) for one in each], offset=level
            )
            for each in parents
        ]
    assert on_spark(spark, drawn) == Evaluation(Graph.of(drawn.births)).as_figures()


def test_a_store(spark: Any, world: World, tmp_path: Path) -> None:
    """Read by its own queries; equal to the figures it has."""
    credits_used(world, a_supply_chain(world))
    store = Store.open(f"sqlite:///{tmp_path / 'mirror.db'}", world.ledger.deployment)
    Follower(store, world.ledger.chain).catch_up()
    store.evaluate()
    with store.read() as connection:
        rows = [[tuple(row) for row in connection.execute(text(sql))] for sql in (LOTS_SQL, EDGES_SQL)]
    frames = [spark.createDataFrame(*pair) for pair in zip(rows, (LOTS, EDGES), strict=True)]
    found = {row[0] & M64: Figures(*map(int, row[1:])) for row in evaluate_on_spark(spark, *frames).collect()}
    assert found == store.figures()
    store.close()


def test_a_store_over_jdbc(spark: Any, world: World, postgres_of_run: PostgresServer) -> None:
    """The workers read the store's tables from PostgreSQL, part by part, and write their figures beside the store's own."""
    require_driver()
    url = postgres_of_run.fresh("spark_store")
    credits_used(world, a_supply_chain(world))
    store = Store.open(url, world.ledger.deployment)
    Follower(store, world.ledger.chain).catch_up()
    store.evaluate()
    place = url.split("://cet@")[1]
    access = {"url": f"jdbc:postgresql://{place}?user=cet", "driver": "org.postgresql.Driver"}
    whole = {"lowerBound": str(-(2**63)), "upperBound": str(M63), "numPartitions": "4"}
    reader = spark.read.format("jdbc").options(**access, **whole)
    lots = reader.option("dbtable", f"({LOTS_SQL}) lots").option("partitionColumn", "lot").load()
    edges = reader.option("dbtable", f"({EDGES_SQL}) edges").option("partitionColumn", "child").load()
    frame = evaluate_on_spark(spark, lots, edges)
    assert lots.rdd.getNumPartitions() == 4
    frame.write.format("jdbc").options(**access, dbtable="figures_by_spark").mode("overwrite").save()
    differing = (
        "SELECT count(*) FROM figures_by_spark s FULL JOIN ledger_figures f USING (lot) WHERE"
        " (s.gross, s.inherited, s.net, s.surplus) IS DISTINCT FROM (f.gross, f.inherited, f.net, f.surplus)"
    )
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM figures_by_spark")).scalar() == len(
            store.figures()
        )
        assert connection.execute(text(differing)).scalar() == 0
    store.close()


def test_no_lots(spark: Any) -> None:
    lots, edges = spark.createDataFrame([], LOTS), spark.createDataFrame([], EDGES)
    assert evaluate_on_spark(spark, lots, edges).collect() == []
