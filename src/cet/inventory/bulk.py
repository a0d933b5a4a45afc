"""The rows of a package read and added up by DuckDB, exactly.

A row is *plain* when SQL alone can tell that its cells are right and its numbers fit (`plain_rows`). Plain rows are added up as DECIMAL(38,15), which is
exact (38 digits hold 10^8 such products); no DOUBLE, no division, no text cast that could round. Every other row goes to
`rows.parse_row`, which is exact for any number or says what is wrong. Factors and parameters are applied to the sums, as fractions.

Where the file is no regular CSV, or sums could leave 38 digits, None is returned and the caller reads row by row.
"""

# ruff: noqa: S608 - SQL is put together from our own column names, conditions and ISO dates only

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import duckdb

from cet.inventory.arithmetic import AMOUNT
from cet.inventory.bulk_parameters import (
    cells_of,
    decimals_sql,
    names_sql,
    product_sql,
    small_sql,
    values_sql,
)
from cet.inventory.long_work import long_work, plain_disk_errors
from cet.inventory.parameters import multiplier_of
from cet.inventory.parquet import ParquetScan, escaped
from cet.inventory.plain_rows import EXACT, exact_numbers_sql, plain_row_sql, typed_numbers
from cet.inventory.problem import Problem
from cet.inventory.row_databases import beside, name_of, row_database
from cet.inventory.rows import CORE_COLUMNS, SHAPE_COLUMNS, Bounds, ShapeText, parse_row
from cet.inventory.shapes import ShapeRules, examine_shape
from cet.inventory.tally import MAX_FINDINGS, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.inventory.folder import CsvScan

MAX_PLAIN_ROWS = 10**8

_BEYOND = "beyond the last column"
"""A column that is NULL in every regular row: DuckDB alone would let a row have an empty cell too many."""

_SHAPE = ", ".join(ShapeText._fields)

_FIGURES = f"""
    count(*), count(*) FILTER (plain), count(*) FILTER (claimed_t <> ''), min(id) FILTER (plain),
    sum(CASE WHEN {{counted}} THEN {AMOUNT} ELSE 0 END)
"""
_BATCH = 10_000


@dataclass(slots=True)
class _Group:
    """Rows of one shape: how many, how many of them plain, how many with a claim; first id and amount of the plain ones."""

    rows: int = 0
    plain: int = 0
    claimed: int = 0
    first_id: str = ""
    amount: Fraction = Fraction(0)

    def add(self, rows: int, plain: int, claimed: int, first_id: str | None, amount: Fraction) -> None:
        """Adds rows; `amount` is that of the plain ones."""
        self.rows += rows
        self.claimed += claimed
        if plain:
            self.plain += plain
            self.amount += amount
            self.first_id = min(self.first_id, first_id or "") if self.first_id else first_id or ""


