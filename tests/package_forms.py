"""The same package in its other forms: its activities as Parquet, all of it as a workbook."""

from __future__ import annotations

import csv
import shutil
import tomllib
from typing import TYPE_CHECKING

import duckdb

from cet.factors import FactorStore
from cet.inventory.energy.tables import read_tables
from cet.inventory.workbook.writing import write_workbook

if TYPE_CHECKING:
    from pathlib import Path


def as_parquet(folder: Path, to: Path, types: dict[str, str] | None = None) -> Path:
    """A copy with its activities in Parquet; columns are text but for those whose type is given."""
    shutil.copytree(folder, to)
    source = to / "activities.csv"
    with duckdb.connect() as connection:
        relation = connection.read_csv(str(source), header=True, all_varchar=True)
        cells = ", ".join(
            f'CAST("{name}" AS {(types or {}).get(name, "VARCHAR")}) AS "{name}"' for name in relation.columns
        )
        target = str(to / "activities.parquet").replace("'", "''")
        relation.query("t", f"SELECT {cells} FROM t").write_parquet(target)  # noqa: S608 - our own names
    source.unlink()
    return to


def as_workbook(folder: Path, to: Path) -> Path:
    """The package as a workbook at `to`, its evidence beside it."""
    settings = tomllib.loads((folder / "inventory.toml").read_text(encoding="utf-8"))
    _, wrong = read_tables(folder, settings)
    assert not wrong
    own = folder / "factors.toml"
    factors = tomllib.loads(own.read_text(encoding="utf-8")) if own.exists() else {}
    with (folder / "activities.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    to.parent.mkdir(parents=True, exist_ok=True)
    write_workbook(to, settings, factors, rows, FactorStore())
    for one in settings.get("evidence", []):
        (to.parent / one["file"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder / one["file"], to.parent / one["file"])
    return to
