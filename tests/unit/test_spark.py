"""Spark's sums are DuckDB's, to the last digit, on a cluster of two workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cet.inventory import compute, load
from cet.inventory.spark import tally_on_spark
from package_folders import write_package
from package_forms import as_parquet
from spark_cluster import spark_cluster

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.inventory import Package

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    with spark_cluster() as session:
        yield session


def same(spark: Any, package: Package) -> None:
    found = tally_on_spark(spark, package)
    expected = {
        shape.text: (tally.amount, tally.lines) for shape, tally in compute(package, lines=False).pairs
    }
    assert {text: (tally.amount, tally.lines) for text, tally in found.items()} == expected


LINES = [
    {"id": "plain", "quantity": "12.345678901", "share": "0.333333"},
    {"id": "wide", "quantity": "0.1234567890123456789012", "note": 'says"so", twice'},
    {"id": "tiny", "quantity": "1e-30", "source": "Strøm 電, comma"},
    {"id": "large", "quantity": "99999999.999", "unit": "L"},
    {"id": "noisy", "quantity": "0.21233000000000002"},
    {"id": "zero", "quantity": "000.000"},
    {"id": "number", "quantity": "7", "number": "3.5"},
    {"id": "ratio", "quantity": "7", "number": "1/3"},
    {"id": "power", "scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"},
]


def test_odd_and_plain_numbers(spark: Any, tmp_path: Path) -> None:
    same(spark, load(write_package(tmp_path / "csv", LINES)))


def test_parquet(spark: Any, tmp_path: Path) -> None:
    write_package(tmp_path / "csv", LINES)
    same(spark, load(as_parquet(tmp_path / "csv", tmp_path / "parquet")))


def test_many_lines(spark: Any, tmp_path: Path) -> None:
    """Sums of many digits over several partitions."""
    lines = [
        {"id": f"l{n}", "quantity": f"{n * 7919 % 99991}.{n % 1000:03d}", "share": f"0.{n % 97:02d}"}
        for n in range(20_000)
    ]
    same(spark, load(write_package(tmp_path, lines)))
