"""What the rows of a package add up to before any factor is applied: activity per shape, and everything wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.folder import ACTIVITIES

if TYPE_CHECKING:
    from cet.inventory.problem import Problem
    from cet.inventory.rows import Row, ShapeText

MAX_FINDINGS = 1000


@dataclass(slots=True)
class ShapeTally:
    """Activity of one shape: Σ of its rows' amounts, exactly; how many lines; the first line id by code point."""

    amount: Fraction = Fraction(0)
    lines: int = 0
    first_id: str = ""

    def add(self, amount: Fraction, lines: int, first_id: str) -> None:
        """Adds lines of the same shape."""
        self.amount += amount
        self.lines += lines
        self.first_id = min(self.first_id, first_id) if self.first_id else first_id


@dataclass(slots=True)
class Tally:
    """Everything the rows say. `artefacts` counts lines with binary noise, `first_artefact` is the first such id; `regular`
    says that DuckDB reads the file as it was read, `all_plain` that every row is plain."""

    shapes: dict[ShapeText, ShapeTally] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    artefacts: int = 0
    first_artefact: str = ""
    claimed: list[Row] = field(default_factory=list)
    rows: int = 0
    regular: bool = False
    all_plain: bool = False

    def add_row(self, row: Row) -> None:
        """Adds one row read exactly."""
        self.add(row.shape, row.amount, 1, row.id)
        if row.artefact:
            self.artefacts += 1
            self.first_artefact = min(self.first_artefact, row.id) if self.first_artefact else row.id
        if row.claimed:
            self.claimed.append(row)

    def add(self, shape: ShapeText, amount: Fraction, lines: int, first_id: str) -> None:
        """Adds lines of one shape."""
        self.shapes.setdefault(shape, ShapeTally()).add(amount, lines, first_id)

    def report(self, row: int, problems: list[Problem]) -> None:
        """Records what is wrong with a row."""
        self.findings += [Finding(ACTIVITIES, row, *problem) for problem in problems]

    @property
    def full(self) -> bool:
        """Whether so much is wrong that looking further would help nobody."""
        return len(self.findings) >= MAX_FINDINGS


def capped(findings: list[Finding]) -> list[Finding]:
    """Findings in order of place, at most MAX_FINDINGS and a last one that says there are more."""
    ordered = sorted(set(findings), key=lambda one: (one.file, one.sheet, one.row, one))
    if len(ordered) <= MAX_FINDINGS:
        return ordered
    more = Finding(
        ACTIVITIES, 0, "", "", f"more than {MAX_FINDINGS} problems", "correct these, then check again"
    )
    return [*ordered[:MAX_FINDINGS], more]
