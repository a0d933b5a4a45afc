"""`activities.parquet`: the same columns as the CSV, read as text that says exactly what the file holds.

Text, integers, decimals and dates have one exact text and are taken. DOUBLE and FLOAT are refused, since which decimal
was meant is for whoever made the file to say; so is everything that is no plain cell: lists, structures, maps, bytes,
times, booleans. A decimal loses the trailing zeros its column's scale gave it. NULL is an empty cell. Rows are numbered
as in a CSV with a header: the first record is row 2.
"""

# ruff: noqa: S608 - SQL is put together from our own column names only

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from cet.errors import Finding
from cet.inventory.folder import PARQUET
from cet.inventory.rows import COLUMNS, MAX_TEXT, SHAPE_COLUMNS
from cet.texts import BIDI_MARKS, MAX_ROW_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAX_PARQUET_BYTES = 16 << 30
MAX_PARQUET_ROWS = 10**8
SAFE_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}

_EXACT = re.compile(
    r"VARCHAR|U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|DATE|DECIMAL\((?P<digits>\d+),(?P<decimals>\d+)\)",
    re.ASCII,
)
_FILE = "read_parquet(getvariable('path'), hive_partitioning = false)"
"""Without what DuckDB would read out of the names of folders."""

_FLOATS = ("DOUBLE", "FLOAT")
_TIMES = ("TIMESTAMP", "TIME")
_LONGEST_CELL = MAX_ROW_BYTES // len(COLUMNS)
_WRONG_TEXT = (
    "length({cell}) > "
    + str(_LONGEST_CELL)
    + " OR regexp_matches({cell}, '[\\x00-\\x1f\\x7f"
    + BIDI_MARKS
    + "]')"
)


@dataclass(frozen=True, slots=True)
class ParquetScan:
    """What a look at the file says: the SQL that reads each column as text, how many lines a CSV of it would have, and
    the type of each column, and the file's stamp when it was looked at."""

    cells: tuple[tuple[str, str], ...]
    lines: int
    types: tuple[tuple[str, str], ...] = ()
    stamp: tuple[int, int] = (0, 0)

    @staticmethod
    def stamp_of(path: Path) -> tuple[int, int]:
        """Size and time of change of a file, by which one notices that somebody wrote to it; zeros where it is gone."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return 0, 0
        return found.st_size, found.st_mtime_ns

    @property
    def kinds(self) -> dict[str, str]:
        """DuckDB's type of each column."""
        return dict(self.types)

    def select(self, more: Mapping[str, str] | None = None) -> str:
        """SQL for the columns as text, and `more` columns by name; the path stands in the variable `path`.

        `more` is SQL of the file's own columns, qualified by nothing: a text of the same name does not hide them.
        """
        named = [*self.cells, *(more or {}).items()]
        cells = ", ".join(f'{sql} AS "{name}"' for name, sql in named)
        return f"SELECT {cells} FROM {_FILE}"


def scan_parquet(path: Path) -> tuple[ParquetScan | None, tuple[str, ...], list[Finding]]:
    """Checks the file's size, schema and text; the columns in file order, and what is wrong."""
    stamp = ParquetScan.stamp_of(path)
    if stamp[0] > MAX_PARQUET_BYTES:
        return (
            None,
            (),
            [_found(f"larger than {MAX_PARQUET_BYTES >> 30} GiB", "split the inventory by facility")],
        )
    with closing(duckdb.connect(":memory:", config=dict(SAFE_CONFIG))) as connection:
        connection.execute("SET VARIABLE path = ?", [escaped(path.resolve())])
        try:
            described = connection.execute(f"DESCRIBE SELECT * FROM {_FILE}").fetchall()
            columns = [(str(name), str(kind)) for name, kind, *_ in described]
            rows = _int(connection, "SELECT sum(num_rows) FROM parquet_file_metadata(getvariable('path'))")
            if rows > MAX_PARQUET_ROWS:
                return (
                    None,
                    (),
                    [_found(f"more than {MAX_PARQUET_ROWS:,} rows", "split the inventory by facility")],
                )
            cells, findings = _cells(columns)
            scan = ParquetScan(tuple(cells), rows + 1, tuple(columns), stamp)
            if not findings:
                findings = _wrong_text(connection, scan)
        except duckdb.Error as error:
            return None, (), [unreadable(error)]
    return (None if findings else scan), tuple(name for name, _ in columns), findings


