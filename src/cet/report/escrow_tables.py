"""Credits in escrow for the use of sold products, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.ledger import key_text
from cet.report.tables import GOOD, MUTED, add, figures, table, words
from cet.report.words import clean, moment, period, tonnes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from cet.ledger.mirror import Escrow


def escrows_table(escrows: Iterable[Escrow], title: str) -> Table:
    """A row a batch held: what went in, what was retired on users' behalf, what went back, what is still held."""
    columns = (
        words("product, batch"),
        words("state"),
        *(figures(name) for name in ("put in, t", "retired", "returned", "held")),
    )
    caption = "What nobody reconciles in time is retired whole. Credits are in no total of an inventory."
    rows = table(title, columns, caption)
    for escrow in escrows:
        use, held = escrow.use, escrow.held
        retired, returned = dict(escrow.retired), dict(escrow.returned)
        for batch, amount in escrow.put_in:
            name = Text(clean(use.product))
            about = f"{period(use.period_start, use.period_end)}, for {clean(use.beneficiary)}"
            name.append(f"\n{about}\nbatch {key_text(batch)}", MUTED)
            parts = (amount, retired.get(batch, 0), returned.get(batch, 0), held[batch])
            add(rows, name, _state(escrow), *(tonnes(part) for part in parts))
    return rows


def _state(escrow: Escrow) -> Text:
    if escrow.reconciled:
        return Text("reconciled", GOOD)
    if not any(escrow.held.values()):
        return Text("retired, not reconciled")
    return Text(f"to be reconciled by {moment(escrow.use.deadline)}")
