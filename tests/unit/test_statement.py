"""The statement of an inventory: canonical lines, document, EIP-712 id, chunks, proofs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from eth_account.messages import encode_typed_data

from cet.errors import StatementError
from cet.inventory import Inventory, read_package
from cet.statement import (
    Statement,
    StatementDraft,
    attestation_typed_data,
    build,
    canonical_line,
    leaf_of,
    lot_chunks,
    opinion_typed_data,
    standard_word,
    statement_typed_data,
)
from cet.statement.hashing import keccak256, sha256, word
from package_folders import SALT, write_package

if TYPE_CHECKING:
    from pathlib import Path

PARTICIPANT, VERIFIER, REGISTRY = "0x" + "11" * 20, "0x" + "22" * 20, "0x" + "33" * 20
POWER = {
    "id": "power",
    "scope": "2",
    "category": "electricity",
    "unit": "kWh",
    "factor": "test/grid",
    "source": "Strøm",
}


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    return read_package(
        write_package(
            tmp_path, [{"share": "0.50"}, POWER, {"id": "zero", "quantity": "0", "category": "process"}]
        )
    )


@pytest.fixture
def draft(inventory: Inventory) -> StatementDraft:
    return build(inventory, PARTICIPANT, VERIFIER)


def leaves_of(draft: StatementDraft) -> list[bytes]:
    return [draft.tree.leaves[at] for at in range(len(draft.tree.leaves))]


def test_a_canonical_line_is_sorted_json_of_strings(inventory: Inventory) -> None:
    data = canonical_line(inventory.lines[1], inventory.lot_of, bytes.fromhex(SALT[2:]))
    assert inventory.lines[1].id == "power"
    salt = sha256(bytes.fromhex(SALT[2:]) + b"power").hex()
    assert data.decode() == (
        '{"category":"electricity","data":"measured","facility":"plant","factor":"test/grid",'
        '"id":"power","lot":"34064:0 34320:0","mg":"37204000 37204000","quantity":"100",'
        f'"salt":"0x{salt}","scope":"2","share":"1","source":"Strøm","unit":"kWh"}}'
    )


def test_a_line_without_a_minted_lot_says_none(inventory: Inventory) -> None:
    lines = {line.id: line for line in inventory.lines}
    data = json.loads(canonical_line(lines["zero"], inventory.lot_of, b"\0" * 32))
    assert (data["lot"], data["mg"]) == ("none", "0")


def test_numbers_in_a_line_are_canonical(inventory: Inventory) -> None:
    data = json.loads(canonical_line(inventory.lines[0], inventory.lot_of, b"\0" * 32))
    assert (data["quantity"], data["share"], data["mg"]) == ("100", "0.5", "512134000")


def test_the_document_holds_totals_factors_and_reasons_but_no_salt(draft: StatementDraft) -> None:
    document = json.loads(draft.document)
    assert keccak256(draft.document) == draft.statement.document
    assert document["totals"][0]["reported_mg"] == str(draft.statement.reported[0])
    assert [factor["id"] for factor in document["factors"]] == ["test/diesel", "test/grid"]
    assert {notice["kind"] for notice in document["notices"]} >= {"no-residual-mix", "zero-lot"}
    assert document["lines_root"] == "0x" + draft.statement.lines_root.hex()
    assert SALT[2:] not in draft.document.decode()
    assert (
        json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        == draft.document
    )


def test_the_fields_are_those_of_the_inventory(draft: StatementDraft) -> None:
    statement = draft.statement
    assert statement.entity == keccak256(b"works")
    assert (statement.period_start, statement.period_end) == (19358, 19722)
    assert (statement.gwp_set, statement.consolidation) == (5, 3)
    assert statement.reported == (512_134_000, 37_204_000, 37_204_000, 0, 0)
    assert statement.gas_masses == (510_500_000 + 37_120_000, 0, 20_500 + 3_000, 4_000, 0, 0, 0, 0)
    assert sum(word_ & (2**64 - 1) for chunk in draft.chunks for word_ in chunk) == sum(statement.reported)


def test_the_id_is_the_struct_hash_wallets_sign(draft: StatementDraft) -> None:
    signable = encode_typed_data(full_message=statement_typed_data(draft.statement, 31337, REGISTRY))
    assert signable.body == draft.statement.id
    domain = keccak256(
        keccak256(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)")
        + keccak256(b"StatementRegistry")
        + keccak256(b"1")
        + word(31337)
        + word(int(REGISTRY, 16))
    )
    assert signable.header == domain


def test_opinion_and_attestation_name_the_statement(draft: StatementDraft) -> None:
    statement_id = draft.statement.id
    opinion = opinion_typed_data(statement_id, "ISO 14064-3", "limited", 9_500, 31337, REGISTRY)
    body = keccak256(
        keccak256(b"Opinion(bytes32 statement,bytes32 standard,uint8 level,uint16 coverage)")
        + statement_id
        + b"ISO 14064-3".ljust(32, b"\0")
        + word(1)
        + word(9_500)
    )
    assert encode_typed_data(full_message=opinion).body == body
    attestation = attestation_typed_data(statement_id, 31337, REGISTRY)
    body = keccak256(keccak256(b"Attestation(bytes32 statement)") + statement_id)
    assert encode_typed_data(full_message=attestation).body == body


@pytest.mark.parametrize(
    ("standard", "level", "coverage"),
    [
        ("", "limited", 1),
        ("x" * 33, "limited", 1),
        ("x", "full", 1),
        ("x", "limited", 0),
        ("x", "limited", 10_001),
    ],
)
def test_an_impossible_opinion_is_refused(standard: str, level: str, coverage: int) -> None:
    with pytest.raises(StatementError):
        opinion_typed_data(b"\0" * 32, standard, level, coverage, 1, REGISTRY)


def test_a_standard_is_left_aligned_in_its_word() -> None:
    assert standard_word("ISO 14064-3") == b"ISO 14064-3" + b"\0" * 21


def test_every_line_proves_and_an_altered_one_does_not(draft: StatementDraft, inventory: Inventory) -> None:
    for line in inventory.lines:
        proof = draft.prove(line.id)
        assert proof.holds()
        assert proof.root == draft.statement.lines_root
        assert leaf_of(proof.line.replace(b"measured", b"measuring")) not in leaves_of(draft)


def test_a_line_that_is_not_there_has_no_proof(draft: StatementDraft) -> None:
    with pytest.raises(StatementError, match="no line"):
        draft.prove("elsewhere")


@pytest.mark.parametrize(
    ("participant", "verifier", "words"),
    [
        (PARTICIPANT, PARTICIPANT, "can't verify itself"),
        ("0x12", VERIFIER, "not an address"),
        ("0x" + "00" * 20, VERIFIER, "not an address"),
        ("nobody", VERIFIER, "not an address"),
    ],
)
def test_impossible_parties_are_refused(
    inventory: Inventory, participant: str, verifier: str, words: str
) -> None:
    with pytest.raises(StatementError, match=words):
        build(inventory, participant, verifier)


def test_addresses_are_checksummed(inventory: Inventory) -> None:
    draft = build(inventory, "0x" + "ab" * 20, VERIFIER)
    assert draft.statement.participant == "0xABaBaBaBABabABabAbAbABAbABabababaBaBABaB"


def test_an_inventory_of_zeros_has_nothing_to_mint(tmp_path: Path) -> None:
    with pytest.raises(StatementError, match="no lot to mint"):
        build(read_package(write_package(tmp_path, [{"quantity": "0"}])), PARTICIPANT, VERIFIER)


def test_a_statement_needs_no_lines_in_memory(tmp_path: Path, draft: StatementDraft) -> None:
    folder = draft.inventory.package.folder
    without = build(read_package(folder, lines=False), PARTICIPANT, VERIFIER)
    assert without.statement == draft.statement
    assert without.prove("power") == draft.prove("power")


def test_a_package_that_lost_a_line_makes_no_statement(inventory: Inventory) -> None:
    path = inventory.package.activities
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(StatementError, match="2 lines now, 3 when it was computed"):
        build(inventory, PARTICIPANT, VERIFIER)


def test_lots_are_minted_at_most_400_a_chunk(inventory: Inventory) -> None:
    chunks = lot_chunks(inventory.lots[:1] * 901)
    assert [len(chunk) for chunk in chunks] == [400, 400, 101]


def test_a_chunk_is_hashed_as_the_contract_hashes_it(draft: StatementDraft) -> None:
    packed = b"".join(one.to_bytes(32, "big") for one in draft.chunks[0])
    assert draft.statement.lot_chunks == (keccak256(packed),)


def test_a_statement_of_the_same_content_has_the_same_id(draft: StatementDraft) -> None:
    again = Statement.model_validate(draft.statement.model_dump())
    assert again.id == draft.statement.id
    assert draft.statement.model_copy(update={"period_end": 1}).id != again.id


def test_the_same_package_gives_the_same_statement_whatever_its_line_ends_and_row_order(
    tmp_path: Path,
) -> None:
    lines = [{"id": f"l{n}", "quantity": str(n)} for n in range(1, 9)]
    one = write_package(tmp_path / "one", lines)
    other = write_package(tmp_path / "other", lines[::-1])
    path = other / "activities.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    ids = [build(read_package(folder), PARTICIPANT, VERIFIER).statement.id for folder in (one, other)]
    assert ids[0] == ids[1]


def test_the_salt_changes_every_leaf(tmp_path: Path) -> None:
    other_salt = {"salt": '"0x' + bytes(range(1, 33)).hex() + '"'}
    one = build(read_package(write_package(tmp_path / "one")), PARTICIPANT, VERIFIER)
    other = build(read_package(write_package(tmp_path / "other", header=other_salt)), PARTICIPANT, VERIFIER)
    assert not {*leaves_of(one)} & {*leaves_of(other)}
