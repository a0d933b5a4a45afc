"""The emissions token: minting, allocating, composing, the cascade, and what it says of lots."""

from __future__ import annotations

from enum import IntFlag
from typing import TYPE_CHECKING

from cet.ledger.contract import Contract, first, nothing
from cet.ledger.errors import Refused
from cet.ledger.lots import Acceptance, AnchorState, Composition, Figures, LotView, Offer, OptIn
from cet.ledger.statements import encode_statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eth_typing import ChecksumAddress

    from cet.ledger.anchors import Anchor, Batch
    from cet.ledger.chain import Call
    from cet.ledger.lots import Correction
    from cet.ledger.signing import TypedData
    from cet.ledger.statements import Evidence
    from cet.scopes import LotCode
    from cet.statement import Statement


class Operation(IntFlag):
    """What an operator can close, a bit each."""

    NONE = 0
    MINT = 1
    ALLOCATE = 2
    COMPOSE = 4
    OFFSET = 8
    CASCADE = 16
    RESTATE = 32
    ANCHOR = 64
    CORRECT = 128


class EmissionsToken(Contract):
    """Typed calls of the Carbon Emissions Token. Lots are named by their keys; masses are mg CO2e."""

    name = "CarbonEmissionsToken"

    # Participants

    def mint(self, statement: Statement, evidence: Evidence, chunk: int, words: Sequence[int]) -> Call[None]:
        """Mints one chunk of a statement's lots, recording the statement if it is new."""
        return self.call(
            "mint", encode_statement(statement), evidence.encode(), chunk, tuple(words), read=nothing
        )

    def restate(
        self, statement: Statement, evidence: Evidence, chunk: int, words: Sequence[int]
    ) -> Call[None]:
        """Carries out one chunk of a correcting statement's restated lots, recording the statement if it is new.

        Words are `key 64 | expected gross 64 | new gross 64`; chunks go in their order.
        """
        return self.call(
            "restate", encode_statement(statement), evidence.encode(), chunk, tuple(words), read=nothing
        )

    def accept(self, offer: Offer, signature: bytes, terms: Acceptance | None = None) -> Call[int]:
        """The dependent takes up a signed offer, or a part of it; the new lot's key."""
        return self.call("accept", offer.encode(), signature, (terms or Acceptance()).encode(), read=first)

    def allocate(self, offer: Offer) -> Call[int]:
        """The supplier allocates to a dependent that opted in; the new lot's key."""
        return self.call("allocate", offer.encode(), read=first)

    def cancel(self, offer: Offer) -> Call[None]:
        """The supplier withdraws an offer for ever."""
        return self.call("cancel", offer.encode(), read=nothing)

    def opt_in(self, supplier: str, terms: OptIn) -> Call[None]:
        """The caller agrees to receive from `supplier`; NO_OPT_IN ends it."""
        return self.call("optIn", supplier, terms.encode(), read=nothing)

    def anchor(self, anchor: Anchor, deadline: int) -> Call[None]:
        """Reserves all units of the anchor's offers until `deadline` (seconds since 1970), as the holder of their lot."""
        return self.call("anchor", anchor.parent, anchor.root, anchor.units, deadline, read=nothing)

    def materialise(
        self, root: bytes, offer: Offer, proof: Sequence[bytes], terms: Acceptance | None = None
    ) -> Call[int]:
        """Makes an anchored offer a lot; its key. The dependent says its terms; anybody else goes by its opt-in."""
        given = (terms or Acceptance()).encode()
        return self.call("materialise", root, offer.encode(), tuple(proof), given, read=first)

    def materialise_batch(
        self, root: bytes, batch: Batch, terms: Acceptance | None = None
    ) -> Call[tuple[int, ...]]:
        """Makes many anchored offers of one dependent lots; their keys, in the batch's order."""
        offers = tuple(offer.encode() for offer in batch.offers)
        given = (terms or Acceptance()).encode()
        return self.call("materialiseBatch", root, offers, batch.proof, batch.flags, given, read=first)

    def release(self, parent: int, root: bytes) -> Call[None]:
        """After the deadline gives the lot back what an anchor reserved and did not use. Open to anyone."""
        return self.call("release", parent, root, read=nothing)

    def correct(self, correction: Correction, supplier: bytes, dependent: bytes) -> Call[None]:
        """Corrects the units of an allocation as both parties signed. Open to anyone."""
        return self.call("correct", correction.encode(), supplier, dependent, read=nothing)

    def compose(self, composition: Composition) -> Call[int]:
        """Combines shares of the caller's lots into a product lot; its key."""
        return self.call("compose", composition.encode(), read=first)

    def cascade(self, lots: Sequence[int]) -> Call[None]:
        """Announces derived lots whose net moved, and tells their holders' hooks. Open to anyone."""
        return self.call("cascade", tuple(lots), read=nothing)

    def set_hook(self, hook: str) -> Call[None]:
        """Names the contract that hears of the caller's lots; the zero address ends it."""
        return self.call("setHook", hook, read=nothing)

    def accept_succession(self, lot: int, until: int) -> Call[None]:
        """Agrees until that second to succeed the lot's holder; 0 withdraws it."""
        return self.call("acceptSuccession", lot, until, read=nothing)

    # What is signed

    def offer(self, offer: Offer) -> TypedData:
        """What the supplier signs, for the dependent to accept."""
        return offer.typed_data(self.domain)

    def correction(self, correction: Correction) -> TypedData:
        """What both parties to an allocation sign."""
        return correction.typed_data(self.domain)

    # Operators and enforcers

    def set_closed(self, operations: Operation) -> Call[None]:
        return self.call("setClosed", int(operations), read=nothing)

    def close(self, operations: Operation) -> Call[None]:
        """A guardian closes these beside what is closed."""
        return self.call("close", int(operations), read=nothing)

    def set_frozen(self, holder: str, lot: int, units: int) -> Call[None]:
        """Freezes units of a lot: they cannot be allocated, displaced or composed while a dispute lasts."""
        return self.call("setFrozenTokens", holder, lot, units, read=nothing)

    def succeed(self, holder: str, successor: str, lot: int, basis: int) -> Call[None]:
        """Legal succession: moves a whole lot to a successor who accepted it."""
        return self.call("forcedTransfer", holder, successor, lot, basis, read=nothing)

    # Views

    def figures(self, lot: int, block: int | None = None) -> Figures:
        """Live figures, now or at an earlier block."""
        return self.view("figures", lot, read=lambda values: Figures.decode(values[0]), block=block)

    def lot_of(self, lot: int, block: int | None = None) -> LotView:
        return self.view("lotOf", lot, read=lambda values: LotView.decode(values[0]), block=block)

    def edges_of(self, lot: int) -> tuple[tuple[int, int], ...]:
        """(parent, units) of a derived lot; none for a source lot."""
        return self.view("edgesOf", lot, read=lambda values: tuple(zip(*values, strict=True)))

    def exists(self, lot: int, block: int | None = None) -> bool:
        """Whether the lot was minted, allocated or composed, by now or by an earlier block."""
        return self.holder_of(lot, block) is not None

    def holder_of(self, lot: int, block: int | None = None) -> ChecksumAddress | None:
        """The lot's holder, None if there is no such lot."""
        try:
            return self.lot_of(lot, block).holder
        except Refused as refused:
            if refused.name == "LotUnknown":
                return None
            raise

    def key_of(self, offer: Offer) -> int:
        return int(self.view("keyOf", offer.encode(), read=first))

    def anchor_of(self, parent: int, root: bytes) -> AnchorState | None:
        """What is kept of an anchor, None if there is none."""
        values: tuple[int, int, int] = self.view("anchorOf", parent, root, read=tuple)
        return AnchorState(*values) if any(values) else None

    def opt_in_of(self, dependent: str, supplier: str) -> OptIn:
        return self.view("optInOf", dependent, supplier, read=lambda values: OptIn.decode(values[0]))

    def referenced_of(self, lot: int, code: LotCode, referrer: str) -> int:
        """Units of `lot` that the referrer (for category 3.15 anybody) refers to under the code's relation and category."""
        return int(self.view("referencedOf", lot, code.encode(), referrer, read=first))

    def displacement_of(self, lot: int) -> tuple[int, int]:
        """(estimate, units) that the lot displaced; (0, 0) for none."""
        return self.view("displacementOf", lot, read=tuple)

    def hook_of(self, participant: str) -> ChecksumAddress | None:
        hook: ChecksumAddress = self.view("hookOf", participant, read=first)
        return hook if int(hook, 16) else None

    def restated_of(self, number: int, block: int | None = None) -> int:
        """Chunks of restated lots of statement `number` that were carried out, by now or by an earlier block."""
        return int(self.view("restatedOf", number, read=first, block=block))

    def closed(self) -> Operation:
        return Operation(int(self.view("closed", read=first)))

    def balance_of(self, account: str, lot: int) -> int:
        """The lot's basis for its holder, 0 for everybody else (ERC-1155)."""
        return int(self.view("balanceOf", account, lot, read=first))

    def uri(self, lot: int) -> str:
        """The lot's metadata as a data URI."""
        return str(self.view("uri", lot, read=first))
