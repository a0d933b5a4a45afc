"""The lines of a computed inventory again, as many as there are: in DuckDB, each with the exact mg it puts into its lots.

A line is *simple* when SQL can do its arithmetic: plain cells, and products of at most 38 digits. Its mg are text, as
`quantities.exact_text` writes them. Every other line is a `Line`, computed by fractions.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from cet.inventory.bulk import viewed
from cet.inventory.bulk_parameters import all_values_sql, cells_of
from cet.inventory.exact_sql import MAX_DIGITS, Rate, decimals, digits, rate_of, with_exact_texts
from cet.inventory.line_class import LineClass
from cet.inventory.result import Line
from cet.inventory.rows import CORE_COLUMNS, SHAPE_COLUMNS, ShapeText, parse_row
from cet.inventory.slow import records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import duckdb

    from cet.inventory.result import Inventory

    Constants = Mapping[str, Callable[[LineClass], str]]

MAX_CLASSES = 100_000
"""Classes that are held as a table; lines of further ones are computed one by one, so that memory stays flat."""

_BATCH = 10_000
_PACKED = ("parameters", "parameter_values")


class PricedLines:
    """The lines as the view `priced`: the record's cells as text, `mg_1`, `mg_2` … for the streams of its shape in the order
    of their keys, `mg` (all of them, separated by spaces), `part` (the share, 1 where the cell is empty), `evidence_text` (as
    `Row.evidence`), what the caller adds for each class, and `simple`.

    `connection` is None where the file is no regular CSV: then no line is simple.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection | None, inventory: Inventory, constants: Constants
    ) -> None:
        """`constants` are columns of text that depend on a line's class alone, by name."""
        self.connection = connection
        self._inventory = inventory
        columns = inventory.package.columns
        self._cells = (*CORE_COLUMNS, *cells_of(columns))
        self._key = [name for name in SHAPE_COLUMNS if name in columns]
        self._key += _PACKED if cells_of(columns) else ()
        self._records = f"(SELECT *, {all_values_sql(columns)} AS parameter_values FROM records)"
        most = max(len(shape.streams) for shape in inventory.shapes.values())
        self.mg = [f"mg_{number}" for number in range(1, most + 1)]
        if connection is not None:
            self._create_classes(connection, constants)
            self._create_evidence(connection)
            connection.execute(f"CREATE VIEW priced AS {self._priced(list(constants))}")

    def odd_lines(self) -> Iterator[Line]:
        """Every line that is not simple, in no order."""
        return self._lines("NOT simple", ())

    def find(self, line_id: str) -> Line | None:
        """The line of that id."""
        return next((line for line in self._lines("id = ?", (line_id,)) if line.id == line_id), None)

    def _lines(self, condition: str, values: Iterable[str]) -> Iterator[Line]:
        package = self._inventory.package
        if self.connection is None:
            rows = records(package.activities, package.columns)
            return self._parsed(cells for _, cells in rows if isinstance(cells, dict))
        names = ", ".join(f'"{name}"' for name in self._cells)
        cursor = self.connection.execute(f"SELECT {names} FROM priced WHERE {condition}", list(values))
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

    def _create_classes(self, connection: duckdb.DuckDBPyConnection, constants: Constants) -> None:
        columns = [f'"{name}" VARCHAR' for name in (*self._key, *constants)] + ["room INTEGER"]
        for name in self.mg:
            columns += [f"{name}_digits HUGEINT", f"{name}_odd HUGEINT", f"{name}_scale INTEGER"]
        connection.execute(f"CREATE TABLE classes ({', '.join(columns)})")
        insert = f"INSERT INTO classes VALUES ({', '.join('?' * len(columns))})"
        classes = islice(self._classes(connection), MAX_CLASSES)
        # Read to the end first: a connection has one result at a time.
        rows = [self._class_row(one, values, constants, len(columns)) for one, values in classes]
        connection.executemany(insert, rows)

    def _create_evidence(self, connection: duckdb.DuckDBPyConnection) -> None:
        files = self._inventory.package.bounds.evidence or {}
        connection.execute("CREATE TABLE evidence_files (evidence VARCHAR, evidence_text VARCHAR)")
        texts = [f"{name}={content}" for name, content in files.items()]
        connection.execute("INSERT INTO evidence_files SELECT unnest(?), unnest(?)", [list(files), texts])

    def _classes(self, connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[LineClass, str]]:
        shapes = self._inventory.shapes
        if _PACKED[0] not in self._key:
            yield from ((LineClass(shape), "") for shape in shapes.values())
            return
        cells = ", ".join(name if name in self._key else "''" for name in (*SHAPE_COLUMNS, *_PACKED))
        cursor = connection.execute(f"SELECT DISTINCT {cells} FROM {self._records} WHERE plain")
        while batch := cursor.fetchmany(_BATCH):
            for *shape, values in batch:
                yield LineClass.packed(shapes[ShapeText._make(shape)], values), values

    def _class_row(
        self, one: LineClass, values: str, constants: Constants, width: int
    ) -> list[str | int | None]:
        rates = [rate_of(mg) for mg in one.rates]
        cells = {**one.shape.text._asdict(), _PACKED[1]: values}
        row: list[str | int | None] = [cells[name] for name in self._key]
        row += [make(one) for make in constants.values()]
        row.append(room := _room(rates))
        for rate in rates if room else ():
            row += [str(rate.digits), str(rate.odd), rate.scale]
        return row + [None] * (width - len(row))

    def _priced(self, constants: list[str]) -> str:
        cells = ", ".join(f'"{name}"' for name in (*self._cells, *constants))
        figures = [
            f"if(simple, amount * {name}_digits, NULL) AS {name}_value, {name}_scale + places AS {name}_places"
            for name in self.mg
        ]
        lines = f"""
            SELECT *, if(simple, {digits("quantity")}::HUGEINT * {digits("part")}::HUGEINT, NULL) AS amount,
                   {decimals("quantity")} + {decimals("part")} AS places
            FROM (SELECT *, coalesce(plain AND length(quantity) + length(part) <= room, false) AS simple
                  FROM (SELECT *, if(share = '', '1', share) AS part FROM {self._records}
                        LEFT JOIN classes USING ({", ".join(self._key)})
                        LEFT JOIN evidence_files USING (evidence)))
        """
        texts = with_exact_texts(f"SELECT *, {', '.join(figures)} FROM ({lines})", self.mg)
        all_mg = ", ".join(self.mg)
        return f"SELECT {cells}, simple, part, evidence_text, {all_mg}, concat_ws(' ', {all_mg}) AS mg FROM ({texts})"


def _room(rates: list[Rate]) -> int:
    """How many digits a line's own numbers may have so that every product and denominator stays within 38; 0: none."""
    widest = max((max(len(str(rate.digits)), len(str(rate.odd)) + rate.scale) for rate in rates), default=0)
    return max(0, MAX_DIGITS - widest)


@contextmanager
def priced_lines(inventory: Inventory, constants: Constants) -> Iterator[PricedLines]:
    """The lines of the inventory, read again from its package."""
    package = inventory.package
    with viewed(package.activities, package.columns, package.scan, package.bounds) as connection:
        regular = connection is not None and inventory.regular
        yield PricedLines(connection if regular else None, inventory, constants)
