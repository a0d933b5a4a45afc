"""Offers, compositions and opt-ins as the emissions token takes them, and what it says of a lot."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from cet.ledger.keys import derived_key
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress

    from cet.ledger.signing import Domain, TypedData

OFFER_FIELDS = "uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity"
_OFFER_TYPEHASH = keccak(text=f"Offer({OFFER_FIELDS})")
_OFFER_TYPES = [member.split(" ")[0] for member in OFFER_FIELDS.split(",")]
CORRECTION_FIELDS = "uint64 lot,uint64 units,uint64 expected,uint40 deadline,bytes32 activity"
_COMPOSITION_TYPE = "(uint16,uint64,uint256[],bytes32)"

MAX_ANCESTRY = 1024
"""Most edges above any lot; what `Acceptance` agrees to unless it says less."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's offer of `units` of its lot (Wh, g, …; mg for a lot shared by its own mass) to a dependent.

    `code` is what the share is in the dependent's books. Days since 1970-01-01; `deadline` in seconds since 1970.
    `activity` is the salted hash of the commercial document behind it.
    """

    parent: int
    dependent: ChecksumAddress
    units: int
    code: LotCode
    consumed_from: int
    consumed_to: int
    deadline: int
    activity: bytes

    def encode(self) -> tuple[Any, ...]:
        return (
            self.parent,
            self.dependent,
            self.units,
            self.code.encode(),
            self.consumed_from,
            self.consumed_to,
            self.deadline,
            self.activity,
        )

    @property
    def id(self) -> bytes:
        """EIP-712 struct hash."""
        return keccak(encode(["bytes32", *_OFFER_TYPES], [_OFFER_TYPEHASH, *self.encode()]))

    @property
    def key(self) -> int:
        """Key of the one lot the offer can make."""
        return derived_key(self.id)

    def typed_data(self, domain: Domain) -> TypedData:
        """What the supplier signs."""
        names = [member.split(" ")[1] for member in OFFER_FIELDS.split(",")]
        return domain.typed("Offer", OFFER_FIELDS, dict(zip(names, self.encode(), strict=True)))


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The most edges the new lot may have above it, the dependent's own estimate it displaces as far as the estimate goes
    (0 for none), and how many of the offered units are taken (0 for all)."""

    max_ancestry: int = MAX_ANCESTRY
    displaces: int = 0
    units: int = 0

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Correction:
    """A wrong meter put right: `lot`, of one parent, should have `units` where it has `expected`. Both its holder and its
    parent's sign this, for one use until `deadline` (seconds since 1970). `activity` is the salted hash of what shows it."""

    lot: int
    units: int
    expected: int
    deadline: int
    activity: bytes

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    def typed_data(self, domain: Domain) -> TypedData:
        """What both parties sign."""
        names = [member.split(" ")[1] for member in CORRECTION_FIELDS.split(",")]
        return domain.typed("Correction", CORRECTION_FIELDS, dict(zip(names, self.encode(), strict=True)))


@dataclass(frozen=True, slots=True)
class AnchorState:
    """What the ledger keeps of an anchor: units reserved, units used of them, and until which second it is open."""

    reserved: int
    used: int
    deadline: int


@dataclass(frozen=True, slots=True)
class OptIn:
    """A standing agreement to receive from one supplier: until when (seconds), how long a chain, which categories, how much.

    `categories` has a bit for each scope 3 category and bit 0 for scope 2; `gross` in mg CO2e may still be received.
    """

    until: int
    max_ancestry: int
    categories: int
    gross: int
    displaces: int = 0

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> OptIn:
        return cls(*values)


NO_OPT_IN = OptIn(until=0, max_ancestry=0, categories=0, gross=0)
"""Ends a standing agreement."""


@dataclass(frozen=True, slots=True)
class Composition:
    """Many shares of one holder's lots combined into `output` units of a product; `edges` are (parent, units)."""

    code: LotCode
    output: int
    edges: tuple[tuple[int, int], ...]
    salt: bytes = bytes(32)

    def encode(self) -> tuple[Any, ...]:
        """The contract's struct: edges as `units 64 | parent 64`, parents ascending as it wants them."""
        edges = tuple(units << 64 | parent for parent, units in sorted(self.edges))
        return (self.code.encode(), self.output, edges, self.salt)

    def key(self, holder: str) -> int:
        """Key of the lot it makes in that holder's hands."""
        return derived_key(keccak(encode(["address", _COMPOSITION_TYPE], [holder, self.encode()])))


@dataclass(frozen=True, slots=True)
class Figures:
    """A lot's figures at a block, mg CO2e. Gross stands alone; net is another series, with offsets inside.

    `inherited_net` is net before the holder's own offset; `surplus` is what of that offset became superfluous.
    """

    gross: int
    inherited_net: int
    net: int
    surplus: int

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Figures:
        return cls(*values)


@dataclass(frozen=True, slots=True)
class LotView:
    """All the token says of a lot but its figures. Units in the code's unit, offset and announced net in mg."""

    holder: ChecksumAddress
    code: LotCode
    basis: int
    allocated: int
    displaced: int
    frozen: int
    offset: int
    ancestry: int
    announced_net: int | None
    statement: int
    certificated: bool
    """Whether energy certificates were issued for it, or for what went into it: its energy goes with them only."""

    @classmethod
    def decode(cls, values: Sequence[Any]) -> LotView:
        holder, code, basis, allocated, displaced, frozen, offset, ancestry, *rest = values
        net, announced, statement, certificated = rest
        return cls(
            holder=holder,
            code=LotCode.decode(code),
            basis=basis,
            allocated=allocated,
            displaced=displaced,
            frozen=frozen,
            offset=offset,
            ancestry=ancestry,
            announced_net=net if announced else None,
            statement=statement,
            certificated=certificated,
        )
