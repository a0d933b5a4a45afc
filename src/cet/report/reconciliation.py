"""From what a participant published to its compliant figures, every step named and computed, exact to the end.

The published figures are a file of their own (`published.toml`): the tonnes printed for each line and the totals printed
under them. Each line is compared with the recomputed inventory; what differs falls into one of the steps below, and the
steps add up to the inventory exactly, or there is no table. GHG Protocol Corporate Standard, chapter 9: other gases and
biogenic CO2 apart from the scopes, gross figures without avoided emissions; chapter 5 on correcting errors.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.errors import ExplainedError
from cet.inventory import Inventory, Line, explain_claim
from cet.quantities import MG_PER_TONNE, half_even_text, tonnes_text
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = "published.toml"

IN_SCOPE = (Scope.SCOPE_1, Scope.SCOPE_2, Scope.SCOPE_3)
COLUMNS = (*IN_SCOPE, Scope.OUTSIDE)

_TONNES = re.compile(r"-?\d{1,15}(\.\d{1,20})?", re.ASCII)
_PRINTED_PLACES = 2
_NOISE = 10**12
"""A binary float carries at least 15 digits, a product of three some fewer: what differs by a part in 10^12 is noise."""


class ReconciliationError(ExplainedError):
    """Published figures that can't be read, or steps that don't lead from them to the inventory."""


class Cause(Enum):
    """Why a published figure and the compliant one differ; the value is the step's title."""

    ERROR = "factor or quantity in error"
    OUTSIDE = "gases reported outside the scopes"
    AVOIDED = "avoided emissions, not netted"
    FLOATS = "binary noise of the spreadsheet"
    CONSOLIDATION = "share and place under the consolidation approach"
    ROUNDING = "rounded up to the milligram, once per lot"


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A line as printed: its id in the package, the scope it was published in, milligrams CO2e."""

    id: str
    scope: Scope
    mg: Fraction


@dataclass(frozen=True, slots=True)
class Published:
    """A participant's published figures and where they were published."""

    publisher: str
    document: str
    edition: str
    lines: tuple[PublishedLine, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table: exact milligrams CO2e by scope, in the order of COLUMNS, and the lines it is about."""

    title: str
    columns: tuple[Fraction, ...]
    details: tuple[str, ...] = ()

    @property
    def total(self) -> Fraction:
        """The three scopes together, as the publisher adds them; what is outside them is not in it."""
        return sum(self.columns[: len(IN_SCOPE)], Fraction(0))

    def of(self, scope: Scope) -> Fraction:
        """One column."""
        return self.columns[COLUMNS.index(scope)]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The table. `published` plus every step is `compliant`, the figures of the statement (scope 2 market-based).

    `location_based` is the other figure of scope 2, which the publisher did not print: beside the table, in no sum.
    """

    publisher: str
    document: str
    edition: str
    published: Step
    steps: tuple[Step, ...]
    compliant: Step
    location_based: Fraction

    def rows(self) -> tuple[Step, ...]:
        """First row to last, as printed."""
        return (self.published, *self.steps, self.compliant)


def read_published(path: Path) -> Published:
    """The published figures in a TOML file. Raises ReconciliationError, also where the lines don't give the totals
    printed under them to the printed digit."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        lines = tuple(_line(entry, path.name) for entry in data["line"])
        found = Published(str(data["publisher"]), str(data["document"]), str(data["edition"]), lines)
        printed = {key: str(data["printed"][key]) for key in ("scope_1", "scope_2", "scope_3", "total")}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ReconciliationError(f"{path.name}: {error}", "give a readable TOML file") from error
    except (KeyError, TypeError) as error:
        raise ReconciliationError(
            f"{path.name}: incomplete ({error})", "see examples/README.md for its parts"
        ) from error
    step = _published_step(found)
    for key, mg in zip(printed, (*step.columns[: len(IN_SCOPE)], step.total), strict=True):
        if (sums := tonnes_text(mg, _PRINTED_PLACES)) != printed[key]:
            problem = f"{path.name}: the lines add up to {sums} t, printed {key} is {printed[key]} t"
            raise ReconciliationError(problem, "copy the figures as printed")
    return found


def reconcile(published: Published, inventory: Inventory) -> Reconciliation:
    """The table from published to compliant figures. Raises ReconciliationError when a line of one side has no
    counterpart on the other, unless it is avoided emissions, or counts in another scope."""
    lines = {line.id: line for line in inventory.lines}
    if strangers := sorted(set(lines) - {line.id for line in published.lines}):
        raise ReconciliationError(
            f"lines that were not published: {', '.join(strangers)}", "add their published figures"
        )
    steps = {cause: _Collected() for cause in Cause}
    for entry in published.lines:
        line = lines.get(entry.id)
        if line is None:
            _collect_avoided(entry, steps[Cause.AVOIDED])
            continue
        inside, outside = _recomputed(line, entry)
        difference = inside + outside - entry.mg
        if abs(difference) * _NOISE <= abs(entry.mg):
            steps[Cause.FLOATS].add(entry.scope, difference)
        else:
            steps[Cause.ERROR].add(
                entry.scope, difference, _explained(line, inside + outside, entry, inventory)
            )
        if outside:
            steps[Cause.OUTSIDE].add(entry.scope, -outside, f"{line.row.source}, {tonnes_text(outside)} t")
            steps[Cause.OUTSIDE].add(Scope.OUTSIDE, outside)
    _collect_consolidation(inventory, steps[Cause.CONSOLIDATION])
    _collect_rounding(inventory, steps[Cause.ROUNDING])
    first = _published_step(published)
    moved = tuple(steps[cause].step(cause) for cause in Cause)
    reported = dict(zip(("1", "2 location", "2 market", "3", "outside"), inventory.reported, strict=True))
    last = Step("compliant", tuple(Fraction(reported[key]) for key in ("1", "2 market", "3", "outside")))
    for column, start, end in zip(COLUMNS, first.columns, last.columns, strict=True):
        if start + sum(step.of(column) for step in moved) != end:
            problem = (
                f"the steps of {column.name.lower().replace('_', ' ')} don't lead to the inventory's figure"
            )
            raise ReconciliationError(
                problem, "compute the inventory with its lines, and publish no line twice"
            )
    return Reconciliation(
        publisher=published.publisher,
        document=published.document,
        edition=published.edition,
        published=first,
        steps=tuple(step for step in moved if any(step.columns)),
        compliant=last,
        location_based=Fraction(reported["2 location"]),
    )


class _Collected:
    """What belongs to one cause so far."""

    def __init__(self) -> None:
        self.columns = dict.fromkeys(COLUMNS, Fraction(0))
        self.details: list[str] = []

    def add(self, scope: Scope, mg: Fraction, detail: str = "") -> None:
        self.columns[scope] += mg
        if detail:
            self.details.append(detail)

    def step(self, cause: Cause) -> Step:
        return Step(cause.value, tuple(self.columns[scope] for scope in COLUMNS), tuple(self.details))


def _line(entry: dict[str, Any], name: str) -> PublishedLine:
    tonnes = entry["tonnes"]
    if not isinstance(tonnes, str) or not _TONNES.fullmatch(tonnes):
        raise ReconciliationError(
            f"{name}: {entry['id']}: {tonnes!r} is no decimal text", "copy the digits in quotes"
        )
    if entry["scope"] not in (1, 2, 3):
        raise ReconciliationError(
            f"{name}: {entry['id']}: scope {entry['scope']!r}", "write the scope it was published in"
        )
    return PublishedLine(str(entry["id"]), Scope(entry["scope"]), Fraction(tonnes) * MG_PER_TONNE)


def _published_step(published: Published) -> Step:
    sums = dict.fromkeys(COLUMNS, Fraction(0))
    for line in published.lines:
        sums[line.scope] += line.mg
    return Step("published", tuple(sums[scope] for scope in COLUMNS))


def _recomputed(line: Line, entry: PublishedLine) -> tuple[Fraction, Fraction]:
    """Exact mg of the line in its published scope, and outside the scopes; scope 2 by the market-based method."""
    inside = outside = Fraction(0)
    for key, mg in line.emissions():
        if key.scope is Scope.OUTSIDE:
            outside += mg
        elif key.scope is not entry.scope:
            remedy = f"published in scope {int(entry.scope)}; give the line the scope it was published in"
            raise ReconciliationError(f"{line.id} counts in scope {int(key.scope)}", remedy)
        elif key.method is (Method.MARKET_BASED if key.scope is Scope.SCOPE_2 else Method.PHYSICAL):
            inside += mg
    return inside, outside


def _collect_avoided(entry: PublishedLine, avoided: _Collected) -> None:
    if entry.mg > 0:
        raise ReconciliationError(f"{entry.id} was published and is no line of the package", "add the line")
    if entry.mg:
        avoided.add(entry.scope, -entry.mg, f"{entry.id}, {tonnes_text(entry.mg)} t")


def _collect_consolidation(inventory: Inventory, consolidation: _Collected) -> None:
    """From the lines whole and as written to the exact consolidated figures."""
    for sums, sign in ((inventory.written, -1), (inventory.sums, 1)):
        for key, found in sums.items():
            if key.method is not Method.LOCATION_BASED:
                consolidation.add(key.scope, sign * found.mg)


def _collect_rounding(inventory: Inventory, rounding: _Collected) -> None:
    for key, mg in inventory.reported_of.items():
        if key.method is not Method.LOCATION_BASED:
            rounding.add(key.scope, mg - inventory.sums[key].mg)


def _explained(line: Line, recomputed: Fraction, entry: PublishedLine, inventory: Inventory) -> str:
    """What is wrong with a published figure and, where the package claims it too, what reproduces it."""
    text = f"{line.id}: published {tonnes_text(entry.mg)} t, recomputed {tonnes_text(recomputed)} t"
    rows = [one.row for one in inventory.lines]
    shapes = {one.row.shape: one.shape for one in inventory.lines}
    package = inventory.package
    for claim in inventory.claims:
        if claim.line == line.id:
            for reason in explain_claim(claim, rows, shapes, package.store(), package.settings.header.gwp)[
                :1
            ]:
                text += f"; the published figure {reason}"
    return text


def figure(mg: Fraction, places: int = 3) -> str:
    """Milligrams as tonnes for a table, thousands apart; a difference too small to show keeps its magnitude."""
    if mg and abs(mg) < Fraction(MG_PER_TONNE, 2 * 10**places):
        return f"{Decimal(mg.numerator) / (mg.denominator * MG_PER_TONNE):.1e}"
    whole, _, part = half_even_text(abs(mg) / MG_PER_TONNE, places).partition(".")
    return f"{'-' if mg < 0 else ''}{int(whole):,}.{part}"
