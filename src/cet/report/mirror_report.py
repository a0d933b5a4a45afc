"""What the store answers, as tables for people and as JSON for machines: masses there are text, in mg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger import key_text
from cet.report.tables import add, figures, table, unbroken, words
from cet.report.words import category_words, clean, code_words, day, method_words, period, plural, tonnes
from cet.scopes import category_text, scope_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from cet.ledger import Figures
    from cet.ledger.store.changes import Change, Reason
    from cet.ledger.store.queries import InventoryLine, Partner, Step

_MOST_REASONS = 3


def inventory_table(title: str, lines: Sequence[InventoryLine]) -> Table:
    """A row a period, scope, category and method. No totals: series and periods are not added up."""
    columns = (unbroken("period"), unbroken("scope"), words("category"), unbroken("method"))
    rows = table(
        title,
        (*columns, figures("gross"), figures("net"), figures("lots")),
        "t CO2e. Net is another series than gross.",
    )
    for line in lines:
        what = (period(*line.period), scope_text(line.scope), category_words(line.scope, line.category))
        add(rows, *what, method_words(line.method), tonnes(line.gross), tonnes(line.net), str(line.lots))
    return rows


def inventory_json(lines: Sequence[InventoryLine]) -> list[dict[str, Any]]:
    return [
        {
            "first_day": day(line.period[0]),
            "last_day": day(line.period[1]),
            "scope": scope_text(line.scope),
            "category": category_text(line.scope, line.category),
            "method": method_words(line.method),
            "gross_mg": str(line.gross),
            "net_mg": str(line.net),
            "own_offset_mg": str(line.own_offset),
            "lots": line.lots,
        }
        for line in lines
    ]


def partners_table(title: str, partners: Sequence[Partner]) -> Table:
    rows = table(
        title,
        (words("who"), unbroken("address"), figures("lots"), figures("gross"), figures("net")),
        "t CO2e of those lots.",
    )
    for one in partners:
        add(rows, one.name, one.address, str(one.lots), tonnes(one.gross), tonnes(one.net))
    return rows


def partners_json(partners: Sequence[Partner]) -> list[dict[str, Any]]:
    return [
        {
            "name": clean(one.name),
            "address": one.address,
            "lots": one.lots,
            "gross_mg": str(one.gross),
            "net_mg": str(one.net),
        }
        for one in partners
    ]


def trail_table(title: str, steps: Sequence[Step], names: Mapping[str, str]) -> Table:
    columns = (
        figures("away"),
        unbroken("lot"),
        words("what"),
        words("holder"),
        figures("gross"),
        figures("net"),
    )
    rows = table(title, columns, "t CO2e. `away` counts edges by the shortest way.")
    for step in steps:
        what = (
            str(step.distance),
            key_text(step.lot),
            code_words(step.code),
            names.get(step.holder, step.holder),
        )
        add(rows, *what, tonnes(step.figures.gross), tonnes(step.figures.net))
    return rows


def trail_json(steps: Sequence[Step], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "lot": key_text(step.lot),
            "away": step.distance,
            "what": code_words(step.code),
            "holder": step.holder,
            "name": clean(names.get(step.holder, "")),
            "statement": step.statement or None,
            **_figures(step.figures),
            "parents": [{"lot": key_text(parent), "units": str(units)} for parent, units in step.edges],
        }
        for step in steps
    ]


def changes_table(title: str, changes: Sequence[Change], names: Mapping[str, str]) -> Table:
    columns = (unbroken("lot"), words("holder"), figures("net before"), figures("net now"), words("why"))
    rows = table(title, columns, "t CO2e. --json has every event and all four figures.")
    for change in changes:
        told = [_told(change, reason) for reason in change.reasons[:_MOST_REASONS]]
        more = len(change.reasons) - len(told)
        told += [f"and {plural(more, 'event')} more"] if more else []
        before = tonnes(change.before.net) if change.before else "new"
        holder = names.get(change.holder, change.holder)
        add(rows, key_text(change.lot), holder, before, tonnes(change.now.net), "; ".join(told))
    return rows


def changes_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    return [
        {
            "lot": key_text(change.lot),
            "holder": change.holder,
            "before": _figures(change.before) if change.before else None,
            "now": _figures(change.now),
            "because": [
                {
                    "event": reason.event,
                    "lot": key_text(reason.lot),
                    "what": reason.what,
                    "change": str(reason.change),
                    "block": reason.block,
                    "transaction": reason.transaction,
                }
                for reason in change.reasons
            ],
        }
        for change in changes
    ]


def _told(change: Change, reason: Reason) -> str:
    where = "" if reason.lot == change.lot else f" of {key_text(reason.lot)}"
    moved = {"offset": f", {tonnes(reason.change)} t", "gross": f", {tonnes(reason.change)} t"}.get(
        reason.what, ""
    )
    return f"{reason.event}{where}{moved}, block {reason.block}"


def _figures(found: Figures) -> dict[str, str]:
    return {
        "gross_mg": str(found.gross),
        "inherited_net_mg": str(found.inherited_net),
        "net_mg": str(found.net),
        "surplus_mg": str(found.surplus),
    }
