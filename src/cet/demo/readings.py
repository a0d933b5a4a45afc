"""What is read of the story, and changes nothing: published figures recomputed, reported beside live, conservation, a trail."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.demo import facts
from cet.demo.outcomes import Traced
from cet.demo.story import STATEMENTS, in_scope
from cet.inventory import read_package
from cet.ledger.mirror import compare_reported, live_totals, not_passed_on
from cet.report.reconciliation import PUBLISHED, read_published, reconcile
from cet.report.snapshot import Snapshot
from cet.report.trail import follow

if TYPE_CHECKING:
    from cet.demo.story import Story
    from cet.inventory import Inventory
    from cet.ledger.mirror import Difference, GrossSeries
    from cet.report.reconciliation import Reconciliation


def reconcile_published(package: str) -> tuple[Inventory, Reconciliation]:
    """The university's published figures beside the recomputed ones."""
    folder = facts.EXAMPLES / package
    inventory = read_package(folder)
    return inventory, reconcile(read_published(folder / PUBLISHED), inventory)


def reported_and_live(story: Story) -> tuple[tuple[GrossSeries, ...], tuple[Difference, ...]]:
    """The university's live series, and its statement beside them (law 12), flagged above 5 %."""
    moment = story.moments[-1]
    number = story.receipts[facts.FY2021].number
    head = moment.state.statements[number].statement
    period = (head.period_start, head.period_end)
    series = live_totals(moment.state, moment.figures, story.cast.university.address, period)
    return series, compare_reported(moment.state, moment.figures, number, Fraction(1, 20))


def conservation(story: Story) -> tuple[int, int, int]:
    """In-scope gross of all sources, what stays with each lot in sum, and the edges between (law 1), mg."""
    moment = story.moments[-1]
    kept = not_passed_on(moment.state, moment.figures)
    live = [lot for lot in moment.state.lots.values() if in_scope(lot.code)]
    sources = sum(lot.minted or 0 for lot in live)
    return sources, sum(kept[lot.key] for lot in live), sum(len(lot.edges) for lot in live)


def trace(story: Story, line: str = "fleet-diesel") -> Traced:
    """From the purchaser's token to its sources, and one activity line proved on the chain."""
    moment = story.moments[-1]
    view = Snapshot(moment.state, moment.figures)
    trail = follow(view, story.lots["purchase"], story.out / STATEMENTS)
    opened, proof = trail.proofs(line)[0]
    on_chain = story.ledger.registry.verify_line(opened.recorded.statement, proof.line, proof.proof)
    return Traced(view, trail, opened, proof, story.ledger.registry.address, on_chain)
