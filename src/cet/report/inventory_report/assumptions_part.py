"""Estimates, assumptions and kinds of data: how much of the inventory rests on them (Scope 3 Standard, chapters 7 and 11)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.boundary.consolidation import placed_streams
from cet.inventory.methods import ACTIVITY
from cet.inventory.shapes import DATA_KINDS
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Notes,
    Row,
    Section,
    Table,
    code,
    mass,
    number,
    rows,
    share,
    words,
)
from cet.report.inventory_report.plots import shares
from cet.report.words import category_words, clean, plural
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory import Inventory, Line
    from cet.report.inventory_report.blocks import Block, Cell, Chart

MOST_REASONS = 200

_Kinds = dict[tuple[Scope, int], dict[str, Fraction]]
_LEGEND = tuple(zip(DATA_KINDS, DATA_KINDS, strict=True))


def assumptions(inventory: Inventory) -> Section:
    """The part of estimates in every category, every estimate with its reason, notices, and the package's labels."""
    found = _by_kind(inventory)
    lead = (
        "Measured is primary data. What a line estimates, it says how and why; a notice is something to know about a "
        "figure though nothing is wrong with it."
    )
    clause = "Corporate Standard, chapter 9; Scope 3 Standard, chapters 7 and 11: data types, quality and assumptions"
    blocks: list[Block] = [_chart(found), _table(found)]
    if estimated := [line for line in inventory.lines if line.row.shape.estimate]:
        blocks.append(_estimates(estimated))
    elif count := sum(tally.lines for shape, tally in inventory.pairs if shape.text.estimate):
        blocks.append(
            Notes(
                "Estimates",
                (f"{plural(count, 'line')} say how they are estimated: see the package, line by line.",),
            )
        )
    notices = (*inventory.package.origin.notices, *inventory.notices)
    if notices:
        lines = (
            (
                words(one.kind),
                words(one.text),
                number(one.lines) if one.lines else EMPTY,
                code(one.first_line),
            )
            for one in notices
        )
        columns = (
            Column("kind", width=20),
            Column("what to know", width=90),
            Column("lines", figures=True, width=10),
            Column("first line", width=24),
        )
        blocks.append(Table("Notices", "Notices", columns, rows(*lines)))
    if labels := inventory.package.settings.notes:
        blocks.append(Notes("Notes of the package", tuple(clean(note.text) for note in labels)))
    return Section("assumptions", "Data, estimates and assumptions", clause, lead, tuple(blocks))


def _by_kind(inventory: Inventory) -> _Kinds:
    boundary, approach = inventory.package.settings.boundary, inventory.consolidated.approach
    found: _Kinds = {}
    for placed in placed_streams(inventory.pairs, boundary, approach):
        if placed.key.scope is Scope.OUTSIDE or placed.key.method is Method.LOCATION_BASED:
            continue
        kinds = found.setdefault(placed.place, dict.fromkeys(DATA_KINDS, Fraction(0)))
        kinds[placed.shape.text.data] += placed.amount * placed.stream.mg
    return dict(sorted(found.items()))


def _name(scope: Scope, category: int) -> str:
    name = category_words(scope, category)
    return name if scope is Scope.SCOPE_3 else f"{scope_text(scope)} {name}"


def _chart(found: _Kinds) -> Chart:
    measured = []
    for place, kinds in found.items():
        if total := sum(kinds.values(), Fraction(0)):
            parts = [(kind, mg / total) for kind, mg in kinds.items()]
            measured.append((_name(*place), mass(total), parts))
    caption = (
        "Each category as wide as the plot, divided by emissions; its t CO2e beside. Scope 2 market-based."
    )
    return shares("Kinds of data by category", measured, _LEGEND, caption)


def _table(found: _Kinds) -> Table:
    columns = (
        Column("category", width=42),
        Column("t CO2e", figures=True),
        *(Column(kind, figures=True, width=12) for kind in DATA_KINDS),
    )
    lines = [Row((words(_name(*place)), *_figures(kinds))) for place, kinds in found.items()]
    return Table(
        "Data",
        "Kinds of data by category",
        columns,
        tuple(lines),
        "Parts of emissions; scope 2 market-based.",
    )


def _figures(kinds: Mapping[str, Fraction]) -> tuple[Cell, ...]:
    total = sum(kinds.values(), Fraction(0))
    return (mass(total), *(share(mg / total) if total else EMPTY for mg in kinds.values()))


def _estimates(lines: list[Line]) -> Table:
    columns = (
        Column("line", width=24),
        Column("what", width=40),
        Column("estimate", width=14),
        Column("method", width=20),
        Column("why, and from what", width=70),
    )
    cells = (
        (
            code(line.id),
            words(line.row.source),
            words(line.row.shape.estimate),
            words(line.row.shape.method or ACTIVITY),
            words(line.row.reason),
        )
        for line in lines[:MOST_REASONS]
    )
    more = len(lines) - MOST_REASONS
    caption = (
        f"{plural(more, 'line')} more: cet inventory compute --lines --json has them all." if more > 0 else ""
    )
    return Table("Estimates", "Lines that are estimates", columns, rows(*cells), caption)
