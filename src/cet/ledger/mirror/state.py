"""What the mirror knows: facts fixed at birth, and maps of what moves."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cet.ledger.bookings import ClaimAnchor
    from cet.ledger.credits import BatchStatus, CreditBatch, Retirement
    from cet.ledger.energy import Cancellation, CertificateBatch
    from cet.ledger.escrow import UsePhase
    from cet.ledger.lots import AnchorState, OptIn
    from cet.ledger.mirror.booked import (
        BookedLets,
        BookedSolution,
        ClaimedProfile,
        ClaimedService,
        Organisation,
        Provided,
    )
    from cet.ledger.statements import Opinion
    from cet.scopes import LotCode
    from cet.statement import InstrumentUse, Statement


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot's birth. `basis` in the code's unit, as last corrected by both parties; `minted` is a source lot's gross in mg, None for a derived lot.

    `edges` are (parent, units); `depth` is how far the farthest source lot above is, 0 of a source lot. `consumed` are first and last day of an allocation's consumption; `activity` the hash of its
    commercial document.
    """

    key: int
    code: LotCode
    basis: int
    minted: int | None
    edges: tuple[tuple[int, int], ...]
    statement: int
    block: int
    transaction: str
    consumed: tuple[int, int] | None = None
    activity: bytes = b""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class RecordedStatement:
    """A statement as its event told it."""

    number: int
    id: bytes
    statement: Statement
    opinion: Opinion
    block: int
    transaction: str


@dataclass(frozen=True, slots=True)
class Restatement:
    """A source lot's gross before and after, mg, by the statement that corrected it."""

    statement: int
    before: int
    after: int
    block: int
    transaction: str


@dataclass(frozen=True, slots=True)
class UnitsCorrection:
    """A derived lot's units before and after, as both parties signed; `activity` is the hash of what shows it."""

    before: int
    after: int
    activity: bytes
    block: int
    transaction: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A credit batch and where its credits are, mg CO2e: issued = held + retired + applied + voided."""

    id: int
    credits: CreditBatch
    status: BatchStatus
    issued: int
    retired: int = 0
    applied: int = 0
    voided: int = 0

    @property
    def held(self) -> int:
        return self.issued - self.retired - self.applied - self.voided


@dataclass(frozen=True, slots=True)
class RetiredCredits:
    """A retirement; `first` is its place in the batch, mg from the first serial."""

    batch: int
    holder: str
    first: int
    amount: int
    details: Retirement


@dataclass(frozen=True, slots=True)
class Application:
    """Credits [first, first + amount) of a batch applied to a lot, mg from the batch's first serial."""

    batch: int
    lot: int
    first: int
    amount: int
    block: int


@dataclass(frozen=True, slots=True)
class OfferedProgram:
    """An offset programme as last set; caps in mg CO2e."""

    name: str
    operator: str
    cap: int


@dataclass(frozen=True, slots=True)
class CertificateHoldings:
    """A batch of energy certificates and where they are, Wh: issued = held + cancelled + withdrawn.

    `expires` is the last day on which it is transferred or cancelled, as days since 1970-01-01, 0 for ever.
    """

    id: int
    batch: CertificateBatch
    status: BatchStatus
    issued: int
    expires: int
    cancelled: int = 0
    withdrawn: int = 0

    @property
    def held(self) -> int:
        return self.issued - self.cancelled - self.withdrawn


@dataclass(frozen=True, slots=True)
class CancelledCertificates:
    """A cancellation; `first` is its place in the batch, Wh from the first serial; `void_for` why it was found void, None if not."""

    number: int
    batch: int
    holder: str
    first: int
    amount: int
    details: Cancellation
    block: int
    transaction: str
    void_for: str | None = None


@dataclass(frozen=True, slots=True)
class OfferedSystem:
    """A tracking system as last set; cap and size of a certificate in Wh, `valid_days` after production, 0 for ever."""

    name: str
    operator: str
    cap: int
    size: int
    valid_days: int


@dataclass(frozen=True, slots=True)
class Escrow:
    """Credits held for the use of a sold product; mg by batch of what went in and of what became of it.

    put in = held + retired + returned. `reconciled` is who verified the reconciliation, empty while there is none.
    """

    id: bytes
    holder: str
    use: UsePhase
    put_in: tuple[tuple[int, int], ...]
    block: int
    transaction: str
    retired: tuple[tuple[int, int], ...] = ()
    returned: tuple[tuple[int, int], ...] = ()
    reconciled: str = ""
    document: bytes = b""

    @property
    def held(self) -> dict[int, int]:
        """What is held of each batch, mg."""
        left = dict(self.put_in)
        for batch, amount in (*self.retired, *self.returned):
            left[batch] -= amount
        return left


