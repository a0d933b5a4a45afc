"""Numbers that Parquet types are read as the same numbers in CSV: the same sums, or the same findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from cet.errors import PackageError
from cet.inventory import check, compute, line_ledger, load
from cet.inventory.line_ledger import write_line_ledger
from cet.inventory.plain_rows import typed_numbers
from cet.inventory.priced import unchanged
from cet.statement import commit
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
    one, other = compute(load(parquet)), compute(load(csv))
    assert one.sums == other.sums
    assert commit(one).root == commit(other).root
    write_line_ledger(one, tmp_path / "one.csv")
    write_line_ledger(other, tmp_path / "other.csv")
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "other.csv").read_text()


@pytest.mark.parametrize("later", [False, True])
def test_a_file_somebody_wrote_to_is_not_taken_for_the_one_that_was_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, later: bool
) -> None:
    """The lines of a file that is as it was are not looked through again."""
    csv = write_package(tmp_path / "csv", lines(["1", "2.50"]))
    inventory = compute(load(typed(csv, tmp_path / "typed", "DECIMAL(12,2)", "DECIMAL(3,2)")))
    assert inventory.all_plain
    assert unchanged(inventory)
    target = tmp_path / "typed" / "activities.parquet"

    def write_wrong_line() -> None:
        duckdb.sql(
            f"COPY (SELECT * REPLACE ('=' || source AS source) FROM read_parquet('{target}')) TO '{target}.new' (FORMAT parquet)"  # noqa: S608 - of this test
        )
        target.with_name("activities.parquet.new").replace(target)

    if later:
        monkeypatch.setattr(line_ledger._Ledger, "write", lambda *_: write_wrong_line() or 2)
        (tmp_path / ".lines.parquet.part").touch()
    else:
        write_wrong_line()
    with pytest.raises(PackageError, match="written to while" if later else "0 lines now, 2 when"):
        write_line_ledger(inventory, tmp_path / "lines.parquet")
    assert not (tmp_path / "lines.parquet").exists()


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
    assert set(typed_numbers({"quantity": "DECIMAL(15,9)"})) == {"exact_quantity", "exact_part"}
    assert set(typed_numbers({"quantity": "DECIMAL(15,9)", "share": "DECIMAL(7,6)"})) == {
        "exact_quantity",
        "exact_part",
    }
    for quantity, share in (("DECIMAL(16,2)", "DECIMAL(9,7)"), ("DECIMAL(15,10)", "DOUBLE"), ("HUGEINT", "")):
        assert typed_numbers({"quantity": quantity, "share": share}) == {}
