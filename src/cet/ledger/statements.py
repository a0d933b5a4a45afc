"""What comes with a statement to the registry, and what the registry keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cet.statement import ASSURANCE_LEVELS, Statement, standard_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a verifier says of a statement. `level` is limited or reasonable; `coverage` basis points of gross emissions."""

    standard: str
    level: str
    coverage: int

    @property
    def level_number(self) -> int:
        return ASSURANCE_LEVELS[self.level]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The three signatures of a statement, and where its period belongs among the entity's.

    `assertion` is the participant's signature, `opinion_signature` the verifier's, `attestations` the oracles' in
    ascending order of their addresses. `previous_period` is what `StatementRegistry.previous_period` finds.
    """

    assertion: bytes = field(repr=False)
    opinion: Opinion
    opinion_signature: bytes = field(repr=False)
    attestations: tuple[bytes, ...] = field(repr=False)
    previous_period: int = 0

    def encode(self) -> tuple[Any, ...]:
        """The contract's struct."""
        return (
            self.assertion,
            self.opinion_signature,
            standard_word(self.opinion.standard),
            self.opinion.level_number,
            self.opinion.coverage,
            self.attestations,
            self.previous_period,
        )


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """What the registry keeps of a statement; the whole of it is in its event.

    `root` is the number of the first statement of its chain of corrections, 0 in that one itself; `superseded_by` that of
    the one that corrects it, 0 for none; `restatements` counts its chunks of restated lots; `inflation` is what the chain
    has used, in basis points; `withdrawn` says that its verifier took the opinion back. `instrument_chunks` counts its chunks of
    instruments, `consumed_chunks` those consumed, `voided_instruments` the uses found void since.
    """

    number: int
    period_start: int
    period_end: int
    gwp_set: int
    level: int
    coverage: int
    verifier: ChecksumAddress
    standard: str
    root: int
    superseded_by: int
    restatements: int
    inflation: int
    withdrawn: bool
    instrument_chunks: int
    consumed_chunks: int
    voided_instruments: int

    @classmethod
    def decode(cls, values: Sequence[Any]) -> StatementRecord:
        named = dict(zip((item.name for item in fields(cls)), values, strict=True))
        return cls(**{**named, "standard": text_of32(named["standard"])})


def encode_statement(statement: Statement) -> tuple[Any, ...]:
    """A statement as the contract's struct."""
    return tuple(statement.message().values())


def decode_statement(values: Sequence[Any]) -> Statement:
    """A statement from the contract's struct, as its event carries it."""
    return Statement(**dict(zip(Statement.model_fields, values, strict=True)))


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
