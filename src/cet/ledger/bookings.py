"""Solutions, low-emission transport services and claims as the contract takes them, and what it says of them.

Amounts are whole base units (gram-kilometres, TEU-metres, passenger-metres, items; grams, watt-hours), emissions mg CO2e, days
count from 1970-01-01. Ids are the last 96 bits of the hash of what is recorded and by whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from cet.ledger.interfaces import interface
from cet.logistics.terms import ACTIVITY_UNITS, SOLUTION_UNITS, Basis, Bundling, Mode, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eth_typing import ChecksumAddress

    from cet.ledger.signing import Domain

NO_HASH = bytes(32)
PARTS = 10**6
"""What a credit's share is in parts of."""
_CONTRACT = "BookAndClaim"


class Kind(IntEnum):
    """What a record is."""

    NONE = 0
    SOLUTION = 1
    PROVISION = 2
    PROFILE_CLAIM = 3
    LETS = 4
    CLAIM = 5


class Closing(IntEnum):
    """What operators and guardians can close, a bit each."""

    BOOK = 1
    CLAIM = 2
    REBOOK = 4
    ANCHOR = 8


def bits(words: Iterable[int]) -> int:
    """A bit for each role or mode."""
    return sum(1 << word for word in set(words))


def modes_of(mask: int) -> frozenset[Mode]:
    """The modes of a mask."""
    return frozenset(mode for mode in Mode if mask >> mode & 1)


@dataclass(frozen=True, slots=True)
class Masses:
    """Emissions of the whole amount, mg CO2e: well-to-wheel, of it tank-to-wheel; biogenic CO2 beside them."""

    wtw: int
    ttw: int = 0
    biogenic: int = 0

    def encode(self) -> tuple[Any, ...]:
        return (self.wtw, self.ttw, self.biogenic)


@dataclass(frozen=True, slots=True)
class Credit:
    """What a solution earns towards another mode's obligations; `share` in parts of a million."""

    mode: Mode
    scheme: bytes
    share: int

    def encode(self) -> tuple[Any, ...]:
        return (int(self.mode), self.scheme, self.share)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Credit:
        mode, scheme, share = values
        return cls(Mode(mode), scheme, share)


@dataclass(frozen=True, slots=True)
class Solution:
    """A solution whose profile its provider books; `additional` is what no regulation requires of `quantity`."""

    produced: int
    bundled: bool
    modes: frozenset[Mode]
    unit: str
    quantity: int
    energy_wh: int
    masses: Masses
    scheme: str
    proof: str
    feedstock: str
    delivery: bytes
    regulations: str
    additional: int
    credits: tuple[Credit, ...] = ()
    registry: bytes = NO_HASH
    registry_id: str = ""

    def encode(self) -> tuple[Any, ...]:
        return (
            self.produced,
            self.bundled,
            bits(self.modes),
            SOLUTION_UNITS.index(self.unit),
            self.quantity,
            self.energy_wh,
            self.masses.encode(),
            self.scheme,
            self.proof,
            self.feedstock,
            self.delivery,
            (self.regulations, self.additional),
            tuple(credit.encode() for credit in self.credits),
            (self.registry, self.registry_id),
        )

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Solution:
        (
            produced,
            bundled,
            modes,
            unit,
            quantity,
            energy,
            masses,
            scheme,
            proof,
            feedstock,
            delivery,
            *rest,
        ) = values
        (regulations, additional), earned, (registry, registry_id) = rest
        return cls(
            produced,
            bundled,
            modes_of(modes),
            SOLUTION_UNITS[unit],
            quantity,
            energy,
            Masses(*masses),
            scheme,
            proof,
            feedstock,
            delivery,
            regulations,
            additional,
            tuple(Credit.decode(one) for one in earned),
            registry,
            registry_id,
        )

    def content(self, by: str) -> bytes:
        """What the verifier signs; the id is its last 96 bits."""
        return _content(Kind.SOLUTION, by, "bookSolution", 0, self.encode())


@dataclass(frozen=True, slots=True)
class Provision:
    """A solution that goes physically to a carrier."""

    to: str
    mode: Mode
    unit: str
    quantity: int
    delivery: bytes

    def encode(self) -> tuple[Any, ...]:
        return (self.to, int(self.mode), SOLUTION_UNITS.index(self.unit), self.quantity, self.delivery)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Provision:
        to, mode, unit, quantity, delivery = values
        return cls(to, Mode(mode), SOLUTION_UNITS[unit], quantity, delivery)

    def id(self, by: str) -> int:
        return record_id(_content(Kind.PROVISION, by, "provide", 0, self.encode()))


@dataclass(frozen=True, slots=True)
class SolutionClaim:
    """A claim of a solution's profile, or a side of it. `consumption` is (n, d): one unit of activity takes n / d of the solution's
    unit. `paired` is the supply-chain claim whose emitter profile it takes, `entity` whose statement alone may use it."""

    solution: int
    role: Role
    side: Bundling
    mode: Mode
    unit: str
    year: int
    quantity: int
    activity: int = 0
    consumption: tuple[int, int] = (0, 0)
    toc: bytes = NO_HASH
    paired: int = 0
    entity: bytes = NO_HASH
    document: bytes = NO_HASH

    def encode(self) -> tuple[Any, ...]:
        return (
            self.solution,
            int(self.role),
            int(self.side),
            int(self.mode),
            ACTIVITY_UNITS.index(self.unit),
            self.year,
            self.quantity,
            self.activity,
            *self.consumption,
            self.toc,
            self.paired,
            self.entity,
            self.document,
        )

    @classmethod
    def decode(cls, values: Sequence[Any]) -> SolutionClaim:
        solution, role, side, mode, unit, year, quantity, activity, consumption, per, *rest = values
        return cls(
            solution,
            Role(role),
            Bundling(side),
            Mode(mode),
            ACTIVITY_UNITS[unit],
            year,
            quantity,
            activity,
            (consumption, per),
            *rest,
        )

    def id(self, by: str) -> int:
        return record_id(_content(Kind.PROFILE_CLAIM, by, "claimSolution", 0, self.encode()))


