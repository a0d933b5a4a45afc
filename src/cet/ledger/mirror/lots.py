"""Events of the emissions token, written into the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.keys import LotWord, is_derived
from cet.ledger.lots import OptIn
from cet.ledger.mirror.state import Lot, Restatement
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

_NOBODY = "0x" + "00" * 20
_MOST_ANNOUNCED = 2**64 - 2
_MOST_FROZEN = 2**96 - 1

_M64 = (1 << 64) - 1


def minted(books: Books, event: Event) -> None:
    number, holder = event.arguments["statement"], event.arguments["holder"]
    for value in event.arguments["lots"]:
        word = LotWord.decode(value)
        key = word.key(number)
        books.lots[key] = Lot(
            key=key,
            code=word.code,
            basis=word.basis,
            minted=word.gross,
            edges=(),
            statement=number,
            block=event.block,
            transaction=event.transaction,
        )
        books.holders[key] = holder


def restated(books: Books, event: Event) -> None:
    number = event.arguments["statement"]
    books.restated_chunks[number] = books.restated_chunks.get(number, 0) + 1
    for word in event.arguments["lots"]:
        key, before, after = word >> 128, word >> 64 & _M64, word & _M64
        told = Restatement(number, before, after, event.block, event.transaction)
        books.restatements[key] = (*books.restatements.get(key, ()), told)


def allocated(books: Books, event: Event) -> None:
    values = event.arguments
    key, parent, units = values["lot"], values["parent"], values["units"]
    books.lots[key] = Lot(
        key=key,
        code=LotCode.decode(values["code"]),
        basis=units,
        minted=None,
        edges=((parent, units),),
        statement=0,
        block=event.block,
        transaction=event.transaction,
        consumed=(values["consumed"] >> 16, values["consumed"] & 0xFFFF),
        activity=values["activity"],
    )
    books.holders[key] = values["dependent"]
    if books.lots[key].code.is_reference:
        books.references[parent] = (*books.references.get(parent, ()), key)
    else:
        books.allocated[parent] = books.allocated.get(parent, 0) + units


def composed(books: Books, event: Event) -> None:
    values = event.arguments
    key = values["lot"]
    edges = tuple((edge & _M64, edge >> 64) for edge in values["edges"])
    books.lots[key] = Lot(
        key=key,
        code=LotCode.decode(values["code"]),
        basis=values["output"],
        minted=None,
        edges=edges,
        statement=0,
        block=event.block,
        transaction=event.transaction,
    )
    books.holders[key] = values["holder"]
    for parent, units in edges:
        books.allocated[parent] = books.allocated.get(parent, 0) + units


def displaced(books: Books, event: Event) -> None:
    estimate, lot, units = (event.arguments[name] for name in ("estimate", "lot", "units"))
    books.allocated[estimate] = books.allocated.get(estimate, 0) + units
    books.displaced[estimate] = books.displaced.get(estimate, 0) + units
    books.displacements[estimate] = (*books.displacements.get(estimate, ()), (lot, units))


def cancelled(books: Books, event: Event) -> None:
    books.cancelled.add(event.arguments["lot"])


def opted_in(books: Books, event: Event) -> None:
    key = (event.arguments["dependent"], event.arguments["supplier"])
    books.opt_ins[key] = (OptIn.decode(event.arguments["terms"]), ())


def transferred(books: Books, event: Event) -> None:
    """A lot appears in a dependent's hands by its supplier's transaction: it was received under an opt-in."""
    values = event.arguments
    key, operator, to = values["id"], values["operator"], values["to"]
    born = values["from"] == _NOBODY and is_derived(key)
    if born and operator != to and (to, operator) in books.opt_ins:
        terms, lots = books.opt_ins[to, operator]
        books.opt_ins[to, operator] = (terms, (*lots, key))


def net_changed(books: Books, event: Event) -> None:
    key = event.arguments["lot"]
    if is_derived(key):
        books.announced[key] = min(event.arguments["net"], _MOST_ANNOUNCED)


def hook_set(books: Books, event: Event) -> None:
    books.hooks[event.arguments["participant"]] = event.arguments["hook"]


def froze(books: Books, event: Event) -> None:
    books.frozen[event.arguments["tokenId"]] = min(event.arguments["amount"], _MOST_FROZEN)


def succession_accepted(books: Books, event: Event) -> None:
    agreement = (event.arguments["lot"], event.arguments["successor"])
    books.successors[agreement] = event.arguments["until"]


def succeeded(books: Books, event: Event) -> None:
    key, to = event.arguments["tokenId"], event.arguments["to"]
    books.holders[key] = to
    books.successors.pop((key, to), None)


def closed_set(books: Books, event: Event) -> None:
    books.closed = event.arguments["closed"]


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "LotsMinted": minted,
    "LotsRestated": restated,
    "LotAllocated": allocated,
    "LotComposed": composed,
    "EstimateDisplaced": displaced,
    "OfferCancelled": cancelled,
    "OptedIn": opted_in,
    "TransferSingle": transferred,
    "NetChanged": net_changed,
    "HookSet": hook_set,
    "Frozen": froze,
    "SuccessionAccepted": succession_accepted,
    "ForcedTransfer": succeeded,
    "ClosedSet": closed_set,
}
