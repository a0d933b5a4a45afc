"""Events of the energy certificates, written into the books."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.ledger.credits import BatchStatus
from cet.ledger.energy import Cancellation, CertificateBatch
from cet.ledger.mirror.credits import MOST_FROZEN, NOBODY
from cet.ledger.mirror.state import CancelledCertificates, CertificateHoldings, OfferedSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books


def system_set(books: Books, event: Event) -> None:
    values = event.arguments
    books.systems[values["system"]] = OfferedSystem(
        values["name"], values["operator"], values["cap"], values["size"], values["validDays"]
    )


def issued(books: Books, event: Event) -> None:
    values = event.arguments
    batch = CertificateBatch.decode(values["certificates"])
    books.certificate_batches[values["batch"]] = CertificateHoldings(
        values["batch"], batch, BatchStatus.ACTIVE, values["amount"], values["expires"]
    )


def cancelled(books: Books, event: Event) -> None:
    values = event.arguments
    key, amount = values["batch"], values["amount"]
    batch = books.certificate_batches[key]
    books.certificate_batches[key] = replace(batch, cancelled=batch.cancelled + amount)
    books.cancellations[values["number"]] = CancelledCertificates(
        number=values["number"],
        batch=key,
        holder=values["holder"],
        first=values["first"],
        amount=amount,
        details=Cancellation.decode(values["details"]),
        block=event.block,
        transaction=event.transaction,
    )


def withdrawn(books: Books, event: Event) -> None:
    """The holding itself falls with the transfer to nobody that follows."""
    key, amount = event.arguments["batch"], event.arguments["amount"]
    batch = books.certificate_batches[key]
    books.certificate_batches[key] = replace(batch, withdrawn=batch.withdrawn + amount)


def voided(books: Books, event: Event) -> None:
    number = event.arguments["number"]
    books.cancellations[number] = replace(books.cancellations[number], void_for=event.arguments["reason"])


def status_set(books: Books, event: Event) -> None:
    key = event.arguments["batch"]
    batch = books.certificate_batches[key]
    books.certificate_batches[key] = replace(batch, status=BatchStatus(event.arguments["status"]))


def transferred(books: Books, event: Event) -> None:
    values = event.arguments
    _move(books, values["from"], values["to"], values["id"], values["value"])


def batch_transferred(books: Books, event: Event) -> None:
    values = event.arguments
    for key, amount in zip(values["ids"], values["values"], strict=True):
        _move(books, values["from"], values["to"], key, amount)


def froze(books: Books, event: Event) -> None:
    values = event.arguments
    books.frozen_certificates[values["tokenId"], values["account"]] = min(values["amount"], MOST_FROZEN)


def _move(books: Books, source: str, target: str, batch: int, amount: int) -> None:
    for account, change in ((source, -amount), (target, amount)):
        if account != NOBODY:
            held = books.certificates.get((batch, account), 0)
            books.certificates[batch, account] = held + change


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "SystemSet": system_set,
    "BatchIssued": issued,
    "CertificatesCancelled": cancelled,
    "CertificatesWithdrawn": withdrawn,
    "CancellationVoided": voided,
    "BatchStatusSet": status_set,
    "TransferSingle": transferred,
    "TransferBatch": batch_transferred,
    "Frozen": froze,
}
