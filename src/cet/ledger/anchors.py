"""Anchored allocations: one root stands for any number of offers of shares of a lot, and reserves their total.

    anchor = Anchor.of(domain, parent, offers)
    anchor.root, anchor.units                 # what the holder puts on the ledger
    anchor.proof(offer)                       # for one dependent
    anchor.batch(offers).proof, .flags        # OpenZeppelin's multiproof, for many at once

A leaf is nothing until it is materialised, and the root shows neither dependents nor quantities: an offer's `activity` is a
salted hash, so that no leaf can be guessed. There is no sum in the tree; the reservation bounds what can be materialised.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from cet.ledger.errors import LedgerError
from cet.ledger.keys import key_text
from cet.statement import MerkleTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.ledger.lots import Offer
    from cet.ledger.signing import Domain

_MOST_UNITS = 2**63 - 1


def offer_leaf(domain: Domain, offer: Offer) -> bytes:
    """The leaf of an offer: hashed twice, bound to chain and token; the offer itself names its parent."""
    inner = encode(["uint256", "address", "bytes32"], [domain.chain_id, domain.contract, offer.id])
    return keccak(keccak(inner))


@dataclass(frozen=True, slots=True)
class Batch:
    """Offers of one anchor with one proof of all of them, in the order in which the contract has to get them."""

    offers: tuple[Offer, ...]
    proof: tuple[bytes, ...] = field(repr=False)
    flags: tuple[bool, ...] = field(repr=False)


@dataclass(frozen=True)
class Anchor:
    """All offers under one root. Only its holder needs the whole; a dependent needs its own offers and their proofs."""

    parent: int
    offers: Mapping[bytes, Offer] = field(repr=False)
    """By leaf."""

    @classmethod
    def of(cls, domain: Domain, parent: int, offers: Iterable[Offer]) -> Anchor:
        """Raises LedgerError for offers of another lot, equal offers, none at all, or more units than a lot can have."""
        leaves: dict[bytes, Offer] = {}
        for number, offer in enumerate(offers, 1):
            if offer.parent != parent:
                raise LedgerError(
                    f"offer {number} is of lot {key_text(offer.parent)}", f"all must be of {key_text(parent)}"
                )
            leaf = offer_leaf(domain, offer)
            if leaf in leaves:
                raise LedgerError(f"offer {number} stands here twice", "salt each activity hash")
            leaves[leaf] = offer
        if not leaves:
            raise LedgerError("an anchor without offers", "give at least one")
        anchor = cls(parent, leaves)
        if anchor.units > _MOST_UNITS:
            raise LedgerError(f"{anchor.units} units in all", f"a lot has at most {_MOST_UNITS}")
        return anchor

    @cached_property
    def tree(self) -> MerkleTree:
        return MerkleTree(self.offers)

    @property
    def root(self) -> bytes:
        return self.tree.root

    @cached_property
    def units(self) -> int:
        """All units offered: what has to be reserved for everything to be materialised."""
        return sum(offer.units for offer in self.offers.values())

    @cached_property
    def _leaf_of(self) -> Mapping[Offer, bytes]:
        return {offer: leaf for leaf, offer in self.offers.items()}

    def proof(self, offer: Offer) -> tuple[bytes, ...]:
        """The siblings of the offer's leaf. Raises LedgerError for an offer that is not in it."""
        return self.tree.proof(self._leaf(offer))

    def batch(self, offers: Iterable[Offer]) -> Batch:
        """The offers in the proof's order, and the proof. Raises LedgerError for one that is not in it."""
        proven = self.tree.multiproof(self._leaf(offer) for offer in offers)
        return Batch(tuple(self.offers[leaf] for leaf in proven.leaves), proven.proof, proven.flags)

    def _leaf(self, offer: Offer) -> bytes:
        if offer not in self._leaf_of:
            raise LedgerError("the offer is not under this anchor", "take it from the anchor's own file")
        return self._leaf_of[offer]
