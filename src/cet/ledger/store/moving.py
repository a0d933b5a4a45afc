"""What an event does to figures: which lots it names, which are born, and what of which lot it moves by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cet.ledger.keys import LotWord

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books

_M64 = (1 << 64) - 1

GROSS, OFFSET, UNITS = "gross", "offset", "units"


@dataclass(frozen=True, slots=True)
class Move:
    """What of a lot an event moved: stated gross or own offset (mg), or units of an allocation; `change` is after − before."""

    lot: int
    what: str
    change: int


def named_lots(event: Event) -> Iterator[int]:
    """Keys of lots that an event of the emissions token names, so that they can be read many at once."""
    values = event.arguments
    for name in ("lot", "parent", "estimate", "tokenId", "id"):
        if name in values and isinstance(values[name], int):
            yield values[name]
    for edge in values.get("edges", ()):
        yield edge & _M64
    yield from values.get("ids", ())
    if event.name == "LotsMinted":
        yield from born(event)


def born(event: Event) -> Iterator[int]:
    """Keys of the lots that an event made."""
    values = event.arguments
    if event.name == "LotsMinted":
        yield from (LotWord.decode(word).key(values["statement"]) for word in values["lots"])
    elif event.name in ("LotAllocated", "LotComposed"):
        yield values["lot"]


def moves_of(event: Event, books: Books) -> list[Move]:
    """What the event moved; asked after it was written into the books."""
    found = _MOVES.get((event.contract, event.name))
    summed: dict[tuple[int, str], int] = {}
    for move in found(event.arguments, books) if found else ():
        summed[move.lot, move.what] = summed.get((move.lot, move.what), 0) + move.change
    return [Move(lot, what, change) for (lot, what), change in summed.items()]


def _applied(values: Mapping[str, Any], _: Books) -> Iterator[Move]:
    yield Move(values["lot"], OFFSET, values["amount"])


def _surplus_moved(values: Mapping[str, Any], _: Books) -> Iterator[Move]:
    yield Move(values["from"], OFFSET, -values["amount"])
    yield Move(values["to"], OFFSET, values["amount"])


def _voided(values: Mapping[str, Any], _: Books) -> Iterator[Move]:
    yield Move(values["lot"], OFFSET, -values["amount"])


def _restated(values: Mapping[str, Any], _: Books) -> Iterator[Move]:
    for word in values["lots"]:
        yield Move(word >> 128, GROSS, (word & _M64) - (word >> 64 & _M64))


def _corrected(values: Mapping[str, Any], books: Books) -> Iterator[Move]:
    told = books.corrections[values["lot"]][-1]
    yield Move(values["lot"], UNITS, told.after - told.before)


_MOVES: Mapping[tuple[str, str], Callable[[Mapping[str, Any], Books], Iterator[Move]]] = {
    ("CarbonOffsetToken", "CreditsApplied"): _applied,
    ("CarbonOffsetToken", "SurplusMoved"): _surplus_moved,
    ("CarbonOffsetToken", "ApplicationVoided"): _voided,
    ("CarbonEmissionsToken", "LotsRestated"): _restated,
    ("CarbonEmissionsToken", "UnitsCorrected"): _corrected,
}
