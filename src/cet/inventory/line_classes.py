"""The classes of an inventory's lines as a table of DuckDB: what is the same for all lines of one, rates above all."""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from cet.inventory.bulk_parameters import all_values_sql, cells_of
from cet.inventory.decimal_lines import scales_of
from cet.inventory.exact_sql import MAX_DIGITS, Rate, rate_of
from cet.inventory.line_class import LineClass
from cet.inventory.rows import SHAPE_COLUMNS, ShapeText
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import duckdb

    from cet.inventory.result import Inventory

    Constants = Mapping[str, Callable[[LineClass], str]]

MAX_CLASSES = 100_000
"""Classes that are held as a table; lines of further ones are computed one by one, so that memory stays flat."""

MAX_ENUMERATED = 4_096
"""Texts of an enumeration at most: Parquet repeats them in every group of rows."""

_BATCH = 10_000
_PACKED = ("parameters", "parameter_values")


class LineClasses:
    """The table `classes`: its key, the caller's columns, and for every stream `mg_1` … its rate, as a decimal (`mg_1_rate`, NULL where
    it is none) and as digits ÷ (odd × 10^scale). `most_amount` is the greatest amount of a quick line, NULL where no line is
    quick; `room` is how many digits another line's numbers may have."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        inventory: Inventory,
        constants: Constants,
        mg: list[str],
        *,
        enumerated: bool,
    ) -> None:
        """Writes the table."""
        columns = inventory.package.columns
        self.key = [name for name in SHAPE_COLUMNS if name in columns]
        self.key += _PACKED if cells_of(columns) else ()
        # Read to the end first: a connection has one result at a time.
        classes = list(islice(self._classes(connection, inventory), MAX_CLASSES))
        every_rate = {rate for one, _ in classes for rate in one.rates}
        self.scales = scales_of(connection, every_rate)
        kinds = dict.fromkeys((*self.key, *constants), "VARCHAR")
        kinds |= {"room": "INTEGER", "most_amount": self.scales.amount_type}
        for name in mg:
            kinds |= {f"{name}_rate": self.scales.rate_type}
            kinds |= {f"{name}_digits": "HUGEINT", f"{name}_odd": "HUGEINT", f"{name}_scale": "INTEGER"}
        rows = [self._row(one, values, constants, len(kinds)) for one, values in classes]
        self.all_quick = all(self.scales.most(one.rates) for one, _ in classes)
        """Whether every class has quick lines."""
        for at, name in enumerate(kinds):
            texts = sorted({str(row[at]) for row in rows})
            if enumerated and name in constants and 0 < len(texts) <= MAX_ENUMERATED:
                connection.execute("SET VARIABLE texts = CAST(? AS VARCHAR[])", [texts])
                connection.execute(
                    f"CREATE TYPE \"enum_{name}\" AS ENUM (SELECT unnest(getvariable('texts')))"
                )
                kinds[name] = f'"enum_{name}"'
        defined = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        connection.execute(f"CREATE TABLE classes ({defined})")
        if rows:
            values = ", ".join(["unnest(CAST(? AS VARCHAR[]))"] * len(kinds))
            columns_of_rows = [list(column) for column in zip(*rows, strict=True)]
            connection.execute(f"INSERT INTO classes SELECT {values}", columns_of_rows)

    def _classes(
        self, connection: duckdb.DuckDBPyConnection, inventory: Inventory
    ) -> Iterator[tuple[LineClass, str]]:
        shapes = inventory.shapes
        if _PACKED[0] not in self.key:
            yield from ((LineClass(shape), "") for shape in shapes.values())
            return
        packed = f"(SELECT *, {all_values_sql(inventory.package.columns)} AS parameter_values FROM records)"
        cells = ", ".join(name if name in self.key else "''" for name in (*SHAPE_COLUMNS, *_PACKED))
        cursor = connection.execute(f"SELECT DISTINCT {cells} FROM {packed} WHERE plain")
        while batch := cursor.fetchmany(_BATCH):
            for *shape, values in batch:
                yield LineClass.packed(shapes[ShapeText._make(shape)], values), values

    def _row(self, one: LineClass, values: str, constants: Constants, width: int) -> list[str | None]:
        rates = one.rates
        cells = {**one.shape.text._asdict(), _PACKED[1]: values}
        row: list[str | None] = [cells[name] for name in self.key]
        row += [make(one) for make in constants.values()]
        split = [rate_of(rate) for rate in rates]
        room, most = _room(split), self.scales.most(rates)
        row += [str(room), most]
        for rate, parts in zip(rates, split, strict=True):
            row.append(exact_text(rate) if most else None)
            row += [str(parts.digits), str(parts.odd), str(parts.scale)] if room else [None] * 3
        return row + [None] * (width - len(row))


def _room(rates: list[Rate]) -> int:
    """How many digits a line's own numbers may have so that every product and denominator stays within 38; 0: none."""
    widest = max((max(len(str(rate.digits)), len(str(rate.odd)) + rate.scale) for rate in rates), default=0)
    return max(0, MAX_DIGITS - widest)
