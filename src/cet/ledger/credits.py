"""Credit batches and retirements as the offset token takes them, and what it says of a batch."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from cet.ledger.statements import text32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress


class BatchStatus(IntEnum):
    """Where a batch stands. Revoked is for ever, and only reached from suspended."""

    UNKNOWN = 0
    ACTIVE = 1
    SUSPENDED = 2
    REVOKED = 3


@dataclass(frozen=True, slots=True)
class CreditBatch:
    """Credits of 1 t each as their registry issued them: a run of serial numbers behind a prefix.

    `program` is the offset programme's short name; `attributes` the hash of its property set, zero for none;
    `replaces` the suspended or revoked batch in whose place it is issued, 0 for none.
    """

    program: bytes
    serial_prefix: str
    first_serial: int
    last_serial: int
    vintage: int
    ex_ante: bool
    ccp_label: bool
    project: str
    attributes: bytes = bytes(32)
    replaces: int = 0

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> CreditBatch:
        return cls(*values)

    @property
    def id(self) -> int:
        """The batch's ERC-1155 id: the serials alone decide it."""
        values = [self.program, self.serial_prefix, self.first_serial, self.last_serial]
        return int.from_bytes(keccak(encode(["bytes32", "string", "uint64", "uint64"], values))[-8:], "big")

    @property
    def amount(self) -> int:
        """mg CO2e, a tonne a serial."""
        return (self.last_serial - self.first_serial + 1) * 10**9


@dataclass(frozen=True, slots=True)
class Retirement:
    """For whom and why credits are retired. Days since 1970-01-01, both included."""

    beneficiary: str
    purpose: str
    period_start: int
    period_end: int

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Retirement:
        return cls(*values)


@dataclass(frozen=True, slots=True)
class BatchView:
    """Where a batch's credits are, mg CO2e: issued = held + retired + applied + voided."""

    issued: int
    held: int
    retired: int
    applied: int
    voided: int
    status: BatchStatus
    batch: CreditBatch

    @classmethod
    def decode(cls, values: Sequence[Any]) -> BatchView:
        issued, held, retired, applied, voided, status, batch = values
        return cls(issued, held, retired, applied, voided, BatchStatus(status), CreditBatch.decode(batch))


@dataclass(frozen=True, slots=True)
class Certificate:
    """A retirement's place in its batch, mg from its first serial, and when it happened."""

    batch: int
    first: int
    amount: int
    at: int


@dataclass(frozen=True, slots=True)
class Program:
    """An offset programme: who issues for it, the most it may issue and what it has issued, mg CO2e."""

    operator: ChecksumAddress
    cap: int
    issued: int


def program_id(name: str) -> bytes:
    """A programme's bytes32 id from its short name, e.g. "CAR"."""
    return text32(name)
