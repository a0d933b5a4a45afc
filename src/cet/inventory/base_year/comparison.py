"""A year beside its base year: both by the same rules, the base year recalculated, every step of the difference exact.

as it was + rules + structure + method + error                    = the base year, like for like
          + activity + factor + share + not separable             = the current year, whole
          + part of the year                                      = the current year as reported
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.base_year.effects import Effects, SourceEffects, effects_of
from cet.inventory.base_year.entries import Series, Totals, difference, entries_of, totals_of
from cet.inventory.base_year.events import Event, Trigger
from cet.inventory.base_year.recalculation import Step, Test, recalculated, tests_of
from cet.inventory.base_year.rules import restated, same_rules
from cet.inventory.result import SERIES
from cet.quantities import MG_PER_TONNE, half_even_text, parse_number
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.inventory.base_year.entries import Entry
    from cet.inventory.base_year.sections import BaseYear
    from cet.inventory.result import Inventory

_NONE = Fraction(0)
_RECORDED = tuple(series for series in SERIES if series[0] is not Scope.OUTSIDE)


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps from a base year figure to the current one, mg CO2e, exact: `recorded` plus all others is `reported`."""

    recorded: Fraction
    rules: Fraction
    structure: Fraction
    method: Fraction
    error: Fraction
    activity: Fraction
    factor: Fraction
    share: Fraction
    unseparated: Fraction
    part_year: Fraction

    @property
    def like_for_like(self) -> Fraction:
        """The base year after every event, by the current rules."""
        return self.recorded + self.rules + self.structure + self.method + self.error

    @property
    def whole_year(self) -> Fraction:
        """The current year as if what came or went in it had done so on its first day."""
        return self.like_for_like + self.activity + self.factor + self.share + self.unseparated

    @property
    def reported(self) -> Fraction:
        """The current year as reported."""
        return self.whole_year + self.part_year

    def __add__(self, other: Bridge) -> Bridge:
        names = self.__slots__
        return Bridge(*(getattr(self, name) + getattr(other, name) for name in names))


NO_BRIDGE = Bridge(*[_NONE] * 10)


@dataclass(frozen=True)
class Comparison:
    """A current inventory beside its base year. `base` is the base year as its package has it, `restated` by the rules of the
    current one (GWP set, approach); the same object where the rules agree. `bridges` are by scope, category and method.

    `recalculates` says whether the base year is to be recalculated: None where no policy says from when on.
    """

    base: Inventory
    restated: Inventory
    current: Inventory
    policy: BaseYear | None
    steps: tuple[Step, ...]
    tests: tuple[Test, ...]
    bridges: Mapping[Series, Bridge]
    sources: tuple[SourceEffects, ...]
    remarks: tuple[str, ...]

    @property
    def recalculates(self) -> bool | None:
        """Whether what changed is significant under the policy."""
        if self.policy is None:
            return None
        return any(test.reaches(self.policy.threshold) for test in self.tests)

    def bridge(self, *series: tuple[Scope, Method]) -> Bridge:
        """All categories of these scopes, by these methods, together."""
        found = NO_BRIDGE
        for (scope, _, method), one in self.bridges.items():
            found = found + one if (scope, method) in series else found
        return found


def compare(
    base: Inventory,
    current: Inventory,
    events: tuple[Event, ...] = (),
    packages: Mapping[str, Inventory] | None = None,
    *,
    by_id: bool = False,
) -> Comparison:
    """The comparison; inventories are computed with their lines, `packages` are those of events, by the event's id.

    Raises PackageError where the two can't be compared: another entity, periods out of order, a GWP set that the base year
    can't be restated in, events that can't be applied.
    """
    same_rules(base, current)
    policy = current.package.settings.base_year
    again = restated(base, current)
    own, before = totals_of(entries_of(base)), totals_of(entries_of(again))
    restated_packages = {name: restated(one, current) for name, one in (packages or {}).items()}
    entries, steps = recalculated(again, current, events, restated_packages)
    reported = entries_of(current)
    whole = _whole_year(reported, current, events)
    by_series, sources = effects_of(entries, whole, by_id=by_id)
    rules, part_year = difference(before, own), difference(totals_of(reported), totals_of(whole))
    bridges = _bridges(own, rules, steps, by_series, part_year)
    remarks = (
        *_recorded_otherwise(policy, base, own),
        *_unexplained(entries, whole),
        *_no_policy(policy, base),
    )
    return Comparison(
        base, again, current, policy, steps, tests_of(policy, before, steps), bridges, sources, remarks
    )


