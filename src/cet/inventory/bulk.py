"""The rows of a package read and added up by DuckDB, exactly.

A row is *plain* when SQL alone can tell that its cells are right and its numbers fit: quantity below 10^15 with at most
nine decimals and fifteen digits, share with at most six decimals. Plain rows are added up as DECIMAL(38,15), which is
exact (38 digits hold 10^8 such products); no DOUBLE, no division, no text cast that could round. Every other row goes to
`rows.parse_row`, which is exact for any number or says what is wrong. Factors are applied to the sums, as fractions.

Where the file is no regular CSV, or sums could leave 38 digits, None is returned and the caller reads row by row.
"""

# ruff: noqa: S608 - SQL is put together from our own column names, conditions and ISO dates only

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cet.inventory.rows import COLUMNS, Bounds, Problem, ShapeText, parse_row
from cet.inventory.shapes import ShapeRules, examine_shape
from cet.inventory.tally import MAX_FINDINGS, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory.folder import CsvScan

IN_MEMORY_BYTES = 512 << 20
"""Larger files are held in a temporary database file, so that memory stays flat."""

MAX_PLAIN_ROWS = 10**8

_BEYOND = "beyond the last column"
"""A column that is NULL in every regular row: DuckDB alone would let a row have an empty cell too many."""

_SHAPE = ", ".join(ShapeText._fields)

_PLAIN = """
    regexp_full_match(id, '[A-Za-z0-9][A-Za-z0-9._/:+-]{0,99}')
    AND length(quantity) <= 16 AND regexp_full_match(quantity, '[0-9]{1,15}(\\.[0-9]{1,9})?')
    AND (share = '' OR regexp_full_match(share, '0(\\.[0-9]{1,6})?|1(\\.0{1,6})?'))
    AND (claimed_t = '' OR (length(claimed_t) <= 16 AND regexp_full_match(claimed_t, '[0-9]{1,15}(\\.[0-9]{1,15})?')))
    AND length(source) BETWEEN 1 AND 500 AND source[1] NOT IN ('=', '+', '-', '@', ' ') AND NOT contains(source, chr(9))
    AND length(note) <= 500 AND note[1] NOT IN ('=', '+', '-', '@', ' ') AND NOT contains(note, chr(9))
    AND (start = '' OR (regexp_full_match(start, '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND TRY_CAST(start AS DATE) IS NOT NULL
                        AND start BETWEEN $first AND $last))
    AND ("end" = '' OR (regexp_full_match("end", '[0-9]{4}-[0-9]{2}-[0-9]{2}') AND TRY_CAST("end" AS DATE) IS NOT NULL
                        AND "end" BETWEEN $first AND $last))
    AND (start = '' OR "end" = '' OR start <= "end")
"""

_ADD_UP = f"""
    SELECT {_SHAPE}, count(*), min(id),
           sum(CAST(quantity AS DECIMAL(24, 9)) * CAST(if(share = '', '1', share) AS DECIMAL(7, 6)))
    FROM lines WHERE plain GROUP BY ALL
"""


