"""The use phase escrow through the client: credits in, a reconciliation by holder and verifier, the rest back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak

from cet.ledger import LedgerError, Reconciliation, Refused, UsePhase, WrongChain
from cet.ledger.signed_file import SignedReconciliation
from cet.ledger.signing import Domain
from world import DAY_2021, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from world import World


def use_of(world: World, product: str = "kettle", last_day: int = DAY_2021 + 364) -> UsePhase:
    """A year's use, to be reconciled within a year from now."""
    until = world.ledger.chain.now + 365 * 86_400
    return UsePhase(
        product, "its users in Germany", last_day - 364, last_day, until, keccak(text="terms, 4.2")
    )


def test_what_was_used_is_retired_and_the_rest_goes_back(world: World) -> None:
    ledger, holder, verifier = world.ledger, world.supplier, world.verifier
    escrow, use = ledger.escrow, use_of(world)
    batch = world.issue(10, holder)
    ledger.send(escrow.put_in(ledger.offsets, holder.address, batch, 8 * TONNE, use), holder)
    held = use.escrow(holder.address)
    assert held == escrow.view("escrowOf", holder.address, use.encode(), read=lambda values: values[0])
    assert (escrow.held_of(held, batch), escrow.is_reconciled(held)) == (8 * TONNE, False)
    assert world.mirrored().holdings[batch, escrow.address] == 8 * TONNE

    said = Reconciliation(held, verifier.address, keccak(text="actual use"), ((batch, 5 * TONNE + 1),))
    signatures = [one.sign_typed_data(escrow.reconciliation(said)) for one in (holder, verifier)]
    ledger.send(escrow.reconcile(holder.address, use, said, *signatures), world.dependent)
    ledger.send(escrow.give_back(holder.address, use, batch), world.dependent)
    view = ledger.offsets.batch_of(batch)
    assert view is not None
    assert view.retired == 5 * TONNE + 1
    assert ledger.offsets.balance_of(holder.address, batch) == 5 * TONNE - 1
    assert escrow.is_reconciled(held)
    with pytest.raises(Refused, match="is reconciled"):
        ledger.send(escrow.reconcile(holder.address, use, said, *signatures), holder)


def test_refusals_are_sentences(world: World) -> None:
    ledger, holder = world.ledger, world.supplier
    escrow, batch = ledger.escrow, world.issue(10, holder)
    with pytest.raises(Refused, match="without the use that they are held for"):
        ledger.send(ledger.offsets.transfer(holder.address, escrow.address, batch, TONNE), holder)
    today = ledger.chain.now // 86_400
    use = use_of(world, last_day=today)
    ledger.send(escrow.put_in(ledger.offsets, holder.address, batch, TONNE, use), holder)
    said = Reconciliation(use.escrow(holder.address), world.verifier.address, bytes(32), ((batch, TONNE),))
    with pytest.raises(Refused, match="the use is not over"):
        ledger.send(escrow.reconcile(holder.address, use, said, b"", b""), holder)
    with pytest.raises(Refused, match="the use can be reconciled"):
        ledger.send(escrow.retire_unreconciled(holder.address, use, batch), holder)


def test_a_signed_reconciliation_is_read_as_it_was_written(tmp_path: Path) -> None:
    holder, verifier, contract = ("0x" + f"{number:040x}" for number in (1, 2, 3))
    said = Reconciliation(keccak(text="e"), verifier, keccak(text="d"), ((7, 5), (9, 2**56 - 1)))
    written = SignedReconciliation(said, 31337, contract, holder, b"\1" * 65)
    file = tmp_path / "signed.json"
    written.write(file)
    assert SignedReconciliation.read(file) == written
    written.require_contract(Domain("UsePhaseEscrow", "1", 31337, contract))  # type: ignore[arg-type]
    with pytest.raises(WrongChain):
        written.require_contract(Domain("UsePhaseEscrow", "1", 1, contract))  # type: ignore[arg-type]
    file.write_text("{}")
    with pytest.raises(LedgerError, match="no signed reconciliation"):
        SignedReconciliation.read(file)
