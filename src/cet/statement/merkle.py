"""Merkle trees as OpenZeppelin's `MerkleProof` verifies them.

Leaves sorted ascending, a complete binary tree with the leaves at its end, each node the keccak256 of its two children in
ascending order. The shape is that of OpenZeppelin's `merkle-tree` library, so its dumps and proofs are the same.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.errors import StatementError
from cet.statement.hashing import keccak256

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class MerkleTree:
    """A tree over distinct 32-byte leaves, in whatever order they come."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        """Raises StatementError when there are no leaves or two are equal."""
        self.leaves: Sequence[bytes] = sorted(leaves)
        count = len(self.leaves)
        if count == 0:
            raise StatementError("a tree without leaves", "give at least one activity line")
        if len(set(self.leaves)) < count:
            raise StatementError("two equal leaves", "every line has its own id and salt")
        self._nodes: list[bytes] = [b""] * (count - 1) + list(reversed(self.leaves))
        for node in range(count - 2, -1, -1):
            self._nodes[node] = _pair(self._nodes[2 * node + 1], self._nodes[2 * node + 2])

    @property
    def root(self) -> bytes:
        """The root; of a single leaf, the leaf."""
        return self._nodes[0]

    def proof(self, leaf: bytes) -> tuple[bytes, ...]:
        """The siblings from the leaf to the root. Raises StatementError for a leaf that is not in the tree."""
        node = self._place(leaf)
        siblings = []
        while node:
            siblings.append(self._nodes[node + 1 if node % 2 else node - 1])
            node = (node - 1) // 2
        return tuple(siblings)

    def multiproof(self, leaves: Iterable[bytes]) -> MultiProof:
        """One proof of several leaves, which it gives in ascending order. Raises StatementError as `proof` does."""
        chosen = sorted(leaves)
        if len(set(chosen)) < len(chosen):
            raise StatementError("two equal leaves to prove", "name each leaf once")
        # Deepest and rightmost first: among the leaves that is their ascending order.
        waiting = deque(self._place(leaf) for leaf in chosen)
        siblings: list[bytes] = []
        flags: list[bool] = []
        while waiting and waiting[0]:
            node = waiting.popleft()
            sibling = node + 1 if node % 2 else node - 1
            known = bool(waiting) and waiting[0] == sibling
            if known:
                waiting.popleft()
            else:
                siblings.append(self._nodes[sibling])
            flags.append(known)
            waiting.append((node - 1) // 2)
        if not chosen:
            siblings.append(self.root)
        return MultiProof(tuple(chosen), tuple(siblings), tuple(flags))

    def _place(self, leaf: bytes) -> int:
        at = bisect_left(self.leaves, leaf)
        if at == len(self.leaves) or self.leaves[at] != leaf:
            raise StatementError("no such leaf", "prove what this tree holds, byte for byte")
        return len(self._nodes) - 1 - at


@dataclass(frozen=True, slots=True)
class MultiProof:
    """As OpenZeppelin's `MerkleProof.multiProofVerify` takes it; the leaves have to come in this order."""

    leaves: tuple[bytes, ...]
    proof: tuple[bytes, ...]
    flags: tuple[bool, ...]


def verify(leaf: bytes, proof: Iterable[bytes], root: bytes) -> bool:
    """Whether the leaf is in the tree of that root."""
    node = leaf
    for sibling in proof:
        node = _pair(node, sibling)
    return node == root


def _pair(one: bytes, other: bytes) -> bytes:
    return keccak256(one + other if one < other else other + one)
