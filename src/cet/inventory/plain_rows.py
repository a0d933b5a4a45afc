"""Which rows are *plain*: those of which SQL alone can tell that every cell is right and that the numbers fit.

A plain quantity is below 10^15 and has at most nine decimals and fifteen digits, a plain share has at most six decimals.
Where Parquet types the two so that no value could be otherwise, no text is made of them to look at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cet.inventory.arithmetic import PART, QUANTITY_LENGTH, QUANTITY_PATTERN, SHARE_PATTERN
from cet.inventory.bulk_parameters import plain_sql

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

EXACT = ("exact_quantity", "exact_part")
"""Columns of a plain row's quantity and share as decimals; the share is 1 where its cell is empty."""

_DIGITS, _DECIMALS, _PART_DECIMALS = 15, 9, 6
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)", re.ASCII)
_INTEGER = re.compile(r"U?(TINYINT|SMALLINT|INTEGER)|BIGINT", re.ASCII)

_QUANTITY = (
    f"length(quantity) <= {QUANTITY_LENGTH} AND regexp_full_match(quantity, '{QUANTITY_PATTERN}')",
    "coalesce(exact_quantity >= 0, false)",
)
_SHARE = (
    f"(share = '' OR regexp_full_match(share, '{SHARE_PATTERN}'))",
    "coalesce(exact_part BETWEEN 0 AND 1, false)",
)


def _begins(column: str) -> str:
    """That a text begins as a formula of a spreadsheet does, or with a space."""
    # Not as a list of marks, which DuckDB would make a join of.
    begun = (f"starts_with({column}, '{mark}')" for mark in "=+-@ ")
    return f"({' OR '.join(begun)})"


_OTHERS = rf"""
    regexp_full_match(id, '[A-Za-z0-9][A-Za-z0-9._/:+-]{{0,99}}')
    AND (claimed_t = '' OR (length(claimed_t) <= 16 AND regexp_full_match(claimed_t, '[0-9]{{1,15}}(\.[0-9]{{1,15}})?')))
    AND length(source) BETWEEN 1 AND 500 AND NOT {_begins("source")} AND NOT contains(source, chr(9))
    AND length(note) <= 500 AND NOT {_begins("note")} AND NOT contains(note, chr(9))
    AND (start = '' OR (regexp_full_match(start, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') AND TRY_CAST(start AS DATE) IS NOT NULL
                        AND start BETWEEN $first AND $last))
    AND ("end" = '' OR (regexp_full_match("end", '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') AND TRY_CAST("end" AS DATE) IS NOT NULL
                        AND "end" BETWEEN $first AND $last))
    AND (start = '' OR "end" = '' OR start <= "end")
    AND (evidence = '' OR TRY_CAST(evidence AS evidence_file) IS NOT NULL)
    AND if(estimate = '', reason = '', length(reason) BETWEEN 1 AND 500
           AND NOT {_begins("reason")} AND NOT contains(reason, chr(9)))
"""


def typed_numbers(kinds: Mapping[str, str]) -> dict[str, str]:
    """The SQL of those of `EXACT` that can be had from the typed columns of a Parquet file, by name."""
    found = {}
    quantity, share = kinds.get("quantity", ""), kinds.get("share", "")
    if _fits(quantity, _DIGITS, _DECIMALS):
        found["exact_quantity"] = '"quantity"'
    elif _INTEGER.fullmatch(quantity):
        found["exact_quantity"] = f'TRY_CAST("quantity" AS DECIMAL({_DIGITS}, 0))'
    if "share" not in kinds:
        found["exact_part"] = "1::DECIMAL(1, 0)"
    elif _fits(share, _DIGITS, _PART_DECIMALS):
        found["exact_part"] = 'coalesce("share", 1)'
    return found


def exact_numbers_sql(typed: Collection[str]) -> str:
    """Those of `EXACT` that are not typed, read from text."""
    text = {
        "exact_quantity": "TRY_CAST(quantity AS DECIMAL(24, 9))",
        "exact_part": f"TRY_CAST({PART} AS DECIMAL(7, 6))",
    }
    return ", ".join(f"{text[name]} AS {name}" for name in EXACT if name not in typed)


def plain_row_sql(columns: Collection[str], typed: Collection[str], first: str, last: str) -> str:
    """That a row is plain, never NULL; `first` and `last` are the days of the period as ISO text."""
    others = _OTHERS.replace("$first", f"'{first}'").replace("$last", f"'{last}'")
    quantity, share = (both[name in typed] for name, both in zip(EXACT, (_QUANTITY, _SHARE), strict=True))
    return f"{others} AND {quantity} AND {share} AND {plain_sql(columns)}"


def _fits(kind: str, digits: int, decimals: int) -> bool:
    found = _DECIMAL.fullmatch(kind)
    return found is not None and int(found[1]) <= digits and int(found[2]) <= decimals
