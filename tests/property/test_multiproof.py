"""One proof of several leaves is accepted by the verifier's algorithm, and no other leaves are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cet.errors import StatementError
from cet.statement import MerkleTree
from cet.statement.hashing import keccak256

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)
picks = st.sets(st.integers(0, 39))


def root_of(chosen: tuple[bytes, ...], proof: tuple[bytes, ...], flags: tuple[bool, ...]) -> bytes:
    """What `MerkleProof.processMultiProof` comes to, step for step; AssertionError where it would revert."""
    assert len(chosen) + len(proof) == len(flags) + 1
    if not flags:
        return chosen[0] if chosen else proof[0]
    waiting, unused = list(chosen), list(proof)
    for flag in flags:
        one = waiting.pop(0)
        other = waiting.pop(0) if flag else unused.pop(0)
        waiting.append(keccak256(min(one, other) + max(one, other)))
    assert not unused
    assert len(waiting) == 1
    return waiting[0]


@given(leaves, picks)
def test_any_leaves_prove_together(made: list[bytes], places: set[int]) -> None:
    tree = MerkleTree(made)
    chosen = {made[place % len(made)] for place in places}
    proven = tree.multiproof(chosen)
    assert proven.leaves == tuple(sorted(chosen))
    assert root_of(proven.leaves, proven.proof, proven.flags) == tree.root


@given(leaves, picks, st.binary(min_size=32, max_size=32), st.integers(0, 39))
def test_no_other_leaf_proves_among_them(
    made: list[bytes], places: set[int], stranger: bytes, at: int
) -> None:
    tree = MerkleTree(made)
    proven = tree.multiproof({made[place % len(made)] for place in places | {0}})
    forged = list(proven.leaves)
    forged[at % len(forged)] = stranger
    same = tuple(forged) == proven.leaves
    assert (root_of(tuple(forged), proven.proof, proven.flags) == tree.root) is same


@given(leaves)
def test_a_proof_of_one_leaf_is_its_plain_proof(made: list[bytes]) -> None:
    tree = MerkleTree(made)
    proven = tree.multiproof([made[0]])
    assert proven.proof == tree.proof(made[0])
    assert not any(proven.flags)


def test_all_leaves_need_no_siblings() -> None:
    made = [bytes([number]) * 32 for number in range(7)]
    assert MerkleTree(made).multiproof(made).proof == ()


def test_a_leaf_named_twice_or_not_in_the_tree_is_refused() -> None:
    tree = MerkleTree([bytes(32), b"\1" * 32])
    with pytest.raises(StatementError, match="two equal"):
        tree.multiproof([bytes(32), bytes(32)])
    with pytest.raises(StatementError, match="no such leaf"):
        tree.multiproof([b"\2" * 32])
