"""Trees of anchored allocations for the gas bench: leaves, and OpenZeppelin's multiproofs of some of them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from eth_abi import encode
from eth_utils import keccak

if TYPE_CHECKING:
    from collections.abc import Sequence

OFFER_TYPES = ("uint64", "address", "uint64", "uint16", "uint16", "uint16", "uint40", "bytes32")
_OFFER = keccak(
    text="Offer(uint64 parent,address dependent,uint64 units,uint16 code,uint16 consumedFrom,uint16 consumedTo,uint40 deadline,bytes32 activity)"
)


def leaf_of(chain_id: int, token: str, offer: Sequence[Any]) -> bytes:
    """Hash of the hash of chain, token and the offer's EIP-712 struct hash."""
    origin = keccak(encode(["bytes32", *OFFER_TYPES], [_OFFER, *offer]))
    return keccak(keccak(encode(["uint256", "address", "bytes32"], [chain_id, token, origin])))


def pair(a: bytes, b: bytes) -> bytes:
    """Parent of two nodes, in whichever order."""
    return keccak(min(a, b) + max(a, b))


def path_root(leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Root of any tree in which `proof` leads up from `leaf`."""
    for sibling in proof:
        leaf = pair(leaf, sibling)
    return leaf


def tree_of(leaves: Sequence[bytes]) -> list[bytes]:
    """A complete binary tree, root first; leaf i stands i places before the end."""
    tree = [b""] * (len(leaves) - 1) + list(reversed(leaves))
    for i in range(len(leaves) - 2, -1, -1):
        tree[i] = pair(tree[2 * i + 1], tree[2 * i + 2])
    return tree


def multiproof(tree: Sequence[bytes], places: Sequence[int]) -> tuple[list[bytes], list[bool]]:
    """Proof and flags for the nodes at `places`, in descending order."""
    assert all(a > b for a, b in pairwise(places))
    waiting, proof, flags = list(places), [], []
    while waiting[0]:
        place = waiting.pop(0)
        sibling = place + 1 if place % 2 else place - 1
        if waiting and waiting[0] == sibling:
            waiting.pop(0)
            flags.append(True)
        else:
            proof.append(tree[sibling])
            flags.append(False)
        waiting.append((place - 1) // 2)
    return proof, flags
