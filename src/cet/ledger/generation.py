"""Certificated generation: which lots certificates were issued for, and which cancellations stand for what was allocated from them.

The emissions token does not ask; `require_covered` is what a client asks before it sends an allocation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cet.errors import ScopeError
from cet.ledger.contract import Contract, first, nothing
from cet.ledger.errors import CertificatesMissing, Refused
from cet.ledger.keys import key_text
from cet.ledger.lots import Acceptance, Offer
from cet.scopes import BasisUnit, LotCode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.chain import Call


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An allocation that lacks certificates: Wh of it that need them, and Wh cancelled for it, void ones left out."""

    lot: int
    required: int
    covered: int

    @property
    def missing(self) -> int:
        return self.required - self.covered


def _offer(values: tuple[Any, ...]) -> Offer:
    parent, dependent, units, code, *rest = values
    return Offer(parent, dependent, units, LotCode.decode(code), *rest)


_TAKEN: Mapping[str, Callable[[tuple[Any, ...]], list[tuple[Offer, int]]]] = {
    "CarbonEmissionsToken.allocate": lambda said: [(_offer(said[0]), 0)],
    "CarbonEmissionsToken.accept": lambda said: [(_offer(said[0]), Acceptance(*said[2]).units)],
    "CarbonEmissionsToken.materialise": lambda said: [(_offer(said[1]), Acceptance(*said[3]).units)],
    "CarbonEmissionsToken.materialiseBatch": lambda said: [
        (_offer(one), Acceptance(*said[4]).units) for one in said[1]
    ],
}
"""The calls that allocate, and what each takes of which offers; 0 units for all."""


class CertificatedGeneration(Contract):
    """Typed calls of the record of certificated generation. Amounts are Wh; cancellations are named by their numbers."""

    name = "CertificatedGeneration"

    def certify(self, lot: int, batch: int) -> Call[None]:
        """Says that certificates of a batch were issued for a lot's energy: its holder, or the tracking system's operator."""
        return self.call("certify", lot, batch, read=nothing)

    def uncertify(self, lot: int, batch: int) -> Call[None]:
        """Ends it, once the whole batch is withdrawn. Anyone may send it."""
        return self.call("uncertify", lot, batch, read=nothing)

    def cover_offer(self, offer: Offer, cancellation: int) -> Call[None]:
        """Lets a cancellation stand for the lot that an offer makes or made: either party."""
        return self.call("coverOffer", offer.encode(), cancellation, read=nothing)

    def cover(self, lot: int, cancellation: int) -> Call[None]:
        """Lets a cancellation stand for a lot that was allocated: its holder or its supplier."""
        return self.call("cover", lot, cancellation, read=nothing)

    def uncover(self, cancellation: int) -> Call[None]:
        """Frees a cancellation that no statement consumed: its beneficiary."""
        return self.call("uncover", cancellation, read=nothing)

    def count(self, lot: int, units: int) -> Call[None]:
        """Says, as its holder, how many units of an allocation count; the rest is to be returned by a correction."""
        return self.call("count", lot, units, read=nothing)

    # Views

    def to_return(self, lot: int) -> int:
        """Units of an allocation that its holder doesn't count and has not returned."""
        return int(self.view("toReturn", lot, read=first))

    def is_certificated(self, lot: int) -> bool:
        """Whether certificates were issued for a lot's energy."""
        return bool(self.view("batchesOf", lot, read=first))

    def required_of(self, parent: int, units: int) -> int:
        """Wh of certificates that an allocation of so many units of a lot needs."""
        return int(self.view("requiredOf", parent, units, read=first))

    def covered_of(self, lot: int) -> int:
        """Wh cancelled for a lot, by its key, whether it is there yet or not."""
        return int(self.view("coveredOf", lot, read=first))

    def cancellations_of(self, lot: int) -> tuple[int, ...]:
        found: tuple[int, ...] = self.view("cancellationsOf", lot, read=first)
        return found

    def lot_of(self, cancellation: int) -> int:
        """The lot that a cancellation stands for, 0 for none."""
        return int(self.view("lotOf", cancellation, read=first))

    def shortfalls_of(self, lot: int) -> tuple[Shortfall, ...]:
        """Allocations that lack certificates among a lot and all above it, each once."""
        found = self.view("shortfallsOf", lot, read=lambda values: [Shortfall(*one) for one in values[0]])
        return tuple(dict.fromkeys(found))

    def require_for(self, call: Call[Any]) -> None:
        """Raises CertificatesMissing if the call would allocate certificated generation without its certificates."""
        taken = _TAKEN.get(call.function)
        if taken is None:
            return
        try:
            offers = taken(call.arguments)
        except ScopeError:
            return  # A lot code that stands for nothing: the token says so.
        for offer, units in offers:
            self.require_covered(offer, units)

    def require_covered(self, offer: Offer, units: int = 0) -> None:
        """Raises CertificatesMissing unless the certificates that an offer's allocation needs are cancelled and named for it.

        `units` are what is taken of the offer, 0 for all.
        """
        if offer.code.is_reference or offer.code.unit is not BasisUnit.WATT_HOUR:
            return
        try:
            required = self.required_of(offer.parent, units or offer.units)
        except Refused:
            return  # No such lot: the token says so.
        covered = self.covered_of(offer.key) if required else 0
        if covered < required:
            raise CertificatesMissing(
                f"lot {key_text(offer.parent)} is certificated generation: {required} Wh of its certificates are needed "
                f"for {offer.dependent}, {covered} Wh are cancelled for it",
                "cancel certificates of its batches for the dependent, and name them for the offer",
            )
