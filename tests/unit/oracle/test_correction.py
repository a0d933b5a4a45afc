"""A corrected package restates what stands: dependents follow, nothing passed on rises above the bound, history stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.ledger import LedgerError, Opinion, Refused
from cet.ledger.mirror import Doubt, Mirror, evaluate, flags_of
from cet.oracle import Oracle, OracleError, RecomputationDiffers, gather_evidence
from package_folders import write_package
from world import PURCHASED

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger import Evidence
    from cet.oracle import Receipt
    from cet.statement import Statement, SupersedingDraft
    from world import World

OPINION = Opinion("ISO 14064-3", "reasonable", 9_500)


class Correcting:
    """A minted package, half of whose one lot went to the dependent."""

    def __init__(self, world: World, folder: Path) -> None:
        ledger = world.ledger
        ledger.send(ledger.registry.assign_entity("works", world.supplier.address), world.operator)
        self.world, self.folder, self.oracle = world, folder, Oracle(ledger, world.oracle)
        self.first = write_package(folder / "first")
        draft = self.oracle.recompute(self.first, world.supplier.address, world.verifier.address)
        evidence = self.evidence(draft.statement, self.oracle.attest(draft.statement, self.first))
        self.receipt = self.oracle.submit(draft, evidence)
        self.packages = {draft.statement.id: self.first}
        (self.lot,) = self.receipt.lots
        self.gross = draft.inventory.lots[0].gross
        self.share = world.allocate(
            self.lot,
            world.supplier,
            world.dependent,
            self.gross // 2,
            PURCHASED,
            consumed_from=draft.statement.period_start,
            consumed_to=draft.statement.period_end,
        )

    def evidence(self, statement: Statement, attestation: bytes, opinion: Opinion = OPINION) -> Evidence:
        registry = self.world.ledger.registry
        return gather_evidence(
            self.world.ledger,
            statement,
            assertion=self.world.supplier.sign_typed_data(registry.assertion(statement)),
            opinion=opinion,
            opinion_signature=self.world.verifier.sign_typed_data(registry.opinion(statement.id, opinion)),
            attestations=[attestation],
        )

    def draft(self, package: Path, inflation: int = 0) -> SupersedingDraft:
        world = self.world
        return self.oracle.recompute_correction(
            package, self.packages, world.supplier.address, world.verifier.address, inflation
        )

    def carry_out(self, package: Path, inflation: int = 0) -> Receipt:
        draft = self.draft(package, inflation)
        attestation = self.oracle.attest_correction(draft.statement, package, self.packages)
        self.packages[draft.statement.id] = package
        return self.oracle.submit(draft, self.evidence(draft.statement, attestation))

    def figure(self, key: int) -> int:
        return self.world.ledger.emissions.figures(key).gross


@pytest.fixture
def correcting(world: World, tmp_path: Path) -> Correcting:
    return Correcting(world, tmp_path)


def package_of(folder: Path, quantity: int) -> Path:
    return write_package(folder / str(quantity), [{"quantity": str(quantity)}])


def test_a_lower_figure_comes_down_to_the_dependent(correcting: Correcting, tmp_path: Path) -> None:
    before = correcting.figure(correcting.share)
    receipt = correcting.carry_out(package_of(tmp_path, 50))
    assert len(receipt.transactions) == 1
    assert receipt.lots == ()
    assert correcting.figure(correcting.lot) * 2 == correcting.gross
    assert abs(correcting.figure(correcting.share) * 2 - before) <= 2
    state = correcting.world.mirrored()
    (told,) = state.restatements[correcting.lot]
    assert (told.statement, told.before, told.after) == (2, correcting.gross, correcting.gross // 2)
    assert state.head_of(1) == 2


def test_what_exceeds_the_bound_stays_with_the_participant(correcting: Correcting, tmp_path: Path) -> None:
    receipt = correcting.carry_out(package_of(tmp_path, 200), inflation=1_000)
    raised = correcting.figure(correcting.lot)
    assert raised == correcting.gross * 11 // 10
    (further,) = receipt.lots
    assert raised + correcting.figure(further) == 2 * correcting.gross
    assert correcting.world.ledger.emissions.holder_of(further) == correcting.world.supplier.address
    assert receipt.lot_lines == (1,)


def test_corrections_of_corrections_match_further_lots(correcting: Correcting, tmp_path: Path) -> None:
    first = correcting.carry_out(package_of(tmp_path, 200), inflation=1_000)
    second = correcting.carry_out(package_of(tmp_path, 150))
    assert (first.number, second.number, second.lots) == (2, 3, ())
    (further,) = first.lots
    total = correcting.figure(correcting.lot) + correcting.figure(further)
    assert total * 2 == correcting.gross * 3
    state = correcting.world.mirrored()
    assert evaluate(state)[further].gross == correcting.figure(further)
    assert [told.statement for told in state.restatements[further]] == [3]


def test_submitting_a_correction_again_sends_nothing(correcting: Correcting, tmp_path: Path) -> None:
    package = package_of(tmp_path, 200)
    draft = correcting.draft(package, 1_000)
    attestation = correcting.oracle.attest_correction(draft.statement, package, correcting.packages)
    evidence = correcting.evidence(draft.statement, attestation)
    first = correcting.oracle.submit(draft, evidence)
    again = correcting.oracle.submit(draft, evidence)
    assert (len(first.transactions), again.transactions, again.lots) == (2, (), first.lots)


def test_the_oracle_attests_only_what_package_and_ledger_give(correcting: Correcting, tmp_path: Path) -> None:
    package = package_of(tmp_path, 200)
    draft = correcting.draft(package, 1_000)
    altered = draft.statement.model_copy(update={"restated_chunks": (b"\1" * 32,)})
    with pytest.raises(RecomputationDiffers, match="restatedChunks"):
        correcting.oracle.attest_correction(altered, package, correcting.packages)
    with pytest.raises(OracleError, match="no package of statement 1"):
        correcting.oracle.attest_correction(draft.statement, package, {})
    with pytest.raises(RecomputationDiffers, match="does not give the lines of statement 1"):
        correcting.oracle.attest_correction(
            draft.statement, package, {correcting.receipt.statement.id: package}
        )


def test_less_assurance_or_a_stale_head_is_refused(correcting: Correcting, tmp_path: Path) -> None:
    package = package_of(tmp_path, 50)
    draft = correcting.draft(package)
    attestation = correcting.oracle.attest_correction(draft.statement, package, correcting.packages)
    weaker = correcting.evidence(draft.statement, attestation, Opinion("ISO 14064-3", "limited", 10_000))
    with pytest.raises(Refused) as refused:
        correcting.oracle.submit(draft, weaker)
    assert refused.value.name == "AssuranceLower"
    correcting.carry_out(package_of(tmp_path, 60))
    with pytest.raises(Refused) as refused:
        correcting.oracle.submit(draft, correcting.evidence(draft.statement, attestation))
    assert refused.value.name == "NotHead"


def test_a_period_that_nobody_stated_has_nothing_to_correct(correcting: Correcting, tmp_path: Path) -> None:
    other = write_package(tmp_path / "other", header={"period": "{ start = 2022-01-01, end = 2022-12-31 }"})
    with pytest.raises(LedgerError, match="nothing is stated"):
        correcting.draft(other)


def test_an_opinion_taken_back_flags_descendants_until_it_is_given_anew(correcting: Correcting) -> None:
    ledger, world = correcting.world.ledger, correcting.world
    mirror = Mirror(ledger.chain, ledger.deployment)
    assert flags_of(mirror.refresh(), correcting.share) == ()
    statement = correcting.receipt.statement
    ledger.send(ledger.registry.withdraw(statement.id, "a meter was misread"), world.verifier)
    (flag,) = flags_of(mirror.refresh(), correcting.share)
    assert (flag.lot, flag.statement, flag.doubt) == (correcting.lot, 1, Doubt.WITHDRAWN)
    # The same package, verified again: every lot is confirmed.
    correcting.carry_out(correcting.first)
    state = mirror.refresh()
    assert flags_of(state, correcting.share) == ()
    assert state.withdrawn == {1: "a meter was misread"}
    assert correcting.figure(correcting.lot) == correcting.gross