@dataclass(frozen=True, slots=True)
class LetsBooking:
    """A service a carrier generated in its own fleet. `regulations` is empty where no additionality is stated."""

    generated: int
    mode: Mode
    unit: str
    year: int
    activity: int
    masses: Masses
    evidence: bytes
    toc: bytes = NO_HASH
    provision: int = 0
    regulations: str = ""
    additional: int = 0
    credits: tuple[Credit, ...] = ()
    registry: bytes = NO_HASH
    registry_id: str = ""

    def encode(self) -> tuple[Any, ...]:
        return (
            self.generated,
            int(self.mode),
            ACTIVITY_UNITS.index(self.unit),
            self.year,
            self.activity,
            self.masses.encode(),
            self.toc,
            self.provision,
            self.evidence,
            (self.regulations, self.additional),
            tuple(credit.encode() for credit in self.credits),
            (self.registry, self.registry_id),
        )

    @classmethod
    def decode(cls, values: Sequence[Any]) -> LetsBooking:
        generated, mode, unit, year, activity, masses, toc, provision, evidence, *rest = values
        (regulations, additional), earned, (registry, registry_id) = rest
        return cls(
            generated,
            Mode(mode),
            ACTIVITY_UNITS[unit],
            year,
            activity,
            Masses(*masses),
            evidence,
            toc,
            provision,
            regulations,
            additional,
            tuple(Credit.decode(one) for one in earned),
            registry,
            registry_id,
        )

    def content(self, by: str) -> bytes:
        """What the verifier signs; the id is its last 96 bits."""
        return _content(Kind.LETS, by, "bookLets", 0, self.encode())


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A use of a LETS: a shipper's claim, or a rebooking. `document` is any number that tells it from another just like it."""

    lets: int
    mode: Mode
    year: int
    activity: int
    toc: bytes = NO_HASH
    entity: bytes = NO_HASH
    document: bytes = NO_HASH

    def encode(self) -> tuple[Any, ...]:
        return (self.lets, int(self.mode), self.year, self.activity, self.toc, self.entity, self.document)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> ServiceUse:
        lets, mode, *rest = values
        return cls(lets, Mode(mode), *rest)

    def claim_content(self, by: str) -> bytes:
        """What a shipper's claim is hashed to; its id is the last 96 bits."""
        return _content(Kind.CLAIM, by, "claim", 0, self.encode())

    def claim_id(self, by: str) -> int:
        return record_id(self.claim_content(by))

    def rebooking_id(self, by: str, role: Role) -> int:
        kinds = ["uint8", "address", "uint8", _type("rebook", 1)]
        return record_id(keccak(encode(kinds, [Kind.LETS, by, int(role), self.encode()])))


def claim_leaf(domain: Domain, by: str, use: ServiceUse) -> bytes:
    """A shipper's claim in the tree (`cet.statement.MerkleTree`) whose root its booker anchors: hashed twice, bound to chain and
    register. `document` salts it."""
    kinds = ["uint256", "address", "bytes32"]
    return keccak(keccak(encode(kinds, [domain.chain_id, domain.contract, use.claim_content(by)])))


def derived_id(by: str, profile: int, activity: int, document: bytes) -> int:
    """The id of a LETS booked from a profile claim."""
    kinds = ["uint8", "address", "uint96", "uint64", "bytes32"]
    return record_id(keccak(encode(kinds, [Kind.LETS, by, profile, activity, document])))


def record_id(content: bytes) -> int:
    """The id of a record: the last 96 bits of the hash of its content and maker."""
    return int.from_bytes(content[-12:], "big")


@dataclass(frozen=True, slots=True)
class Head:
    """What all records have in common."""

    by: ChecksumAddress
    kind: Kind
    role: Role
    day: int
    year: int
    modes: frozenset[Mode]
    unit: str
    credit_modes: frozenset[Mode]
    bundling: Bundling
    basis: Basis
    bound: bool

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Head:
        by, kind, role, day, year, modes, unit, earned, bundling, basis, bound = values
        return cls(
            by,
            Kind(kind),
            Role(role),
            day,
            year,
            modes_of(modes),
            ACTIVITY_UNITS[unit],
            modes_of(earned),
            Bundling(bundling),
            Basis(basis),
            bound,
        )


@dataclass(frozen=True, slots=True)
class SolutionAmounts:
    """In the solution's unit: what is additional, claimed of it, and free of the emitter profile."""

    additional: int
    claimed: int
    free: int


@dataclass(frozen=True, slots=True)
class ProfileAmounts:
    """Activity not yet booked as LETS, and the emitter profile beside the claim, in the solution's unit."""

    left: int
    attached: int


@dataclass(frozen=True, slots=True)
class LetsAmounts:
    """Of a LETS, in its unit: booked and claimed, how much of both is additional, and what carriers claimed."""

    activity: int
    claimed: int
    additional: int
    claimed_additional: int
    claimed_by_carriers: int


@dataclass(frozen=True, slots=True)
class ClaimAnchor:
    """Claims under a root: activity reserved and used, and the last second for making them."""

    reserved: int
    used: int
    deadline: int


def _type(function: str, place: int) -> str:
    return interface(_CONTRACT).functions[function].inputs[place].type


def _content(kind: Kind, by: str, function: str, place: int, value: tuple[Any, ...]) -> bytes:
    return keccak(encode(["uint8", "address", _type(function, place)], [kind, by, value]))
