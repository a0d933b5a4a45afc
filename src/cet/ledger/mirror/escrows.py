"""Events of the use phase escrow, written into the books."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.ledger.escrow import UsePhase
from cet.ledger.mirror.state import Escrow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

_Amounts = tuple[tuple[int, int], ...]


def escrowed(books: Books, event: Event) -> None:
    """The first transfer in makes the escrow."""
    values = event.arguments
    known = books.escrows.get(values["escrow"])
    if known is None:
        use = UsePhase.decode(values["use"])
        known = Escrow(values["escrow"], values["holder"], use, (), event.block, event.transaction)
    put_in = _more(known.put_in, values["batch"], values["amount"])
    books.escrows[values["escrow"]] = replace(known, put_in=put_in)


def reconciled(books: Books, event: Event) -> None:
    values = event.arguments
    known = books.escrows[values["escrow"]]
    books.escrows[values["escrow"]] = replace(
        known, reconciled=values["verifier"], document=values["document"]
    )


def retired(books: Books, event: Event) -> None:
    values = event.arguments
    known = books.escrows[values["escrow"]]
    more = _more(known.retired, values["batch"], values["amount"])
    books.escrows[values["escrow"]] = replace(known, retired=more)


def returned(books: Books, event: Event) -> None:
    values = event.arguments
    known = books.escrows[values["escrow"]]
    more = _more(known.returned, values["batch"], values["amount"])
    books.escrows[values["escrow"]] = replace(known, returned=more)


def _more(amounts: _Amounts, batch: int, amount: int) -> _Amounts:
    summed = dict(amounts)
    summed[batch] = summed.get(batch, 0) + amount
    return tuple(sorted(summed.items()))


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "CreditsEscrowed": escrowed,
    "UseReconciled": reconciled,
    "EscrowRetired": retired,
    "EscrowReturned": returned,
}
