"""The oracle attests only what it recomputes, and mints every lot of a statement once, whatever interrupts it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cet.errors import PackageError
from cet.inventory import read_package
from cet.ledger import LocalSigner, LotWord, NotConfirmed, Opinion, Refused
from cet.oracle import Oracle, RecomputationDiffers, gather_evidence
from cet.statement import build
from package_folders import write_package
from world import dev_signers

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger import Evidence
    from cet.statement import StatementDraft
    from world import World

OPINION = Opinion("ISO 14064-3", "reasonable", 9_500)
MANY_FACILITIES = 405
"""More lots than one transaction mints."""


@pytest.fixture
def enrolled(world: World) -> World:
    """The supplier speaks for the entity of the test packages."""
    registry = world.ledger.registry
    world.ledger.send(registry.assign_entity("works", world.supplier.address), world.operator)
    return world


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path / "package")


@pytest.fixture
def large_package(tmp_path: Path) -> Path:
    """A package whose lots take two transactions."""
    names = [f"site-{number}" for number in range(MANY_FACILITIES)]
    facilities = "".join(
        f'\n[[facility]]\nid = "{name}"\nname = "{name}"\ncountry = "US"\n' for name in names
    )
    lines = [{"id": name, "facility": name} for name in names]
    return write_package(tmp_path / "large", lines, more=facilities)


def oracle_of(world: World, signer: LocalSigner | None = None) -> Oracle:
    return Oracle(world.ledger, signer or world.oracle)


def draft_of(world: World, package: Path) -> StatementDraft:
    return oracle_of(world).recompute(package, world.supplier.address, world.verifier.address)


def evidence_of(world: World, draft: StatementDraft, *attestations: bytes) -> Evidence:
    registry, statement = world.ledger.registry, draft.statement
    return gather_evidence(
        world.ledger,
        statement,
        assertion=world.supplier.sign_typed_data(registry.assertion(statement)),
        opinion=OPINION,
        opinion_signature=world.verifier.sign_typed_data(registry.opinion(statement.id, OPINION)),
        attestations=attestations or (world.oracle.sign_typed_data(registry.attestation(statement.id)),),
    )


def test_package_becomes_lots_that_gather_its_lines(enrolled: World, package: Path) -> None:
    draft = draft_of(enrolled, package)
    attestation = oracle_of(enrolled).attest(draft.statement, package)
    receipt = oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft, attestation))
    assert receipt.statement.id == draft.statement.id
    assert [LotWord.decode(word).key(receipt.number) for word in draft.chunks[0]] == list(receipt.lots)
    assert sum(receipt.lot_lines) == receipt.line_count == 1
    assert receipt.transactions == (receipt.transaction,)
    for key, lot in zip(receipt.lots, draft.inventory.lots, strict=True):
        assert enrolled.ledger.emissions.figures(key).gross == lot.gross
    proof = draft.prove("line")
    assert enrolled.ledger.registry.verify_line(draft.statement, proof.line, proof.proof)
    assert not enrolled.ledger.registry.verify_line(draft.statement, proof.line + b" ", proof.proof)


def test_submitting_again_sends_nothing_and_gives_the_same_receipt(enrolled: World, package: Path) -> None:
    draft = draft_of(enrolled, package)
    first = oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft))
    head, nonce = enrolled.ledger.chain.head, enrolled.ledger.chain.nonce(enrolled.oracle.address)
    again = oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft))
    assert again.transactions == ()
    assert (again.number, again.lots, again.transaction, again.block) == (
        first.number,
        first.lots,
        first.transaction,
        first.block,
    )
    assert (enrolled.ledger.chain.head, enrolled.ledger.chain.nonce(enrolled.oracle.address)) == (head, nonce)


def test_what_an_interruption_left_out_is_minted_and_nothing_twice(
    enrolled: World, large_package: Path
) -> None:
    draft = draft_of(enrolled, large_package)
    evidence = evidence_of(enrolled, draft)
    assert [len(words) for words in draft.chunks] == [400, 5]
    mint = enrolled.ledger.emissions.mint
    enrolled.ledger.send(mint(draft.statement, evidence, 1, draft.chunks[1]), enrolled.stranger)
    receipt = oracle_of(enrolled).submit(draft, evidence)
    assert len(receipt.transactions) == 1
    assert len(receipt.lots) == MANY_FACILITIES
    assert set(enrolled.mirrored().lots) == set(receipt.lots)
    assert oracle_of(enrolled).submit(draft, evidence).transactions == ()


def test_being_overtaken_with_the_same_signatures_does_no_harm(enrolled: World, package: Path) -> None:
    chain, draft = enrolled.ledger.chain, draft_of(enrolled, package)
    evidence = evidence_of(enrolled, draft)
    call = enrolled.ledger.emissions.mint(draft.statement, evidence, 0, draft.chunks[0])
    request = chain.w3.provider.make_request
    request("evm_setAutomine", [False])  # type: ignore[arg-type]
    try:
        with ThreadPoolExecutor() as pool:
            faster = pool.submit(enrolled.ledger.send, call, enrolled.stranger)
            slower = pool.submit(oracle_of(enrolled).submit, draft, evidence)
            while chain.w3.eth.get_block_transaction_count("pending") < 2:
                time.sleep(0.01)
            request("anvil_mine", ["0x1"])  # type: ignore[arg-type]
            outcomes = [future.exception() for future in (faster, slower)]
    finally:
        request("evm_setAutomine", [True])  # type: ignore[arg-type]
    assert slower.result().transactions == () or isinstance(outcomes[0], Refused)
    assert slower.result().number == 1
    if isinstance(outcomes[0], Refused):
        # The stranger came second: it was refused in a block, and the error says in which transaction.
        assert (outcomes[0].name, outcomes[0].transaction is not None) == ("LotExists", True)


def test_only_recorded_without_lots_is_completed(enrolled: World, package: Path) -> None:
    draft = draft_of(enrolled, package)
    evidence = evidence_of(enrolled, draft)
    recorded = enrolled.ledger.send(
        enrolled.ledger.registry.submit(draft.statement, evidence), enrolled.stranger
    )
    receipt = oracle_of(enrolled).submit(draft, evidence)
    assert receipt.transaction == recorded.transaction != receipt.transactions[0]


def test_a_statement_that_the_package_does_not_give_is_not_attested(enrolled: World, tmp_path: Path) -> None:
    right = write_package(tmp_path / "right")
    asserted = build(
        read_package(write_package(tmp_path / "asserted", [{"quantity": "99"}])),
        enrolled.supplier.address,
        enrolled.verifier.address,
    ).statement
    with pytest.raises(RecomputationDiffers, match=r"differ in .*linesRoot.*reported"):
        oracle_of(enrolled).attest(asserted, right)


def test_a_broken_package_is_not_attested(enrolled: World, tmp_path: Path) -> None:
    draft = draft_of(enrolled, write_package(tmp_path / "right"))
    broken = write_package(tmp_path / "broken", [{"quantity": "-1"}])
    with pytest.raises(PackageError, match="quantity"):
        oracle_of(enrolled).attest(draft.statement, broken)


def test_another_package_for_a_stated_period_is_refused(enrolled: World, tmp_path: Path) -> None:
    first = draft_of(enrolled, write_package(tmp_path / "first"))
    oracle_of(enrolled).submit(first, evidence_of(enrolled, first))
    second = draft_of(enrolled, write_package(tmp_path / "second", [{"quantity": "99"}]))
    with pytest.raises(Refused, match="each day of an entity is stated once") as refused:
        oracle_of(enrolled).submit(second, evidence_of(enrolled, second))
    assert refused.value.name == "RangeOverlaps"


def test_attestations_are_put_in_the_order_of_their_oracles(enrolled: World, package: Path) -> None:
    registry, others = enrolled.ledger.registry, dev_signers()[10:12]
    for other in others:
        enrolled.ledger.send(registry.set_oracle(other.address, trusted=True), enrolled.operator)
    enrolled.ledger.send(registry.set_attestations_required(3), enrolled.operator)
    draft = draft_of(enrolled, package)
    signers = sorted((enrolled.oracle, *others), key=lambda signer: -int(signer.address, 16))
    attestations = [oracle_of(enrolled, signer).attest(draft.statement, package) for signer in signers]
    with pytest.raises(Refused) as refused:
        oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft, attestations[0]))
    assert refused.value.name == "AttestationsTooFew"
    receipt = oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft, *attestations))
    assert receipt.number == 1


def test_confirmation_waits_for_depth(enrolled: World, package: Path) -> None:
    draft = draft_of(enrolled, package)
    receipt = oracle_of(enrolled).submit(draft, evidence_of(enrolled, draft))
    chain = enrolled.ledger.chain
    impatient = type(chain)(chain.w3, timeout_seconds=0.2, poll_seconds=0.05)
    with pytest.raises(NotConfirmed, match="not 3 blocks deep"):
        impatient.confirm(receipt.transaction, 3)
    chain.w3.provider.make_request("anvil_mine", ["0x3"])  # type: ignore[arg-type]
    assert chain.confirm(receipt.transaction, 3)["blockNumber"] == receipt.block
