"""Tables of emission factors: lists, one with its trail, an import's checks, a choice and why the others lost, changes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from rich.text import Text

from cet.errors import GasError
from cet.gases import GwpSet
from cet.quantities import exact_text, half_even_text, ratio_between, unit
from cet.report.tables import (
    GOOD,
    HEAD,
    MUTED,
    add,
    bullets,
    facts,
    figures,
    table,
    two_lines,
    unbroken,
    words,
)
from cet.report.words import plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import RenderableType
    from rich.table import Table

    from cet.factors import Factor
    from cet.factors.changes import Change, Entry
    from cet.factors.importing import Import
    from cet.factors.matching import Choice, Rejected
    from cet.factors.wanted import Wanted

_EXACT_DIGITS = 12
_PLACES, _MOST_PLACES = 6, 18
_LARGE, _MOST_LARGE = 50, 20
_LEAST = 100
"""Three figures of the smallest number."""


def figure_words(factor: Factor, gwp: GwpSet = GwpSet.AR5) -> str:
    """`0.20705 kg CO2e/kWh`; biogenic CO2 left out."""
    return f"{_short(_co2e(factor, gwp))} {factor.mass} CO2e/{factor.per}"


def _co2e(factor: Factor, gwp: GwpSet) -> Fraction | None:
    try:
        return factor.co2e(gwp)
    except GasError:
        return None


def _short(value: Fraction | None) -> str:
    if value is None:
        return "no GWP"
    text = exact_text(value)
    if len(text) <= _EXACT_DIGITS and "/" not in text:
        return text
    places = _PLACES
    while value and value * 10**places < _LEAST and places < _MOST_PLACES:
        places += 1
    return half_even_text(value, places)


def factors_table(factors: Sequence[Factor], title: str) -> Table:
    """One row a factor."""
    rows = table(
        title,
        (words("id and name", 5), figures("CO2e, AR5"), unbroken("per"), unbroken("where"), unbroken("year")),
    )
    for factor in factors:
        name = two_lines(factor.id, factor.name)
        add(
            rows,
            name,
            f"{_short(_co2e(factor, GwpSet.AR5))} {factor.mass}",
            factor.per,
            factor.geography,
            str(factor.year),
        )
    return rows


def factor_blocks(factor: Factor) -> list[RenderableType]:
    """A factor: its provenance, its gases as published and as masses, its CO2e under each set."""
    trail = factor.trail()
    head = facts(
        [
            ("factor", Text(factor.id, HEAD)),
            ("name", factor.name),
            ("publisher", trail["publisher"]),
            ("document", f"{trail['document']}, {trail['edition']}"),
            ("table", trail["table"]),
            ("licence", trail["licence"]),
            ("for", f"{trail['geography']}, {trail['valid_from']} to {trail['valid_to']}"),
            ("kind", f"{trail['kind']}, {trail['boundary'] or 'boundary unstated'}"),
            ("found by", factor.activity or ""),
            (
                "as published",
                f"{trail['gases']} {factor.mass} per {factor.per}{f' ({factor.gwp})' if factor.gwp else ''}",
            ),
        ]
    )
    rows = table("Mass by gas", (unbroken("gas"), figures(f"{factor.mass} per {factor.per}")))
    for gas, mg in factor.components:
        add(rows, gas.name, _short(mg / _mg_of(factor)))
    if factor.co2e_mg is not None:
        add(rows, "published only as CO2e", _short(factor.co2e_mg / _mg_of(factor)), style=MUTED)
    totals = table(
        "CO2e, biogenic CO2 left out", (unbroken("GWPs"), figures(f"{factor.mass} CO2e per {factor.per}"))
    )
    for gwp in GwpSet:
        add(totals, gwp.name, _short(_co2e(factor, gwp)))
    return [head, rows, totals]


def _mg_of(factor: Factor) -> Fraction:
    return ratio_between(unit(factor.mass), unit("mg"))


def import_blocks(found: Import, file: str, against: str, changed: Sequence[Change]) -> list[RenderableType]:
    """What was imported, how it was checked, what was left out, what changed."""
    cells = sum(one.cells for one in found.sums)
    known = (
        "every column's count and total is as on record"
        if found.known
        else "not on record: see that the counts look right"
    )
    head = facts(
        [
            ("imported", Text(f"{len(found.factors)} factors", GOOD)),
            ("pack", f"{found.pack.id} ({found.pack.document}, {found.pack.edition})"),
            ("file", file),
            ("checked", f"{cells:,} numbers in {plural(len(found.sums), 'column')}, rows against each other"),
            ("edition", known),
            ("compared with", against),
        ]
    )
    rows = table("Columns read", (words("table"), words("column"), figures("numbers"), figures("sum")))
    for one in found.sums:
        add(rows, one.table, one.column, str(one.cells), _short(one.total))
    blocks: list[RenderableType] = [head, rows]
    if found.left_out:
        left = table("Left out", (figures("rows"), words("why")))
        for what in found.left_out:
            add(left, str(what.rows), what.reason)
        blocks.append(left)
    if found.notices:
        blocks += bullets("To know", found.notices)
    if large := [one for one in changed if one.percent and abs(Fraction(one.percent)) >= _LARGE]:
        names = [f"{one.key}: {one.percent} %" for one in large[:_MOST_LARGE]]
        title = f"{plural(len(large), 'factor')} changed by half or more: see that the publisher says why"
        blocks += bullets(title, names)
    if changed:
        blocks.append(changes_table(changed))
    return blocks


def choice_blocks(wanted: Wanted, choice: Choice, companion: Choice | None) -> list[RenderableType]:
    """The factor that fits, what to know about it, and why each other lost."""
    factor = choice.factor
    blocks: list[RenderableType] = [
        facts(
            [
                ("for", wanted.text),
                ("factor", Text(factor.id, GOOD)),
                ("", factor.name),
                ("figure", figure_words(factor)),
                (
                    "source",
                    f"{factor.pack.publisher}, {factor.pack.document}, {factor.pack.edition}, {factor.table}",
                ),
                ("covers", factor.covers.value if factor.covers else "not said"),
                *(("note", remark) for remark in choice.remarks),
                ("with it", f"{companion.factor.id} ({figure_words(companion.factor)})" if companion else ""),
            ]
        )
    ]
    if choice.lost:
        blocks.append(rejected_table(choice.lost, "Fits too, and lost"))
    return blocks


def rejected_table(rejected: Iterable[Rejected], title: str) -> Table:
    """Factors that were not chosen."""
    rows = table(title, (words("factor", 3), unbroken("by"), words("why", 2)))
    for one in rejected:
        add(rows, one.factor.id, one.rule, one.why)
    return rows


def changes_table(changed: Sequence[Change], most: int = 40) -> Table:
    """Changes from one pack to another, the first ones of many."""
    more = f"and {len(changed) - most} more; --json has them all" if len(changed) > most else ""
    columns = (words("factor", 3), words("field"), words("old", 2), words("new", 2), figures("CO2e %"))
    rows = table(plural(len(changed), "change"), columns, more)
    for one in changed[:most]:
        add(rows, one.key, one.field if one.what == "changed" else one.what, one.old, one.new, one.percent)
    return rows


def trail_table(entries: Sequence[Entry], most: int = 60) -> Table:
    """The last entries of a trail."""
    shown = entries[-most:]
    columns = (unbroken("date"), words("factor", 2), words("change", 3), words("reason", 2))
    rows = table(f"{plural(len(entries), 'change')} on record, unbroken", columns)
    for entry in shown:
        change = entry.change
        source = change.new_source or change.old_source
        what = f"{change.what} {change.field}: {change.old or 'nothing'} → {change.new or 'nothing'}"
        add(rows, entry.date.isoformat(), change.key, two_lines(what, source), entry.reason)
    return rows
