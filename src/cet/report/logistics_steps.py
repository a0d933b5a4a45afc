"""The steps of a calculation, rounded as a document prints them and exact, as a table and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.quantities import exact_text, half_even_text
from cet.report.tables import add, figures, table, unbroken, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.logistics.figures import Step
    from cet.report.tables import Sheet


def steps_block(title: str, steps: Sequence[Step]) -> Sheet:
    """One row a step. What no decimal can say exactly stands to six places, with a sign; JSON has the fraction."""
    found = table(title, [words("step"), figures("rounded"), unbroken("unit"), words("exact")])
    for one in steps:
        exact = exact_text(one.figure.exact)
        shown = f"≈ {half_even_text(one.figure.exact, 6)}" if "/" in exact else exact
        add(found, one.name, one.printed, one.unit, shown)
    return found


def steps_json(steps: Sequence[Step]) -> list[dict[str, str]]:
    """The same for machines."""
    return [
        {"name": one.name, "exact": exact_text(one.figure.exact), "printed": one.printed, "unit": one.unit}
        for one in steps
    ]
