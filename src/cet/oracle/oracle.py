"""One oracle: a ledger, a key, and its own factor store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.factors import FactorStore
from cet.inventory import read_package
from cet.ledger import LotWord, Refused
from cet.oracle.certified_lots import require_certificates
from cet.oracle.correction import recompute_correction
from cet.oracle.errors import OracleError, RecomputationDiffers
from cet.oracle.receipt import Receipt
from cet.oracle.received_lots import require_received
from cet.oracle.steps import call_of, is_done, steps_of
from cet.statement import StatementDraft, SupersedingDraft, build, what_lot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cet.ledger import Evidence, Ledger, Signer
    from cet.oracle.steps import Step
    from cet.statement import InstrumentUse, Statement


class Oracle:
    """Recomputes, attests and submits. `store` is the oracle's own; by default the starter packs."""

    def __init__(self, ledger: Ledger, signer: Signer, store: FactorStore | None = None) -> None:
        self._ledger = ledger
        self._signer = signer
        self._store = store

    @property
    def factors(self) -> FactorStore:
        """What it recomputes with."""
        return self._store or FactorStore.default()

    def recompute(
        self, package: Path | str, participant: str, verifier: str, instruments: Iterable[InstrumentUse] = ()
    ) -> StatementDraft:
        """The statement that the raw package gives. Raises PackageError with everything wrong in it, ReceivedUnfounded for
        allocations it cites that the participant does not hold, CertificatesUnfounded for those of certificated generation
        that are not covered by their certificates.
        """
        draft = build(read_package(package, self._store), participant, verifier, instruments)
        require_received(self._ledger, draft.inventory, draft.statement.participant)
        require_certificates(self._ledger, draft.inventory, draft.statement.participant)
        return draft

    def attest(
        self, statement: Statement, package: Path | str, instruments: Iterable[InstrumentUse] = ()
    ) -> bytes:
        """The oracle's signature of a statement, given only if recomputing the package gives exactly that statement.

        `instruments` are the uses that the package's instruments stand for. Raises RecomputationDiffers naming every field that
        differs, and PackageError for a package that can't be computed.
        """
        own = self.recompute(package, statement.participant, statement.verifier, instruments).statement
        return self.sign_if_same(statement, own)

    def recompute_correction(
        self,
        package: Path | str,
        packages: Mapping[bytes, Path],
        participant: str,
        verifier: str,
        inflation: int = 0,
        instruments: Iterable[InstrumentUse] = (),
    ) -> SupersedingDraft:
        """The statement that corrects what stands for the package's entity and period; see `recompute_correction`."""
        parties = (participant, verifier)
        return recompute_correction(
            self._ledger, package, packages, parties, inflation, self._store, instruments
        )

    def attest_correction(
        self,
        statement: Statement,
        package: Path | str,
        packages: Mapping[bytes, Path],
        instruments: Iterable[InstrumentUse] = (),
    ) -> bytes:
        """The oracle's signature of a correcting statement, given only if package and ledger give exactly that statement.

        What was passed on may have changed since it was built: then it differs, and has to be built anew.
        """
        own = self.recompute_correction(
            package, packages, statement.participant, statement.verifier, statement.inflation, instruments
        )
        return self.sign_if_same(statement, own.statement)

    def sign_if_same(self, statement: Statement, own: Statement) -> bytes:
        """The signature of a statement if it is the one that was recomputed. Raises RecomputationDiffers."""
        if own.id != statement.id:
            asserted, recomputed = statement.message(), own.message()
            differing = [name for name in asserted if asserted[name] != recomputed[name]]
            raise RecomputationDiffers(
                f"asserted and recomputed statement differ in {', '.join(differing)}",
                "compute the package again and sign what it gives",
            )
        return self._signer.sign_typed_data(self._ledger.registry.attestation(statement.id))

    def submit(self, draft: StatementDraft, evidence: Evidence, *, depth: int = 0) -> Receipt:
        """Records the statement, consumes its instruments and mints its lots, each chunk unless it is done; waits until the last
        is `depth` blocks deep.

        Safe to repeat, to interrupt and to be overtaken: what is on the ledger is asked first, and a chunk mints whole or
        not at all. Raises Refused if the contracts refuse (then this chunk changed nothing), NotConfirmed if a transaction
        is lost.
        """
        sent = [
            transaction
            for step in steps_of(draft)
            if (transaction := self._carry_out(draft.statement, evidence, step)) is not None
        ]
        for transaction in sent:
            self._ledger.chain.confirm(transaction, depth)
        return self._receipt(draft, evidence, tuple(sent))

    def _carry_out(self, statement: Statement, evidence: Evidence, step: Step) -> str | None:
        """Carries a step out unless it is done; the transaction, None if it was done already."""
        if is_done(self._ledger, statement, step):
            return None
        try:
            call = call_of(self._ledger, statement, evidence, step)
            return self._ledger.send(call, self._signer).transaction
        except Refused:
            # Anyone may submit the same signatures: somebody was faster.
            if is_done(self._ledger, statement, step):
                return None
            raise

    def _receipt(self, draft: StatementDraft, evidence: Evidence, sent: tuple[str, ...]) -> Receipt:
        statement = draft.statement
        record = self._ledger.registry.record(statement.id)
        recorded = self._ledger.recording_of(statement.id)
        if record is None or recorded is None:
            raise OracleError(f"statement 0x{statement.id.hex()} is not recorded", "submit again")
        words = [LotWord.decode(word).key(record.number) for chunk in draft.chunks for word in chunk]
        return Receipt(
            statement=statement,
            evidence=evidence,
            chunks=draft.chunks,
            number=record.number,
            lots=tuple(words),
            lot_lines=tuple(_lines_of(draft, word) for chunk in draft.chunks for word in chunk),
            line_count=len(draft.inventory.lines),
            transactions=sent,
            transaction=recorded.transaction,
            block=recorded.block,
        )


def _lines_of(draft: StatementDraft, word: int) -> int:
    """How many activity lines a lot of the statement gathers."""
    lot, superseding = LotWord.decode(word), isinstance(draft, SupersedingDraft)
    key = what_lot(draft.inventory, lot.code, lot.index, superseding=superseding)
    return draft.inventory.lot_of[key].lines
