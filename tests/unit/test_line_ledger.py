"""The file of every line: what it says adds up to the inventory, exactly, whichever way a line was calculated."""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
import pytest

from cet.errors import PackageError
from cet.inventory import compute, load, read_package, reference
from cet.inventory.line_ledger import LEDGER_COLUMNS, write_line_ledger
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory import Inventory

POWER = {"id": "power", "scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"}
LINES = [
    {"id": "a", "share": "0.50", "note": 'says"so", twice'},
    POWER,
    {"id": "third", "unit": "L", "quantity": "7"},
    {"id": "odd", "quantity": "1e-9"},
    {"id": "many", "number": "3", "quantity": "2.50"},
    {"id": "zero", "quantity": "0", "category": "process"},
]


def written(inventory: Inventory, path: Path) -> list[dict[str, str]]:
    assert write_line_ledger(inventory, path) == inventory.line_count
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    with duckdb.connect() as connection:
        found = connection.execute("FROM read_parquet(?)", [str(path)])
        names = [name for name, *_ in found.description or ()]
        return [dict(zip(names, cells, strict=True)) for cells in found.fetchall()]


@pytest.mark.parametrize("name", ["lines.csv", "lines.parquet"])
def test_every_line_is_there_and_the_lots_add_up(tmp_path: Path, name: str) -> None:
    inventory = read_package(write_package(tmp_path / "package", LINES))
    rows = written(inventory, tmp_path / name)
    assert tuple(rows[0]) == LEDGER_COLUMNS
    assert {row["line"] for row in rows} == {line["id"] for line in LINES}
    sums: dict[str, Fraction] = {}
    for row in rows:
        parts = zip(row["lots"].split(), row["mg"].split(), row["rates"].split(), strict=True)
        for lot, mg, rate in parts:
            assert Fraction(mg) == Fraction(row["quantity"]) * Fraction(row["share"]) * Fraction(rate)
            sums[lot] = sums.get(lot, Fraction(0)) + Fraction(mg)
    assert sums.pop("none") == 0
    assert sums == {lot.name: lot.exact for lot in inventory.lots}
    by_line = {row["line"]: row for row in rows}
    assert by_line["a"]["note"] == 'says"so", twice'
    assert by_line["third"]["conversion"].count("/") == 1
    assert by_line["many"]["parameters"] == "number=3[]"
    assert by_line["power"]["gwp"] == "AR5"
    assert "Tester, Test factors" in by_line["power"]["trail"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


def test_both_ways_write_the_same_rows(tmp_path: Path) -> None:
    package = load(write_package(tmp_path / "package", LINES))
    fast = written(compute(package), tmp_path / "fast.csv")
    slow = written(reference(package), tmp_path / "slow.csv")
    assert sorted(fast, key=lambda row: row["line"]) == sorted(slow, key=lambda row: row["line"])


def test_a_changed_package_leaves_no_file(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path / "package", LINES))
    path = inventory.package.activities
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(PackageError, match="5 lines now, 6 when it was computed"):
        write_line_ledger(inventory, tmp_path / "lines.csv")
    assert [one for one in tmp_path.iterdir() if one.is_file()] == []


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in \.parquet or \.csv"):
        write_line_ledger(read_package(write_package(tmp_path)), tmp_path / "lines.xlsx")
