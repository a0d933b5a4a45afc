"""A year beside its base year as tables: the recalculation, the threshold, and why each figure changed."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.inventory.base_year.events import KINDS, Trigger
from cet.inventory.base_year.recalculation import BASES
from cet.quantities import half_even_text
from cet.report.tables import BAD, GOOD, HEAD, MUTED, add, bullets, facts, figures, table, unbroken, words
from cet.report.words import category_words, method_words, percent, plural, tonnes
from cet.scopes import Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table

    from cet.inventory import Inventory
    from cet.inventory.base_year.comparison import Bridge, Comparison
    from cet.inventory.base_year.entries import Series
    from cet.inventory.base_year.recalculation import Step, Test

_MOST_SOURCES = 12


def comparison_blocks(found: Comparison) -> list[RenderableType]:
    """Everything of `cet inventory compare`."""
    return [
        _header(found),
        *([_events(found)] if found.steps else []),
        *([_threshold(found)] if found.steps else []),
        _recalculated(found),
        _effects(found),
        _sources(found),
        *bullets("To know", found.remarks),
    ]


def _header(found: Comparison) -> Table:
    policy = found.policy
    return facts(
        [
            ("organisation", Text(found.current.package.settings.header.organisation, HEAD)),
            ("base year", _period(found.base)),
            ("current year", _period(found.current)),
            ("rules", _rules(found)),
            ("policy", policy.policy if policy else ""),
            (
                "threshold",
                f"{percent(policy.threshold)} of {policy.tested.replace('-', ' ')}" if policy else "",
            ),
            ("base year is", _verdict(found)),
        ]
    )


def _period(inventory: Inventory) -> str:
    header = inventory.package.settings.header
    return f"{header.period.start} to {header.period.end}, {plural(inventory.line_count, 'line')}"


def _rules(found: Comparison) -> str:
    header, was = found.current.package.settings.header, found.base.package.settings.header
    told = f"GWP {header.gwp.name}; {header.consolidation.text}"
    if found.restated is found.base:
        return f"{told}, in both years"
    return f"{told}; the base year was {was.gwp.name}, {was.consolidation.text}, and is restated"


def _verdict(found: Comparison) -> Text:
    if found.recalculates is None:
        return Text("recalculated or not: no policy says it", BAD)
    if found.recalculates:
        return Text("to be recalculated: its changes reach the threshold", BAD)
    return Text("kept as it was: its changes stay below the threshold", GOOD)


def _events(found: Comparison) -> Table:
    columns = (unbroken("date"), words("event", 2), unbroken("is"), figures("t CO2e"), words("why", 3))
    rows = table(
        "Events",
        columns,
        "Change of the base year, all scopes, scope 2 market-based; nothing is written to the ledger.",
    )
    for step in found.steps:
        event = step.event
        kind = KINDS[event.kind]
        does_not = event.trigger is Trigger.NONE
        why = "recalculated next year, for want of data" if event.deferred else kind.why
        shown = "" if not step.counts else tonnes(_of_total(step))
        add(
            rows,
            event.date.isoformat(),
            f"{event.id}: {event.text}",
            event.kind,
            Text("none", MUTED) if does_not else shown,
            why,
        )
    return rows


def _of_total(step: Step) -> Fraction:
    held = BASES["total"][1][1]
    return sum((mg for (scope, _, method), mg in step.change.items() if (scope, method) in held), Fraction(0))


def _threshold(found: Comparison) -> Table:
    columns = (
        words("accumulated against", 2),
        unbroken("after"),
        figures("t CO2e"),
        figures("of base year"),
        unbroken(""),
    )
    rows = table(
        "Against the threshold",
        columns,
        "Changes accumulate by size, increases and decreases alike.",
    )
    for test in found.tests:
        shown = [(step, mg) for step, mg in zip(found.steps, test.accumulated, strict=True) if step.counts]
        for number, (step, mg) in enumerate(shown):
            last = number + 1 == len(shown)
            add(
                rows,
                "" if number else test.basis,
                step.event.id,
                tonnes(mg),
                percent(mg / test.base_mg) if test.base_mg else "",
                _mark(found, test) if last else "",
                end_section=last,
            )
    return rows


def _mark(found: Comparison, test: Test) -> Text:
    if found.policy is None:
        return Text("no threshold", MUTED)
    return Text("reached", BAD) if test.reaches(found.policy.threshold) else Text("below", GOOD)


def _recalculated(found: Comparison) -> Table:
    parts = ("recorded", "rules", "structure", "method", "error")
    shown = [
        name for name in parts if name == "recorded" or any(getattr(one, name) for one in _bridges(found))
    ]
    columns = (
        words("t CO2e", 1),
        *(figures(_HEADS.get(name, name)) for name in shown),
        figures("like for like"),
    )
    rows = table("The base year, recalculated", columns, "Each row adds up.")
    for name, one in _rows(found):
        cells = [tonnes(getattr(one, part)) for part in shown]
        add(rows, name, *cells, tonnes(one.like_for_like))
    return rows


def _effects(found: Comparison) -> Table:
    parts = ("activity", "factor", "share", "unseparated", "part_year")
    always = ("activity", "factor")
    shown = [name for name in parts if name in always or any(getattr(one, name) for one in _bridges(found))]
    columns = (
        words("t CO2e", 1),
        figures("like for like"),
        *(figures(_HEADS.get(name, name)) for name in shown),
        figures("reported"),
        figures("change"),
    )
    rows = table(
        "From the base year to the current year",
        columns,
        "Each row adds up, exactly. Activity: more or less of it. Factor: more or less from each unit of it.",
    )
    for name, one in _rows(found):
        before, after = one.like_for_like, one.reported
        change = _signed((after - before) / before) if before else "new" if after else ""
        add(
            rows, name, tonnes(before), *(tonnes(getattr(one, part)) for part in shown), tonnes(after), change
        )
    return rows


_HEADS = {
    "recorded": "as it was",
    "rules": "same rules",
    "share": "share held",
    "unseparated": "not separable",
    "part_year": "part of the year",
}


def _signed(part: Fraction) -> str:
    """A change in percent to a tenth, half to even, with its sign."""
    return f"{'+' if part > 0 else ''}{half_even_text(part * 100, 1)} %"


def _bridges(found: Comparison) -> list[Bridge]:
    return list(found.bridges.values())


def _rows(found: Comparison) -> Iterator[tuple[str, Bridge]]:
    for series, one in found.bridges.items():
        yield series_name(series), one
    for name, held in BASES["total"]:
        yield name, found.bridge(*held)


def series_name(series: Series) -> str:
    """The name of scope, category and method."""
    scope, category, method = series
    name = category_words(scope, category)
    if scope in (Scope.SCOPE_3, Scope.OUTSIDE):
        return name
    told = f"{scope_text(scope)} {name}"
    return f"{told}, {method_words(method)}" if scope is Scope.SCOPE_2 else told


def _sources(found: Comparison) -> Table:
    changed = sorted(
        (one for one in found.sources if one.effects.total),
        key=lambda one: (-abs(one.effects.total), one.facility, one.source, one.series),
    )
    columns = (
        words("source", 1),
        words("where", 1),
        figures("like for like"),
        figures("activity"),
        figures("factor"),
        figures("whole year"),
    )
    left = len(changed) - _MOST_SOURCES
    rows = table(
        "The largest changes", columns, f"{plural(left, 'source')} more with --json." if left > 0 else ""
    )
    for one in changed[:_MOST_SOURCES]:
        found_effects = (tonnes(one.effects.activity), tonnes(one.effects.factor))
        told = one.source if one.status == "both" else f"{one.source} ({one.status})"
        add(rows, told, series_name(one.series), tonnes(one.base_mg), *found_effects, tonnes(one.current_mg))
    return rows
