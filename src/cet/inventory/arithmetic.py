"""The arithmetic over many lines: the one definition that DuckDB and Spark both run.

amount of a shape = Σ quantity × share over its lines, as DECIMAL(38,15): a quantity below 10^15 with at most nine decimals and
fifteen digits, a share of at most six decimals, at most 10^8 lines, so nothing overflows and nothing is rounded. Rates and
parameters are applied to the sums, as fractions (`sums.add_up`).
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PART = "CASE WHEN share = '' THEN '1' ELSE share END"
"""The share of a line whose share is text, 1 where the cell is empty."""

AMOUNT = "TRY_CAST(quantity AS DECIMAL(24, 9)) * TRY_CAST(part AS DECIMAL(7, 6))"
"""The amount of a line that has a quantity and a part, decimals or their text."""

QUANTITY_PATTERN = r"[0-9]{1,15}(\.[0-9]{1,9})?"
QUANTITY_LENGTH = 16
SHARE_PATTERN = r"0(\.[0-9]{1,6})?|1(\.0{1,6})?"


def add_up_sql(keys: Sequence[str], source: str) -> str:
    """Keys, number of lines and amount of each group of a relation with quantity and part."""
    named = ", ".join(keys)
    return f"SELECT {named}, count(*) AS lines, sum({AMOUNT}) AS amount FROM ({source}) AS priced GROUP BY {named}"
