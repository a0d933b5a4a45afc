"""Any leaf of a tree of lines proves, nothing else does, and the order of the leaves is nobody's choice."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cet.errors import StatementError
from cet.statement import leaf_of
from cet.statement.hashing import sha256
from cet.statement.leaf_file import LeafFile
from cet.statement.line_tree import LineTree, node_of, verify

if TYPE_CHECKING:
    from pathlib import Path

leaves = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True)


@given(leaves)
def test_every_leaf_proves(made: list[bytes]) -> None:
    tree = LineTree.of(made)
    assert all(verify(leaf, tree.proof(leaf), tree.root) for leaf in made)


@given(leaves, st.binary(min_size=32, max_size=32), st.integers(0, 39))
def test_no_other_leaf_proves(made: list[bytes], stranger: bytes, at: int) -> None:
    tree = LineTree.of(made)
    proof = tree.proof(made[at % len(made)])
    assert verify(stranger, proof, tree.root) is (stranger == made[at % len(made)])
    if stranger not in made:
        with pytest.raises(StatementError):
            tree.proof(stranger)


@given(leaves, st.integers(0, 39), st.integers(0, 255))
def test_an_altered_proof_does_not_hold(made: list[bytes], at: int, bit: int) -> None:
    tree = LineTree.of(made)
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
    assert LineTree.of(made).root == LineTree.of(shuffled).root


@given(leaves)
def test_equal_leaves_are_refused(made: list[bytes]) -> None:
    with pytest.raises(StatementError, match="equal"):
        LineTree.of([*made, made[0]])


def test_a_tree_needs_a_leaf() -> None:
    with pytest.raises(StatementError, match="without leaves"):
        LineTree.of([])


def test_three_leaves_are_hashed_as_documented() -> None:
    """The node of the two smallest, paired with the greatest, which moves up as it is."""
    three = sorted(leaf_of(bytes([number])) for number in range(3))
    pair = sha256(b"\x01" + three[0] + three[1])
    assert LineTree.of(three).root == sha256(b"\x01" + b"".join(sorted([three[2], pair])))
    assert leaf_of(b"\0") == sha256(b"\0\0")
    assert node_of(three[1], three[0]) == pair


def test_a_tree_of_many_blocks_is_the_one_folded_level_by_level(tmp_path: Path) -> None:
    """Blocks of 1024 leaves are a matter of memory alone, wherever the last one ends; leaves in a file are the same leaves."""
    for count in (1023, 1024, 1025, 2048, 3000, 4097, 5121):
        made = sorted(sha256(number.to_bytes(4, "big")) for number in range(count))
        path = tmp_path / "leaves"
        path.write_text("".join(leaf.hex() + "\n" for leaf in made))
        tree = LineTree(LeafFile(path))
        level = made
        while len(level) > 1:
            pairs = [level[at : at + 2] for at in range(0, len(level), 2)]
            level = [node_of(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        assert tree.root == level[0] == LineTree.of(made).root
        assert all(verify(leaf, tree.proof(leaf), tree.root) for leaf in made[:: count // 50])


def test_equal_leaves_on_both_sides_of_a_block_are_refused() -> None:
    made = sorted(sha256(number.to_bytes(4, "big")) for number in range(2000))
    with pytest.raises(StatementError, match="equal"):
        LineTree.of([*made[:1024], made[1023], *made[1024:]])
