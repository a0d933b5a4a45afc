"""Who takes part, as data: participants with their entities, verifiers, oracles, offset programmes, tracking systems.

A file of parties is applied as often as one likes: only what the ledger does not know yet is sent.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated, Any, Literal

from eth_utils.address import is_hex_address, to_checksum_address
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cet.ledger.credits import program_id
from cet.ledger.energy import NO_CAP
from cet.ledger.errors import LedgerError
from cet.ledger.statements import text32
from cet.quantities import MG_PER_TONNE
from cet.scopes import SCOPE_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.ledger.chain import Call
    from cet.ledger.ledger import Ledger


def _address(value: str) -> str:
    if not is_hex_address(value):
        raise ValueError("not an address; write 0x and 40 hexadecimal digits")
    return str(to_checksum_address(value))


WH_PER_MWH = 10**6
Address = Annotated[str, AfterValidator(_address)]
Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Party(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    address: Address
    name: Name


class Participant(_Party):
    """A company, and the entities (plants, campuses, itself) it alone may speak for."""

    entities: tuple[Name, ...] = ()


class Verifier(_Party):
    """An accredited verifier; both days included."""

    valid_from: date
    valid_until: date
    scopes: Annotated[tuple[Literal["outside", "1", "2", "3"], ...], Field(min_length=1)] = (
        "outside",
        "1",
        "2",
        "3",
    )

    @property
    def scope_bits(self) -> int:
        """A bit for each scope it may verify, as the registry keeps them."""
        return sum(1 << SCOPE_TEXT[scope] for scope in set(self.scopes))

    @property
    def seconds(self) -> tuple[int, int]:
        """From the first day's beginning to the last day's end, seconds since 1970."""
        begin, end = (
            int(datetime.combine(day, time(), UTC).timestamp()) for day in (self.valid_from, self.valid_until)
        )
        return begin, end + 24 * 60 * 60


class Programme(BaseModel):
    """An offset programme; `cap_t` is the most it may ever issue here, in tonnes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=32)]
    name: Name
    operator: Address
    cap_t: Annotated[int, Field(gt=0, lt=2**64 // MG_PER_TONNE)]


class TrackingSystem(BaseModel):
    """A tracking system of energy certificates.

    `certificate_wh` is what one certificate stands for, `valid_days` how long after production it can be used (0 for ever),
    `cap_mwh` the most it may ever issue here (none: no limit).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(min_length=1, max_length=32)]
    name: Name
    operator: Address
    certificate_wh: Annotated[int, Field(gt=0, lt=2**64)] = WH_PER_MWH
    valid_days: Annotated[int, Field(ge=0, lt=2**16)] = 0
    cap_mwh: Annotated[int, Field(gt=0, lt=2**64 // WH_PER_MWH)] | None = None

    @property
    def terms(self) -> tuple[str, int, int, int]:
        """Operator, cap in Wh, size and validity, as the contract keeps them."""
        cap = NO_CAP if self.cap_mwh is None else self.cap_mwh * WH_PER_MWH
        return self.operator, cap, self.certificate_wh, self.valid_days


class Parties(BaseModel):
    """A whole file of parties."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    participant: tuple[Participant, ...] = ()
    verifier: tuple[Verifier, ...] = ()
    oracle: tuple[_Party, ...] = ()
    programme: tuple[Programme, ...] = ()
    tracking_system: tuple[TrackingSystem, ...] = ()

    @classmethod
    def read(cls, file: Path) -> Parties:
        """Raises LedgerError naming the first thing wrong."""
        try:
            return cls(**tomllib.loads(file.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise LedgerError(f"no file {file}", "name a TOML file of parties") from error
        except tomllib.TOMLDecodeError as error:
            raise LedgerError(f"{file} is no TOML: {error}", "correct it") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            raise LedgerError(f"{file}, {place}: {first['msg']}", "correct it") from error


def missing(ledger: Ledger, parties: Parties) -> Iterator[Call[Any]]:
    """The operator's calls that make the ledger know these parties, in an order in which they can be sent."""
    for participant in parties.participant:
        yield from _participant(ledger, participant)
    yield from _witnesses(ledger, parties)
    for programme in parties.programme:
        key, cap = program_id(programme.id), programme.cap_t * MG_PER_TONNE
        known = ledger.offsets.program_of(key)
        if known is None or (known.operator, known.cap) != (programme.operator, cap):
            yield ledger.offsets.set_program(key, programme.operator, cap, programme.name)
    for system in parties.tracking_system:
        key = text32(system.id)
        kept = ledger.certificates.system_of(key)
        if kept is None or (kept.operator, kept.cap, kept.size, kept.valid_days) != system.terms:
            yield ledger.certificates.set_system(key, *system.terms, system.name)


def _participant(ledger: Ledger, participant: Participant) -> Iterator[Call[Any]]:
    registry = ledger.registry
    if not registry.is_enrolled(participant.address):
        yield registry.enrol(participant.address, participant.name)
    for entity in participant.entities:
        if registry.participant_of_entity(entity) != participant.address:
            yield registry.assign_entity(entity, participant.address)


def _witnesses(ledger: Ledger, parties: Parties) -> Iterator[Call[Any]]:
    registry = ledger.registry
    for verifier in parties.verifier:
        if registry.accreditation(verifier.address) != (*verifier.seconds, verifier.scope_bits):
            yield registry.accredit(verifier.address, *verifier.seconds, verifier.name, verifier.scope_bits)
    for oracle in parties.oracle:
        if not registry.is_oracle(oracle.address):
            yield registry.set_oracle(oracle.address, trusted=True)
