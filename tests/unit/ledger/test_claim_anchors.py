"""Claims in bulk: from a CSV to a root and proofs, files that come back whole, and what is no claim named row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak

from cet.cli import main
from cet.errors import PackageError
from cet.ledger.claim_anchors import BulkClaim, ClaimTree, ProvenClaims, claim_leaf, read_claims, write_claims
from cet.ledger.claims_csv import read_claims_csv
from cet.ledger.errors import LedgerError, WrongChain
from cet.ledger.signing import Domain
from cet.logistics.terms import Mode
from cet.statement.merkle import verify

if TYPE_CHECKING:
    from pathlib import Path

LETS = 0xABC
CONTRACT = to_checksum_address("0x" + "15" * 20)
HERE = Domain("BookAndClaim", "1", 31337, CONTRACT)


def shipper(number: int) -> str:
    return to_checksum_address(f"0x{number:040x}")


def listed(folder: Path, *rows: str, head: str = "shipper,activity,unit,document") -> Path:
    file = folder / "claims.csv"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return file


def claims(folder: Path, count: int = 7) -> list[BulkClaim]:
    rows = [f"{shipper(number % 5 + 1)},{number + 1},t-km,salt {number}" for number in range(count)]
    return read_claims_csv(listed(folder, *rows), LETS, Mode.ROAD, 2026)


def test_every_claim_is_proven_and_no_other_is(tmp_path: Path) -> None:
    tree = ClaimTree.of(HERE, LETS, claims(tmp_path))
    assert tree.activity == 28 * 10**6
    for claim in tree.claims.values():
        assert verify(claim_leaf(HERE, claim), tree.proof(claim), tree.root)
        stranger = BulkClaim(shipper(99), claim.use)
        assert not verify(claim_leaf(HERE, stranger), tree.proof(claim), tree.root)
        elsewhere = Domain("BookAndClaim", "1", 1, CONTRACT)
        assert not verify(claim_leaf(elsewhere, claim), tree.proof(claim), tree.root)
        with pytest.raises(LedgerError, match="not under this root"):
            tree.proof(stranger)


def test_a_leaf_is_hashed_twice_of_three_words(tmp_path: Path) -> None:
    """Chain, contract, content; as `leafOf` of the contract has it."""
    claim = claims(tmp_path)[0]
    words = (
        (31337).to_bytes(32, "big")
        + bytes(12)
        + bytes.fromhex(CONTRACT[2:])
        + claim.use.claim_content(claim.shipper)
    )
    assert claim_leaf(HERE, claim) == keccak(keccak(words))


def test_files_come_back_whole_and_a_shipper_sees_its_own(tmp_path: Path) -> None:
    tree = ClaimTree.of(HERE, LETS, claims(tmp_path))
    whole, own = tmp_path / "claims.jsonl", tmp_path / "own.json"
    write_claims(whole, HERE, tree)
    assert read_claims(whole, HERE) == tree
    ProvenClaims.of(HERE, tree, shipper(1)).write(own)
    read = ProvenClaims.read(own)
    assert [claim.use.activity for claim, _ in read.claims] == [1 * 10**6, 6 * 10**6]
    assert all(verify(claim_leaf(HERE, claim), proof, read.root) for claim, proof in read.claims)
    assert shipper(2) not in own.read_text(encoding="utf-8")
    with pytest.raises(LedgerError, match="no claim of"):
        ProvenClaims.of(HERE, tree, shipper(9))
    with pytest.raises(WrongChain):
        read.require_contract(Domain("BookAndClaim", "1", 1, CONTRACT))
    whole.write_text(whole.read_text(encoding="utf-8").replace('"1000000"', '"2000000"'), encoding="utf-8")
    with pytest.raises(LedgerError, match="have the root"):
        read_claims(whole, HERE)


def test_a_tree_is_of_one_service_and_holds_no_claim_twice(tmp_path: Path) -> None:
    given = claims(tmp_path)
    with pytest.raises(LedgerError, match="stands here twice"):
        ClaimTree.of(HERE, LETS, [*given, given[0]])
    with pytest.raises(LedgerError, match="all must be of"):
        ClaimTree.of(HERE, LETS + 1, given)
    with pytest.raises(LedgerError, match="no claims"):
        ClaimTree.of(HERE, LETS, [])


def test_every_row_that_is_no_claim_is_named(tmp_path: Path) -> None:
    good = f"{shipper(1)},1,t-km,a"
    bad = (f"{shipper(1)},-1,t-km,a", "0x12,1,t-km,a", f"{shipper(1)},1,kg,a", f"{shipper(1)},0,t-km,a", f"{shipper(1)},1,t-km,", f"{shipper(1)},1,TEU-km,b")  # fmt: skip
    with pytest.raises(PackageError) as refused:
        read_claims_csv(listed(tmp_path, good, *bad), LETS, Mode.ROAD, 2026)
    assert [one.row for one in refused.value.findings] == [3, 4, 5, 6, 7, 8]
    with pytest.raises(PackageError) as refused:
        read_claims_csv(listed(tmp_path, good, head="shipper,amount,unit"), LETS, Mode.ROAD, 2026)
    assert [one.column for one in refused.value.findings] == ["activity", "document"]


def test_the_command_makes_the_bookers_file(tmp_path: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["logistics", "tree", *words], catch_exceptions=False)

    file, out = listed(tmp_path, f"{shipper(1)},1,t-km,a", f"{shipper(2)},2,t-km,b"), tmp_path / "out.jsonl"
    about = (
        "--mode",
        "road",
        "--year",
        "2026",
        "--chain-id",
        "31337",
        "--contract",
        CONTRACT,
        "--out",
        str(out),
    )
    made = json.loads(run(str(file), "--lets", "0xabc", *about, "--json").output)
    assert (made["claims"], made["activity"]) == (2, "3000000")
    assert made["root"] == "0x" + read_claims(out, HERE).root.hex()
    assert run(str(file), "--lets", "lets", *about).exit_code == 2
