"""Events of the emissions token, written into the books."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.ledger.keys import LotWord, is_derived
from cet.ledger.lots import AnchorState, OptIn
from cet.ledger.mirror.state import AgreedTerms, Lot, Restatement, UnitsCorrection
from cet.scopes import LotCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

_MOST_ANNOUNCED = 2**64 - 2
_MOST_FROZEN = 2**88 - 1

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
        depth=1 + books.lots[parent].depth,
    )
    books.holders[key] = values["dependent"]
    books.untold.add(key)
    if books.lots[key].code.is_reference:
        books.references[key] = parent
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
        depth=1 + max(books.lots[parent].depth for parent, _ in edges),
    )
    books.holders[key] = values["holder"]
    for parent, units in edges:
        books.allocated[parent] = books.allocated.get(parent, 0) + units


def displaced(books: Books, event: Event) -> None:
    estimate, lot, units = (event.arguments[name] for name in ("estimate", "lot", "units"))
    books.allocated[estimate] = books.allocated.get(estimate, 0) + units
    books.displaced[estimate] = books.displaced.get(estimate, 0) + units
    books.displacements[lot] = (estimate, units)


def cancelled(books: Books, event: Event) -> None:
    books.cancelled.add(event.arguments["lot"])


def opted_in(books: Books, event: Event) -> None:
    key = (event.arguments["dependent"], event.arguments["supplier"])
    before = books.opt_ins.get(key)
    books.opt_ins[key] = AgreedTerms(
        OptIn.decode(event.arguments["terms"]), 1 + (before.number if before else 0)
    )


def displacement_corrected(books: Books, event: Event) -> None:
    estimate, lot, units = (event.arguments[name] for name in ("estimate", "lot", "units"))
    more = units - books.displacements[lot][1]
    books.displacements[lot] = (estimate, units)
    books.allocated[estimate] += more
    books.displaced[estimate] += more


def anchored(books: Books, event: Event) -> None:
    values = event.arguments
    parent, units = values["parent"], values["units"]
    books.anchors[parent, values["root"]] = AnchorState(units, 0, values["deadline"])
    books.allocated[parent] = books.allocated.get(parent, 0) + units
    books.reserved[parent] = books.reserved.get(parent, 0) + units


def materialised(books: Books, event: Event) -> None:
    """Lots were allocated of what the anchor had taken before, and not once more."""
    parent, root, units = (event.arguments[name] for name in ("parent", "root", "units"))
    anchor = books.anchors[parent, root]
    books.anchors[parent, root] = replace(anchor, used=anchor.used + units)
    _give_back(books, parent, units)


def released(books: Books, event: Event) -> None:
    parent, root, units = (event.arguments[name] for name in ("parent", "root", "units"))
    anchor = books.anchors[parent, root]
    books.anchors[parent, root] = replace(anchor, reserved=anchor.reserved - units)
    _give_back(books, parent, units)


def _give_back(books: Books, parent: int, units: int) -> None:
    books.allocated[parent] -= units
    books.reserved[parent] -= units


def units_corrected(books: Books, event: Event) -> None:
    """What was taken of the parent moves with the lot; a reference takes nothing."""
    key, units = event.arguments["lot"], event.arguments["units"]
    lot = books.lots[key]
    ((parent, before),) = lot.edges
    books.lots[key] = replace(lot, basis=units, edges=((parent, units),))
    if not lot.code.is_reference:
        books.allocated[parent] += units - before
    told = UnitsCorrection(before, units, event.arguments["activity"], event.block, event.transaction)
    books.corrections[key] = (*books.corrections.get(key, ()), told)


def transferred(books: Books, event: Event) -> None:
    values = event.arguments
    _received(books, values["operator"], values["to"], values["id"])


def batch_transferred(books: Books, event: Event) -> None:
    values = event.arguments
    for key in values["ids"]:
        _received(books, values["operator"], values["to"], key)


def _received(books: Books, operator: str, to: str, key: int) -> None:
    """A lot that appears in a dependent's hands by somebody else's transaction was received under an opt-in."""
    if key not in books.untold:
        return
    books.untold.remove(key)
    ((parent, _),) = books.lots[key].edges
    agreement = (to, books.holders[parent])
    agreed = books.opt_ins.get(agreement)
    if operator != to and agreed is not None:
        books.received[key] = (*agreement, agreed.number)


def net_changed(books: Books, event: Event) -> None:
    key = event.arguments["lot"]
    if is_derived(key):
        books.announced[key] = min(event.arguments["net"], _MOST_ANNOUNCED)


def hook_set(books: Books, event: Event) -> None:
    books.hooks[event.arguments["participant"]] = event.arguments["hook"]


def froze(books: Books, event: Event) -> None:
    books.frozen[event.arguments["tokenId"]] = min(event.arguments["amount"], _MOST_FROZEN)


def certificated_set(books: Books, event: Event) -> None:
    if event.arguments["certificated"]:
        books.marked.add(event.arguments["lot"])
    else:
        books.marked.discard(event.arguments["lot"])


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
    "TransferBatch": batch_transferred,
    "DisplacementCorrected": displacement_corrected,
    "Anchored": anchored,
    "Materialised": materialised,
    "AnchorReleased": released,
    "UnitsCorrected": units_corrected,
    "NetChanged": net_changed,
    "HookSet": hook_set,
    "Frozen": froze,
    "CertificatedSet": certificated_set,
    "SuccessionAccepted": succession_accepted,
    "ForcedTransfer": succeeded,
    "ClosedSet": closed_set,
}
