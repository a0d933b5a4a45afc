"""The file of every line: what it says adds up to the inventory, exactly, whichever way a line was calculated."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb
import pytest

from cet.errors import PackageError
from cet.inventory import compute, load, read_package, reference
from cet.inventory.line_ledger import EXACT_COLUMNS, ledger_columns, write_line_ledger
from cet.quantities import half_even_text
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


PLAIN = [LINES[0], POWER, LINES[5]]


def written(inventory: Inventory, path: Path) -> list[dict[str, str]]:
    """The rows with every number as exact text, as the CSV has them."""
    assert write_line_ledger(inventory, path) == inventory.line_count
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    return [_exactly(row) for row in typed(path)]


def typed(path: Path) -> list[dict[str, object]]:
    with duckdb.connect() as connection:
        found = connection.execute("FROM read_parquet(?)", [str(path)])
        names = [name for name, *_ in found.description or ()]
        return [dict(zip(names, cells, strict=True)) for cells in found.fetchall()]


def _exactly(row: dict[str, object]) -> dict[str, str]:
    cells = {name: _text(value) for name, value in row.items()}
    quantity, share, mg = (cells.pop(name) for name in EXACT_COLUMNS)
    if mg:
        cells |= {"quantity": quantity, "share": share}
        cells |= {f"mg_{number}": one for number, one in enumerate(mg.split(), 1)}
    return cells


def _text(value: object) -> str:
    if not isinstance(value, Decimal):
        return str(value or "")
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.mark.parametrize("name", ["lines.csv", "lines.parquet"])
@pytest.mark.parametrize("lines", [LINES, PLAIN])
def test_every_line_is_there_and_the_lots_add_up(
    tmp_path: Path, lines: list[dict[str, str]], name: str
) -> None:
    inventory = read_package(write_package(tmp_path / "package", lines))
    rows = written(inventory, tmp_path / name)
    assert tuple(rows[0]) == ledger_columns(inventory)
    assert {row["line"] for row in rows} == {line["id"] for line in lines}
    sums: dict[str, Fraction] = {}
    for row in rows:
        for number in range(1, 5):
            if lot := row.get(f"lot_{number}"):
                mg, rate = Fraction(row[f"mg_{number}"]), Fraction(row[f"rate_{number}"])
                assert mg == Fraction(row["quantity"]) * Fraction(row["share"]) * rate
                sums[lot] = sums.get(lot, Fraction(0)) + mg
            else:
                assert not row.get(f"mg_{number}")
    assert sums.pop("none", 0) == 0
    assert sums == {lot.name: lot.exact for lot in inventory.lots}
    by_line = {row["line"]: row for row in rows}
    assert by_line["a"]["note"] == 'says"so", twice'
    assert by_line["power"]["gwp"] == "AR5"
    assert "Tester, Test factors" in by_line["power"]["trail"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [name]


def test_a_line_names_its_parameters_and_its_conversion(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path / "package", LINES))
    by_line = {row["line"]: row for row in written(inventory, tmp_path / "lines.parquet")}
    assert by_line["third"]["conversion"].count("/") == 1
    assert by_line["many"]["parameters"] == "number=3[]"


def test_numbers_of_parquet_are_decimals_that_can_be_added_up(tmp_path: Path) -> None:
    path = tmp_path / "lines.parquet"
    write_line_ledger(read_package(write_package(tmp_path / "package", PLAIN)), path)
    for row in typed(path):
        assert isinstance(row["quantity"], Decimal)
        assert isinstance(row["mg_1"], Decimal)
        assert [row[name] for name in EXACT_COLUMNS] == [None] * 3


@pytest.mark.parametrize("quantity", ["7", "1e-9", "0.000000001", "123456789.123456", "7.123456789", "1e3"])
def test_an_mg_that_is_no_decimal_is_rounded_half_to_even_beside_its_exact_text(
    tmp_path: Path, quantity: str
) -> None:
    inventory = read_package(
        write_package(tmp_path / "package", [{"unit": "L", "quantity": quantity}, {"id": "decimal"}])
    )
    write_line_ledger(inventory, path := tmp_path / "lines.parquet")
    rows = {row["line"]: row for row in typed(path)}
    exact = Fraction(str(rows["line"]["exact_mg"]))
    assert exact == next(mg for line in inventory.lines if line.id == "line" for _, mg in line.emissions())
    assert Fraction(str(rows["line"]["mg_1"])) == Fraction(half_even_text(exact, 9))
    assert rows["decimal"]["exact_mg"] is None


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_both_ways_write_the_same_rows(tmp_path: Path, ending: str) -> None:
    package = load(write_package(tmp_path / "package", LINES))
    fast = written(compute(package), tmp_path / f"fast{ending}")
    slow = written(reference(package), tmp_path / f"slow{ending}")
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
