"""The base year recalculated for what happened since, event by event, and the test against the threshold.

For the whole year, whenever in a year the event was (Corporate Standard, chapter 5 and appendix E; FAQ 19). Changes
accumulate by their size, increases and decreases alike, so that two that cancel out are still two changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.base_year.entries import (
    Entry,
    Totals,
    difference,
    entries_of,
    figure_entry,
    knows,
    moved,
    placed_again,
    totals_of,
)
from cet.inventory.base_year.events import Event, Trigger
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cet.inventory.base_year.sections import BaseYear
    from cet.inventory.result import Inventory

_NONE = Fraction(0)
_REMOVES = frozenset({"divestment", "outsourcing"})
_REPLACES = frozenset({Trigger.METHOD, Trigger.ERROR})

Basis = tuple[str, frozenset[tuple[Scope, Method]]]
_LOCATION, _MARKET = (Scope.SCOPE_2, Method.LOCATION_BASED), (Scope.SCOPE_2, Method.MARKET_BASED)
_ONE, _THREE = (Scope.SCOPE_1, Method.PHYSICAL), (Scope.SCOPE_3, Method.PHYSICAL)

BASES: dict[str, tuple[Basis, ...]] = {
    "total": (
        ("all scopes, scope 2 location-based", frozenset({_ONE, _LOCATION, _THREE})),
        ("all scopes, scope 2 market-based", frozenset({_ONE, _MARKET, _THREE})),
    ),
    "each-scope": (
        ("scope 1", frozenset({_ONE})),
        ("scope 2 location-based", frozenset({_LOCATION})),
        ("scope 2 market-based", frozenset({_MARKET})),
        ("scope 3", frozenset({_THREE})),
    ),
}
"""What a threshold is a part of."""


@dataclass(frozen=True, slots=True)
class Step:
    """What an event changes in the base year, by series; nothing where it triggers nothing or is deferred."""

    event: Event
    change: Mapping[tuple[Scope, int, Method], Fraction]

    @property
    def counts(self) -> bool:
        """Whether it counts against the threshold."""
        return self.event.trigger is not Trigger.NONE and not self.event.deferred


@dataclass(frozen=True, slots=True)
class Test:
    """The threshold held against one basis: `base_mg` as it was, `net_mg` what the events change, `gross_mg` the sum of the
    sizes of their changes, of which `accumulated` follows each step."""

    basis: str
    base_mg: Fraction
    net_mg: Fraction
    gross_mg: Fraction
    accumulated: tuple[Fraction, ...]

    @property
    def part(self) -> Fraction | None:
        """The accumulated changes as a part of the base year; None where that is zero."""
        return self.gross_mg / self.base_mg if self.base_mg else None

    def reaches(self, threshold: Fraction) -> bool:
        """Whether the changes are significant; of a base year of zero any change is."""
        return bool(self.gross_mg) and self.gross_mg >= threshold * self.base_mg


def recalculated(
    base: Inventory, current: Inventory, events: Iterable[Event], packages: Mapping[str, Inventory]
) -> tuple[tuple[Entry, ...], tuple[Step, ...]]:
    """The base year's entries after every event, and what each changed. Raises PackageError with what can't be applied."""
    entries = entries_of(base)
    findings: list[Finding] = []
    steps: list[Step] = []
    for event in events:
        before = totals_of(entries)
        if event.trigger is not Trigger.NONE and not event.deferred:
            entries = _applied(entries, event, current, packages, findings)
        steps.append(Step(event, difference(totals_of(entries), before)))
    if findings:
        raise PackageError(findings)
    return entries, tuple(steps)


def tests_of(policy: BaseYear | None, base: Totals, steps: Sequence[Step]) -> tuple[Test, ...]:
    """The threshold's tests, of all scopes where no policy says otherwise."""
    return tuple(_test(basis, base, steps) for basis in BASES[policy.tested if policy else "total"])


def _test(basis: Basis, base: Totals, steps: Sequence[Step]) -> Test:
    name, held = basis
    changes = [_within(step.change, held) if step.counts else _NONE for step in steps]
    sizes = [abs(change) for change in changes]
    accumulated = tuple(sum(sizes[: place + 1], _NONE) for place in range(len(sizes)))
    return Test(name, _within(base, held), sum(changes, _NONE), sum(sizes, _NONE), accumulated)


def _within(
    totals: Mapping[tuple[Scope, int, Method], Fraction], held: frozenset[tuple[Scope, Method]]
) -> Fraction:
    return sum((mg for (scope, _, method), mg in totals.items() if (scope, method) in held), _NONE)


def _applied(
    entries: tuple[Entry, ...],
    event: Event,
    current: Inventory,
    packages: Mapping[str, Inventory],
    findings: list[Finding],
) -> tuple[Entry, ...]:
    boundary, approach = current.package.settings.boundary, current.consolidated.approach
    if event.figure:
        more = (figure_entry(event.id, event.facility or "", one.series, one.mg) for one in event.figure)
        return (*entries, *more)
    if event.package is not None:
        added = [one for one in entries_of(packages[event.id], boundary) if _selected(one, event)]
        if not added:
            findings.append(
                _finding(event, "no such lines in its package", "give lines and a facility it has")
            )
        ids = {one.line for one in added}
        others = (one for one in entries if not (event.trigger in _REPLACES and one.line in ids))
        return (*others, *(one.scaled(event.share) for one in added))
    chosen = [one for one in entries if _selected(one, event)]
    if not chosen:
        remedy = "give lines and a facility of the base year, or the package or figures of what joined"
        findings.append(_finding(event, "nothing of the base year is selected", remedy))
        return entries
    kept = tuple(one for one in entries if not _selected(one, event))
    rest = tuple(one.scaled(1 - event.share) for one in chosen) if event.share != 1 else ()
    if event.to is not None:
        gone = (one.scaled(event.share) for one in chosen)
        return (*kept, *rest, *(new for one in gone for new in moved(one, event.to)))
    if not event.lines and event.facility is not None and knows(boundary, event.facility):
        return (*kept, *(placed_again(one, boundary, approach) for one in chosen))
    if event.kind in _REMOVES:
        return (*kept, *rest)
    findings.append(
        _finding(
            event,
            f"{event.kind} of what the current inventory does not know",
            "give its package, figures or to",
        )
    )
    return entries


def _selected(entry: Entry, event: Event) -> bool:
    return event.facility in (None, entry.facility) and (not event.lines or entry.line in event.lines)


def _finding(event: Event, problem: str, remedy: str) -> Finding:
    return Finding("events.toml", 0, "event", event.id, problem, remedy)