def parquet_records(path: Path, scan: ParquetScan) -> Iterator[tuple[int, dict[str, str]]]:
    """Row number and cells of every record, in file order."""
    names = [name for name, _ in scan.cells]
    with closing(duckdb.connect(":memory:", config=dict(SAFE_CONFIG))) as connection:
        connection.execute("SET VARIABLE path = ?", [escaped(path.resolve())])
        cursor = connection.execute(scan.select())
        row = 1
        while batch := cursor.fetchmany(10_000):
            for cells in batch:
                row += 1
                yield row, dict(zip(names, cells, strict=True))


def unreadable(error: duckdb.Error) -> Finding:
    """A file that is no Parquet, or whose content is damaged."""
    first = str(error).splitlines()[0]
    encoding = "not UTF-8" if "invalid unicode" in first.lower() or "string encoding" in first.lower() else ""
    remedy = "save the text as UTF-8" if encoding else "write it anew with the program it came from"
    return _found(encoding or "not a readable Parquet file", remedy)


def escaped(path: Path) -> str:
    """The path with DuckDB's wildcards taken literally."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in str(path))


def _cells(columns: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[Finding]]:
    """The SQL of each column's exact text; unknown columns are reported with the header, not here."""
    cells, findings = [], []
    for name, kind in columns:
        if name not in COLUMNS:
            continue
        match = _EXACT.fullmatch(kind)
        if match is None:
            findings.append(_found(f"column of type {kind[:60]}", _type_remedy(kind), name))
            continue
        sql = f'CAST("{name}" AS VARCHAR)'
        if match["digits"] and match["decimals"] != "0":
            sql = _trimmed(sql, bare=match["digits"] == match["decimals"])
        cells.append((name, f"coalesce({sql}, '')"))
    return cells, findings


def _trimmed(sql: str, *, bare: bool) -> str:
    """The text of a decimal without the zeros of its scale; `bare`: DuckDB writes .5 where all digits are decimals."""
    whole = f"regexp_replace({sql}, '^(-?)\\.', '\\10.')" if bare else sql
    return f"if(ends_with({sql}, '0'), regexp_replace({whole}, '\\.?0*$', ''), {whole})"


def _type_remedy(kind: str) -> str:
    if kind in _FLOATS:
        return "binary floats don't say which decimal was meant; cast it to DECIMAL or text where it is made"
    if kind.startswith(_TIMES):
        return "write the day as DATE or as text, 2021-06-30"
    return "write one plain value per cell: text, a whole number, a DECIMAL or a DATE"


def _wrong_text(connection: duckdb.DuckDBPyConnection, scan: ParquetScan) -> list[Finding]:
    """The first cell of each column that no CSV could hold: control characters, direction marks, absurd length."""
    findings = []
    kinds = scan.kinds
    wrong = [
        (name, _WRONG_TEXT.format(cell=f'"{name}"')) for name, _ in scan.cells if kinds[name] == "VARCHAR"
    ]
    # Columns that shapes are made of repeat themselves: their cells are told apart first, then looked at.
    wrong.sort(key=lambda column: column[0] in SHAPE_COLUMNS)
    repeated = [column for column in wrong if column[0] in SHAPE_COLUMNS]
    names = ", ".join(f'"{name}"' for name, _ in repeated)
    flagged = _any(connection, wrong[: len(wrong) - len(repeated)], _FILE)
    flagged += _any(connection, repeated, f"(SELECT DISTINCT {names} FROM {_FILE})")
    for (name, condition), bad in zip(wrong, flagged, strict=True):
        if bad:
            source = f'SELECT row_number() OVER () + 1 AS number, "{name}" AS cell FROM ({scan.select()})'
            condition = condition.replace(f'"{name}"', "cell")
            first = connection.execute(
                f"SELECT number, cell FROM ({source}) WHERE {condition} LIMIT 1"
            ).fetchone()
            row, cell = first if first else (0, "")
            long = len(cell) > _LONGEST_CELL
            problem = f"longer than {MAX_TEXT} characters" if long else "control character or direction mark"
            findings.append(_found(problem, "shorten it" if long else "remove it", name, row, cell[:80]))
    return findings


def _any(connection: duckdb.DuckDBPyConnection, wrong: list[tuple[str, str]], source: str) -> list[bool]:
    """For each column whether any of its cells is wrong; of an empty source none is."""
    if not wrong:
        return []
    flags = ", ".join(f"coalesce(bool_or({condition}), false)" for _, condition in wrong)
    return list(connection.execute(f"SELECT {flags} FROM {source}").fetchone() or ())


def _found(problem: str, remedy: str, column: str = "", row: int = 0, value: str = "") -> Finding:
    return Finding(PARQUET, row, column, value, problem, remedy)


def _int(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    row = connection.execute(sql).fetchone()
    return int(row[0]) if row and row[0] is not None else 0
