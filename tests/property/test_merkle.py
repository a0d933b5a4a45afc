"""Any leaf of a tree proves, nothing else does, and the order of the leaves is nobody's choice."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cet.errors import StatementError
from cet.statement import MerkleTree, verify
from cet.statement.hashing import keccak256

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)


@given(leaves)
def test_every_leaf_proves(made: list[bytes]) -> None:
    tree = MerkleTree(made)
    assert all(verify(leaf, tree.proof(leaf), tree.root) for leaf in made)


@given(leaves, st.binary(min_size=32, max_size=32), st.integers(0, 39))
def test_no_other_leaf_proves(made: list[bytes], stranger: bytes, at: int) -> None:
    tree = MerkleTree(made)
    proof = tree.proof(made[at % len(made)])
    assert verify(stranger, proof, tree.root) is (stranger == made[at % len(made)])
    if stranger not in made:
        with pytest.raises(StatementError):
            tree.proof(stranger)


@given(leaves, st.integers(0, 39), st.integers(0, 255))
def test_an_altered_proof_does_not_hold(made: list[bytes], at: int, bit: int) -> None:
    tree = MerkleTree(made)
    leaf = made[at % len(made)]
    proof = list(tree.proof(leaf))
    if proof:
        spot = at % len(proof)
        proof[spot] = (int.from_bytes(proof[spot], "big") ^ (1 << bit)).to_bytes(32, "big")
        assert not verify(leaf, proof, tree.root)


@given(leaves, st.integers())
def test_the_root_does_not_depend_on_the_order(made: list[bytes], seed: int) -> None:
    shuffled = list(made)
    random.Random(seed).shuffle(shuffled)
    assert MerkleTree(made).root == MerkleTree(shuffled).root


@given(leaves)
def test_equal_leaves_are_refused(made: list[bytes]) -> None:
    with pytest.raises(StatementError, match="equal"):
        MerkleTree([*made, made[0]])


def test_a_tree_needs_a_leaf() -> None:
    with pytest.raises(StatementError, match="without leaves"):
        MerkleTree([])


def test_the_root_is_the_one_of_openzeppelins_library() -> None:
    """Three leaves: the node of the two greatest, paired with the smallest, each pair sorted."""
    three = sorted(keccak256(bytes([number])) for number in range(3))
    tree = MerkleTree(three)
    pair = keccak256(b"".join(sorted([three[0], three[1]])))
    assert tree.root == keccak256(b"".join(sorted([three[2], pair])))
