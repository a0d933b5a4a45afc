"""The acts in their order, told as they happen, and what they leave in the output folder."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cet.demo import facts
from cet.demo.picture import picture
from cet.demo.readings import conservation, reconcile_published, reported_and_live, trace
from cet.demo.refusals import refusals
from cet.demo.story import Story
from cet.demo.telling import Telling
from cet.ledger import key_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from rich.console import Console

    from cet.demo.cast import Cast
    from cet.ledger import Chain


T = TypeVar("T")


def play(chain: Chain, cast: Cast, out: Path, code: Path, console: Console, where: str) -> dict[str, Any]:
    """Plays all acts on the chain; a summary for machines, masses in mg."""
    telling = Telling(console)
    telling.opening(where)

    telling.act(
        "Published figures, recomputed", "Every line of both inventories: activity × cited factor, exactly."
    )
    for package in (facts.FY2016, facts.FY2021):
        telling.reconciliation(
            *_busy(console, f"recomputing {package}", partial(reconcile_published, package))
        )

    telling.act(
        "The ledger",
        "Contracts deployed; participants, entities, verifier, oracle and credit programme enrolled.",
    )
    story = _busy(console, "deploying", partial(Story, chain, cast, out, code))
    _busy(console, "enrolling", story.enrol)

    telling.act("Statements and tokens", "Three different parties sign each statement; its lots are minted.")
    for package in facts.PACKAGES:
        _busy(console, f"minting {package}", partial(story.mint, package))
    telling.receipts(story.receipts)
    again = story.mint(facts.FY2021)
    console.print(
        f"  submitted once more: {len(again.transactions)} transactions sent, the same statement {again.number}"
    )

    telling.act("The utility's system mix", "[yellow]illustrative[/]: the zero-emission part and the output.")
    telling.factor(story.compose_mix())

    telling.act(
        "Scope 1 becomes scope 2",
        "[yellow]illustrative[/] supply: 311,285.799 MWh of the mix, offered by signature and accepted; a calendar year's mix for a fiscal year.",
    )
    telling.displacement(story.allocate_electricity())

    telling.act(
        "Scope 2 becomes scope 3",
        "[yellow]illustrative[/]: the university's services, and a purchaser of 2.5 % of them.",
    )
    story.sell_services()
    telling.moments(story.lots, [story.announce("before")])

    telling.act(
        "Offset at one plant, after every allocation",
        "1,077,620 credits with their registry serials: a write a batch, none below, and every figure is right.",
    )
    story.offset()
    telling.moments(story.lots, [story.moments[0], story.announce("with offset")])

    telling.act(
        "Half of it is revoked",
        "[yellow]illustrative[/]: suspended, revoked, and voided by an account without any role.",
    )
    story.revoke()
    telling.moments(story.lots, [*story.moments, story.announce("one batch revoked")])

    telling.act("What must not work")
    telling.refusals(refusals(story))

    telling.act("Reported is not live")
    telling.inventory(*reported_and_live(story))
    telling.conservation(*conservation(story))

    telling.act("From the purchaser's token back to an invoice line")
    telling.trail(_busy(console, "recomputing the packages", partial(trace, story)))

    out.mkdir(parents=True, exist_ok=True)
    (out / "chain.svg").write_text(picture(story).svg(), encoding="utf-8")
    console.print(
        f"\nPicture of the chain: [bold]{out / 'chain.svg'}[/]; deployment record: {out / 'deployment.json'}"
    )
    return _summary(story)


def _busy(console: Console, what: str, work: Callable[[], T]) -> T:
    """Does the work under a spinner, on terminals."""
    with console.status(f"{what} …"):
        return work()


def _summary(story: Story) -> dict[str, Any]:
    return {
        "lots": {name: key_text(key) for name, key in story.lots.items()},
        "moments": {
            moment.name: {
                name: {"gross": str(moment.figures[key].gross), "net": str(moment.figures[key].net)}
                for name, key in story.lots.items()
            }
            for moment in story.moments
        },
        "statements": {name: "0x" + receipt.statement.id.hex() for name, receipt in story.receipts.items()},
    }
