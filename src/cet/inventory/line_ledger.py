"""The full ledger of an inventory's lines in a file, one row a line: activity, factors, GWP set, conversion, mg per lot, evidence.

In a CSV every number is exact text. In Parquet numbers are decimals that can be added up, exact but where `exact_mg` is
filled. DuckDB calculates and writes the simple lines in the order of the package, in memory that does not grow; the others
follow, calculated as fractions.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import duckdb

from cet.errors import Finding, PackageError
from cet.inventory.decimal_lines import LEAST
from cet.inventory.folder import ACTIVITIES
from cet.inventory.line_class import LineClass
from cet.inventory.long_work import long_work
from cet.inventory.lots import lot_names
from cet.inventory.parquet import SAFE_CONFIG
from cet.inventory.priced import PricedLines, priced_lines
from cet.inventory.row_databases import beside, name_of
from cet.quantities import exact_text, half_even_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cet.inventory.line_classes import Constants
    from cet.inventory.result import Inventory, Line

FORMATS = {
    ".parquet": "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1",
    ".csv": "FORMAT csv, HEADER true",
}

_SHAPED = (
    "facility",
    "scope",
    "category",
    "unit",
    "data",
    "method",
    "chp",
    "estimate",
    "received",
    "project",
)
_BEFORE = ("line", "facility", "scope", "category", "source", "quantity", "unit", "share", "parameters")
_AFTER = (
    "start",
    "end",
    "data",
    "method",
    "chp",
    "estimate",
    "reason",
    "received",
    "project",
    "evidence",
    "claimed_t",
    "note",
    "trail",
)
EXACT_COLUMNS = ("exact_quantity", "exact_share", "exact_mg")
"""Of Parquet alone, empty where the numbers themselves are exact: their exact text, that of mg for every lot, separated by spaces."""

_CONSTANT = {**{name: f"of_{name}" for name in _SHAPED}, "parameters": "given"}
"""Columns that have another name in the views of `priced`, where the record has one of the same name."""

_BATCH = 10_000


def ledger_columns(inventory: Inventory) -> tuple[str, ...]:
    """The columns of both formats. mg_1 = (quantity + terms added) × share × rate_1 goes into lot_1, and so on for as many lots
    as a line of the inventory has at most. `conversion` is units of the first factor per unit of the line; parameters are in the rates,
    those that are terms are not."""
    most = max(len(shape.all_streams) for shape in inventory.shapes.values())
    lots = (f"{name}_{number}" for number in range(1, most + 1) for name in ("lot", "rate", "mg"))
    return (*_BEFORE, "factors", "gwp", "conversion", *lots, *_AFTER)


def write_line_ledger(inventory: Inventory, path: Path) -> int:
    """Writes the file, `.parquet` or `.csv`, whole or not at all; how many lines. Raises ValueError for another ending and
    PackageError when the package no longer has the lines it was computed from."""
    if path.suffix not in FORMATS:
        raise ValueError(f"{path}: write a file that ends in {' or '.join(FORMATS)}")
    ledger = _Ledger(inventory, typed=path.suffix == ".parquet")
    part = path.with_name(f".{path.name}.part")
    try:
        with priced_lines(inventory, ledger.constants, enumerated=ledger.typed) as lines:
            written = ledger.write(lines, part, FORMATS[path.suffix])
        if written != inventory.line_count:
            problem = f"{written} lines now, {inventory.line_count} when it was computed"
            raise PackageError([Finding(ACTIVITIES, 0, "", "", problem, "compute it again")])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


class _Ledger:
    """What is written of each line; `typed`: numbers as decimals."""

    def __init__(self, inventory: Inventory, *, typed: bool) -> None:
        self.typed = typed
        self._expected = inventory.line_count
        self._columns = ledger_columns(inventory)
        self.constants: Constants = {
            **{_CONSTANT[name]: _shaped(name) for name in _SHAPED},
            **_made(inventory),
            **{
                name: _listed(inventory, name) for name in self._columns if name.startswith(("lot_", "rate_"))
            },
        }
        self._absent = {
            name
            for name in ("start", "end", "claimed_t", "evidence", "reason", "note")
            if name not in inventory.package.columns
        }

    def write(self, lines: PricedLines, part: Path, options: str) -> int:
        """Writes every line to the file; how many."""
        connection = lines.connection or duckdb.connect(config=dict(SAFE_CONFIG))
        connection.execute("CREATE TYPE nothing AS ENUM ('')")
        written = 0
        if lines.connection and lines.classes.all_quick:
            # Mostly every line is quick, and the others need not be looked for.
            written = _copy(connection, f"SELECT {self._selected('quick')} FROM quick", part, options)
        if written < self._expected:
            views = ("quick", "other") if lines.connection else ()
            self._collect_odd(connection, lines)
            every = [f"SELECT {self._selected(view)} FROM {view}" for view in (*views, "odd")]
            written = _copy(connection, " UNION ALL ".join(every), part, options)
        if lines.connection is None:
            connection.close()
        return written

    def _selected(self, view: str) -> str:
        """The columns of one of the views `quick` and `other`, or of the table `odd`."""
        return ", ".join(f'{self._cell(name, view)} AS "{name}"' for name in self._written())

    def _written(self) -> tuple[str, ...]:
        return (*self._columns, *(EXACT_COLUMNS if self.typed else ()))

    def _cell(self, name: str, view: str) -> str:
        if view == "odd":
            return self._of_odd(name)
        exact = dict(zip(EXACT_COLUMNS, ("quantity_text", "part_text", "mg"), strict=True))
        if name in exact:
            return exact[name] if view == "other" else "NULL::VARCHAR"
        if name.startswith("mg_"):
            return f"{name}_number" if self.typed else f"coalesce({name}, '')"
        if name in ("quantity", "share"):
            column = "part" if name == "share" else name
            return f"{column}_{'number' if self.typed else 'text'}"
        if name in self._absent:
            return "''::nothing" if self.typed else "''"
        own = {"line": "id", "evidence": "coalesce(evidence_text, '')", **_CONSTANT}
        return own.get(name, f'"{name}"')

    def _of_odd(self, name: str) -> str:
        number = self.typed and (name.startswith("mg_") or name in ("quantity", "share"))
        return f'TRY_CAST("{name}" AS DECIMAL(38, {LEAST}))' if number else f'"{name}"'

    def _collect_odd(self, connection: duckdb.DuckDBPyConnection, lines: PricedLines) -> None:
        """The lines that are not simple, as the table `odd`."""
        names = self._written()
        columns = ", ".join(f'"{name}" VARCHAR' for name in names)
        connection.execute(f"CREATE TABLE odd ({columns})")
        insert = f"INSERT INTO odd SELECT {', '.join(['unnest(CAST(? AS VARCHAR[]))'] * len(names))}"
        # Beside it: the connection itself has a result that is still read.
        cursor = beside(connection, name_of(connection))
        odd = (self._row(line) for line in lines.odd_lines())
        while batch := list(islice(odd, _BATCH)):
            cursor.execute(insert, [list(column) for column in zip(*batch, strict=True)])

    def _row(self, line: Line) -> list[str]:
        row = line.row
        one = LineClass(line.shape, row.given)
        mg = [mg for _, mg in line.emissions()]
        told = (lambda value: half_even_text(value, LEAST)) if self.typed else exact_text
        numbers = {f"mg_{at}": told(value) for at, value in enumerate(mg, 1)}
        cells = {
            "line": row.id,
            "source": row.source,
            "quantity": told(row.quantity.value) if self.typed else row.quantity.text,
            "share": told(row.share.value) if self.typed else row.share.text,
            "start": row.start,
            "end": row.end,
            "claimed_t": row.claimed,
            "evidence": row.evidence,
            "reason": row.reason,
            "note": row.note,
            "exact_quantity": row.quantity.text,
            "exact_share": row.share.text,
            "exact_mg": " ".join(exact_text(value) for value in mg),
            **numbers,
            **{name: make(one) for name, make in self.constants.items()},
        }
        return [cells.get(_CONSTANT.get(name, name), "") for name in self._written()]


def _copy(connection: duckdb.DuckDBPyConnection, rows: str, part: Path, options: str) -> int:
    """Writes rows to the file; how many."""
    target = str(part).replace("'", "''")
    with long_work("writing the ledger of lines", connection):
        row = connection.execute(f"COPY ({rows}) TO '{target}' ({options})").fetchone()
    return int(row[0]) if row else 0


def _shaped(name: str) -> Callable[[LineClass], str]:
    return lambda one: str(getattr(one.shape.text, name))


def _listed(inventory: Inventory, name: str) -> Callable[[LineClass], str]:
    """The lot or rate of that number, nothing where a line has fewer."""
    kind, _, number = name.partition("_")
    at = int(number) - 1

    def text(one: LineClass) -> str:
        every = (
            lot_names(one.shape, inventory.lot_of).split()
            if kind == "lot"
            else [exact_text(rate) for rate in one.rates]
        )
        return every[at] if at < len(every) else ""

    return text


def _made(inventory: Inventory) -> dict[str, Callable[[LineClass], str]]:
    gwp = inventory.package.settings.header.gwp.name
    return {
        "given": lambda one: " ".join(given.canonical for given in one.given),
        "factors": lambda one: " ".join(factor.id for factor in one.shape.factors),
        "gwp": lambda _: gwp,
        "conversion": lambda one: exact_text(one.shape.per_factor),
        "trail": _trail,
    }


def _trail(one: LineClass) -> str:
    """Where each factor stands, and what it is made of."""
    factors = one.shape.factors
    inputs = "".join(
        f"; market-based {exact_text(given.part)} {given.kind} {given.instrument}"
        for given in one.shape.inputs
    )
    inputs += "".join(f"; market-based {exact_text(part)} claim {name}" for name, part in one.shape.claims)
    told = "; ".join(
        f"{factor.id}: {factor.trail()['gases']} {factor.mass}/{factor.unit.name}, {factor.pack.publisher},"
        f" {factor.pack.document}, {factor.table}, {factor.year}"
        for factor in factors
    )
    return told + inputs