def _bridges(
    own: Totals, rules: Totals, steps: tuple[Step, ...], effects: Mapping[Series, Effects], part_year: Totals
) -> dict[Series, Bridge]:
    changes = {
        trigger: _summed(step.change for step in steps if step.event.trigger is trigger)
        for trigger in Trigger
    }
    every = {*own, *rules, *effects, *part_year, *(series for one in changes.values() for series in one)}
    found = {}
    for series in sorted(every):
        one = effects.get(series, Effects())
        found[series] = Bridge(
            recorded=own.get(series, _NONE),
            rules=rules.get(series, _NONE),
            structure=changes[Trigger.STRUCTURE].get(series, _NONE),
            method=changes[Trigger.METHOD].get(series, _NONE),
            error=changes[Trigger.ERROR].get(series, _NONE),
            activity=one.activity,
            factor=one.factor,
            share=one.share,
            unseparated=one.unseparated,
            part_year=part_year.get(series, _NONE),
        )
    return found


def _summed(changes: Iterable[Mapping[Series, Fraction]]) -> Totals:
    total: Totals = {}
    for change in changes:
        for series, mg in change.items():
            total[series] = total.get(series, _NONE) + mg
    return total


def _whole_year(
    reported: tuple[Entry, ...], current: Inventory, events: Iterable[Event]
) -> tuple[Entry, ...]:
    """The current year with each prorated facility for the whole of it, in proportion to its days, or not at all."""
    period = current.package.settings.header.period
    parts: dict[str, Fraction] = {}
    findings = []
    for event in events:
        if not event.prorate or event.facility is None or event.deferred:
            continue
        if not period.start <= event.date <= period.end:
            remedy = f"the current year is {period.start} to {period.end}; remove prorate"
            findings.append(
                Finding("events.toml", 0, "event", event.id, "prorated outside the current year", remedy)
            )
            continue
        went = event.kind in ("divestment", "outsourcing")
        days, held = (period.end - period.start).days + 1, (period.end - event.date).days + 1
        parts[event.facility] = _NONE if went else Fraction(days, held)
    if findings:
        raise PackageError(findings)
    return tuple(entry.scaled(parts.get(entry.facility, Fraction(1))) for entry in reported)


def _recorded_otherwise(policy: BaseYear | None, base: Inventory, own: Totals) -> Iterable[str]:
    """Recorded figures that the base year's package does not give."""
    for (scope, method), text in zip(_RECORDED, policy.recorded if policy else (), strict=False):
        if text is None:
            continue
        mg = sum((one for (s, _, m), one in own.items() if (s, m) == (scope, method)), _NONE)
        places = len(text.partition(".")[2])
        found = half_even_text(mg / MG_PER_TONNE, places)
        if parse_number(found).value != parse_number(text).value:
            yield (
                f"recorded for the base year, scope {int(scope)}, {method.name.lower().replace('_', '-')}: {text} t; "
                f"{base.package.folder.name} gives {found} t: an error or a method nobody declared as an event"
            )


def _unexplained(before: tuple[Entry, ...], after: tuple[Entry, ...]) -> Iterable[str]:
    """Facilities in one year only, after every event: organic, or an event that was forgotten."""
    was, now = ({entry.facility for entry in entries if entry.mg} for entries in (before, after))
    for facility in sorted(was - now):
        yield f"facility {facility or 'of a figure'} is in the base year only: a closure, or a divestment without its event"
    for facility in sorted(now - was):
        yield f"facility {facility} is in the current year only: an opening, or an acquisition without its event"


def _no_policy(policy: BaseYear | None, base: Inventory) -> Iterable[str]:
    period = base.package.settings.header.period
    if policy is None:
        yield "the current inventory has no [base_year]: no policy, no threshold, so nothing says whether to recalculate"
    elif (policy.start, policy.end) != (period.start, period.end):
        yield f"the policy's base year is {policy.start} to {policy.end}, compared is {period.start} to {period.end}"
