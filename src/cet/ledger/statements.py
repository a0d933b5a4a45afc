"""What the statement registry takes and keeps, as the chain spells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress

    from cet.ledger.signing import Domain, TypedData

STATEMENT_FIELDS = (
    "address participant,address verifier,bytes32 entity,uint16 periodStart,uint16 periodEnd,"
    "uint8 gwpSet,uint8 consolidation,bytes32 linesRoot,bytes32 document,"
    "uint64[5] reported,uint64[8] gasMasses,bytes32[] lotChunks"
)
OPINION_FIELDS = "bytes32 statement,bytes32 standard,uint8 level,uint16 coverage"
ATTESTATION_FIELDS = "bytes32 statement"

_TYPEHASH = keccak(text=f"Statement({STATEMENT_FIELDS})")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a participant asserts of one entity and period. Days since 1970-01-01, both included; masses in mg.

    `reported` is gross: scope 1, scope 2 location-based, scope 2 market-based, scope 3, outside the scopes.
    `gas_masses`: fossil CO2, biogenic CO2, CH4, N2O, HFCs, PFCs, SF6, NF3.
    """

    participant: ChecksumAddress
    verifier: ChecksumAddress
    entity: bytes
    period_start: int
    period_end: int
    gwp_set: int
    consolidation: int
    lines_root: bytes
    document: bytes
    reported: tuple[int, ...]
    gas_masses: tuple[int, ...]
    lot_chunks: tuple[bytes, ...]

    def encode(self) -> tuple[Any, ...]:
        """The contract's struct."""
        return (
            self.participant,
            self.verifier,
            self.entity,
            self.period_start,
            self.period_end,
            self.gwp_set,
            self.consolidation,
            self.lines_root,
            self.document,
            self.reported,
            self.gas_masses,
            self.lot_chunks,
        )

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Statement:
        return cls(*values)

    @property
    def id(self) -> bytes:
        """EIP-712 struct hash: the statement's identity, the same on every chain."""
        head = ["bytes32", "address", "address", "bytes32", *["uint256"] * 4, *["bytes32"] * 5]
        lists = (
            keccak(b"".join(value.to_bytes(32, "big") for value in self.reported)),
            keccak(b"".join(value.to_bytes(32, "big") for value in self.gas_masses)),
            keccak(b"".join(self.lot_chunks)),
        )
        return keccak(encode(head, [_TYPEHASH, *self.encode()[:9], *lists]))

    def typed_data(self, domain: Domain) -> TypedData:
        """What the participant signs: its assertion."""
        names = [member.split(" ")[1] for member in STATEMENT_FIELDS.split(",")]
        message = dict(zip(names, self.encode(), strict=True))
        lists = {name: list(message[name]) for name in ("reported", "gasMasses", "lotChunks")}
        return domain.typed("Statement", STATEMENT_FIELDS, {**message, **lists})


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verifier's opinion of a statement. Level 1 limited, 2 reasonable; coverage in basis points of gross emissions."""

    statement: bytes
    standard: str
    level: int
    coverage: int

    def typed_data(self, domain: Domain) -> TypedData:
        """What the verifier signs."""
        message = {
            "statement": self.statement,
            "standard": text32(self.standard),
            "level": self.level,
            "coverage": self.coverage,
        }
        return domain.typed("Opinion", OPINION_FIELDS, message)


def attestation_typed_data(domain: Domain, statement: bytes) -> TypedData:
    """What an oracle signs of a statement it has recomputed."""
    return domain.typed("Attestation", ATTESTATION_FIELDS, {"statement": statement})


@dataclass(frozen=True, slots=True)
class Evidence:
    """The three signatures of a statement, and where its period belongs among the entity's."""

    assertion: bytes = field(repr=False)
    opinion: bytes = field(repr=False)
    standard: str
    level: int
    coverage: int
    attestations: tuple[bytes, ...] = field(repr=False)
    previous_period: int = 0

    def encode(self) -> tuple[Any, ...]:
        return (
            self.assertion,
            self.opinion,
            text32(self.standard),
            self.level,
            self.coverage,
            self.attestations,
            self.previous_period,
        )


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """What the registry keeps of a statement; `recorded_at` in seconds since 1970."""

    number: int
    period_start: int
    period_end: int
    gwp_set: int
    level: int
    coverage: int
    recorded_at: int
    verifier: ChecksumAddress
    participant: ChecksumAddress
    standard: str

    @classmethod
    def decode(cls, values: Sequence[Any]) -> StatementRecord:
        fields = (*values[:-1], text_of32(values[-1]))
        return cls(*fields)


def text32(text: str) -> bytes:
    """Short text as bytes32. Raises ValueError above 32 bytes."""
    encoded = text.encode("utf-8")
    if len(encoded) > 32:
        raise ValueError(f"{text!r} has {len(encoded)} bytes; at most 32 fit")
    return encoded.ljust(32, b"\0")


def text_of32(value: bytes) -> str:
    """The text in a bytes32; hex if it is none."""
    try:
        return value.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + value.hex()


def entity_hash(entity_id: str) -> bytes:
    """keccak256 of an entity's id, as a statement names it."""
    return keccak(text=entity_id)
