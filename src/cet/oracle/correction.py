"""Recomputing a correction: the corrected package, the packages of the statements it corrects, and the ledger as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory import read_package
from cet.ledger.correcting import chain_of, standing_lots, standing_statement
from cet.oracle.certified_lots import require_certificates
from cet.oracle.errors import OracleError, RecomputationDiffers
from cet.oracle.received_lots import require_received
from cet.statement import SupersedingDraft, build, supersede

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cet.factors import FactorStore
    from cet.inventory import Inventory
    from cet.ledger import Ledger
    from cet.ledger.mirror import RecordedStatement
    from cet.statement import InstrumentUse


def recompute_correction(
    ledger: Ledger,
    package: Path | str,
    packages: Mapping[bytes, Path],
    parties: tuple[str, str],
    inflation: int,
    store: FactorStore | None = None,
    instruments: Iterable[InstrumentUse] = (),
) -> SupersedingDraft:
    """The statement that corrects what stands for the package's entity and period.

    `packages` are those of the statements of the chain, by statement id; each must give the lines its statement committed.
    `parties` are participant and verifier. Raises PackageError, LedgerError, OracleError, RecomputationDiffers,
    ReceivedUnfounded, CertificatesUnfounded.
    """
    draft = build(read_package(package, store), *parties, instruments)
    require_received(ledger, draft.inventory, draft.statement.participant)
    require_certificates(ledger, draft.inventory, draft.statement.participant)
    state = ledger.mirror().refresh()
    said = draft.statement
    head = standing_statement(state, said.entity, (said.period_start, said.period_end))
    inventories = {
        number: _inventory(state.statements[number], packages, store)
        for number in chain_of(state, head.number)
    }
    return supersede(draft, head.statement, standing_lots(state, head.number, inventories), inflation)


def _inventory(
    recorded: RecordedStatement, packages: Mapping[bytes, Path], store: FactorStore | None
) -> Inventory:
    """What a statement of the chain was made from."""
    if recorded.id not in packages:
        raise OracleError(
            f"no package of statement {recorded.number}, 0x{recorded.id.hex()}",
            "its lots are matched by what they stand for: keep every package that was stated",
        )
    inventory = read_package(packages[recorded.id], store)
    statement = recorded.statement
    if (
        build(inventory, statement.participant, statement.verifier).statement.lines_root
        != statement.lines_root
    ):
        raise RecomputationDiffers(
            f"{packages[recorded.id]} does not give the lines of statement {recorded.number}",
            "name the package that was stated, with the factors of then",
        )
    return inventory
