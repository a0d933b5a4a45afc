"""What must not work, tried for real on the story's chain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.demo import facts
from cet.demo.outcomes import Refusal
from cet.demo.story import DAY, PURCHASED_ELECTRICITY
from cet.ledger import Offer, Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.demo.story import Story


def refusals(story: Story) -> tuple[Refusal, ...]:
    """What must not work, tried for real."""
    offsets, emissions, cast = story.ledger.offsets, story.ledger.emissions, story.cast
    again, plant = facts.BATCHES[1], story.lots[facts.PLANTS[0]]
    overlapping = replace(again, first_serial=500_000, last_serial=600_000)
    receipt = story.receipts[facts.PLANTS[0]]
    tried: list[tuple[str, Callable[[], object]]] = [
        ("issue the same serials again", lambda: story.issue(again)),
        ("issue serials that overlap them", lambda: story.issue(overlapping)),
        (
            "apply the same credits again",
            lambda: story.send(offsets.apply_to(story.batches[1], plant, 10**9), cast.utility),
        ),
        (
            "use credits of the revoked batch",
            lambda: story.send(offsets.apply_to(story.batches[0], plant, 10**9), cast.utility),
        ),
        (
            "mint the same package again",
            lambda: story.send(
                emissions.mint(receipt.statement, receipt.evidence, 0, receipt.chunks[0]), cast.anyone
            ),
        ),
        ("take more of the mix than there is", lambda: _take_too_much(story)),
    ]
    return tuple(_refused(attempt, act) for attempt, act in tried)


def _take_too_much(story: Story) -> int:
    offer = Offer(
        parent=story.lots["mix"],
        dependent=story.cast.purchaser.address,
        units=facts.system_mix().output_wh,
        code=PURCHASED_ELECTRICITY,
        consumed_from=18_000,
        consumed_to=18_000,
        deadline=story.ledger.chain.now + DAY,
        activity=bytes(32),
    )
    return story.accept(offer, story.cast.utility, story.cast.purchaser)


def _refused(attempt: str, act: Callable[[], object]) -> Refusal:
    try:
        act()
    except Refused as refused:
        return Refusal(attempt, refused.name, refused.problem)
    raise AssertionError(f"not refused: {attempt}")
