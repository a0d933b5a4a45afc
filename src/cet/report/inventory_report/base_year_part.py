"""The base year: the policy a package states, and, where it is given, every step from it to the current year."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory import SERIES
from cet.quantities import MG_PER_TONNE, parse_number
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Facts,
    Notes,
    Row,
    Section,
    Table,
    mass,
    rows,
    share,
    words,
)
from cet.report.inventory_report.plots import Measured, waterfall
from cet.report.words import clean, series_words
from cet.scopes import Scope

if TYPE_CHECKING:
    from cet.inventory import Inventory
    from cet.inventory.base_year.comparison import Comparison
    from cet.inventory.base_year.sections import BaseYear
    from cet.report.inventory_report.blocks import Block, Cell

_CLAUSE = "Corporate Standard, chapters 5 and 9: base year, policy of recalculation, what changed and why"
_INSIDE = tuple(series for series in SERIES if series[0] is not Scope.OUTSIDE)
_STEPS = (
    ("rules", "same GWP set and approach"),
    ("structure", "structure"),
    ("method", "method"),
    ("error", "errors"),
    ("activity", "activity"),
    ("factor", "factor"),
    ("share", "share held"),
    ("unseparated", "activity and factor, not separable"),
    ("part_year", "part of the year"),
)


def base_year(inventory: Inventory, comparison: Comparison | None) -> Section | None:
    """The policy and the change from the base year; None where the package states none and none is given."""
    policy = inventory.package.settings.base_year
    if policy is None and comparison is None:
        return None
    blocks: list[Block] = [Facts(_policy(policy))] if policy else []
    if policy and any(policy.recorded):
        blocks.append(_recorded(policy))
    lead = "Compared by `cet inventory compare`, and here where the base year's package is given (--base)."
    if comparison is not None:
        lead = (
            "Every series by itself, from the base year as it was to the current year as reported; the steps add up exactly. "
            + _verdict(comparison)
        )
        for series in _INSIDE:
            if (bridge := comparison.bridge(series)).recorded or bridge.reported:
                steps = [
                    Measured(name, mg, "up" if mg > 0 else "down")
                    for part, name in _STEPS
                    if (mg := getattr(bridge, part))
                ]
                first = Measured("base year, as it was", bridge.recorded, "total")
                last = Measured("current year, as reported", bridge.reported, "total")
                title = f"Change from the base year: {series_words(*series)}"
                blocks.append(waterfall(title, first, steps, last, "t CO2e."))
        blocks.append(_bridges(comparison))
        if comparison.steps:
            blocks.append(_events(comparison))
        if comparison.remarks:
            blocks.append(Notes("To know", tuple(map(clean, comparison.remarks))))
    return Section("base-year", "Base year and change from it", _CLAUSE, lead, tuple(blocks))


def _policy(policy: BaseYear) -> tuple[tuple[str, Cell], ...]:
    tested = policy.tested.replace("-", " ")
    return (
        ("base year", words(f"{policy.start} to {policy.end}")),
        ("recalculated", words(policy.policy)),
        ("threshold", words(f"{share(policy.threshold).text} of the base year's emissions, {tested}")),
    )


def _recorded(policy: BaseYear) -> Table:
    lines = (
        (words(series_words(*series)), mass(parse_number(text).value * MG_PER_TONNE) if text else EMPTY)
        for series, text in zip(_INSIDE, policy.recorded, strict=True)
    )
    columns = (Column("series", width=30), Column("t CO2e", figures=True))
    return Table("Base year", "Base year, as recorded by the package", columns, rows(*lines))


def _verdict(comparison: Comparison) -> str:
    if comparison.recalculates is None:
        return "No policy says from when on the base year is recalculated."
    if comparison.recalculates:
        return "What changed reaches the threshold: the base year is to be recalculated."
    return "What changed stays below the threshold: the base year is kept."


def _bridges(comparison: Comparison) -> Table:
    found = {series: comparison.bridge(series) for series in _INSIDE}
    shown = [(part, name) for part, name in _STEPS if any(getattr(one, part) for one in found.values())]
    lines = [
        Row(
            (
                words(name),
                *(mass(getattr(one, part)) if getattr(one, part) else EMPTY for one in found.values()),
            )
        )
        for part, name in shown
    ]
    first = Row((words("base year, as it was"), *(mass(one.recorded) for one in found.values())), total=True)
    last = Row(
        (words("current year, as reported"), *(mass(one.reported) for one in found.values())), total=True
    )
    columns = (
        Column("step", width=38),
        *(Column(f"{series_words(*series)}, t CO2e", figures=True) for series in _INSIDE),
    )
    caption = "Exact sums. Activity: more or less of it; factor: more or less from each unit of it."
    return Table("Change", "From the base year to the current year", columns, (first, *lines, last), caption)


def _events(comparison: Comparison) -> Table:
    lines = []
    for step in comparison.steps:
        changes = []
        for series in _INSIDE:
            parts = [mg for (scope, _, method), mg in step.change.items() if (scope, method) == series]
            changes.append(mass(sum(parts, Fraction(0))) if step.counts and any(parts) else EMPTY)
        event = step.event
        lines.append((words(event.date.isoformat()), words(event.text), words(event.kind), *changes))
    columns = (
        Column("date", width=12),
        Column("event", width=50),
        Column("kind", width=22),
        *(Column(f"{series_words(*series)}, t CO2e", figures=True) for series in _INSIDE),
    )
    caption = "What each event changes in the base year. Nothing is written to the ledger."
    return Table("Events", "Events since the base year", columns, rows(*lines), caption)
