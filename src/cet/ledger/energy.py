"""Energy certificates and their cancellations as the contract takes them, and what it says of them."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger.credits import BatchStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress

NO_HASH = bytes(32)
NO_CAP = 2**64 - 1
RATES = ("co2", "biogenic_co2", "ch4", "n2o", "co2e")
"""Direct emissions of a certificate, mg per MWh: the last is CO2e of what is not known by gas."""


class Carrier(IntEnum):
    """What energy a certificate is of."""

    ELECTRICITY = 1
    GAS = 2
    HEAT = 3
    COOLING = 4


class Purpose(IntEnum):
    """What certificates are cancelled for; no inventory statement rests on OTHER."""

    SCOPE_2 = 1
    COMBUSTION = 2
    LOSSES = 3
    HOMEWORKING = 4
    USE_PHASE = 5
    OTHER = 6


@dataclass(frozen=True, slots=True)
class CertificateBatch:
    """A run of serials behind a prefix as their tracking system issued them, each of the size that the system has.

    `country` is two capital letters in bytes; `device` the keccak256 of the device's id; `rates` are mg per MWh in the order of
    RATES; `origin_registry` and `immobilisation` belong to bridged certificates alone; days count from 1970-01-01.
    """

    system: bytes
    carrier: Carrier
    country: bytes
    market: bytes
    technology: bytes
    device: bytes
    production_start: int
    production_end: int
    serial_prefix: str
    first_serial: int
    last_serial: int
    rates: tuple[int, ...] = (0,) * len(RATES)
    label: bytes = NO_HASH
    origin_registry: bytes = NO_HASH
    immobilisation: bytes = NO_HASH
    replaces: int = 0

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> CertificateBatch:
        system, carrier, *rest = values
        return cls(system, Carrier(carrier), *rest)

    @property
    def id(self) -> int:
        """The batch's ERC-1155 id: the serials alone decide it."""
        values = [self.system, self.serial_prefix, self.first_serial, self.last_serial]
        return int.from_bytes(keccak(encode(["bytes32", "string", "uint64", "uint64"], values))[-8:], "big")

    @property
    def certificates(self) -> int:
        """How many serials it has."""
        return self.last_serial - self.first_serial + 1


@dataclass(frozen=True, slots=True)
class Cancellation:
    """For whom and what certificates are cancelled.

    `beneficiary` is the participant whose statements alone may use it; `entity` the keccak256 of an entity's id, `users` the hash
    of a site or group of end users, both zero for none; `document` the hash of the cancellation statement, or any number that
    tells it from another just like it.
    """

    beneficiary: str
    period_start: int
    period_end: int
    purpose: Purpose
    entity: bytes = NO_HASH
    users: bytes = NO_HASH
    document: bytes = NO_HASH

    def encode(self) -> tuple[Any, ...]:
        return (
            self.beneficiary,
            self.entity,
            self.users,
            self.period_start,
            self.period_end,
            int(self.purpose),
            self.document,
        )

    @classmethod
    def decode(cls, values: Sequence[Any]) -> Cancellation:
        beneficiary, entity, users, start, end, purpose, document = values
        return cls(beneficiary, start, end, Purpose(purpose), entity, users, document)

    def number(self, batch: int, holder: str, amount: int) -> int:
        """The cancellation's number, which statements name: its content decides it."""
        kinds = ["uint64", "address", "uint64", "(address,bytes32,bytes32,uint16,uint16,uint8,bytes32)"]
        encoded = encode(kinds, [batch, to_checksum_address(holder), amount, self.encode()])
        return int.from_bytes(keccak(encoded)[-12:], "big")


@dataclass(frozen=True, slots=True)
class CancellationView:
    """A cancellation as kept: its place in the batch in Wh from the first serial, and when it was made (seconds since 1970)."""

    batch: int
    first: int
    amount: int
    at: int
    beneficiary: ChecksumAddress
    entity: bytes
    period_start: int
    period_end: int
    purpose: Purpose
    is_void: bool

    @classmethod
    def decode(cls, values: Sequence[Any]) -> CancellationView:
        named = dict(zip((item.name for item in fields(cls)), values, strict=True))
        return cls(**{**named, "purpose": Purpose(named["purpose"])})


@dataclass(frozen=True, slots=True)
class CertificateBatchView:
    """Where a batch's certificates are, Wh: issued = held + cancelled + withdrawn. `expires` is its last day, 0 for ever."""

    issued: int
    held: int
    cancelled: int
    withdrawn: int
    expires: int
    status: BatchStatus
    batch: CertificateBatch

    @classmethod
    def decode(cls, values: Sequence[Any]) -> CertificateBatchView:
        issued, held, cancelled, withdrawn, expires, status, batch = values
        state = BatchStatus(status)
        return cls(issued, held, cancelled, withdrawn, expires, state, CertificateBatch.decode(batch))


@dataclass(frozen=True, slots=True)
class TrackingSystem:
    """Who issues for a tracking system, the most it may issue and what it has, what one certificate stands for (Wh), and for how
    many days after production it is valid, 0 for ever."""

    operator: ChecksumAddress
    cap: int
    issued: int
    size: int
    valid_days: int
