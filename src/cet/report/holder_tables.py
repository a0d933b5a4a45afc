"""A holder's inventory: live gross by series, reported beside it, and net apart (laws 7 and 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger.mirror import compare_reported, live_net, live_totals
from cet.report.credit_tables import batches_table
from cet.report.escrow_tables import escrows_table
from cet.report.lot_tables import lots_table
from cet.report.periods import periods_of, statements_of
from cet.report.series_tables import outside_table, series_table
from cet.report.tables import BAD, GOOD, HEAD, NET, add, facts, figures, table, words
from cet.report.words import category_words, grouped, period, plural, series_words, tonnes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from rich.console import RenderableType
    from rich.table import Table

    from cet.report.periods import Period
    from cet.report.snapshot import Snapshot


def holder_blocks(view: Snapshot, holder: str, threshold: Fraction) -> list[RenderableType]:
    """All of `cet ledger show HOLDER`."""
    state = view.state
    keys = state.lots_held_by(holder)
    held = sorted({batch for (batch, owner), amount in state.holdings.items() if owner == holder and amount})
    blocks: list[RenderableType] = [_about(view, holder, len(keys))]
    for days in periods_of(view, holder):
        blocks += _period_blocks(view, holder, days, threshold)
    if keys:
        blocks.append(lots_table(view, keys, "Lots held"))
    if held:
        blocks.append(batches_table(view, held, "Credit batches held in part or whole"))
    escrows = [one for one in state.escrows.values() if one.holder == holder]
    if escrows:
        blocks.append(escrows_table(escrows, "Credits in escrow for products' use"))
    return blocks


def _period_blocks(view: Snapshot, holder: str, days: Period, threshold: Fraction) -> list[RenderableType]:
    """Live gross, reported beside it where there is a statement of the period, net apart."""
    live = live_totals(view.state, view.figures, holder, days)
    gross = {(one.scope, one.category, one.method): one.gross for one in live}
    caption = f"Live at block {view.state.block}, unassured; less what primary data displaced."
    numbers = statements_of(view, holder, days)
    blocks: list[RenderableType | None] = [
        series_table(f"Live inventory, gross, {period(*days)}, t CO2e", gross, caption),
        outside_table(gross),
        reported_table(view, numbers, threshold) if numbers else None,
        net_table(view, holder, days),
    ]
    return [block for block in blocks if block is not None]


def reported_table(view: Snapshot, numbers: Sequence[int], threshold: Fraction) -> Table:
    """What the statements of one period report, which stands, beside what is live; a difference above the threshold is
    flagged (law 12)."""
    verifiers = {view.name(view.state.statements[number].statement.verifier) for number in numbers}
    share = grouped(threshold * 100, 2).rstrip("0").rstrip(".")
    which = f"statement{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    title = f"Reported beside live, gross, t CO2e: {which}"
    caption = f"Reported is verified by {', '.join(sorted(verifiers))} and stands; a difference above {share} % is flagged."
    columns = (words("series"), figures("reported"), figures("live"), figures("difference"), words(""))
    rows = table(title, columns, caption)
    for one in compare_reported(view.state, view.figures, numbers[0], threshold):
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


def net_table(view: Snapshot, holder: str, days: Period) -> Table:
    """Net by series: derived, with offsets inside, never a scope total."""
    caption = "Derived: inherited and own offsets are inside. No scope total, and never instead of gross."
    columns = (words("series"), words("category"), figures("own offset"), figures("net"))
    rows = table(f"Net, {period(*days)}, t CO2e", columns, caption)
    for one in live_net(view.state, view.figures, holder, days):
        label = series_words(one.scope, one.method)
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