class Bulk:
    """The rows of one CSV as a DuckDB view `records`, all text, with `plain`; in file order as the table `lines` once asked."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...]) -> None:
        """Adds up the plain rows. Raises duckdb.Error when the CSV is not regular."""
        self.connection = connection
        self._database = name_of(connection)
        self.cells = (*CORE_COLUMNS, *cells_of(columns))
        self.groups: dict[ShapeText, _Group] = {}
        # Only what the file has is grouped by: a column that is not there has one value, the empty one.
        named = [name for name in SHAPE_COLUMNS if name in columns]
        shape = ", ".join(name if name in named else "''" for name in SHAPE_COLUMNS)
        if cells_of(columns):
            self._add_with_parameters(columns, shape, ", ".join(named))
        else:
            figures = _FIGURES.format(counted="plain")
            found = connection.execute(
                f"""
                SELECT {shape}, '', {figures}
                FROM (SELECT * REPLACE (exact_quantity AS quantity), exact_part AS part FROM records)
                GROUP BY {", ".join(named)}
                """
            ).fetchall()
            for *cells, rows, plain, claimed, first_id, total in found:
                self._group(cells).add(rows, plain, claimed, first_id, Fraction(total))
        self.rows = sum(group.rows for group in self.groups.values())
        self._in_order = False

    def _group(self, cells: list[str]) -> _Group:
        return self.groups.setdefault(ShapeText(*cells), _Group())

    def _add_with_parameters(self, columns: tuple[str, ...], shape: str, named: str) -> None:
        figures = _FIGURES.format(counted="plain AND NOT small")
        cursor = self.connection.execute(
            f"""
            SELECT {shape}, parameters, {figures}, sum(product), decimals, parameter_values
            FROM (SELECT * REPLACE (exact_quantity AS quantity), exact_part AS part,
                         {values_sql(columns)} AS parameter_values, {product_sql(columns)} AS product,
                         {decimals_sql(columns)} AS decimals
                  FROM (SELECT *, ({small_sql(columns)}) AS small FROM records))
            GROUP BY {named}, parameters, decimals, parameter_values
            """
        )
        while batch := cursor.fetchmany(_BATCH):
            for *cells, rows, plain, claimed, first_id, total, product, decimals, values in batch:
                amount = Fraction(0)
                if plain:
                    amount = (Fraction(total) + Fraction(product, 10**decimals)) * multiplier_of(values)
                self._group(cells).add(rows, plain, claimed, first_id, amount)

    def tally(self, bounds: Bounds, rules: ShapeRules) -> Tally:
        """Adds up every row and finds everything wrong, as `slow.tally_rows` does."""
        tally = Tally(rows=self.rows, regular=True)
        wrong: list[tuple[ShapeText, list[Problem]]] = []
        for shape in sorted(self.groups):
            group = self.groups[shape]
            if problems := examine_shape(shape, rules)[1]:
                wrong.append((shape, problems))
            elif group.plain:
                tally.add(shape, group.amount, group.plain, group.first_id)
            if len(wrong) >= MAX_FINDINGS:
                break
        tally.all_plain = all(group.plain == group.rows for group in self.groups.values())
        if not tally.all_plain:
            self._tally_irregular(tally, bounds, {shape for shape, _ in wrong})
        self._report_shapes(wrong, tally)
        self._report_repeated_ids(tally)
        if any(group.claimed for group in self.groups.values()):
            claimed = (parse_row(cells, bounds)[0] for _, cells in self._rows("plain AND claimed_t <> ''"))
            tally.claimed += [row for row in claimed if row is not None]
        return tally

    def all_rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row number and cells of every record, in file order."""
        return self._rows("true")

    def _tally_irregular(self, tally: Tally, bounds: Bounds, wrong: set[ShapeText]) -> None:
        for number, cells in self._rows("NOT plain"):
            row, problems = parse_row(cells, bounds)
            tally.report(number, problems)
            if row is not None and row.shape not in wrong:
                tally.add_row(row)
            if tally.full:
                break

    def _rows(self, condition: str) -> Iterator[tuple[int, dict[str, str]]]:
        self.put_in_order()
        names = ", ".join(f'"{name}"' for name in self.cells)
        cursor = beside(self.connection, self._database)
        cursor.execute(f"SELECT rowid + 2, {names} FROM lines WHERE {condition} ORDER BY rowid")
        while batch := cursor.fetchmany(_BATCH):
            for number, *cells in batch:
                yield number, dict(zip(self.cells, cells, strict=True))

    def put_in_order(self) -> None:
        """Holds every row in a table, whose row ids are the order of the file; the view alone has none."""
        if not self._in_order:
            with long_work("putting lines in order", self.connection):
                self.connection.execute(
                    f"CREATE TABLE lines AS SELECT * EXCLUDE ({', '.join(EXACT)}) FROM records"
                )
            self._in_order = True

    def _report_shapes(self, wrong: list[tuple[ShapeText, list[Problem]]], tally: Tally) -> None:
        if not wrong:
            return
        self.put_in_order()
        cursor = beside(self.connection, self._database)
        cursor.execute(
            f"CREATE TEMP TABLE wrong (wrong_shape INTEGER, {_SHAPE.replace(',', ' VARCHAR,')} VARCHAR)"
        )
        cursor.executemany(
            f"INSERT INTO wrong VALUES (?{', ?' * len(ShapeText._fields)})",
            [(number, *shape) for number, (shape, _) in enumerate(wrong)],
        )
        found = cursor.execute(
            f"SELECT lines.rowid + 2, wrong_shape FROM lines JOIN wrong USING ({_SHAPE}) ORDER BY 1 LIMIT {MAX_FINDINGS + 1}"
        )
        for row, number in found.fetchall():
            tally.report(row, wrong[number][1])

    def _report_repeated_ids(self, tally: Tally) -> None:
        # Ids of different hashes differ; only equal ones are looked into. A hash takes 8 bytes, an id up to 100.
        with long_work("comparing ids", self.connection):
            different = _int(self.connection.execute("SELECT count(DISTINCT hash(id)) FROM records"))
        if different == self.rows:
            return
        self.put_in_order()
        found = self.connection.execute(
            """
            SELECT rowid + 2, id, min(rowid) OVER (PARTITION BY id) + 2 FROM lines
            WHERE id IN (SELECT id FROM lines WHERE id <> '' GROUP BY id HAVING count(*) > 1 LIMIT 1001)
            QUALIFY rowid > min(rowid) OVER (PARTITION BY id) ORDER BY 1 LIMIT 1001
            """
        )
        for row, line, first in found.fetchall():
            remedy = f"row {first} has it already; give every line its own id"
            tally.report(row, [Problem("id", line[:80], "id used twice", remedy)])


