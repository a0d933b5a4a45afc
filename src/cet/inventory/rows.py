"""One record of `activities.csv`: its cells checked one by one, each problem with what would be right.

This is the slow, exact reading. The bulk path (`bulk.py`) recognises plain rows in SQL and sends every other row here.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from cet.errors import NumberError
from cet.factors.model import ID_PATTERN
from cet.quantities import ParsedNumber, parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIRED = ("id", "facility", "scope", "category", "source", "quantity", "unit", "factor", "data")
OPTIONAL = ("share", "market_factor", "start", "end", "claimed_t", "note", "evidence")
COLUMNS = (*REQUIRED, *OPTIONAL)
MAX_TEXT = 500
MAX_QUANTITY = 10**24
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_ID = re.compile(ID_PATTERN, re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ONE = ParsedNumber(Fraction(1), "1")


class Problem(NamedTuple):
    """Something wrong in a cell."""

    column: str
    value: str
    problem: str
    remedy: str


class ShapeText(NamedTuple):
    """The cells that decide how a line is calculated; lines with equal ones share a `Shape`."""

    facility: str
    scope: str
    category: str
    unit: str
    factor: str
    market_factor: str
    data: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record whose own cells are right: what was measured, exactly, and the shape that says how it counts."""

    id: str
    shape: ShapeText
    source: str
    quantity: ParsedNumber
    share: ParsedNumber
    start: str
    end: str
    claimed: str
    note: str
    evidence: str = ""

    @property
    def amount(self) -> Fraction:
        """Quantity × share, in the line's unit."""
        return self.quantity.value * self.share.value

    @property
    def artefact(self) -> str:
        """A cell that held the binary noise of a spreadsheet; empty if none did."""
        return self.quantity.artefact or self.share.artefact


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a row's own cells are checked against: the inventory's period as ISO text, empty where it could not be read,
    and the SHA-256 of each declared evidence file, None where those could not be read."""

    start: str = ""
    end: str = ""
    evidence: Mapping[str, str] | None = None


def parse_row(cells: dict[str, str], bounds: Bounds) -> tuple[Row | None, list[Problem]]:
    """The row, or everything wrong with its own cells. Shapes are examined apart, once each."""
    problems: list[Problem] = []
    _check_id(cells["id"], problems)
    source, note = cells["source"], cells["note"]
    _check_text("source", source, problems)
    if note:
        _check_text("note", note, problems)
    quantity = _number("quantity", cells["quantity"], problems)
    if quantity is not None and quantity.value < 0:
        problems.append(
            Problem("quantity", cells["quantity"], "negative", "correct it; removals have lines of their own")
        )
    if quantity is not None and quantity.value > MAX_QUANTITY:
        problems.append(
            Problem("quantity", cells["quantity"], "absurdly large", "check the number and its unit")
        )
    share = _number("share", cells["share"], problems) if cells["share"] else _ONE
    if share is not None and not 0 <= share.value <= 1:
        problems.append(
            Problem("share", cells["share"], "not between 0 and 1", "write the part that counts, 0.5 for 50%")
        )
    claimed = cells["claimed_t"]
    if claimed:
        _number("claimed_t", claimed, problems)
    _check_dates(cells["start"], cells["end"], bounds, problems)
    evidence = _evidence(cells["evidence"], bounds, problems)
    if problems or quantity is None or share is None:
        return None, problems
    shape = ShapeText(*(cells[name] for name in ShapeText._fields))
    dates = cells["start"], cells["end"]
    return Row(cells["id"], shape, source, quantity, share, *dates, claimed, note, evidence), []


def _check_id(value: str, problems: list[Problem]) -> None:
    if not value:
        problems.append(Problem("id", value, "no id", "give every line an id of its own"))
    elif not _ID.fullmatch(value):
        remedy = "use 1 to 100 letters, digits and . _ - / : + and begin with a letter or digit"
        problems.append(Problem("id", value[:80], "not an id", remedy))


def _check_text(column: str, value: str, problems: list[Problem]) -> None:
    if not value.strip(" "):
        problems.append(Problem(column, value, "empty", "say in words what the line is"))
    elif value.startswith(FORMULA_STARTS):
        problems.append(
            Problem(column, value[:80], "begins like a formula", f"begin it without {value[0]!r}")
        )
    elif len(value) > MAX_TEXT:
        problems.append(Problem(column, value[:80], f"longer than {MAX_TEXT} characters", "shorten it"))
    elif "\n" in value or "\r" in value or "\t" in value:
        problems.append(Problem(column, value[:80], "line break or tab in a cell", "write it on one line"))


def _number(column: str, value: str, problems: list[Problem]) -> ParsedNumber | None:
    try:
        return parse_number(value)
    except NumberError as error:
        problems.append(Problem(column, value[:80], error.problem, error.remedy))
        return None


def _check_dates(start: str, end: str, bounds: Bounds, problems: list[Problem]) -> None:
    right = True
    for column, value in (("start", start), ("end", end)):
        if not value:
            continue
        if not is_date(value):
            problems.append(Problem(column, value[:80], "no such date", "write the day as 2021-06-30"))
            right = False
        elif bounds.start and not bounds.start <= value <= bounds.end:
            remedy = f"the period is {bounds.start} to {bounds.end}; move the line to its own package"
            problems.append(Problem(column, value, "outside the inventory's period", remedy))
    if right and start and end and end < start:
        problems.append(Problem("end", end, f"before the start, {start}", "swap start and end"))


def _evidence(value: str, bounds: Bounds, problems: list[Problem]) -> str:
    """The files a line rests on, each with its hash, as the canonical line commits to them: `bill.pdf=3b0c…; …`."""
    if not value or bounds.evidence is None:
        return ""
    names = [name.strip(" ") for name in value.split(";")]
    for name in names:
        if name not in bounds.evidence:
            remedy = "declare it with [[evidence]], and separate file names by ;"
            problems.append(Problem("evidence", name[:80], "no such evidence", remedy))
    if len(set(names)) < len(names):
        problems.append(Problem("evidence", value[:80], "evidence named twice", "name each file once"))
    return "; ".join(f"{name}={bounds.evidence.get(name, '')}" for name in sorted(set(names)))


def is_date(value: str) -> bool:
    """Whether the text is a day that exists, written `2021-06-30`."""
    if not _DATE.fullmatch(value):
        return False
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return True
