"""The Merkle tree of an inventory's lines, as many as there are, in little memory; OpenZeppelin's `MerkleProof` verifies it.

Leaves ascend. Neighbours are paired from the left, a last one without a neighbour moves up as it is, and so on to the root:
the shape of RFC 9162, which can be built as the leaves come. A node is sha256(0x01 ‖ the smaller child ‖ the greater one),
so that a proof is its siblings alone.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from cet.errors import StatementError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NODE_PREFIX = b"\x01"
BLOCK = 1024
"""Leaves whose nodes are not kept but hashed again for a proof; a power of two."""


class Leaves(Protocol):
    """Leaves of 32 bytes in ascending order, wherever they are kept."""

    def __len__(self) -> int: ...
    def __getitem__(self, at: int, /) -> bytes: ...
    def block(self, start: int, stop: int) -> Sequence[bytes]:
        """The leaves from `start` to before `stop`, or as many as there are."""
        ...


class ListedLeaves(list[bytes]):
    """Leaves in memory."""

    def block(self, start: int, stop: int) -> Sequence[bytes]:
        """See `Leaves.block`."""
        return self[start:stop]


class LineTree:
    """A tree over distinct leaves. Of its nodes it holds those over every 1024 leaves: 64 bytes for as many leaves."""

    def __init__(self, leaves: Leaves, told: Callable[[int, int], None] | None = None) -> None:
        """Reads the leaves once, in order; `told` hears how many of how many are read. Raises StatementError when there are none, or two that are equal."""
        self.leaves = leaves
        roots: list[bytes] = []
        last = b""
        for start in range(0, len(leaves), BLOCK):
            block = leaves.block(start, start + BLOCK)
            if block[0] <= last or len(set(block)) < len(block):
                raise StatementError("two equal leaves", "every line has its own id and salt")
            last = block[-1]
            roots.append(_levels(block)[-1][0])
            if told is not None:
                told(start, len(leaves))
        if not roots:
            raise StatementError("a tree without leaves", "give at least one activity line")
        self._upper = _levels(roots)

    @classmethod
    def of(cls, leaves: Iterable[bytes]) -> LineTree:
        """A tree over leaves in whatever order they come, held in memory."""
        return cls(ListedLeaves(sorted(leaves)))

    @property
    def root(self) -> bytes:
        """The root; of a single leaf, the leaf."""
        return self._upper[-1][0]

    def proof(self, leaf: bytes) -> tuple[bytes, ...]:
        """The siblings from the leaf to the root. Raises StatementError for a leaf that is not in the tree."""
        at = bisect_left(self.leaves, leaf)
        if at == len(self.leaves) or self.leaves[at] != leaf:
            raise StatementError("no such leaf", "prove a line of this statement, byte for byte")
        number, place = divmod(at, BLOCK)
        block = self.leaves.block(number * BLOCK, (number + 1) * BLOCK)
        return (*_siblings(_levels(block), place), *_siblings(self._upper, number))


def verify(leaf: bytes, proof: Iterable[bytes], root: bytes) -> bool:
    """Whether the leaf is in the tree of that root."""
    node = leaf
    for sibling in proof:
        node = node_of(node, sibling)
    return node == root


def node_of(one: bytes, other: bytes) -> bytes:
    """The node of two children, in either order."""
    return sha256(NODE_PREFIX + (one + other if one < other else other + one)).digest()


def _levels(nodes: Sequence[bytes]) -> list[Sequence[bytes]]:
    """The nodes and every level above them, up to the one at the top."""
    levels = [nodes]
    while len(nodes) > 1:
        # Written out: this is called once a leaf.
        above = [
            sha256(b"\x01" + (one + other if one < other else other + one)).digest()
            for one, other in zip(nodes[::2], nodes[1::2], strict=False)
        ]
        if len(nodes) % 2:
            above.append(nodes[-1])
        levels.append(above)
        nodes = above
    return levels


def _siblings(levels: Sequence[Sequence[bytes]], at: int) -> list[bytes]:
    found = []
    for level in levels:
        if at ^ 1 < len(level):
            found.append(level[at ^ 1])
        at //= 2
    return found
