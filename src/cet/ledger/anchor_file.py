"""Anchored offers as files: the holder's list of all of them, and what one dependent gets of it.

The holder's file has a line of JSON for the anchor and one for each offer, so that a million offers are written and read one
by one; who has it knows all supply relations under the root. A dependent's file has its own offers and their proof, no more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from cet.errors import CetError
from cet.ledger.anchors import Anchor, Batch
from cet.ledger.errors import LedgerError, WrongChain
from cet.ledger.keys import key_text, parse_key
from cet.ledger.offer_file import offer_json, offer_of

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger.signing import Domain

_UNREADABLE = (OSError, KeyError, ValueError, TypeError, AttributeError, CetError)


@dataclass(frozen=True, slots=True)
class ProvenOffers:
    """Offers of one dependent under an anchor, with the proof of all of them together."""

    chain_id: int
    contract: str
    parent: int
    root: bytes
    batch: Batch = field(repr=False)

    @classmethod
    def of(cls, domain: Domain, anchor: Anchor, dependent: str) -> ProvenOffers:
        """The dependent's own. Raises LedgerError if it has none."""
        own = [offer for offer in anchor.offers.values() if offer.dependent == dependent]
        if not own:
            raise LedgerError(f"no offer to {dependent} under this anchor", "check the address")
        return cls(domain.chain_id, domain.contract, anchor.parent, anchor.root, anchor.batch(own))

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless they were anchored at this contract on this chain."""
        require_domain(domain, self.chain_id, self.contract)

    def write(self, file: Path) -> None:
        values = {
            **_head(self.chain_id, self.contract, self.parent, self.root),
            "offers": [offer_json(offer) for offer in self.batch.offers],
            "proof": ["0x" + sibling.hex() for sibling in self.batch.proof],
            "flags": list(self.batch.flags),
        }
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> ProvenOffers:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            offers = tuple(offer_of(each) for each in values["offers"])
            proof = tuple(word_of(sibling) for sibling in values["proof"])
            flags = tuple(bool(flag) for flag in values["flags"])
            place = (values["chain_id"], to_checksum_address(values["contract"]), parse_key(values["parent"]))
            return cls(*place, word_of(values["root"]), Batch(offers, proof, flags))
        except _UNREADABLE as error:
            raise LedgerError(
                f"{file} holds no proven offers ({error!r})", "ask the supplier for it"
            ) from error


def write_anchor(file: Path, domain: Domain, anchor: Anchor) -> None:
    """Writes the holder's file, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(file.suffix + ".part")
    with partial.open("w", encoding="utf-8") as lines:
        head = _head(domain.chain_id, domain.contract, anchor.parent, anchor.root)
        lines.write(json.dumps({**head, "units": str(anchor.units)}) + "\n")
        lines.writelines(json.dumps(offer_json(offer)) + "\n" for offer in anchor.offers.values())
    partial.replace(file)


def read_anchor(file: Path, domain: Domain) -> Anchor:
    """The anchor of a holder's file. Raises LedgerError, WrongChain, or LedgerError where the offers give another root."""
    try:
        with file.open(encoding="utf-8") as lines:
            head = json.loads(next(lines, "{}"))
            require_domain(domain, head["chain_id"], to_checksum_address(head["contract"]))
            anchor = Anchor.of(
                domain, parse_key(head["parent"]), (offer_of(json.loads(line)) for line in lines)
            )
            stated = word_of(head["root"])
    except WrongChain:
        raise
    except _UNREADABLE as error:
        raise LedgerError(f"{file} holds no anchor ({error!r})", "write it anew from the offers") from error
    if anchor.root != stated:
        raise LedgerError(
            f"the offers in {file} have the root 0x{anchor.root.hex()}, the file says 0x{stated.hex()}",
            "an offer was changed, added or lost; take the file as it was anchored",
        )
    return anchor


def _head(chain_id: int, contract: str, parent: int, root: bytes) -> dict[str, Any]:
    return {
        "chain_id": chain_id,
        "contract": contract,
        "parent": key_text(parent),
        "root": "0x" + root.hex(),
    }


def require_domain(domain: Domain, chain_id: int, contract: str) -> None:
    """Raises WrongChain unless it was anchored at this contract on this chain."""
    if (chain_id, contract) != (domain.chain_id, domain.contract):
        raise WrongChain(
            f"anchored at {contract} on chain {chain_id}",
            f"this ledger is {domain.contract} on chain {domain.chain_id}",
        )


def word_of(text: str) -> bytes:
    """32 bytes written in hexadecimal. Raises ValueError."""
    value = bytes.fromhex(text.removeprefix("0x"))
    if len(value) != 32:
        raise ValueError(f"{text} is no 32 bytes")
    return value
