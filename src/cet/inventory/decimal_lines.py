"""Lines that are plain decimals all through: DuckDB multiplies their numbers as they are and makes no text of them.

amount = quantity × share and mg = amount × rate, each exactly, as DECIMALs of 38 digits at most. Every line counts that is plain,
has rates that are decimals, and is not so large that a product could leave those digits.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.exact_sql import decimals
from cet.inventory.plain_rows import EXACT
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

LEAST, MOST = 9, 18
"""Decimals of an mg: at least as many as those of one that had to be rounded, and so few that 10^20 mg have room."""

_WIDTH = 38
_AMOUNT_WIDTH = 31
_SHARE_WIDTH = 7
_QUANTITY_DECIMALS, _SHARE_DECIMALS = 9, 6
_TYPE = re.compile(r"DECIMAL\((\d+),(\d+)\)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Scales:
    """How many decimals the numbers of a file's lines have: of quantity, share and rate."""

    quantity: int
    share: int
    rate: int

    @property
    def mg(self) -> int:
        """Decimals of an mg."""
        return self.quantity + self.share + self.rate

    @property
    def mg_type(self) -> str:
        """The SQL type of an mg."""
        return f"DECIMAL({_WIDTH},{self.mg})"

    @property
    def rate_type(self) -> str:
        """The SQL type of a rate, mg per unit of a line's amount."""
        return f"DECIMAL({_WIDTH},{self.rate})"

    @property
    def amount_type(self) -> str:
        """The SQL type of an amount."""
        return f"DECIMAL({_AMOUNT_WIDTH},{self.quantity + self.share})"

    @property
    def amount(self) -> str:
        """The SQL of a line's amount; not NULL where the line is plain."""
        return (
            f"TRY_CAST(exact_quantity AS DECIMAL({_AMOUNT_WIDTH - _SHARE_WIDTH},{self.quantity}))"
            f" * TRY_CAST(exact_part AS DECIMAL({_SHARE_WIDTH},{self.share}))"
        )

    def most(self, rates: Iterable[Fraction]) -> str | None:
        """The greatest amount that has room at these rates; None where a rate is no decimal of this type."""
        found = tuple(rates)
        if not found or any(
            rate < 0 or rate * 10**self.rate % 1 or rate >= 10 ** (_WIDTH - self.rate) for rate in found
        ):
            return None
        room = 10 ** (_WIDTH - self.mg) - 1
        unit = 10 ** (self.quantity + self.share)
        most = 10**_AMOUNT_WIDTH - 1
        if greatest := max(found):
            most = min(most, int(room * unit / greatest))
        return exact_text(Fraction(most, unit))


def scales_of(connection: duckdb.DuckDBPyConnection, rates: Iterable[Fraction]) -> Scales:
    """The scales that every line of the view `records` and as many rates as possible have room in.

    Of columns that are text it asks every cell for its decimals: one more pass over the file.
    """
    kinds = {name: kind for name, kind, *_ in connection.execute("DESCRIBE records").fetchall()}
    typed = [_TYPE.fullmatch(str(kinds[name])) for name in EXACT]
    if [found and int(found[2]) for found in typed] == [_QUANTITY_DECIMALS, _SHARE_DECIMALS]:
        row = connection.execute(
            f"SELECT max({decimals('quantity')}), max({decimals('share')}) FROM records"
        ).fetchone()
        own = [int(found or 0) for found in row or (0, 0)]
    else:
        own = [int(found[2]) if found else 0 for found in typed]
    quantity, share = min(own[0], _QUANTITY_DECIMALS), min(own[1], _SHARE_DECIMALS)
    needed = max((_places(rate) for rate in rates), default=0)
    return Scales(
        quantity, share, max(0, min(MOST - quantity - share, max(needed, LEAST - quantity - share)))
    )


def _places(rate: Fraction) -> int:
    """Decimals of a rate; 0 where it is no decimal."""
    text = exact_text(rate)
    return 0 if "/" in text else len(text.partition(".")[2])
