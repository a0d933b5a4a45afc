"""Shippers' claims of one LETS anchored in bulk: leaves and tree as `BookAndClaim` verifies them, and the files that hold them.

    anchor = ClaimTree.of(domain, lets, claims)     # the booker, off the ledger; claims are (shipper, ServiceUse)
    anchor.root, anchor.activity                    # one transaction: all that goes on the ledger
    anchor.proof(claim)                             # for one shipper

The booker's file has a line of JSON for the tree and one for each claim. A shipper's file has its own claims with their proofs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.errors import CetError
from cet.ledger.anchor_file import require_domain, word_of
from cet.ledger.bookings import ServiceUse
from cet.ledger.errors import LedgerError, WrongChain
from cet.logistics.terms import Mode
from cet.statement import MerkleTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cet.ledger.signing import Domain

_UNREADABLE = (OSError, KeyError, ValueError, TypeError, AttributeError, CetError)
_MOST = 2**64 - 1


@dataclass(frozen=True, slots=True)
class BulkClaim:
    """A shipper's claim under a root; `use.document` salts it, so that no leaf can be guessed."""

    shipper: str
    use: ServiceUse


def claim_leaf(domain: Domain, claim: BulkClaim) -> bytes:
    """The leaf of a claim: hashed twice, bound to chain and contract."""
    content = claim.use.claim_content(claim.shipper)
    return keccak(
        keccak(encode(["uint256", "address", "bytes32"], [domain.chain_id, domain.contract, content]))
    )


@dataclass(frozen=True)
class ClaimTree:
    """All claims under one root. Only the booker needs the whole; a shipper its own claims and their proofs."""

    lets: int
    claims: Mapping[bytes, BulkClaim] = field(repr=False)
    """By leaf."""

    @classmethod
    def of(cls, domain: Domain, lets: int, claims: Iterable[BulkClaim]) -> ClaimTree:
        """Raises LedgerError for claims of another LETS, equal ones, none at all, or more than 64 bits hold."""
        leaves: dict[bytes, BulkClaim] = {}
        for number, claim in enumerate(claims, 1):
            if claim.use.lets != lets:
                raise LedgerError(
                    f"claim {number} is of {claim.use.lets:#026x}", f"all must be of {lets:#026x}"
                )
            leaf = claim_leaf(domain, claim)
            if leaf in leaves:
                raise LedgerError(f"claim {number} stands here twice", "salt each document")
            leaves[leaf] = claim
        if not leaves:
            raise LedgerError("no claims", "give at least one")
        tree = cls(lets, leaves)
        if tree.activity > _MOST:
            raise LedgerError(f"{tree.activity} in all", f"a LETS has at most {_MOST}")
        return tree

    @cached_property
    def tree(self) -> MerkleTree:
        return MerkleTree(self.claims)

    @property
    def root(self) -> bytes:
        return self.tree.root

    @cached_property
    def activity(self) -> int:
        """What has to be reserved for every claim to be made."""
        return sum(claim.use.activity for claim in self.claims.values())

    @cached_property
    def _leaf_of(self) -> Mapping[BulkClaim, bytes]:
        return {claim: leaf for leaf, claim in self.claims.items()}

    def proof(self, claim: BulkClaim) -> tuple[bytes, ...]:
        """The siblings of the claim's leaf. Raises LedgerError for one that is not in the tree."""
        if claim not in self._leaf_of:
            raise LedgerError("the claim is not under this root", "take it from the tree's own file")
        return self.tree.proof(self._leaf_of[claim])

    def own(self, shipper: str) -> tuple[BulkClaim, ...]:
        """One shipper's claims. Raises LedgerError if it has none."""
        found = tuple(claim for claim in self.claims.values() if claim.shipper == shipper)
        if not found:
            raise LedgerError(f"no claim of {shipper} under this root", "check the address")
        return found