class Bulk:
    """The rows of one CSV in a DuckDB table `lines`, all text, with `plain` and the record number `row`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def tally(self, bounds: Bounds, rules: ShapeRules) -> Tally:
        """Adds up every row and finds everything wrong, as `slow.tally_rows` does."""
        tally = Tally(rows=self._count())
        wrong: list[tuple[ShapeText, list[Problem]]] = []
        for *shape_cells, lines, first_id, amount in self.connection.execute(_ADD_UP).fetchall():
            tally.add(ShapeText(*shape_cells), Fraction(amount), lines, first_id)
        for number, cells in self._irregular():
            row, problems = parse_row(cells, bounds)
            tally.report(number, problems)
            if row is not None:
                tally.add_row(row)
            if tally.full:
                break
        for shape in self._shapes():
            if problems := examine_shape(shape, rules)[1]:
                wrong.append((shape, problems))
                tally.shapes.pop(shape, None)
            if len(wrong) >= MAX_FINDINGS:
                break
        self._report_shapes(wrong, tally)
        self._report_repeated_ids(tally)
        for _, cells in self._rows("plain AND claimed_t <> ''"):
            row, _ = parse_row(cells, bounds)
            if row is not None:
                tally.claimed.append(row)
        return tally

    def all_rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Row number and cells of every record, in file order."""
        return self._rows("true")

    def _irregular(self) -> Iterator[tuple[int, dict[str, str]]]:
        return self._rows("NOT plain")

    def _rows(self, condition: str) -> Iterator[tuple[int, dict[str, str]]]:
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        query = f"SELECT rowid + 2, {names} FROM lines WHERE {condition} ORDER BY rowid"
        cursor = self.connection.cursor().execute(query)
        while batch := cursor.fetchmany(10_000):
            for number, *cells in batch:
                yield number, dict(zip(COLUMNS, cells, strict=True))

    def _count(self) -> int:
        return _int(self.connection.execute("SELECT count(*) FROM lines"))

    def _shapes(self) -> list[ShapeText]:
        found = self.connection.execute(f"SELECT DISTINCT {_SHAPE} FROM lines ORDER BY ALL")
        return [ShapeText(*cells) for cells in found.fetchall()]

    def _report_shapes(self, wrong: list[tuple[ShapeText, list[Problem]]], tally: Tally) -> None:
        if not wrong:
            return
        cursor = self.connection.cursor()
        cursor.execute(
            f"CREATE TEMP TABLE wrong (number INTEGER, {_SHAPE.replace(',', ' VARCHAR,')} VARCHAR)"
        )
        cursor.executemany(
            f"INSERT INTO wrong VALUES (?{', ?' * len(ShapeText._fields)})",
            [(number, *shape) for number, (shape, _) in enumerate(wrong)],
        )
        found = cursor.execute(
            f"SELECT lines.rowid + 2, number FROM lines JOIN wrong USING ({_SHAPE}) ORDER BY 1 LIMIT {MAX_FINDINGS + 1}"
        )
        for row, number in found.fetchall():
            tally.report(row, wrong[number][1])

    def _report_repeated_ids(self, tally: Tally) -> None:
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
def opened(path: Path, columns: tuple[str, ...], scan: CsvScan, bounds: Bounds) -> Iterator[Bulk | None]:
    """The CSV in a table; None when DuckDB can't read it as one record per line, exactly under its columns."""
    if scan.newline == "mixed" or not bounds.start or scan.lines > MAX_PLAIN_ROWS:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="cet-") as scratch:
        large = path.stat().st_size > IN_MEMORY_BYTES
        connection = duckdb.connect(
            str(Path(scratch) / "lines.duckdb") if large else ":memory:",
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "temp_directory": scratch,
            },
        )
        try:
            yield _load(connection, path, columns, scan, bounds)
        finally:
            connection.close()


def _load(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: tuple[str, ...], scan: CsvScan, bounds: Bounds
) -> Bulk | None:
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in (*columns, _BEYOND))
    cells = ", ".join(
        f'coalesce("{name}", \'\') AS "{name}"' if name in columns else f"'' AS \"{name}\""
        for name in COLUMNS
    )
    uneven = f'"{columns[-1]}" IS NULL OR "{_BEYOND}" IS NOT NULL'
    connection.execute("SET VARIABLE path = ?", [_escaped(path.resolve())])
    try:
        connection.execute(
            f"""
            CREATE TABLE lines AS SELECT *, ({_PLAIN}) AS plain FROM (
                SELECT {cells} FROM read_csv(getvariable('path'), header = true, auto_detect = false, strict_mode = true,
                    delim = ',', quote = '"', escape = '"', columns = {{{types}}}, null_padding = true, nullstr = '\0')
                WHERE NOT if({uneven}, error('uneven row'), false))
            """.replace("$first", f"'{bounds.start}'").replace("$last", f"'{bounds.end}'")
        )
    except duckdb.Error:
        return None
    one_record_per_line = _int(connection.execute("SELECT count(*) FROM lines")) == scan.lines - 1
    return Bulk(connection) if one_record_per_line else None


def _escaped(path: Path) -> str:
    """The path with DuckDB's wildcards taken literally."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _int(result: duckdb.DuckDBPyConnection) -> int:
    row = result.fetchone()
    return int(row[0]) if row else 0
