"""The completeness report as a table, and for machines."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.inventory.completeness.report import Flag, Item, Status, completeness
from cet.quantities import MG_PER_TONNE, exact_text
from cet.report.tables import BAD, GOOD, MUTED, add, bullets, figures, table, unbroken, words
from cet.report.words import category_words, method_words, percent, tonnes
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from cet.inventory import Inventory
    from cet.inventory.completeness.sections import Exclusion

_STYLES = {Status.REPORTED: GOOD, Status.ESTIMATED: GOOD, Status.EMPTY: MUTED, Status.FLAGGED: BAD}


def completeness_blocks(inventory: Inventory) -> list[RenderableType]:
    """Every category: reported, empty with its statement, or flagged; then what would complete it."""
    items = completeness(inventory)
    columns = (
        words("category", 3),
        unbroken("is"),
        figures("t CO2e"),
        figures("estimated"),
        words("statement", 4),
    )
    flagged = sum(item.status is Status.FLAGGED for item in items)
    caption = f"{flagged} of {len(items)} flagged. Scope 2 is the market-based figure."
    rows = table("Completeness", columns, caption)
    for number, item in enumerate(items):
        name = category_words(item.scope, item.category)
        last = number + 1 < len(items) and items[number + 1].scope is not item.scope
        add(
            rows,
            name if item.scope is Scope.SCOPE_3 else f"{scope_text(item.scope)} {name}",
            Text(item.status.value, _STYLES[item.status]),
            tonnes(_figure(item)) if item.content else "",
            _estimated(item),
            _statement(item),
            end_section=last,
        )
    return [rows, *bullets("To complete it", _missing(items))]


def _missing(items: Sequence[Item]) -> Iterator[str]:
    """What is missing, the categories it is missing in, and the remedy."""
    paths: dict[Flag, list[str]] = {}
    for item in items:
        for flag in item.flags:
            paths.setdefault(flag, []).append(item.path)
    for flag, where in paths.items():
        yield f"{flag.problem}: {', '.join(where)}. Remedy: {flag.remedy}."


def completeness_json(inventory: Inventory) -> list[dict[str, Any]]:
    """The report, whole."""
    return [_item(item) for item in completeness(inventory)]


def exclusion_json(exclusion: Exclusion) -> dict[str, Any]:
    """What is left out, why, and how much it may be."""
    size = exclusion.estimated_t
    return {
        "category": exclusion.category,
        "reason": exclusion.reason,
        "because": exclusion.because,
        "estimated_t": None if size is None else exact_text(size),
    }


def _item(item: Item) -> dict[str, Any]:
    content, exclusion, tested = item.content, item.exclusion, item.relevance
    return {
        "category": item.path,
        "name": category_words(item.scope, item.category),
        "status": item.status.value,
        "lines": content.lines if content else 0,
        "mg": {method_words(m): exact_text(mg) for m, mg in sorted(content.mg.items())} if content else {},
        "estimated_mg": exact_text(content.estimated) if content else "0",
        "relevance": None
        if tested is None
        else {"relevant": tested.relevant, "criteria": list(tested.holding), "reason": tested.reason},
        "exclusion": None if exclusion is None else exclusion_json(exclusion),
        "plans": [
            {
                "gap": plan.gap,
                "assumption": plan.assumption,
                "uplift": None if plan.uplift is None else exact_text(plan.uplift),
                "action": plan.action,
                "responsible": plan.responsible,
                "due": plan.due.isoformat(),
            }
            for plan in item.plans
        ],
        "flags": [{"problem": flag.problem, "remedy": flag.remedy} for flag in item.flags],
    }


def _figure(item: Item) -> Fraction:
    by_method = item.content.mg if item.content else {}
    return by_method.get(Method.MARKET_BASED, by_method.get(Method.PHYSICAL, Fraction(0)))


def _estimated(item: Item) -> str:
    if item.content is None or not (figure := _figure(item)):
        return ""
    return percent(item.content.estimated / figure)


def _statement(item: Item) -> str:
    """The statement, the relevance test and the plans, one below the other."""
    found = []
    if item.exclusion is not None:
        size = item.exclusion.estimated_t
        found.append(
            item.exclusion.reason + ("" if size is None else f" (about {tonnes(size * MG_PER_TONNE)} t)")
        )
    if item.relevance is not None:
        verdict = "relevant" if item.relevance.relevant else "not relevant"
        criteria = ", ".join(item.relevance.holding) or "no criterion"
        found.append(f"{verdict} by {criteria}: {item.relevance.reason}")
    for plan in item.plans:
        assumed = f"{plan.assumption} " if plan.assumption else ""
        found.append(f"plan: {assumed}{plan.action} ({plan.responsible}, {plan.due})")
    return "; ".join(found)
