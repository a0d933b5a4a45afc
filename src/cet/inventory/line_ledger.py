"""The full ledger of an inventory's lines in a file, one row a line: activity, factors, GWP set, conversion, mg per lot, evidence.

Every number is exact text. DuckDB calculates and writes the simple lines in the order of the package, in memory that does not
grow; the others follow, calculated as fractions.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from cet.errors import Finding, PackageError
from cet.inventory.exact_sql import canonical
from cet.inventory.folder import ACTIVITIES
from cet.inventory.line_class import LineClass
from cet.inventory.lots import lot_names
from cet.inventory.parquet import SAFE_CONFIG
from cet.inventory.priced import PricedLines, priced_lines
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cet.inventory.priced import Constants
    from cet.inventory.result import Inventory, Line

FORMATS = {".parquet": "FORMAT parquet, COMPRESSION zstd", ".csv": "FORMAT csv, HEADER true"}

_OWN = (
    "line",
    "source",
    "quantity",
    "share",
    "mg",
    "start",
    "end",
    "claimed_t",
    "evidence",
    "reason",
    "note",
)
_SHAPED = ("facility", "scope", "category", "unit", "data", "method", "chp", "estimate", "received")
_MADE = ("parameters", "factors", "gwp", "conversion", "rates", "lots", "trail")
LEDGER_COLUMNS = (*_OWN, *_SHAPED, *_MADE)
"""`rates`, `mg` and `lots` are parallel lists separated by spaces: mg = (quantity + terms added) × share × rate, for each lot.
`conversion` is units of the first factor per unit of the line; parameters are in the rates, those that are terms are not."""

_CONSTANT = {**{name: f"of_{name}" for name in _SHAPED}, "parameters": "given"}
"""Columns that have another name in `priced`, where the record has one of the same name."""

_BATCH = 10_000


def write_line_ledger(inventory: Inventory, path: Path) -> int:
    """Writes the file, `.parquet` or `.csv`, whole or not at all; how many lines. Raises ValueError for another ending and
    PackageError when the package no longer has the lines it was computed from."""
    if path.suffix not in FORMATS:
        raise ValueError(f"{path}: write a file that ends in {' or '.join(FORMATS)}")
    constants = {**{_CONSTANT[name]: _shaped(name) for name in _SHAPED}, **_made(inventory)}
    part = path.with_name(f".{path.name}.part")
    try:
        with priced_lines(inventory, constants) as lines:
            written = _write(lines, constants, part, FORMATS[path.suffix], inventory.line_count)
        if written != inventory.line_count:
            problem = f"{written} lines now, {inventory.line_count} when it was computed"
            raise PackageError([Finding(ACTIVITIES, 0, "", "", problem, "compute it again")])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


def _write(lines: PricedLines, constants: Constants, part: Path, options: str, expected: int) -> int:
    connection = lines.connection or duckdb.connect(config=dict(SAFE_CONFIG))
    simple = f"SELECT {_simple()} FROM priced WHERE simple"
    # Mostly every line is simple, and the others need not be looked for.
    written = _copy(connection, simple, part, options) if lines.connection else 0
    if written < expected:
        _collect_odd(connection, lines, constants)
        every = f"{simple} UNION ALL FROM odd" if written else "FROM odd"
        written = _copy(connection, every, part, options)
    if lines.connection is None:
        connection.close()
    return written


def _collect_odd(connection: duckdb.DuckDBPyConnection, lines: PricedLines, constants: Constants) -> None:
    """The lines that are not simple, as the table `odd`."""
    columns = ", ".join(f'"{name}" VARCHAR' for name in LEDGER_COLUMNS)
    connection.execute(f"CREATE TABLE odd ({columns})")
    insert = f"INSERT INTO odd SELECT {', '.join(['unnest(?)'] * len(LEDGER_COLUMNS))}"
    odd = (_row(line, constants) for line in lines.odd_lines())
    # Through a cursor: the connection itself has a result that is still read.
    cursor = connection.cursor()
    while batch := list(islice(odd, _BATCH)):
        cursor.execute(insert, [list(column) for column in zip(*batch, strict=True)])


def _copy(connection: duckdb.DuckDBPyConnection, rows: str, part: Path, options: str) -> int:
    """Writes rows to the file; how many."""
    target = str(part).replace("'", "''")
    row = connection.execute(f"COPY ({rows}) TO '{target}' ({options})").fetchone()
    return int(row[0]) if row else 0


def _simple() -> str:
    own = {
        "line": "id",
        "quantity": canonical("quantity"),
        "share": canonical("part"),
        "evidence": "coalesce(evidence_text, '')",
        **_CONSTANT,
    }
    quoted = {name: f'"{name}"' for name in LEDGER_COLUMNS}
    return ", ".join(f"{own.get(name, quoted[name])} AS {quoted[name]}" for name in LEDGER_COLUMNS)


def _row(line: Line, constants: Constants) -> list[str]:
    row = line.row
    one = LineClass(line.shape, row.given)
    cells = {
        "line": row.id,
        "source": row.source,
        "quantity": row.quantity.text,
        "share": row.share.text,
        "mg": " ".join(exact_text(mg) for _, mg in line.emissions()),
        "start": row.start,
        "end": row.end,
        "claimed_t": row.claimed,
        "evidence": row.evidence,
        "reason": row.reason,
        "note": row.note,
        **{name: make(one) for name, make in constants.items()},
    }
    return [cells[_CONSTANT.get(name, name)] for name in LEDGER_COLUMNS]


def _shaped(name: str) -> Callable[[LineClass], str]:
    return lambda one: str(getattr(one.shape.text, name))


def _made(inventory: Inventory) -> dict[str, Callable[[LineClass], str]]:
    gwp = inventory.package.settings.header.gwp.name
    return {
        "given": lambda one: " ".join(given.canonical for given in one.given),
        "factors": lambda one: " ".join(factor.id for factor in one.shape.factors),
        "gwp": lambda _: gwp,
        "conversion": lambda one: exact_text(one.shape.per_factor),
        "rates": lambda one: " ".join(exact_text(rate) for rate in one.rates),
        "lots": lambda one: lot_names(one.shape, inventory.lot_of),
        "trail": _trail,
    }


def _trail(one: LineClass) -> str:
    """Where each factor stands, and what it is made of."""
    factors = one.shape.factors
    inputs = "".join(
        f"; market-based {exact_text(given.part)} {given.kind} {given.instrument}"
        for given in one.shape.inputs
    )
    told = "; ".join(
        f"{factor.id}: {factor.trail()['gases']} {factor.mass}/{factor.unit.name}, {factor.pack.publisher},"
        f" {factor.pack.document}, {factor.table}, {factor.year}"
        for factor in factors
    )
    return told + inputs
