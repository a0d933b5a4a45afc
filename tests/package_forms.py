"""The same package in its other forms: its activities as Parquet, all of it as a workbook."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import duckdb

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
