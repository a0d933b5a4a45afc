"""The lines of a computed inventory again, as many as there are: in DuckDB, each with the exact mg it puts into its lots.

A line is *simple* when SQL can do its arithmetic: plain cells, and products of at most 38 digits. Most simple lines are decimals
all through, and those are quick (`decimal_lines`); of the others text is made, which is slower. Every other line is a `Line`, computed by
fractions.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.bulk import viewed
from cet.inventory.bulk_parameters import all_values_sql, cells_of
from cet.inventory.decimal_lines import LEAST
from cet.inventory.exact_sql import (
    canonical,
    decimals,
    digits,
    half_even,
    trimmed_decimal,
    with_exact_texts,
)
from cet.inventory.line_classes import LineClasses
from cet.inventory.parquet import ParquetScan
from cet.inventory.result import Line
from cet.inventory.rows import CORE_COLUMNS, parse_row
from cet.inventory.slow import records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import duckdb

    from cet.inventory.line_classes import Constants
    from cet.inventory.result import Inventory

_BATCH = 10_000


class PricedLines:
    """The simple lines as two views of the same columns, `quick` and `other`: the record's cells as text, `quantity_text` and
    `part_text` (both canonical, the share 1 where its cell is empty), `quantity_number` and `part_number` as decimals, `mg_1`, `mg_2` …
    for the streams of its shape in the order of their keys, as text, NULL where there are fewer, `mg_1_number` … the same as decimals, `mg` (all of them,
    separated by spaces), `evidence_text` (as `Row.evidence`), and what the caller adds for each class.

    Numbers of `quick` are exact; an mg of `other` is rounded to nine decimals, half to even, and NULL where it has no room.
    `connection` is None where the file is no regular CSV: then no line is simple.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection | None,
        inventory: Inventory,
        constants: Constants,
        *,
        enumerated: bool = False,
    ) -> None:
        """`constants` are columns of text that depend on a line's class alone, by name; `enumerated`: as enumerations, which a
        Parquet file holds as dictionaries."""
        self.connection = connection
        self._inventory, self._constants = inventory, list(constants)
        self._has_other = False
        columns = inventory.package.columns
        self._cells = (*CORE_COLUMNS, *cells_of(columns))
        most = max(len(shape.all_streams) for shape in inventory.shapes.values())
        self.mg = [f"mg_{number}" for number in range(1, most + 1)]
        self._trusted = inventory.all_plain and unchanged(inventory)
        self._typed = isinstance(inventory.package.scan, ParquetScan)
        if connection is not None:
            self.classes = LineClasses(connection, inventory, constants, self.mg, enumerated=enumerated)
            self._create_evidence(connection)
            connection.execute(f"CREATE VIEW joined AS {self._joined()}")
            connection.execute(f"CREATE VIEW quick AS {self._quick(self._constants)}")

    def create_other(self) -> None:
        """Makes the view `other`, unless it is there: binding it takes longer than reading a thousand quick lines."""
        if self.connection is None or self._has_other:
            return
        self.connection.execute(f"CREATE VIEW priced AS {self._priced(self._constants)}")
        self.connection.execute("CREATE VIEW other AS SELECT * EXCLUDE (simple) FROM priced WHERE simple")
        self._has_other = True

    def simple(self, select: str) -> str:
        """SQL that selects these columns of every simple line."""
        self.create_other()
        return f"SELECT {select} FROM quick UNION ALL SELECT {select} FROM other"

    def odd_lines(self) -> Iterator[Line]:
        """Every line that is neither quick nor another simple one, in no order."""
        self.create_other()
        return self._lines("SELECT {} FROM priced WHERE NOT simple", ())

    def find(self, line_id: str) -> Line | None:
        """The line of that id."""
        found = self._lines("SELECT {} FROM records WHERE id = ?", (line_id,))
        return next((line for line in found if line.id == line_id), None)

    def _lines(self, query: str, values: Iterable[str]) -> Iterator[Line]:
        package = self._inventory.package
        if self.connection is None:
            rows = records(package.activities, package.columns)
            return self._parsed(cells for _, cells in rows if isinstance(cells, dict))
        names = ", ".join(f'"{name}"' for name in self._cells)
        cursor = self.connection.execute(query.format(names), list(values))
        fetched = iter(lambda: cursor.fetchmany(_BATCH), [])
        return self._parsed(
            dict(zip(self._cells, cells, strict=True)) for batch in fetched for cells in batch
        )

    def _parsed(self, records_read: Iterable[dict[str, str]]) -> Iterator[Line]:
        bounds = self._inventory.package.bounds
        for cells in records_read:
            row, _ = parse_row(cells, bounds)
            if row is not None:
                yield Line(row, self._inventory.shapes[row.shape])

    def _create_evidence(self, connection: duckdb.DuckDBPyConnection) -> None:
        files = self._inventory.package.bounds.evidence or {}
        connection.execute("CREATE TABLE evidence_files (evidence VARCHAR, evidence_text VARCHAR)")
        texts = [f"{name}={content}" for name, content in files.items()]
        connection.execute("INSERT INTO evidence_files SELECT unnest(?), unnest(?)", [list(files), texts])

    def _joined(self) -> str:
        """Every record with its class and evidence, its amount, and whether it is quick."""
        columns = self._inventory.package.columns
        packed = f"SELECT *, {all_values_sql(columns)} AS parameter_values FROM records"
        proved = "evidence" in columns
        evidence = "LEFT JOIN evidence_files USING (evidence)" if proved else ""
        # Text of a Parquet number is canonical already.
        text = str if self._typed else canonical
        plain = "" if self._trusted else "plain AND "
        return f"""
            SELECT *, {text("quantity")} AS quantity_text, {text("part")} AS part_text,
                   coalesce({plain}exact_amount <= most_amount, false) AS quick
            FROM (SELECT *, {self.classes.scales.amount} AS exact_amount, if(share = '', '1', share) AS part
                         {"" if proved else ", '' AS evidence_text"}
                  FROM ({packed}) LEFT JOIN classes USING ({", ".join(self.classes.key)}) {evidence})
        """

    def _quick(self, constants: list[str]) -> str:
        scales = self.classes.scales
        numbers = ", ".join(f"exact_amount * {name}_rate AS {name}_number" for name in self.mg)
        texts = ", ".join(f"{trimmed_decimal(f'{name}_number', scales.mg)} AS {name}" for name in self.mg)
        return f"""
            SELECT {self._shown(constants)}, exact_quantity AS quantity_number, exact_part AS part_number
            FROM (SELECT *, {texts} FROM (SELECT *, {numbers} FROM joined WHERE quick))
        """

    def _priced(self, constants: list[str]) -> str:
        figures = [
            f"if(simple, amount * {name}_digits, NULL) AS {name}_value, {name}_scale + places AS {name}_places"
            for name in self.mg
        ]
        lines = f"""
            SELECT *, if(simple, {digits("quantity")}::HUGEINT * {digits("part")}::HUGEINT, NULL) AS amount,
                   {decimals("quantity")} + {decimals("part")} AS places
            FROM (SELECT *, coalesce(plain AND length(quantity) + length(part) <= room, false) AS simple
                  FROM joined WHERE NOT quick)
        """
        texts = with_exact_texts(f"SELECT *, {', '.join(figures)} FROM ({lines})", self.mg)
        numbers = ", ".join(
            f"{half_even(name, LEAST, self.classes.scales.mg_type)} AS {name}_number" for name in self.mg
        )
        return f"""
            SELECT {self._shown(constants)}, TRY_CAST(quantity AS DECIMAL(24, 9)) AS quantity_number,
                   TRY_CAST(part AS DECIMAL(7, 6)) AS part_number, simple
            FROM (SELECT *, {numbers} FROM ({texts}))
        """

    def _shown(self, constants: list[str]) -> str:
        names = (*self._cells, *constants, *self.mg, *(f"{name}_number" for name in self.mg))
        cells = ", ".join(f'"{name}"' for name in names)
        return f"{cells}, quantity_text, part_text, evidence_text, concat_ws(' ', {', '.join(self.mg)}) AS mg"


def unchanged(inventory: Inventory) -> bool:
    """Whether the file of the lines is, by its size and time, the one that was opened; not known of a CSV."""
    scan = inventory.package.scan
    return isinstance(scan, ParquetScan) and scan.stamp == ParquetScan.stamp_of(inventory.package.activities)


@contextmanager
def priced_lines(
    inventory: Inventory, constants: Constants, *, enumerated: bool = False
) -> Iterator[PricedLines]:
    """The lines of the inventory, read again from its package. Raises PackageError when somebody wrote to them meanwhile."""
    package = inventory.package
    same = unchanged(inventory)
    with viewed(package.activities, package.columns, package.scan, package.bounds) as connection:
        regular = connection is not None and inventory.regular
        yield PricedLines(connection if regular else None, inventory, constants, enumerated=enumerated)
    if same and not unchanged(inventory):
        problem = "the file was written to while it was read"
        raise PackageError([Finding(package.activities.name, 0, "", "", problem, "compute it again")])
