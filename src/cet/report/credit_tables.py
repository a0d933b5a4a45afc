"""Credit batches for people: serials, status, and where the credits are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger import key_text
from cet.report.tables import BAD, GOOD, MUTED, add, figures, table, unbroken, words
from cet.report.words import clean, code_words, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType
    from rich.table import Table

    from cet.report.snapshot import Snapshot


def batch_blocks(view: Snapshot, key: int) -> list[RenderableType]:
    """All of `cet ledger show BATCH`: the batch, who holds of it, and the lots it is applied to."""
    state = view.state
    columns = (unbroken("lot"), words("what"), words("holder"), figures("applied, t"))
    applied = table("Applied to", columns, f"At block {state.block}.")
    for (batch, lot), amount in state.applied.items():
        if batch == key and amount:
            holder = view.name(state.holders[lot])
            add(applied, key_text(lot), code_words(state.lots[lot].code), holder, tonnes(amount))
    held = table("Held by", (words("holder"), figures("t")))
    for (batch, owner), amount in state.holdings.items():
        if batch == key and amount:
            add(held, view.named(owner), tonnes(amount))
    return [batches_table(view, [key], "Credit batch"), *(rows for rows in (applied, held) if rows.row_count)]


def batches_table(view: Snapshot, keys: Iterable[int], title: str) -> Table:
    """Credit batches and where their credits are."""
    columns = (
        words("batch"),
        *(figures(name) for name in ("issued, t", "held", "applied", "retired", "voided")),
    )
    rows = table(title, columns)
    for key in keys:
        batch = view.state.batches[key]
        issue = batch.credits
        run = f"{issue.first_serial:,} to {issue.last_serial:,}, vintage {issue.vintage}"
        status = batch.status.name.lower()
        amounts = (batch.issued, batch.held, batch.applied, batch.retired, batch.voided)
        name = Text(f"{key_text(key)}  ").append(status, GOOD if status == "active" else BAD)
        name.append(f"\n{clean(issue.serial_prefix)}\n{run}", MUTED)
        add(rows, name, *(_whole_tonnes(amount) for amount in amounts))
    return rows


def _whole_tonnes(mass_mg: int) -> str:
    """Credits are issued in whole tonnes; parts show."""
    text = tonnes(mass_mg)
    return text.removesuffix(".000")
