"""The completeness report: every source type of scopes 1 and 2 and every category of scope 3, reported, empty with its
statement, or flagged with what is missing (Corporate Standard and Trace, *completeness*; Scope 3 Standard, chapter 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.boundary.consolidation import placed_streams
from cet.inventory.completeness.sections import covers
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory.completeness.sections import Exclusion, Plan, Relevance
    from cet.inventory.result import Inventory
    from cet.inventory.rows import ShapeText
    from cet.inventory.settings import Settings

_NONE = Fraction(0)


class Status(Enum):
    """What the report says of a category; `estimated` is reported, wholly or in part on estimates; `empty` with its statement."""

    REPORTED = "reported"
    ESTIMATED = "estimated"
    EMPTY = "empty"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True)
class Flag:
    """What is missing, and what would be right."""

    problem: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a category holds: exact mg CO2e by method; how much of it is estimated or by proxy, and how much of that by lines
    that don't say how and why. Estimates are parts of the market-based figure where there are two."""

    lines: int
    mg: dict[Method, Fraction]
    estimated: Fraction
    unexplained: Fraction


@dataclass(frozen=True, slots=True)
class Item:
    """A category of the report."""

    scope: Scope
    category: int
    path: str
    content: Content | None
    exclusion: Exclusion | None
    relevance: Relevance | None
    plans: tuple[Plan, ...]
    flags: tuple[Flag, ...]

    @property
    def status(self) -> Status:
        """Flagged where anything is missing."""
        if self.flags:
            return Status.FLAGGED
        if self.content is None:
            return Status.EMPTY
        return Status.ESTIMATED if self.content.estimated else Status.REPORTED


def completeness(inventory: Inventory) -> tuple[Item, ...]:
    """Every category of the three scopes, in order, with everything that is missing."""
    settings, contents = inventory.package.settings, _contents(inventory)
    items = []
    for text, scope in SCOPE_TEXT.items():
        if scope is Scope.OUTSIDE:
            continue
        for name, number in CATEGORY_NAMES[scope].items():
            path = f"{text}.{name}"
            found = _Found(
                path,
                contents.get((scope, number)),
                _exclusion(settings, path),
                next((one for one in settings.relevance if one.category == path), None),
                tuple(one for one in settings.plans if covers(one.category, path)),
            )
            flags = tuple(flag for rule in RULES for flag in rule(found))
            items.append(
                Item(
                    scope,
                    number,
                    path,
                    found.content,
                    found.exclusion,
                    found.relevance,
                    found.plans,
                    flags,
                )
            )
    return tuple(items)


@dataclass(frozen=True, slots=True)
class _Found:
    path: str
    content: Content | None
    exclusion: Exclusion | None
    relevance: Relevance | None
    plans: tuple[Plan, ...]


def _what_is_empty_has_its_statement(found: _Found) -> Iterator[Flag]:
    if found.content is None and found.exclusion is None:
        yield Flag(
            "neither lines nor a statement", "add lines, or an [[exclusion]] that says why there are none"
        )


def _what_does_not_occur_has_no_lines(found: _Found) -> Iterator[Flag]:
    if found.content and found.exclusion and found.exclusion.because == "does-not-occur":
        yield Flag("said not to occur, and has lines", "correct the [[exclusion]] or remove the lines")


def _what_is_relevant_is_reported(found: _Found) -> Iterator[Flag]:
    """An exclusion must not take what the company's stakeholders need (Scope 3 Standard, 6.1)."""
    if found.content or not (found.relevance and found.relevance.relevant):
        return
    if found.exclusion is None or found.exclusion.because != "does-not-occur":
        criteria = ", ".join(found.relevance.holding)
        yield Flag(f"relevant by {criteria}, and left out", "add its lines, by an estimate if need be")


def _what_is_not_relevant_was_tested(found: _Found) -> Iterator[Flag]:
    if found.exclusion and found.exclusion.because == "not-relevant" and found.relevance is None:
        if not found.path.startswith("3."):
            yield Flag("scopes 1 and 2 are always relevant", "add its lines, or another reason")
        else:
            yield Flag("not relevant by no test", "add its [[relevance]]")


def _what_is_left_out_has_a_size(found: _Found) -> Iterator[Flag]:
    left_out = found.exclusion and found.exclusion.because in ("not-relevant", "no-data")
    if left_out and found.exclusion and found.exclusion.estimated_t is None:
        yield Flag("left out without its size", "add estimated_t to the [[exclusion]]")


def _what_lacks_data_has_a_plan(found: _Found) -> Iterator[Flag]:
    missing = found.exclusion is not None and found.exclusion.because == "no-data"
    estimated = found.content is not None and found.content.estimated > 0
    if (missing or estimated) and not found.plans:
        problem = "no data, and no plan for it" if missing else "estimates, and no plan for better data"
        yield Flag(problem, "add a [[plan]]: gap, action, responsible, due")


def _what_is_estimated_has_an_assumption(found: _Found) -> Iterator[Flag]:
    """A line that says how and why it is an estimate has one; others need it in the plan."""
    assumed = any(plan.assumption is not None for plan in found.plans)
    if found.content and found.content.unexplained and not assumed:
        remedy = "say how and why in the columns estimate and reason, or in the assumption of a [[plan]]"
        yield Flag("estimates without an assumption", remedy)


RULES = (
    _what_is_empty_has_its_statement,
    _what_does_not_occur_has_no_lines,
    _what_is_relevant_is_reported,
    _what_is_not_relevant_was_tested,
    _what_is_left_out_has_a_size,
    _what_lacks_data_has_a_plan,
    _what_is_estimated_has_an_assumption,
)
"""One rule a sentence; each yields what breaks it."""


def _exclusion(settings: Settings, path: str) -> Exclusion | None:
    """The category's own statement, else its scope's."""
    found = [one for one in settings.exclusions if covers(one.category, path)]
    return max(found, key=lambda one: len(one.category), default=None)


def _contents(inventory: Inventory) -> dict[tuple[Scope, int], Content]:
    boundary, approach = inventory.package.settings.boundary, inventory.consolidated.approach
    lines: dict[tuple[Scope, int], dict[ShapeText, int]] = {}
    mg: dict[tuple[Scope, int], dict[Method, Fraction]] = {}
    estimated: dict[tuple[Scope, int], Fraction] = {}
    unexplained: dict[tuple[Scope, int], Fraction] = {}
    for placed in placed_streams(inventory.pairs, boundary, approach):
        text, key = placed.shape.text, placed.key
        # A line whose gases are all outside the scopes reports its category all the same.
        lines.setdefault(placed.place, {})[text] = placed.tally.lines
        if key.scope is Scope.OUTSIDE:
            continue
        amount, by_method = placed.amount * placed.stream.mg, mg.setdefault(placed.place, {})
        by_method[key.method] = by_method.get(key.method, _NONE) + amount
        if key.method is not Method.LOCATION_BASED and text.data != "measured":
            estimated[placed.place] = estimated.get(placed.place, _NONE) + amount
            if not text.estimate:
                unexplained[placed.place] = unexplained.get(placed.place, _NONE) + amount
    return {
        place: Content(
            sum(counts.values()),
            mg.get(place, {}),
            estimated.get(place, _NONE),
            unexplained.get(place, _NONE),
        )
        for place, counts in lines.items()
    }
