"""The state while events are being written into it."""

from __future__ import annotations

from collections.abc import Mapping, MutableSequence, Set
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cet.ledger.mirror.state import State

if TYPE_CHECKING:
    from collections.abc import MutableMapping, MutableSet

    from cet.ledger.bookings import ClaimAnchor
    from cet.ledger.lots import AnchorState
    from cet.ledger.mirror.booked import (
        BookedLets,
        BookedSolution,
        ClaimedProfile,
        ClaimedService,
        Organisation,
        Provided,
    )
    from cet.ledger.mirror.state import (
        Accreditation,
        AgreedTerms,
        Application,
        Batch,
        CancelledCertificates,
        CertificateHoldings,
        Escrow,
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

    lots: MutableMapping[int, Lot] = field(default_factory=dict)
    holders: MutableMapping[int, str] = field(default_factory=dict)
    allocated: MutableMapping[int, int] = field(default_factory=dict)
    displaced: MutableMapping[int, int] = field(default_factory=dict)
    frozen: MutableMapping[int, int] = field(default_factory=dict)
    announced: MutableMapping[int, int] = field(default_factory=dict)
    offsets: MutableMapping[int, int] = field(default_factory=dict)
    displacements: MutableMapping[int, tuple[int, int]] = field(default_factory=dict)
    anchors: MutableMapping[tuple[int, bytes], AnchorState] = field(default_factory=dict)
    reserved: MutableMapping[int, int] = field(default_factory=dict)
    corrections: MutableMapping[int, tuple[UnitsCorrection, ...]] = field(default_factory=dict)
    cancelled: MutableSet[int] = field(default_factory=set)
    references: MutableMapping[int, int] = field(default_factory=dict)
    restatements: MutableMapping[int, tuple[Restatement, ...]] = field(default_factory=dict)
    successors: MutableMapping[tuple[int, str], int] = field(default_factory=dict)
    opt_ins: MutableMapping[tuple[str, str], AgreedTerms] = field(default_factory=dict)
    received: MutableMapping[int, tuple[str, str, int]] = field(default_factory=dict)
    hooks: MutableMapping[str, str] = field(default_factory=dict)
    closed: int = 0
    batches: MutableMapping[int, Batch] = field(default_factory=dict)
    applied: MutableMapping[tuple[int, int], int] = field(default_factory=dict)
    voided: MutableMapping[int, int] = field(default_factory=dict)
    applications: MutableSequence[Application] = field(default_factory=list)
    holdings: MutableMapping[tuple[int, str], int] = field(default_factory=dict)
    frozen_credits: MutableMapping[tuple[int, str], int] = field(default_factory=dict)
    retirements: MutableMapping[bytes, RetiredCredits] = field(default_factory=dict)
    programs: MutableMapping[bytes, OfferedProgram] = field(default_factory=dict)
    certificate_batches: MutableMapping[int, CertificateHoldings] = field(default_factory=dict)
    certificates: MutableMapping[tuple[int, str], int] = field(default_factory=dict)
    frozen_certificates: MutableMapping[tuple[int, str], int] = field(default_factory=dict)
    cancellations: MutableMapping[int, CancelledCertificates] = field(default_factory=dict)
    systems: MutableMapping[bytes, OfferedSystem] = field(default_factory=dict)
    certificated: MutableMapping[int, tuple[int, ...]] = field(default_factory=dict)
    marked: MutableSet[int] = field(default_factory=set)
    covers: MutableMapping[int, tuple[int, ...]] = field(default_factory=dict)
    counted: MutableMapping[int, int] = field(default_factory=dict)
    escrows: MutableMapping[bytes, Escrow] = field(default_factory=dict)
    organisations: MutableMapping[str, Organisation] = field(default_factory=dict)
    partners: MutableMapping[tuple[str, str], int] = field(default_factory=dict)
    own_activity: MutableMapping[tuple[str, int, int, int], int] = field(default_factory=dict)
    own_used: MutableMapping[tuple[str, int, int, int], int] = field(default_factory=dict)
    solutions: MutableMapping[int, BookedSolution] = field(default_factory=dict)
    provisions: MutableMapping[int, Provided] = field(default_factory=dict)
    profile_claims: MutableMapping[int, ClaimedProfile] = field(default_factory=dict)
    lets: MutableMapping[int, BookedLets] = field(default_factory=dict)
    service_claims: MutableMapping[int, ClaimedService] = field(default_factory=dict)
    claim_anchors: MutableMapping[tuple[int, bytes], ClaimAnchor] = field(default_factory=dict)
    book_closed: int = 0
    statements: MutableMapping[int, RecordedStatement] = field(default_factory=dict)
    numbers: MutableMapping[bytes, int] = field(default_factory=dict)
    """Of statements, by id."""
    superseded: MutableMapping[int, int] = field(default_factory=dict)
    restated_chunks: MutableMapping[int, int] = field(default_factory=dict)
    withdrawn: MutableMapping[int, str] = field(default_factory=dict)
    instruments: MutableSet[str] = field(default_factory=set)
    consumed: MutableMapping[int, tuple[InstrumentUse, ...]] = field(default_factory=dict)
    consumed_chunks: MutableMapping[int, int] = field(default_factory=dict)
    voided_uses: MutableMapping[int, tuple[InstrumentUse, ...]] = field(default_factory=dict)
    participants: MutableMapping[str, str] = field(default_factory=dict)
    suspended: MutableSet[str] = field(default_factory=set)
    entities: MutableMapping[bytes, tuple[str, str]] = field(default_factory=dict)
    verifiers: MutableMapping[str, Accreditation] = field(default_factory=dict)
    oracles: MutableSet[str] = field(default_factory=set)
    attestations_required: int = 1
    untold: MutableSet[int] = field(default_factory=set)
    """Lots allocated whose transfer has not been told yet; it tells who carried the allocation out."""

    def shown_at(self, block: int) -> State:
        """The state without a copy: for books that nothing is written into."""
        names = [item.name for item in fields(State) if item.name != "block"]
        values: MutableMapping[str, Any] = {name: getattr(self, name) for name in names}
        return State(block=block, **values)

    def frozen_at(self, block: int) -> State:
        """A copy that no later event touches."""
        names = [item.name for item in fields(State) if item.name != "block"]
        values: MutableMapping[str, Any] = {name: _frozen(getattr(self, name)) for name in names}
        return State(block=block, **values)


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return MappingProxyType(dict(value))
    if isinstance(value, Set):
        return frozenset(value)
    return tuple(value) if isinstance(value, MutableSequence) else value
