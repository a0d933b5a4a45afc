"""What is left out and why, every category's verdict, and the plans for missing data (Scope 3 Standard, chapter 6)."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.completeness.report import Status, completeness
from cet.quantities import MG_PER_TONNE
from cet.report.inventory_notices import outside_exclusions
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Notes,
    Section,
    Table,
    filled,
    mass,
    number,
    rows,
    share,
    words,
)
from cet.report.words import category_words, plural
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.inventory import Inventory
    from cet.inventory.completeness.report import Flag, Item
    from cet.report.inventory_report.blocks import Block, Cell

_BECAUSE = {
    "does-not-occur": "does not occur",
    "not-relevant": "not relevant",
    "no-data": "no data",
}


def exclusions(inventory: Inventory) -> Section:
    """Every category of the three scopes: reported or why not, tested, planned."""
    items = completeness(inventory)
    counted = {status: sum(item.status is status for item in items) for status in Status}
    told = ", ".join(f"{count} {status.value}" for status, count in counted.items() if count)
    lead = (
        f"Of {len(items)} source types and categories: {told}. “Estimated” is reported, wholly or in part on estimates; "
        "“flagged” means that something a verifier will ask for is missing, and what."
    )
    clause = "Corporate Standard, chapter 9: specific exclusions; Scope 3 Standard, chapters 6 and 11: each excluded category"
    blocks: list[Block] = [_items(items)]
    if any(item.relevance for item in items):
        blocks.append(_relevance(items))
    if inventory.package.settings.plans:
        blocks.append(_plans(inventory))
    if outside := outside_exclusions(inventory):
        lines = ((words(one.category), words(one.reason)) for one in outside)
        columns = (Column("what", width=24), Column("reason", width=80))
        blocks.append(Table("Outside excl.", "Left out outside the scopes", columns, rows(*lines)))
    if missing := _missing(items):
        blocks.append(Notes("To complete it", missing))
    return Section("completeness", "Completeness and exclusions", clause, lead, tuple(blocks))


def _items(items: Sequence[Item]) -> Table:
    columns = (
        Column("category", width=42),
        Column("is", width=11),
        Column("lines", figures=True, width=8),
        Column("t CO2e", figures=True),
        Column("of it estimated", figures=True, width=14),
        Column("left out", width=16, optional=True),
        Column("left out, t CO2e", figures=True, width=16, optional=True),
        Column("statement", width=60),
    )
    lines = ((_name(item), words(item.status.value), *_content(item), *_left_out(item)) for item in items)
    caption = (
        "Scope 2 by the market-based figure; exact sums at share. Relevance tests and plans stand below."
    )
    return filled(Table("Completeness", "Every category", columns, rows(*lines), caption))


def _name(item: Item) -> Cell:
    name = category_words(item.scope, item.category)
    return words(name if item.scope is Scope.SCOPE_3 else f"{scope_text(item.scope)} {name}")


def _content(item: Item) -> tuple[Cell, Cell, Cell]:
    content = item.content
    if content is None:
        return EMPTY, EMPTY, EMPTY
    figure = content.mg.get(Method.MARKET_BASED, content.mg.get(Method.PHYSICAL, Fraction(0)))
    part = share(content.estimated / figure) if figure else EMPTY
    return number(content.lines), mass(figure), part


def _left_out(item: Item) -> tuple[Cell, Cell, Cell]:
    exclusion = item.exclusion
    flags = "; ".join(flag.problem for flag in item.flags)
    missing = f"missing: {flags}" if flags else ""
    if exclusion is None:
        return EMPTY, EMPTY, words(missing)
    size = EMPTY if exclusion.estimated_t is None else mass(exclusion.estimated_t * MG_PER_TONNE)
    return words(_BECAUSE.get(exclusion.because or "", "")), size, words(exclusion.reason, missing)


def _relevance(items: Sequence[Item]) -> Table:
    columns = (
        Column("category", width=42),
        Column("verdict", width=14),
        Column("criteria that hold", width=40),
        Column("on what it rests", width=60),
    )
    lines = (
        (
            _name(item),
            words("relevant" if item.relevance.relevant else "not relevant"),
            words(", ".join(item.relevance.holding) or "none"),
            words(item.relevance.reason),
        )
        for item in items
        if item.relevance
    )
    caption = "Size, risk, stakeholders, influence, outsourcing: relevant when at least two of the five hold."
    return Table("Relevance", "Relevance tests", columns, rows(*lines), caption)


def _plans(inventory: Inventory) -> Table:
    columns = (
        Column("category", width=12),
        Column("what is missing", width=40),
        Column("assumption meanwhile", width=40),
        Column("uplift", figures=True, width=10),
        Column("action", width=40),
        Column("who", width=20),
        Column("by", width=12),
    )
    lines = (
        (
            words(plan.category),
            words(plan.gap),
            words(plan.assumption or ""),
            share(plan.uplift),
            words(plan.action),
            words(plan.responsible),
            words(plan.due.isoformat()),
        )
        for plan in inventory.package.settings.plans
    )
    return Table("Plans", "Data management plans", columns, rows(*lines))


def _missing(items: Sequence[Item]) -> tuple[str, ...]:
    paths: dict[Flag, list[str]] = {}
    for item in items:
        for flag in item.flags:
            paths.setdefault(flag, []).append(item.path)
    return tuple(
        f"{flag.problem} ({plural(len(where), 'place')}: {', '.join(where)}); remedy: {flag.remedy}"
        for flag, where in paths.items()
    )
