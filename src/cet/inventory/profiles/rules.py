"""The rules that profiles are made of: pure functions of facts and parameters, dates among the facts, no clock.

Each is named in `data/profiles.toml` as the function here, with hyphens.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.inventory.completeness.report import Item, Status
from cet.inventory.profiles.verdicts import Judged, Outcome, Profile, Verdict
from cet.quantities import MG_PER_TONNE, half_even_text
from cet.quantities.months import is_months_long, months_after
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cet.inventory.profiles.facts import Facts

_NONE = Fraction(0)
_DECEMBER_31 = (12, 31)


def judge(chosen: Profile, facts: Facts) -> tuple[Judged, ...]:
    """A verdict for every rule of the profile, in its order."""
    return tuple(Judged(one, RULES[one.rule](facts, one.parameters)) for one in chosen.rules)


def stands(judged: Iterable[Judged]) -> bool:
    """Whether a claim may be made: no rule broken, none open."""
    return all(one.verdict.outcome in (Outcome.KEPT, Outcome.MEMO) for one in judged)


def twelve_months(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """The period is exactly so many calendar months."""
    period, months = facts.period, parameters["months"]
    told = f"{period.start} to {period.end}"
    right = is_months_long(period.start, period.end, months)
    return _when(right, f"{told}, {months} months", f"{told} is not {months} months")


def submitted_in_time(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """Submitted after the period's end and at most so many months after it."""
    return _within(facts.dates.submitted, facts.period.end, parameters["months"], "submitted")


def offset_in_time(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """Offset at most so many months after the period's end; before its end is in time too."""
    on, last = facts.dates.offset_on, months_after(facts.period.end, parameters["months"])
    if on is None:
        return Verdict(Outcome.OPEN, f"not said when it was offset; by {last} at the latest")
    late = "; a reassessment is needed"
    return _when(on <= last, f"offset on {on}, by {last}", f"offset on {on}, after {last}{late}")


def approach(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """Consolidated under the approach the profile asks for."""
    wanted, used = parameters["approach"], facts.approach.text
    return _when(wanted == used, f"consolidated under {used}", f"consolidated under {used}, not {wanted}")


def direct_and_energy_complete(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """Every source type of scopes 1 and 2 is reported, or says why not."""
    items = [item for item in facts.items if item.scope in (Scope.SCOPE_1, Scope.SCOPE_2)]
    return _accounted(items, "scopes 1 and 2")


def scope_3_accounted(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """Every one of these scope 3 categories is reported, or says why not; a relevant one is reported."""
    wanted = set(parameters["categories"])
    items = [item for item in facts.items if item.scope is Scope.SCOPE_3 and item.category in wanted]
    return _accounted(items, f"scope 3 categories {min(wanted)} to {max(wanted)}")


def downstream_left_out(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """These categories are not in the profile's scope 3; the inventory keeps them. The figure is scope 3 without them."""
    left = {category: mg for category, mg in facts.scope_3.items() if category in parameters["categories"]}
    kept = sum(facts.scope_3.values(), _NONE) - sum(left.values(), _NONE)
    named = ", ".join(f"3.{category}" for category in sorted(left)) or "none is reported"
    return Verdict(Outcome.MEMO, f"left out of scope 3 here: {named}", kept)


def estimates_explained(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """What is estimated has an assumption and a data management plan."""
    estimated = [item for item in facts.items if item.content and item.content.estimated]
    wanting = [item.path for item in estimated if item.status is Status.FLAGGED]
    fine = (
        f"estimates in {len(estimated)} categories, each with assumption and plan"
        if estimated
        else "no estimates"
    )
    return _when(not wanting, fine, f"estimates without assumption or plan: {', '.join(wanting)}")


def both_electricity_methods(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """Both figures of scope 2 are there: an inventory always has them."""
    found = facts.electricity
    told = f"location-based {_tonnes(found.location)} t, market-based {_tonnes(found.market)} t"
    return Verdict(Outcome.KEPT, told)


def uncovered_at_residual_mix(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """Consumption without a contractual factor takes the residual mix where one is published."""
    uncovered = facts.electricity.uncovered
    if not uncovered:
        return Verdict(Outcome.KEPT, "every line has a market-based factor of its own")
    told = f"{_tonnes(uncovered)} t stand at the location-based factor: say that no residual mix is published"
    return Verdict(Outcome.OPEN, told)


def green_power_zero(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """Scope 2 location-based, with contractual zero-emission power as zero."""
    found = facts.electricity
    told = f"{_tonnes(found.green)} t of location-based scope 2 count as zero here"
    return Verdict(Outcome.MEMO, told, found.location - found.green)


def export_deducted(facts: Facts, _: Mapping[str, Any]) -> Verdict:
    """Scope 2 market-based less what exported electricity is valued at; the location-based figure stays."""
    told = f"{_tonnes(facts.exported)} t of exported electricity, deducted from the market-based figure only"
    return Verdict(Outcome.MEMO, told, facts.electricity.market - facts.exported)


def booked_in_time(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """A solution or low-emission transport service is booked at most so many months after it was produced or generated."""
    produced, booked = facts.dates.produced_on, facts.dates.booked_on
    if produced is None or booked is None:
        return Verdict(Outcome.OPEN, "not said when it was produced or generated, and when booked")
    return _within(booked, produced, parameters["months"], "booked")


def included_in_time(facts: Facts, parameters: Mapping[str, Any]) -> Verdict:
    """The inventory that includes the service ends at most so many months after the year in which it was booked."""
    booked = facts.dates.booked_on
    if booked is None:
        return Verdict(Outcome.OPEN, "not said when it was booked")
    last = months_after(dt.date(booked.year, *_DECEMBER_31), parameters["months"])
    end = facts.period.end
    told = f"booked in {booked.year}, inventory to {end}"
    return _when(end <= last, f"{told}, by {last}", f"{told}, after {last}")


def _within(day: dt.date | None, end: dt.date, months: int, done: str) -> Verdict:
    last = months_after(end, months)
    if day is None:
        return Verdict(Outcome.OPEN, f"not said when it was {done}; by {last} at the latest")
    if day <= end:
        return Verdict(Outcome.BROKEN, f"{done} on {day}, before {end} was over")
    return _when(day <= last, f"{done} on {day}, by {last}", f"{done} on {day}, after {last}")


def _accounted(items: list[Item], words: str) -> Verdict:
    """Flags about plans and assumptions are another rule's."""
    wanting = [item.path for item in items if item.content is None and item.flags]
    return _when(
        not wanting,
        f"{words}: all reported or stated",
        f"{words}: missing or unjustified {', '.join(wanting)}",
    )


def _when(right: object, kept: str, broken: str) -> Verdict:
    return Verdict(Outcome.KEPT, kept) if right else Verdict(Outcome.BROKEN, broken)


def _tonnes(mg: Fraction) -> str:
    return half_even_text(mg / MG_PER_TONNE, 3)


RULES: Mapping[str, Callable[[Facts, Mapping[str, Any]], Verdict]] = {
    function.__name__.replace("_", "-"): function
    for function in (
        twelve_months,
        submitted_in_time,
        offset_in_time,
        approach,
        direct_and_energy_complete,
        scope_3_accounted,
        downstream_left_out,
        estimates_explained,
        both_electricity_methods,
        uncovered_at_residual_mix,
        green_power_zero,
        export_deducted,
        booked_in_time,
        included_in_time,
    )
}
"""Every rule by its name in the data."""
