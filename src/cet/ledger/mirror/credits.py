"""Events of the offset token, written into the books."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.ledger.credits import BatchStatus, CreditBatch, Retirement
from cet.ledger.mirror.state import Application, Batch, OfferedProgram, RetiredCredits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

NOBODY = "0x" + "00" * 20
MOST_FROZEN = 2**128 - 1


def program_set(books: Books, event: Event) -> None:
    values = event.arguments
    books.programs[values["program"]] = OfferedProgram(values["name"], values["operator"], values["cap"])


def issued(books: Books, event: Event) -> None:
    key = event.arguments["batch"]
    credits_ = CreditBatch.decode(event.arguments["credits"])
    books.batches[key] = Batch(key, credits_, BatchStatus.ACTIVE, event.arguments["amount"])


def retired(books: Books, event: Event) -> None:
    values = event.arguments
    key, amount = values["batch"], values["amount"]
    batch = books.batches[key]
    books.batches[key] = replace(batch, retired=batch.retired + amount)
    details = Retirement.decode(values["details"])
    books.retirements[values["certificate"]] = RetiredCredits(
        key, values["holder"], values["first"], amount, details
    )


def applied(books: Books, event: Event) -> None:
    values = event.arguments
    key, lot, amount = values["batch"], values["lot"], values["amount"]
    batch = books.batches[key]
    books.batches[key] = replace(batch, applied=batch.applied + amount)
    books.applications.append(Application(key, lot, values["first"], amount, event.block))
    _add(books, key, lot, amount)


def surplus_moved(books: Books, event: Event) -> None:
    key, source, target, amount = (event.arguments[name] for name in ("batch", "from", "to", "amount"))
    _add(books, key, source, -amount)
    _add(books, key, target, amount)


def status_set(books: Books, event: Event) -> None:
    key = event.arguments["batch"]
    books.batches[key] = replace(books.batches[key], status=BatchStatus(event.arguments["status"]))


def application_voided(books: Books, event: Event) -> None:
    key, lot, amount = (event.arguments[name] for name in ("batch", "lot", "amount"))
    batch = books.batches[key]
    books.batches[key] = replace(batch, applied=batch.applied - amount, voided=batch.voided + amount)
    books.voided[lot] = books.voided.get(lot, 0) + amount
    _add(books, key, lot, -amount)


def holding_voided(books: Books, event: Event) -> None:
    """The holding itself falls with the transfer to nobody that follows."""
    key, amount = event.arguments["batch"], event.arguments["amount"]
    books.batches[key] = replace(books.batches[key], voided=books.batches[key].voided + amount)


def transferred(books: Books, event: Event) -> None:
    values = event.arguments
    _move(books, values["from"], values["to"], values["id"], values["value"])


def batch_transferred(books: Books, event: Event) -> None:
    values = event.arguments
    for key, amount in zip(values["ids"], values["values"], strict=True):
        _move(books, values["from"], values["to"], key, amount)


def froze(books: Books, event: Event) -> None:
    values = event.arguments
    books.frozen_credits[values["tokenId"], values["account"]] = min(values["amount"], MOST_FROZEN)


def _add(books: Books, batch: int, lot: int, amount: int) -> None:
    """A lot's own offset is the sum of what is applied to it."""
    books.applied[batch, lot] = books.applied.get((batch, lot), 0) + amount
    books.offsets[lot] = books.offsets.get(lot, 0) + amount


def _move(books: Books, source: str, target: str, batch: int, amount: int) -> None:
    if source != NOBODY:
        books.holdings[batch, source] = books.holdings.get((batch, source), 0) - amount
    if target != NOBODY:
        books.holdings[batch, target] = books.holdings.get((batch, target), 0) + amount


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "ProgramSet": program_set,
    "BatchIssued": issued,
    "CreditsRetired": retired,
    "CreditsApplied": applied,
    "SurplusMoved": surplus_moved,
    "BatchStatusSet": status_set,
    "ApplicationVoided": application_voided,
    "HoldingVoided": holding_voided,
    "TransferSingle": transferred,
    "TransferBatch": batch_transferred,
    "Frozen": froze,
}
