"""Events of the statement registry, written into the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.mirror.state import Accreditation, RecordedStatement
from cet.ledger.statements import Opinion, decode_statement, text_of32
from cet.statement import ASSURANCE_LEVELS, InstrumentUse
from cet.statement.model import NO_STATEMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

_LEVELS = {number: name for name, number in ASSURANCE_LEVELS.items()}


def enrolled(books: Books, event: Event) -> None:
    books.participants[event.arguments["participant"]] = event.arguments["name"]
    books.suspended.discard(event.arguments["participant"])


def suspended(books: Books, event: Event) -> None:
    books.suspended.add(event.arguments["participant"])


def assigned(books: Books, event: Event) -> None:
    values = event.arguments
    books.entities[values["entity"]] = (values["id"], values["participant"])


def accredited(books: Books, event: Event) -> None:
    values = event.arguments
    books.verifiers[values["verifier"]] = Accreditation(
        values["name"], values["validFrom"], values["validUntil"], values["scopes"]
    )


def oracle_set(books: Books, event: Event) -> None:
    change = books.oracles.add if event.arguments["trusted"] else books.oracles.discard
    change(event.arguments["oracle"])


def attestations_required_set(books: Books, event: Event) -> None:
    books.attestations_required = event.arguments["required"]


def recorded(books: Books, event: Event) -> None:
    values = event.arguments
    statement = decode_statement(values["statement"])
    if statement.supersedes != NO_STATEMENT:
        books.superseded[books.numbers[statement.supersedes]] = values["number"]
    books.numbers[values["id"]] = values["number"]
    books.statements[values["number"]] = RecordedStatement(
        number=values["number"],
        id=values["id"],
        statement=statement,
        opinion=Opinion(text_of32(values["standard"]), _LEVELS[values["level"]], values["coverage"]),
        block=event.block,
        transaction=event.transaction,
    )


def withdrawn(books: Books, event: Event) -> None:
    books.withdrawn[event.arguments["number"]] = event.arguments["reason"]


def instrument_set(books: Books, event: Event) -> None:
    change = books.instruments.add if event.arguments["known"] else books.instruments.discard
    change(event.arguments["instrument"])


def consumed(books: Books, event: Event) -> None:
    number = event.arguments["number"]
    books.consumed_chunks[number] = books.consumed_chunks.get(number, 0) + 1
    uses = tuple(InstrumentUse.of(word) for word in event.arguments["words"])
    books.consumed[number] = books.consumed.get(number, ()) + uses


def consumption_voided(books: Books, event: Event) -> None:
    number = event.arguments["number"]
    use = InstrumentUse(event.arguments["instrument"], event.arguments["use"])
    books.voided_uses[number] = (*books.voided_uses.get(number, ()), use)


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "ParticipantEnrolled": enrolled,
    "ParticipantSuspended": suspended,
    "EntityAssigned": assigned,
    "VerifierAccredited": accredited,
    "OracleSet": oracle_set,
    "AttestationsRequiredSet": attestations_required_set,
    "StatementRecorded": recorded,
    "OpinionWithdrawn": withdrawn,
    "InstrumentSet": instrument_set,
    "InstrumentsConsumed": consumed,
    "ConsumptionVoided": consumption_voided,
}
