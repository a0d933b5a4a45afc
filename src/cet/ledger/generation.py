"""Certificated generation: which lots certificates were issued for, and which cancellations stand for what was allocated from them.

The emissions token asks the contract before units leave a certificated lot, and refuses with CertificatesMissing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.ledger.contract import Contract, first, nothing

if TYPE_CHECKING:
    from cet.ledger.chain import Call
    from cet.ledger.lots import Offer


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An allocation that lacks certificates: Wh of it that need them, and Wh cancelled for it, void ones left out."""

    lot: int
    required: int
    covered: int

    @property
    def missing(self) -> int:
        return self.required - self.covered


class CertificatedGeneration(Contract):
    """Typed calls of the record of certificated generation. Amounts are Wh; cancellations are named by their numbers."""

    name = "CertificatedGeneration"

    def certify(self, lot: int, batch: int) -> Call[None]:
        """Says that certificates of a batch were issued for a lot's energy: its holder, or the tracking system's operator."""
        return self.call("certify", lot, batch, read=nothing)

    def uncertify(self, lot: int, batch: int) -> Call[None]:
        """Ends it, once the whole batch is withdrawn. Anyone may send it."""
        return self.call("uncertify", lot, batch, read=nothing)

    def mark(self, lot: int) -> Call[None]:
        """Has the emissions token ask for certificates of a product some part of which became certificated after it was made.

        Takes a mark off whose reason is gone. Anyone may send it; a product of marked lots is marked from its birth.
        """
        return self.call("mark", lot, read=nothing)

    def cover_offer(self, offer: Offer, cancellation: int) -> Call[None]:
        """Lets a cancellation stand for the lot that an offer makes or made: either party."""
        return self.call("coverOffer", offer.encode(), cancellation, read=nothing)

    def cover(self, lot: int, cancellation: int) -> Call[None]:
        """Lets a cancellation stand for a lot that was allocated: its holder or its supplier."""
        return self.call("cover", lot, cancellation, read=nothing)

    def uncover(self, cancellation: int) -> Call[None]:
        """Frees a cancellation that no statement consumed, of an offer not taken up, or more than its lot needs: its beneficiary."""
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
