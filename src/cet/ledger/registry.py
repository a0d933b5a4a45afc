"""The statement registry: who may make, verify and attest statements, and which are recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_utils.crypto import keccak

from cet.ledger.contract import Contract, first, nothing
from cet.ledger.statements import Evidence, Opinion, StatementRecord, encode_statement
from cet.statement import Statement, attestation_typed_data, opinion_typed_data, statement_typed_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress

    from cet.ledger.chain import Call
    from cet.ledger.signing import TypedData

ALL_SCOPES = 0b1111


class StatementRegistry(Contract):
    """Typed calls of the registry. Times are seconds since 1970, days are days since 1970-01-01."""

    name = "StatementRegistry"

    # Operators

    def enrol(self, participant: str, name: str) -> Call[None]:
        return self.call("enrol", participant, name, read=nothing)

    def suspend(self, participant: str) -> Call[None]:
        """Bars a participant from new statements; what it holds stays."""
        return self.call("suspend", participant, read=nothing)

    def assign_entity(self, entity_id: str, participant: str) -> Call[None]:
        """Gives a participant, for ever, the right to speak for an entity."""
        return self.call("assignEntity", entity_id, participant, read=nothing)

    def accredit(
        self, verifier: str, valid_from: int, valid_until: int, name: str, scopes: int = ALL_SCOPES
    ) -> Call[None]:
        """`scopes` has a bit for each scope it may verify: 0 outside the scopes, 1, 2, 3."""
        return self.call("accredit", verifier, valid_from, valid_until, scopes, name, read=nothing)

    def set_oracle(self, oracle: str, *, trusted: bool) -> Call[None]:
        return self.call("setOracle", oracle, trusted, read=nothing)

    def set_attestations_required(self, required: int) -> Call[None]:
        return self.call("setAttestationsRequired", required, read=nothing)

    def set_instrument(self, instrument: str, *, known: bool) -> Call[None]:
        """Makes a registry's instruments consumable by statements; ending it stops new consumption only."""
        return self.call("setInstrument", instrument, known, read=nothing)

    # Anyone

    def submit(self, statement: Statement, evidence: Evidence) -> Call[int]:
        """Records a statement; its number. One already recorded just returns its number."""
        return self.call("submit", encode_statement(statement), evidence.encode(), read=first)

    def consume(
        self, statement: Statement, evidence: Evidence, chunk: int, words: Sequence[int]
    ) -> Call[int]:
        """Records a statement and consumes the next chunk of its instruments; its number."""
        return self.call("consume", encode_statement(statement), evidence.encode(), chunk, words, read=first)

    def withdraw(self, statement_id: bytes, reason: str) -> Call[None]:
        """The statement's verifier takes its opinion back."""
        return self.call("withdraw", statement_id, reason, read=nothing)

    # What is signed

    def assertion(self, statement: Statement) -> TypedData:
        """What the participant signs."""
        return statement_typed_data(statement, self.domain.chain_id, self.domain.contract)

    def opinion(self, statement_id: bytes, opinion: Opinion) -> TypedData:
        """What the verifier signs."""
        return opinion_typed_data(
            statement_id,
            opinion.standard,
            opinion.level,
            opinion.coverage,
            self.domain.chain_id,
            self.domain.contract,
        )

    def attestation(self, statement_id: bytes) -> TypedData:
        """What an oracle signs once it has recomputed the statement."""
        return attestation_typed_data(statement_id, self.domain.chain_id, self.domain.contract)

    # Views

    def record(self, statement_id: bytes, block: int | None = None) -> StatementRecord | None:
        """What is kept of a statement, now or at an earlier block; None if it is not recorded."""
        record = self.view(
            "record", statement_id, read=lambda values: StatementRecord.decode(values[0]), block=block
        )
        return record if record.number else None

    def id_at(self, number: int) -> bytes | None:
        identity: bytes = self.view("idAt", number, read=first)
        return identity if any(identity) else None

    def id_of(self, statement: Statement) -> bytes:
        identity: bytes = self.view("idOf", encode_statement(statement), read=first)
        return identity

    def participant_of_entity(self, entity_id: str) -> ChecksumAddress | None:
        """Who speaks for an entity, None if nobody does."""
        address: ChecksumAddress = self.view("participantOfEntity", keccak(text=entity_id), read=first)
        return address if int(address, 16) else None

    def is_enrolled(self, participant: str) -> bool:
        return bool(self.view("isEnrolled", participant, read=first))

    def is_oracle(self, account: str) -> bool:
        return bool(self.view("isOracle", account, read=first))

    def is_instrument(self, account: str) -> bool:
        return bool(self.view("isInstrument", account, read=first))

    def attestations_required(self) -> int:
        return int(self.view("attestationsRequired", read=first))

    def accreditation(self, verifier: str) -> tuple[int, int, int]:
        """From and until when a verifier is accredited, and for which scopes, a bit each; zeros if it never was."""
        begin, end, scopes = self.view("accreditation", verifier, read=tuple)
        return begin, end, scopes

    def periods(self, entity: bytes) -> tuple[tuple[int, int], ...]:
        """First and last days of the entity's statements, ascending."""
        found: list[tuple[int, int]] = []
        _, day, _ = self.view("periodAt", entity, 0, read=tuple)
        while day:
            last, following, _ = self.view("periodAt", entity, day, read=tuple)
            found.append((day, last))
            day = following
        return tuple(found)

    def previous_period(self, entity: bytes, first_day: int) -> int:
        """First day of the entity's nearest statement that begins before `first_day`, 0 if there is none."""
        return max((begin for begin, _ in self.periods(entity) if begin < first_day), default=0)

    def verify_line(self, statement: Statement, line: bytes, proof: tuple[bytes, ...]) -> bool:
        """Whether the canonical bytes are an activity line of the recorded statement."""
        return bool(self.view("verifyLine", encode_statement(statement), line, proof, read=first))
