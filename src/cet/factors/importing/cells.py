"""Numbers read from the cells of a factor file: exact, counted and summed by table and column, or found wrong."""

from __future__ import annotations

import re
from fractions import Fraction

from cet.errors import Finding, NumberError
from cet.quantities import parse_number

_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_LEADING = {"≤": "to", "<": "under ", ">": "over ", "+": " plus ", "&": " and ", "%": " percent "}
_NOT_WORD = re.compile(r"(?:[^a-z0-9.]|(?<!\d)\.|\.(?!\d))+")


class Cells:
    """The reading of one file: its findings, its sums, what was left out."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.notices: list[str] = []
        self.sums: dict[tuple[str, str], tuple[int, Fraction]] = {}
        self.left_out: dict[str, int] = {}

    def find(self, row: int, column: str, value: str, problem: str, remedy: str) -> None:
        """Notes something wrong."""
        self.findings.append(Finding(self.file, row, column, value[:80], problem, remedy))

    def leave_out(self, reason: str, rows: int = 1) -> None:
        """Counts rows that become no factor."""
        self.left_out[reason] = self.left_out.get(reason, 0) + rows

    def number(
        self, table: str, column: str, row: int, text: str, *, place: str = "", signed: bool = False
    ) -> Fraction | None:
        """The number a cell holds, not negative unless `signed`; None with a finding for anything else.

        A spreadsheet's binary noise is removed by the canonical rule before the number is counted.
        """
        try:
            value = parse_number(text.replace(",", "") if _GROUPED.fullmatch(text) else text).value
        except NumberError as error:
            self.find(row, place or column, text, error.problem, "get the file from its publisher again")
            return None
        if value < 0 and not signed:
            self.find(row, place or column, text, "negative", "an emission factor is not negative")
            return None
        count, total = self.sums.get((table, column), (0, Fraction(0)))
        self.sums[table, column] = (count + 1, total + value)
        return value


def slug(text: str) -> str:
    """Lower-case words joined by hyphens: `Rigid (>17 tonnes)` is `rigid-over-17-tonnes`."""
    lowered = text.strip().lower().replace(",", "") if text[:1].isdigit() else text.strip().lower()
    for sign, word in _LEADING.items():
        lowered = lowered.replace(sign, word)
    return _NOT_WORD.sub("-", lowered).strip("-")


def within(first: Fraction, second: Fraction, tolerance: Fraction) -> bool:
    """Whether two figures agree as far as their print's rounding lets them."""
    return abs(first - second) <= tolerance
