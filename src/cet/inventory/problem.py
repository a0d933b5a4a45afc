"""Something wrong in a cell, and what would be right."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cet.errors import CetError


class Problem(NamedTuple):
    """Something wrong in a cell."""

    column: str
    value: str
    problem: str
    remedy: str


def as_problem(column: str, value: str, error: CetError) -> Problem:
    """An error about a cell's text."""
    problem, remedy = getattr(error, "problem", str(error)), getattr(error, "remedy", "")
    return Problem(column, value[:80], problem, remedy or "correct it")
