"""What brings a statement to the ledger: calls in their order, each of which is done whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cet.ledger import LotWord
from cet.statement import SupersedingDraft

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.ledger import Call, Evidence, Ledger
    from cet.statement import Statement, StatementDraft

CONSUME, RESTATE, MINT = "consume", "restate", "mint"


@dataclass(frozen=True, slots=True)
class Step:
    """One call: a chunk of instruments to consume, of restated lots to carry out, or of lots to mint; `words` as the contract
    takes them."""

    kind: str
    index: int
    words: tuple[int, ...]

    @property
    def name(self) -> str:
        """`mint:0`."""
        return f"{self.kind}:{self.index}"


def steps_of(draft: StatementDraft) -> tuple[Step, ...]:
    """Every call of a statement, in the order in which the contracts want them."""
    restated = draft.restatements if isinstance(draft, SupersedingDraft) else ()
    return (
        *(Step(CONSUME, index, words) for index, words in enumerate(draft.instruments)),
        *(Step(RESTATE, index, words) for index, words in enumerate(restated)),
        *(Step(MINT, index, words) for index, words in enumerate(draft.chunks)),
    )


def call_of(ledger: Ledger, statement: Statement, evidence: Evidence, step: Step) -> Call[Any]:
    """The call that carries a step out."""
    makers: dict[str, Callable[..., Call[Any]]] = {
        CONSUME: ledger.registry.consume,
        RESTATE: ledger.emissions.restate,
        MINT: ledger.emissions.mint,
    }
    return makers[step.kind](statement, evidence, step.index, step.words)


def is_done(ledger: Ledger, statement: Statement, step: Step, block: int | None = None) -> bool:
    """Whether the ledger has it, now or at an earlier block. Of a minted chunk the first lot stands for all."""
    record = ledger.registry.record(statement.id, block)
    if record is None:
        return False
    if step.kind == CONSUME:
        return record.consumed_chunks > step.index
    if step.kind == RESTATE:
        return ledger.emissions.restated_of(record.number, block) > step.index
    return ledger.emissions.exists(LotWord.decode(step.words[0]).key(record.number), block)
