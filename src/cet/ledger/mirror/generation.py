"""Events of the record of certificated generation, written into the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books


def certificated(books: Books, event: Event) -> None:
    lot, batch = event.arguments["lot"], event.arguments["batch"]
    books.certificated[lot] = (*books.certificated.get(lot, ()), batch)


def uncertificated(books: Books, event: Event) -> None:
    lot, batch = event.arguments["lot"], event.arguments["batch"]
    books.certificated[lot] = tuple(one for one in books.certificated[lot] if one != batch)


def covered(books: Books, event: Event) -> None:
    lot, number = event.arguments["lot"], event.arguments["cancellation"]
    books.covers[lot] = (*books.covers.get(lot, ()), number)


def uncovered(books: Books, event: Event) -> None:
    lot, number = event.arguments["lot"], event.arguments["cancellation"]
    books.covers[lot] = tuple(one for one in books.covers[lot] if one != number)


def displaced(books: Books, event: Event) -> None:
    books.counted[event.arguments["lot"]] = event.arguments["counted"]


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "GenerationCertificated": certificated,
    "GenerationUncertificated": uncertificated,
    "AllocationCovered": covered,
    "AllocationUncovered": uncovered,
    "AllocationDisplaced": displaced,
}
