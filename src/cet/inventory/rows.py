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
from cet.inventory.methods import PARAMETER_COLUMNS
from cet.inventory.parameters import Given, added, multiplier, packed, read_given
from cet.inventory.problem import Problem
from cet.quantities import ParsedNumber, parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUIRED = ("id", "facility", "scope", "category", "source", "quantity", "unit", "factor", "data")
OPTIONAL = (
    "share",
    "market_factor",
    "method",
    "chp",
    "estimate",
    "reason",
    "start",
    "end",
    "claimed_t",
    "note",
    "evidence",
    "quality",
    "received",
    "project",
)
CORE_COLUMNS = (*REQUIRED, *OPTIONAL)
"""The columns every record is read with, empty where the file lacks them."""

COLUMNS = (*CORE_COLUMNS, *PARAMETER_COLUMNS)
"""Every column a file may have."""

MAX_TEXT = 500
MAX_QUANTITY = 10**24
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

_ID = re.compile(ID_PATTERN, re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ONE = ParsedNumber(Fraction(1), "1")


class ShapeText(NamedTuple):
    """The cells that decide how a line is calculated; lines with equal ones share a `Shape`."""

    facility: str
    scope: str
    category: str
    unit: str
    factor: str
    market_factor: str
    data: str
    method: str = ""
    chp: str = ""
    estimate: str = ""
    quality: str = ""
    received: str = ""
    project: str = ""
    parameters: str = ""

    @classmethod
    def of(cls, cells: Mapping[str, str]) -> ShapeText:
        """The shape of a record's cells."""
        parameters = packed(cells)[0] if len(cells) > len(CORE_COLUMNS) else ""
        return cls._make([*(cells[name] for name in SHAPE_COLUMNS), parameters])


SHAPE_COLUMNS = ShapeText._fields[:-1]
"""The columns a shape is made of; which parameters it has, in which units, is packed into one text."""


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
    reason: str = ""
    given: tuple[Given, ...] = ()
    evidence: str = ""

    @property
    def amount(self) -> Fraction:
        """(Quantity + added − subtracted) × share × parameters, exactly; their units and money are the shape's."""
        return self.whole * self.share.value

    @property
    def whole(self) -> Fraction:
        """The amount if all of it counted: without the share."""
        return self.total * multiplier(self.given) if self.given else self.quantity.value

    @property
    def total(self) -> Fraction:
        """The quantity with what is added and subtracted, in its unit."""
        return self.quantity.value + added(self.given, self.shape.unit)

    @property
    def artefact(self) -> str:
        """A cell that held the binary noise of a spreadsheet; empty if none did."""
        own = (one.artefact for one in self.given)
        return self.quantity.artefact or self.share.artefact or next(filter(None, own), "")


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
    _check_reason(cells["estimate"], cells["reason"], problems)
    given: tuple[Given, ...] | None = ()
    if len(cells) > len(CORE_COLUMNS):
        given = read_given(cells, lambda *problem: problems.append(Problem(*problem)))
    if problems or quantity is None or share is None or given is None:
        return None, problems
    row = Row(
        cells["id"],
        ShapeText.of(cells),
        source,
        quantity,
        share,
        cells["start"],
        cells["end"],
        claimed,
        note,
        cells["reason"],
        given,
        evidence,
    )
    if given and row.total < 0:
        problem, remedy = (
            "less than nothing is left of it",
            "check the terms added and subtracted, and their units",
        )
        return None, [Problem("quantity", cells["quantity"][:80], problem, remedy)]
    return row, []


def _check_reason(estimate: str, reason: str, problems: list[Problem]) -> None:
    """An estimate says why; nothing else has a reason to."""
    if reason:
        _check_text("reason", reason, problems)
    if estimate and not reason.strip():
        problems.append(
            Problem("reason", "", "an estimate without its reason", "say why and from what it is estimated")
        )
    if reason and not estimate:
        remedy = "say how in the column estimate, or write it in note"
        problems.append(Problem("estimate", "", "a reason without an estimate", remedy))


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
