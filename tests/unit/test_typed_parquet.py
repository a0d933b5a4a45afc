"""Numbers that Parquet types are read as the same numbers in CSV: the same sums, or the same findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from cet.inventory import check, compute, load
from cet.inventory.plain_rows import typed_numbers
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path


def typed(source: Path, folder: Path, quantity: str, share: str) -> Path:
    """The package with its two numbers in columns of these types."""
    folder.mkdir()
    for file in source.iterdir():
        if file.name != "activities.csv":
            (folder / file.name).write_bytes(file.read_bytes())
    rows = f"read_csv('{source / 'activities.csv'}', all_varchar = true)"
    cells = f"quantity::{quantity} AS quantity, share::{share} AS share"
    target = folder / "activities.parquet"
    duckdb.sql(f"COPY (SELECT * REPLACE ({cells}) FROM {rows}) TO '{target}' (FORMAT parquet)")  # noqa: S608 - of this test
    return folder


def lines(quantities: list[str], share: str = "") -> list[dict[str, str]]:
    return [{"id": f"l{n}", "quantity": text, "share": share} for n, text in enumerate(quantities)]


@pytest.mark.parametrize(
    ("quantity", "share", "values"),
    [
        ("DECIMAL(12,2)", "DECIMAL(3,2)", ["0", "12.50", "9999999999.99"]),
        ("DECIMAL(15,9)", "DECIMAL(7,6)", ["0.000000001", "999999.999999999"]),
        ("DECIMAL(38,10)", "VARCHAR", ["0.0000000001", "5123.0000000001"]),
        ("BIGINT", "VARCHAR", ["7", "9999999"]),
        ("TINYINT", "INTEGER", ["7", "127"]),
    ],
)
def test_same_sums(tmp_path: Path, quantity: str, share: str, values: list[str]) -> None:
    part = "1" if share == "INTEGER" else "0.25"
    csv = write_package(tmp_path / "csv", [*lines(values, part), {"id": "whole", "quantity": "3"}])
    parquet = typed(csv, tmp_path / "typed", quantity, share)
    assert compute(load(parquet)).sums == compute(load(csv)).sums


@pytest.mark.parametrize(
    ("quantity", "values", "share"),
    [
        ("DECIMAL(12,2)", ["-1", "5"], "0.5"),
        ("BIGINT", ["1000000000000000"], ""),
        ("BIGINT", ["-3"], ""),
        ("DECIMAL(9,2)", ["1"], "1.01"),
    ],
)
def test_same_findings(tmp_path: Path, quantity: str, values: list[str], share: str) -> None:
    csv = write_package(tmp_path / "csv", lines(values, share))
    parquet = typed(csv, tmp_path / "typed", quantity, "DECIMAL(4,2)")
    found, expected = (
        [(one.row, one.column, one.problem) for one in check(package).findings] for package in (parquet, csv)
    )
    assert found == expected
    assert found


def test_only_types_whose_every_value_fits() -> None:
    assert set(typed_numbers({"quantity": "DECIMAL(15,9)", "share": "DECIMAL(7,6)"})) == {
        "exact_quantity",
        "exact_part",
    }
    for quantity, share in (("DECIMAL(16,2)", "DECIMAL(9,7)"), ("DECIMAL(15,10)", "DOUBLE"), ("HUGEINT", "")):
        assert typed_numbers({"quantity": quantity, "share": share}) == {}