@dataclass(frozen=True, slots=True)
class ProvenClaims:
    """A shipper's claims under a root, each with its proof."""

    chain_id: int
    contract: str
    root: bytes
    claims: tuple[tuple[BulkClaim, tuple[bytes, ...]], ...]

    @classmethod
    def of(cls, domain: Domain, tree: ClaimTree, shipper: str) -> ProvenClaims:
        """The shipper's own. Raises LedgerError if it has none."""
        own = tuple((claim, tree.proof(claim)) for claim in tree.own(shipper))
        return cls(domain.chain_id, domain.contract, tree.root, own)

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless they were anchored at this contract on this chain."""
        require_domain(domain, self.chain_id, self.contract)

    def write(self, file: Path) -> None:
        """One JSON document."""
        values = {
            "chain_id": self.chain_id,
            "contract": self.contract,
            "root": "0x" + self.root.hex(),
            "claims": [
                {**_claim_json(claim), "proof": ["0x" + sibling.hex() for sibling in proof]}
                for claim, proof in self.claims
            ],
        }
        file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> ProvenClaims:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            claims = tuple(
                (_claim_of(each), tuple(word_of(sibling) for sibling in each["proof"]))
                for each in values["claims"]
            )
            contract = to_checksum_address(values["contract"])
            return cls(values["chain_id"], contract, word_of(values["root"]), claims)
        except _UNREADABLE as error:
            raise LedgerError(
                f"{file} holds no proven claims ({error!r})", "ask the booker for it"
            ) from error


def write_claims(file: Path, domain: Domain, tree: ClaimTree) -> None:
    """Writes the booker's file, whole or not at all."""
    partial = file.with_suffix(file.suffix + ".part")
    head = {"chain_id": domain.chain_id, "contract": domain.contract, "lets": f"{tree.lets:#026x}"}
    with partial.open("w", encoding="utf-8") as lines:
        lines.write(
            json.dumps({**head, "root": "0x" + tree.root.hex(), "activity": str(tree.activity)}) + "\n"
        )
        lines.writelines(json.dumps(_claim_json(claim)) + "\n" for claim in tree.claims.values())
    partial.replace(file)


def read_claims(file: Path, domain: Domain) -> ClaimTree:
    """The tree of a booker's file. Raises WrongChain, or LedgerError where the claims give another root."""
    try:
        with file.open(encoding="utf-8") as lines:
            head = json.loads(next(lines, "{}"))
            require_domain(domain, head["chain_id"], to_checksum_address(head["contract"]))
            claims = (_claim_of(json.loads(line)) for line in lines)
            tree = ClaimTree.of(domain, int(head["lets"], 16), claims)
            stated = word_of(head["root"])
    except WrongChain:
        raise
    except _UNREADABLE as error:
        raise LedgerError(f"{file} holds no claims ({error!r})", "write it anew from the CSV") from error
    if tree.root != stated:
        raise LedgerError(
            f"the claims in {file} have the root 0x{tree.root.hex()}, the file says 0x{stated.hex()}",
            "a claim was changed, added or lost; take the file as it was anchored",
        )
    return tree


def _claim_json(claim: BulkClaim) -> dict[str, Any]:
    use = claim.use
    return {
        "shipper": claim.shipper,
        "lets": f"{use.lets:#026x}",
        "mode": use.mode.text,
        "year": use.year,
        "activity": str(use.activity),
        "toc": "0x" + use.toc.hex(),
        "entity": "0x" + use.entity.hex(),
        "document": "0x" + use.document.hex(),
    }


def _claim_of(values: dict[str, Any]) -> BulkClaim:
    mode = Mode(Mode.of(values["mode"]))
    words = (word_of(values[name]) for name in ("toc", "entity", "document"))
    use = ServiceUse(int(values["lets"], 16), mode, int(values["year"]), int(values["activity"]), *words)
    return BulkClaim(to_checksum_address(values["shipper"]), use)