@contextmanager
def opened(
    path: Path, columns: tuple[str, ...], scan: CsvScan | ParquetScan, bounds: Bounds
) -> Iterator[Bulk | None]:
    """The rows in DuckDB, added up; None when a CSV can't be read as one record per line, exactly under its columns."""
    with viewed(path, columns, scan, bounds) as connection:
        yield _added_up(connection, columns, scan) if connection else None


@contextmanager
def viewed(
    path: Path, columns: tuple[str, ...], scan: CsvScan | ParquetScan, bounds: Bounds
) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """A connection with the view `records`, nothing read yet; None when the dialect of a CSV is not DuckDB's."""
    parquet = isinstance(scan, ParquetScan)
    if _irregular(scan) or not bounds.start or scan.lines > MAX_PLAIN_ROWS:
        yield None
        return
    size = path.stat().st_size * (8 if parquet else 1)
    with row_database(size) as connection, plain_disk_errors():
        _create_view(connection, path, columns, scan, bounds)
        yield connection


def _irregular(scan: CsvScan | ParquetScan) -> bool:
    return not isinstance(scan, ParquetScan) and (scan.newline == "mixed" or scan.loose_quotes)


def _create_view(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    columns: tuple[str, ...],
    scan: CsvScan | ParquetScan,
    bounds: Bounds,
) -> None:
    typed = typed_numbers(scan.kinds) if isinstance(scan, ParquetScan) else {}
    source = scan.select(typed) if isinstance(scan, ParquetScan) else _csv(columns)
    wanted = (*CORE_COLUMNS, *cells_of(columns))
    cells = ", ".join(f'"{name}"' if name in columns else f"'' AS \"{name}\"" for name in wanted)
    cells = ", ".join((cells, *typed))
    packed = f"{names_sql(columns)} AS parameters"
    plain = plain_row_sql(columns, typed, bounds.start, bounds.end)
    connection.execute("SET VARIABLE path = ?", [escaped(path.resolve())])
    # An enumeration is looked up by hash, however many files there are; an empty one there is not.
    connection.execute("SET VARIABLE evidence = CAST(? AS VARCHAR[])", [sorted(bounds.evidence or ("",))])
    connection.execute("CREATE TYPE evidence_file AS ENUM (SELECT unnest(getvariable('evidence')))")
    untyped = exact_numbers_sql(typed)
    numbers = f"(SELECT *{', ' + untyped if untyped else ''} FROM (SELECT {cells} FROM ({source})))"
    connection.execute(f"CREATE VIEW records AS SELECT *, ({plain}) AS plain, {packed} FROM {numbers}")


def _added_up(
    connection: duckdb.DuckDBPyConnection, columns: tuple[str, ...], scan: CsvScan | ParquetScan
) -> Bulk | None:
    try:
        with long_work("checking and adding up", connection):
            bulk = Bulk(connection, columns)
    except duckdb.Error:
        return None
    one_record_per_line = bulk.rows == scan.lines - 1
    return bulk if one_record_per_line else None


def _csv(columns: tuple[str, ...]) -> str:
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in (*columns, _BEYOND))
    uneven = f'"{columns[-1]}" IS NULL OR "{_BEYOND}" IS NOT NULL'
    return f"""
        SELECT * FROM read_csv(getvariable('path'), header = true, auto_detect = false, strict_mode = true,
            delim = ',', quote = '"', escape = '"', columns = {{{types}}}, null_padding = true, nullstr = '\0')
        WHERE NOT if({uneven}, error('uneven row'), false)"""


def _int(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