@dataclass(frozen=True, slots=True)
class Accreditation:
    name: str
    valid_from: int
    valid_until: int
    scopes: int
    """A bit for each scope it may verify."""


@runtime_checkable
class Searched(Protocol):
    """A mapping that lies elsewhere, and finds keys there without being read as a whole."""

    def in_order(self, keys: Collection[Any]) -> list[Any]:
        """Those of the keys that it has, in its order."""
        ...

    def keys_of(self, value: Any) -> list[Any]:
        """Keys with this value; where a value has several parts, with this first part."""
        ...

    def values_once(self) -> list[Any]:
        """Every value, each once."""
        ...


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """An opt-in as given; `number` counts the agreements of a dependent with a supplier, for each begins anew."""

    terms: OptIn
    number: int


@dataclass(frozen=True)
class State:
    """The ledger at a block. Lots stand in the order of their births, so that a parent comes before its children.

    Masses are mg CO2e, units those of each lot's code. Zero entries may be absent: read with `.get(key, 0)`.
    """

    block: int
    # Lots
    lots: Mapping[int, Lot]
    holders: Mapping[int, str]
    allocated: Mapping[int, int]
    displaced: Mapping[int, int]
    frozen: Mapping[int, int]
    announced: Mapping[int, int]
    offsets: Mapping[int, int]
    displacements: Mapping[int, tuple[int, int]]
    """By lot that is primary data: the estimate it took the place of, and the units of that."""
    references: Mapping[int, int]
    """By lot that reports a share of another lot and takes nothing from it: that other lot."""
    anchors: Mapping[tuple[int, bytes], AnchorState]
    """By (lot, root)."""
    reserved: Mapping[int, int]
    """Units that anchors of a lot reserve and have not used: they count as allocated, and no lot holds them."""
    corrections: Mapping[int, tuple[UnitsCorrection, ...]]
    """Of a derived lot, oldest first."""
    cancelled: frozenset[int]
    restatements: Mapping[int, tuple[Restatement, ...]]
    """Of a source lot, oldest first; none while it stands as minted."""
    successors: Mapping[tuple[int, str], int]
    """By (lot, successor): until which second it agrees to succeed the holder."""
    opt_ins: Mapping[tuple[str, str], AgreedTerms]
    """By (dependent, supplier)."""
    received: Mapping[int, tuple[str, str, int]]
    """By lot that was received under an opt-in: dependent, supplier, and the number of the agreement."""
    hooks: Mapping[str, str]
    closed: int
    # Credits
    batches: Mapping[int, Batch]
    applied: Mapping[tuple[int, int], int]
    """By (batch, lot)."""
    voided: Mapping[int, int]
    """By lot: mg of offsets voided, ever."""
    applications: tuple[Application, ...]
    holdings: Mapping[tuple[int, str], int]
    frozen_credits: Mapping[tuple[int, str], int]
    retirements: Mapping[bytes, RetiredCredits]
    programs: Mapping[bytes, OfferedProgram]
    # Energy certificates
    certificate_batches: Mapping[int, CertificateHoldings]
    certificates: Mapping[tuple[int, str], int]
    """By (batch, holder), Wh."""
    frozen_certificates: Mapping[tuple[int, str], int]
    cancellations: Mapping[int, CancelledCertificates]
    """By number, as statements name them."""
    systems: Mapping[bytes, OfferedSystem]
    certificated: Mapping[int, tuple[int, ...]]
    """By lot: the batches that were issued for its energy."""
    marked: frozenset[int]
    """Lots whose certificates the emissions token asks for: those that are certificated, and products of them."""
    covers: Mapping[int, tuple[int, ...]]
    """By lot: the cancellations that stand for it, whether it is there yet or not."""
    counted: Mapping[int, int]
    """By lot: how many units of an allocation its holder counts, other inputs having taken the place of the rest."""
    escrows: Mapping[bytes, Escrow]
    # Bookings
    organisations: Mapping[str, Organisation]
    partners: Mapping[tuple[str, str], int]
    """By (organisation, partner): the first day whose bookings are inside the network, 0 if none are."""
    own_activity: Mapping[tuple[str, int, int, int], int]
    """By (organisation, mode, unit, year), numbers as in the contract: what was shown."""
    own_used: Mapping[tuple[str, int, int, int], int]
    """The same: what is claimed or booked of it."""
    solutions: Mapping[int, BookedSolution]
    provisions: Mapping[int, Provided]
    profile_claims: Mapping[int, ClaimedProfile]
    lets: Mapping[int, BookedLets]
    service_claims: Mapping[int, ClaimedService]
    claim_anchors: Mapping[tuple[int, bytes], ClaimAnchor]
    """By (LETS, root)."""
    book_closed: int
    # Statements
    statements: Mapping[int, RecordedStatement]
    superseded: Mapping[int, int]
    """By statement: the one that corrects it."""
    restated_chunks: Mapping[int, int]
    """By correcting statement: chunks of restated lots carried out."""
    withdrawn: Mapping[int, str]
    """By statement: why its verifier took the opinion back."""
    instruments: frozenset[str]
    """Registries whose instruments statements may consume."""
    consumed: Mapping[int, tuple[InstrumentUse, ...]]
    """By statement: the uses of instruments it consumed; a correction that goes on using one names it again."""
    consumed_chunks: Mapping[int, int]
    """By statement: chunks of instruments consumed."""
    voided_uses: Mapping[int, tuple[InstrumentUse, ...]]
    """By statement: uses it consumed that their registries found void since."""
    participants: Mapping[str, str]
    suspended: frozenset[str]
    entities: Mapping[bytes, tuple[str, str]]
    """By hash: the entity's id and its participant."""
    verifiers: Mapping[str, Accreditation]
    oracles: frozenset[str]
    attestations_required: int

    def in_order_of_birth(self, keys: Collection[int]) -> list[int]:
        """These lots, parents before their children."""
        if isinstance(self.lots, Searched):
            return list(self.lots.in_order(keys))
        return [key for key in self.lots if key in keys]

    def lots_held_by(self, holder: str) -> list[int]:
        """In the order of births."""
        if isinstance(self.holders, Searched):
            return self.in_order_of_birth(set(self.holders.keys_of(holder)))
        return [key for key in self.lots if self.holders[key] == holder]

    def everybody_holding(self) -> list[str]:
        """Addresses that hold lots, each once."""
        if isinstance(self.holders, Searched):
            return list(self.holders.values_once())
        return list(dict.fromkeys(self.holders.values()))

    def displaced_by(self, estimate: int) -> tuple[tuple[int, int], ...]:
        """(lot, units of the estimate) of the primary data that displaced parts of it, oldest first."""
        if isinstance(self.displacements, Searched):
            found: Sequence[int] = self.in_order_of_birth(self.displacements.keys_of(estimate))
        else:
            found = self._displacing.get(estimate, ())
        return tuple((lot, self.displacements[lot][1]) for lot in found)

    def references_to(self, key: int) -> tuple[int, ...]:
        """Lots that report a share of a lot, oldest first."""
        if isinstance(self.references, Searched):
            return tuple(self.in_order_of_birth(self.references.keys_of(key)))
        return tuple(self._referring.get(key, ()))

    @cached_property
    def _displacing(self) -> Mapping[int, Sequence[int]]:
        return _turned((lot, estimate) for lot, (estimate, _) in self.displacements.items())

    @cached_property
    def _referring(self) -> Mapping[int, Sequence[int]]:
        return _turned(self.references.items())

    def above(self, key: int) -> set[int]:
        """The lot and all it comes from."""
        found, stack = {key}, [key]
        while stack:
            for parent, _ in self.lots[stack.pop()].edges:
                if parent not in found:
                    found.add(parent)
                    stack.append(parent)
        return found

    def received_under(self, dependent: str, supplier: str) -> tuple[int, ...]:
        """Lots received under the terms that stand now, oldest first."""
        agreed = self.opt_ins.get((dependent, supplier))
        wanted = (dependent, supplier, agreed.number if agreed else 0)
        return tuple(lot for lot, agreement in self.received.items() if agreement == wanted)

    def gross_of(self, lot: Lot) -> int:
        """A source lot's gross now: as last restated, else as minted."""
        told = self.restatements.get(lot.key)
        return told[-1].after if told else lot.minted or 0

    def passed_on(self, key: int) -> int:
        """Units of a lot that other lots hold: allocated, but neither displaced nor only reserved."""
        return self.allocated.get(key, 0) - self.displaced.get(key, 0) - self.reserved.get(key, 0)

    def head_of(self, number: int) -> int:
        """The statement that stands for the period of statement `number`: the last correction of its chain."""
        while number in self.superseded:
            number = self.superseded[number]
        return number


def _turned(pairs: Iterable[tuple[int, int]]) -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for one, other in pairs:
        found[other].append(one)
    return found
