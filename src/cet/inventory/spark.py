"""The calculation on Spark, for packages beyond one machine: the same arithmetic, the same digits (needs the extra `spark`).

Intake is not done here: a package is checked first, its parts one by one where it is too large for one machine. Spark adds up
what DuckDB would; lines with numbers that no DECIMAL holds come to the driver and are computed by fractions.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.inventory.arithmetic import PART, QUANTITY_LENGTH, QUANTITY_PATTERN, SHARE_PATTERN, add_up_sql
from cet.inventory.bulk_parameters import all_values_sql, cells_of, names_sql, plain_sql
from cet.inventory.parameters import multiplier_of
from cet.inventory.parquet import ParquetScan
from cet.inventory.rows import CORE_COLUMNS, SHAPE_COLUMNS, ShapeText, parse_row
from cet.inventory.tally import ShapeTally

if TYPE_CHECKING:
    from cet.inventory.package import Package

_WHOLE = re.compile(r"regexp_full_match\((\W?\w+\W?), '(.*?)'\)")
_NAME = re.compile(r'"(\w+)"')
_ANYWHERE = re.compile(r"regexp_matches\((\W?\w+\W?), '(.*?)'\)")


def tally_on_spark(
    spark: Any, package: Package, paths: list[str] | None = None
) -> dict[ShapeText, ShapeTally]:
    """What the lines of a checked package come to by shape, as `compute` finds it; `first_id` is left empty.

    `spark` is a SparkSession. `paths` are where Spark's workers find the lines, when that is not the package's own file.
    """
    _read(spark, package, paths).createOrReplaceTempView("cet_records")
    columns = package.columns
    parameters = cells_of(columns)
    keys = [name for name in SHAPE_COLUMNS if name in columns]
    keys += ["parameters", "parameter_values"] if parameters else []
    plain = (
        f"length(quantity) <= {QUANTITY_LENGTH} AND regexp_full_match(quantity, '{QUANTITY_PATTERN}')"
        f" AND regexp_full_match(part, '{SHARE_PATTERN}') AND ({plain_sql(columns)})"
    )
    records = f"""
        SELECT *, {PART} AS part, {names_sql(columns)} AS parameters, {all_values_sql(columns)} AS parameter_values
        FROM cet_records
    """
    records, plain = _rendered(records), _rendered(plain)
    found: dict[ShapeText, ShapeTally] = {}
    for row in spark.sql(add_up_sql(keys, f"SELECT * FROM ({records}) WHERE {plain}")).collect():
        cells = row.asDict()
        values = cells.get("parameter_values", "")
        shape = ShapeText._make(cells.get(name, "") for name in ShapeText._fields)
        amount = Fraction(cells["amount"]) * (multiplier_of(values) if values else 1)
        found.setdefault(shape, ShapeTally()).add(amount, cells["lines"], "")
    names = (*CORE_COLUMNS, *parameters)
    odd = spark.sql(f"SELECT * FROM ({records}) WHERE NOT ({plain})")
    for row in odd.toLocalIterator():
        cells = row.asDict()
        parsed, _ = parse_row({name: cells.get(name, "") for name in names}, package.bounds)
        if parsed is not None:
            found.setdefault(parsed.shape, ShapeTally()).add(parsed.amount, 1, "")
    return found


def _read(spark: Any, package: Package, paths: list[str] | None) -> Any:
    where = paths or [str(package.activities.resolve())]
    if isinstance(package.scan, ParquetScan):
        frame = spark.read.parquet(*where)
    else:
        schema = ", ".join(f"`{name}` STRING" for name in package.columns)
        frame = spark.read.csv(
            where, schema=schema, header=True, quote='"', escape='"', mode="FAILFAST", multiLine=False
        )
    wanted = (*CORE_COLUMNS, *cells_of(package.columns))
    cells = [
        f"coalesce(CAST(`{name}` AS STRING), '') AS `{name}`"
        if name in package.columns
        else f"'' AS `{name}`"
        for name in wanted
    ]
    return frame.selectExpr(*cells)


def _rendered(condition: str) -> str:
    """SQL in Spark's words: `regexp_full_match` is an anchored RLIKE, a backslash in a text is written twice, names stand
    between backticks."""
    whole = _WHOLE.sub(lambda found: _rlike(found[1], f"^({found[2]})$"), condition)
    return _NAME.sub(r"`\1`", _ANYWHERE.sub(lambda found: _rlike(found[1], found[2]), whole))


def _rlike(column: str, pattern: str) -> str:
    doubled = pattern.replace("\\", "\\\\")
    return f"({column} RLIKE '{doubled}')"
