"""A claim profile's verdicts as a table, and for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.inventory.profiles.rules import stands
from cet.inventory.profiles.verdicts import Outcome
from cet.quantities import exact_text
from cet.report.tables import BAD, GOOD, HEAD, MUTED, add, figures, table, two_lines, unbroken, words
from cet.report.words import tonnes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from cet.inventory import Inventory
    from cet.inventory.profiles.verdicts import Judged, Profile

_STYLES = {Outcome.KEPT: GOOD, Outcome.BROKEN: BAD, Outcome.OPEN: HEAD, Outcome.MEMO: MUTED}


def verdict_blocks(inventory: Inventory, chosen: Profile, judged: Sequence[Judged]) -> list[RenderableType]:
    """The rules, each with its verdict, reason and clause; then whether the claim stands."""
    header = inventory.package.settings.header
    columns = (unbroken("rule"), unbroken("is"), words("because", 1), figures("figure here, t CO2e"))
    rows = table(
        f"{header.organisation}, {header.period.start} to {header.period.end}: {chosen.words}",
        columns,
        f"Source: {chosen.source}. A memo's figure is the profile's own, beside the inventory's and in no total of it.",
    )
    for one in judged:
        verdict, rule = one.verdict, one.rule
        clause = rule.clause + (f"; overridden by {rule.overridden}" if rule.overridden else "")
        add(
            rows,
            rule.rule,
            Text(verdict.outcome.value, _STYLES[verdict.outcome]),
            two_lines(verdict.reason, clause),
            "" if verdict.figure is None else tonnes(verdict.figure),
        )
    counts = {outcome: sum(one.verdict.outcome is outcome for one in judged) for outcome in Outcome}
    said = Text("stands", GOOD) if stands(judged) else Text("does not stand", BAD)
    told = f": {counts[Outcome.BROKEN]} rules broken, {counts[Outcome.OPEN]} open"
    return [rows, Text.assemble(f"A claim under {chosen.name} ", said, told)]


def verdicts_json(inventory: Inventory, chosen: Profile, judged: Sequence[Judged]) -> dict[str, Any]:
    """The same, whole."""
    header = inventory.package.settings.header
    return {
        "package": str(inventory.package.folder),
        "profile": chosen.name,
        "source": chosen.source,
        "period": {"start": header.period.start.isoformat(), "end": header.period.end.isoformat()},
        "stands": stands(judged),
        "rules": [
            {
                "rule": one.rule.rule,
                "outcome": one.verdict.outcome.value,
                "reason": one.verdict.reason,
                "figure_mg": None if one.verdict.figure is None else exact_text(one.verdict.figure),
                "clause": one.rule.clause,
                "overridden": one.rule.overridden,
            }
            for one in judged
        ],
    }
