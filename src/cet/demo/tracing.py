"""From the last token of the chain back to one activity line, with its proof checked on the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.demo import facts
from cet.inventory import read_package
from cet.ledger import LotWord
from cet.statement import build

if TYPE_CHECKING:
    from cet.demo.story import Story

LINE = "co2"


@dataclass(frozen=True, slots=True)
class TracedLot:
    """A lot on the way: its key, what it is in words, who holds it, gross and net in mg."""

    key: int
    words: str
    holder: str
    gross: int
    net: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The lots from the token to the source, the statement behind it, and one of its lines with its proof."""

    lots: tuple[TracedLot, ...]
    statement_number: int
    statement_id: bytes
    package: str
    line: str
    words: str
    leaf: bytes
    proof_length: int
    root: bytes
    on_chain: bool


def trace_to_line(story: Story) -> Trace:
    """Purchase → services → electricity → mix → plant → its carbon dioxide line."""
    package = facts.PLANTS[0]
    receipt, moment = story.receipts[package], story.moments[-1]
    lots = tuple(
        _traced(story, story.lots[name]) for name in ("purchase", "services", "electricity", "mix", package)
    )
    statement = receipt.statement
    draft = build(read_package(facts.EXAMPLES / package), statement.participant, statement.verifier)
    proof = draft.prove(LINE)
    line = next(each for each in draft.inventory.lines if each.id == LINE)
    factor = line.shape.factors[0]
    row = line.row
    source = f"{factor.pack.publisher}, {factor.pack.document}, {factor.table}, {factor.year}"
    words = f"line {line.id!r}: {row.source}, {row.quantity.text} {row.shape.unit} × {factor.name} ({source})"
    word = LotWord.decode(receipt.chunks[0][0])
    if word.key(receipt.number) != lots[-1].key:
        raise AssertionError("the trace leads to another lot")
    return Trace(
        lots=lots,
        statement_number=receipt.number,
        statement_id=statement.id,
        package=package,
        line=LINE,
        words=words,
        leaf=proof.leaf,
        proof_length=len(proof.proof),
        root=proof.root,
        on_chain=story.ledger.registry.verify_line(statement, proof.line, proof.proof)
        and moment.state.statements[receipt.number].id == statement.id,
    )


def _traced(story: Story, key: int) -> TracedLot:
    moment = story.moments[-1]
    figures = moment.figures[key]
    holder = story.cast.names[moment.state.holders[key]]
    return TracedLot(key, str(moment.state.lots[key].code), holder, figures.gross, figures.net)
