"""A holder's inventory: live gross by series, reported beside it, and net apart (laws 7 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger.mirror import compare_reported, live_net, live_totals
from cet.report.lot_tables import batches_table, lots_table
from cet.report.series_tables import outside_table, series_table
from cet.report.tables import BAD, GOOD, HEAD, NET, add, facts, figures, table, words
from cet.report.words import category_words, grouped, period, plural, series_words, tonnes
from cet.scopes import Method, Scope, scope_text

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import RenderableType
    from rich.table import Table

    from cet.report.snapshot import Snapshot


def holder_blocks(view: Snapshot, holder: str, threshold: Fraction) -> list[RenderableType]:
    """All of `cet ledger show HOLDER`."""
    state = view.state
    live = live_totals(state, view.figures, holder)
    gross = {(one.scope, one.category, one.method): one.gross for one in live}
    keys = [key for key, lot in state.lots.items() if state.holders[key] == holder]
    held = sorted({batch for (batch, owner), amount in state.holdings.items() if owner == holder and amount})
    caption = f"Live at block {state.block}, unassured, all periods; less what primary data displaced."
    blocks: list[RenderableType | None] = [
        _about(view, holder, len(keys)),
        series_table("Live inventory, gross, t CO2e", gross, caption) if gross else None,
        outside_table(gross),
        *(reported_table(view, number, threshold) for number in statements_of(view, holder)),
        net_table(view, holder) if gross else None,
        lots_table(view, keys, "Lots held") if keys else None,
        batches_table(view, held, "Credit batches held in part or whole") if held else None,
    ]
    return [block for block in blocks if block is not None]


def statements_of(view: Snapshot, holder: str) -> list[int]:
    """Numbers of the holder's statements."""
    return [number for number, one in view.state.statements.items() if one.statement.participant == holder]


def reported_table(view: Snapshot, number: int, threshold: Fraction) -> Table:
    """A statement's figures, which stand, beside the live ones; what differs by more than the threshold is flagged."""
    recorded = view.state.statements[number]
    statement = recorded.statement
    share = grouped(threshold * 100, 2).rstrip("0").rstrip(".")
    title = f"Reported beside live, statement {number}, {period(statement.period_start, statement.period_end)}, t CO2e gross"
    caption = f"Reported is verified by {view.name(statement.verifier)} and stands; a difference above {share} % is flagged."
    columns = (words("series"), figures("reported"), figures("live"), figures("difference"), words(""))
    rows = table(title, columns, caption)
    for one in compare_reported(view.state, view.figures, number, threshold):
        flag = Text("flagged", BAD) if one.flagged else Text("within", GOOD)
        add(
            rows,
            series_words(one.scope, one.method),
            Text(tonnes(one.reported), HEAD),
            tonnes(one.live),
            tonnes(one.difference),
            flag,
        )
    return rows


def net_table(view: Snapshot, holder: str) -> Table:
    """Net by series: derived, with offsets inside, never a scope total."""
    caption = "Derived: inherited and own offsets are inside. No scope total, and never instead of gross."
    columns = (words("series"), words("category"), figures("own offset"), figures("net"))
    rows = table("Net, t CO2e", columns, caption)
    for one in live_net(view.state, view.figures, holder):
        label = (
            scope_text(one.scope) if one.method is Method.PHYSICAL else series_words(one.scope, one.method)
        )
        label = series_words(one.scope, one.method) if one.scope is Scope.OUTSIDE else label
        add(
            rows,
            label,
            category_words(one.scope, one.category),
            Text(tonnes(one.own_offset), NET),
            Text(tonnes(one.net), NET),
        )
    return rows


def _about(view: Snapshot, holder: str, lots: int) -> Table:
    state = view.state
    entities = [entity for entity, owner in state.entities.values() if owner == holder]
    name = view.name(holder)
    return facts(
        [
            ("holder", Text(name if name != holder else "not enrolled", HEAD)),
            ("address", holder),
            ("speaks for", ", ".join(sorted(entities))),
            ("suspended", "yes: may make no new statements" if holder in state.suspended else ""),
            ("holds", plural(lots, "lot")),
        ]
    )
