"""The reconciliation for people: published first, each step, compliant last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cet.report.reconciliation import figure
from cet.report.tables import HEAD, add, figures, table, two_lines, words

if TYPE_CHECKING:
    from rich.table import Table

    from cet.report.reconciliation import Reconciliation


def reconciliation_table(found: Reconciliation) -> Table:
    """From the published totals to the compliant ones, step by step."""
    caption = (
        f"Published: {found.publisher}, {found.document}, {found.edition}. Scope 2 market-based; location-based it is "
        f"{figure(found.location_based)} t, in no sum. The last column adds the scopes as the publisher does."
    )
    names = ("scope 1", "scope 2", "scope 3", "outside", "1 + 2 + 3")
    rows = table("Reconciliation, t CO2e", (words("step"), *(figures(name) for name in names)), caption)
    every = found.rows()
    for step in every:
        ends = step in (every[0], every[-1])
        title = Text(step.title, HEAD) if ends else two_lines(step.title, "\n".join(step.details))
        cells = [figure(mg) if mg or ends else "" for mg in (*step.columns, step.total)]
        add(rows, title, *cells, style=HEAD if ends else "", end_section=step in (every[0], every[-2]))
    return rows
