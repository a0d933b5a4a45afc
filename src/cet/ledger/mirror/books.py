"""The state while events are being written into it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cet.ledger.mirror.state import State

if TYPE_CHECKING:
    from cet.ledger.lots import AnchorState, OptIn
    from cet.ledger.mirror.state import (
        Accreditation,
        Application,
        Batch,
        CancelledCertificates,
        CertificateHoldings,
        Lot,
        OfferedProgram,
        OfferedSystem,
        RecordedStatement,
        Restatement,
        RetiredCredits,
        UnitsCorrection,
    )
    from cet.statement import InstrumentUse


@dataclass
class Books:
    """A State while events are being written into it; see there for what each field means."""

    lots: dict[int, Lot] = field(default_factory=dict)
    holders: dict[int, str] = field(default_factory=dict)
    allocated: dict[int, int] = field(default_factory=dict)
    displaced: dict[int, int] = field(default_factory=dict)
    frozen: dict[int, int] = field(default_factory=dict)
    announced: dict[int, int] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)
    displacements: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    anchors: dict[tuple[int, bytes], AnchorState] = field(default_factory=dict)
    reserved: dict[int, int] = field(default_factory=dict)
    corrections: dict[int, tuple[UnitsCorrection, ...]] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    references: dict[int, tuple[int, ...]] = field(default_factory=dict)
    restatements: dict[int, tuple[Restatement, ...]] = field(default_factory=dict)
    successors: dict[tuple[int, str], int] = field(default_factory=dict)
    opt_ins: dict[tuple[str, str], tuple[OptIn, tuple[int, ...]]] = field(default_factory=dict)
    hooks: dict[str, str] = field(default_factory=dict)
    closed: int = 0
    batches: dict[int, Batch] = field(default_factory=dict)
    applied: dict[tuple[int, int], int] = field(default_factory=dict)
    voided: dict[int, int] = field(default_factory=dict)
    applications: list[Application] = field(default_factory=list)
    holdings: dict[tuple[int, str], int] = field(default_factory=dict)
    frozen_credits: dict[tuple[int, str], int] = field(default_factory=dict)
    retirements: dict[bytes, RetiredCredits] = field(default_factory=dict)
    programs: dict[bytes, OfferedProgram] = field(default_factory=dict)
    certificate_batches: dict[int, CertificateHoldings] = field(default_factory=dict)
    certificates: dict[tuple[int, str], int] = field(default_factory=dict)
    frozen_certificates: dict[tuple[int, str], int] = field(default_factory=dict)
    cancellations: dict[int, CancelledCertificates] = field(default_factory=dict)
    systems: dict[bytes, OfferedSystem] = field(default_factory=dict)
    statements: dict[int, RecordedStatement] = field(default_factory=dict)
    superseded: dict[int, int] = field(default_factory=dict)
    restated_chunks: dict[int, int] = field(default_factory=dict)
    withdrawn: dict[int, str] = field(default_factory=dict)
    instruments: set[str] = field(default_factory=set)
    consumed: dict[int, tuple[InstrumentUse, ...]] = field(default_factory=dict)
    consumed_chunks: dict[int, int] = field(default_factory=dict)
    voided_uses: dict[int, tuple[InstrumentUse, ...]] = field(default_factory=dict)
    participants: dict[str, str] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    entities: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    verifiers: dict[str, Accreditation] = field(default_factory=dict)
    oracles: set[str] = field(default_factory=set)
    attestations_required: int = 1
    untold: set[int] = field(default_factory=set)
    """Lots allocated whose transfer has not been told yet; it tells who carried the allocation out."""

    def frozen_at(self, block: int) -> State:
        """A copy that no later event touches."""
        names = [item.name for item in fields(State) if item.name != "block"]
        values: dict[str, Any] = {name: _frozen(getattr(self, name)) for name in names}
        return State(block=block, **values)


def _frozen(value: object) -> object:
    if isinstance(value, dict):
        return MappingProxyType(dict(value))
    if isinstance(value, set):
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value
