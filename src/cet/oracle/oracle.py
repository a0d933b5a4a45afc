"""One oracle: a ledger, a key, and its own factor store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory import read_package
from cet.ledger import LotWord, NotConfirmed
from cet.oracle.errors import OracleError, RecomputationDiffers
from cet.oracle.receipt import Receipt
from cet.statement import StatementDraft, build

if TYPE_CHECKING:
    from pathlib import Path

    from cet.factors import FactorStore
    from cet.ledger import Evidence, Ledger, Signer
    from cet.statement import Statement


class Oracle:
    """Recomputes, attests and submits. `store` is the oracle's own; by default the starter packs."""

    def __init__(self, ledger: Ledger, signer: Signer, store: FactorStore | None = None) -> None:
        self._ledger = ledger
        self._signer = signer
        self._store = store

    def recompute(self, package: Path | str, participant: str, verifier: str) -> StatementDraft:
        """The statement that the raw package gives. Raises PackageError with everything wrong in it."""
        return build(read_package(package, self._store), participant, verifier)

    def attest(self, statement: Statement, package: Path | str) -> bytes:
        """The oracle's signature of a statement, given only if recomputing the package gives exactly that statement.

        Raises RecomputationDiffers naming every field that differs, and PackageError for a package that can't be computed.
        """
        own = self.recompute(package, statement.participant, statement.verifier).statement
        if own.id != statement.id:
            asserted, recomputed = statement.message(), own.message()
            differing = [name for name in asserted if asserted[name] != recomputed[name]]
            raise RecomputationDiffers(
                f"asserted and recomputed statement differ in {', '.join(differing)}",
                "compute the package again and sign what it gives",
            )
        return self._signer.sign_typed_data(self._ledger.registry.attestation(statement.id))

    def submit(self, draft: StatementDraft, evidence: Evidence, *, depth: int = 0) -> Receipt:
        """Records the statement and mints the chunks that are not minted yet; waits until the last is `depth` blocks deep.

        Safe to repeat and to interrupt: what is on the ledger is asked first, and a chunk mints whole or not at all.
        Raises Refused if the contracts refuse (then this chunk changed nothing), NotConfirmed if a transaction is lost.
        """
        statement = draft.statement
        transactions: list[str] = []
        block = self._ledger.chain.head
        for index, words in enumerate(draft.chunks):
            if self._is_minted(statement, words):
                continue
            call = self._ledger.emissions.mint(statement, evidence, index, words)
            outcome = self._ledger.send(call, self._signer)
            transactions.append(outcome.transaction)
            block = outcome.block
        for transaction in transactions:
            if self._ledger.chain.confirm(transaction, depth)["status"] != 1:
                raise NotConfirmed(f"transaction {transaction} failed", "submit again")
        number = self._number(statement)
        if number is None:
            raise OracleError(f"statement 0x{statement.id.hex()} is not recorded", "submit again")
        return Receipt(
            statement=statement,
            evidence=evidence,
            chunks=draft.chunks,
            number=number,
            lots=tuple(LotWord.decode(word).key(number) for words in draft.chunks for word in words),
            line_count=len(draft.inventory.lines),
            transactions=tuple(transactions),
            block=block,
        )

    def _number(self, statement: Statement) -> int | None:
        record = self._ledger.registry.record(statement.id)
        return record.number if record else None

    def _is_minted(self, statement: Statement, words: tuple[int, ...]) -> bool:
        """Whether a chunk is: its first lot stands for all, because a chunk mints whole."""
        number = self._number(statement)
        return number is not None and self._ledger.emissions.exists(LotWord.decode(words[0]).key(number))
