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
    told = world.mirrored().escrows[held]
    assert (told.holder, told.use, told.held, told.reconciled) == (
        holder.address,
        use,
        {batch: 8 * TONNE},
        "",
    )

    said = Reconciliation(held, verifier.address, keccak(text="actual use"), ((batch, 5 * TONNE + 1),))
    signatures = [one.sign_typed_data(escrow.reconciliation(said)) for one in (holder, verifier)]
    ledger.send(escrow.reconcile(holder.address, use, said, *signatures), world.dependent)
    ledger.send(escrow.give_back(holder.address, use, batch), world.dependent)
    view = ledger.offsets.batch_of(batch)
    assert view is not None
    assert view.retired == 5 * TONNE + 1
    assert ledger.offsets.balance_of(holder.address, batch) == 5 * TONNE - 1
    assert escrow.is_reconciled(held)
    told = world.mirrored().escrows[held]
    assert told.reconciled == verifier.address
    assert (told.put_in, told.retired) == (((batch, 8 * TONNE),), ((batch, 5 * TONNE + 1),))
    assert (told.returned, told.held) == (((batch, 3 * TONNE - 1),), {batch: 0})
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


def test_what_nobody_reconciled_is_told_as_retired(world: World) -> None:
    """Two batches, one of them twice: the mirror holds what the contract holds, of each."""
    ledger, holder = world.ledger, world.supplier
    escrow, batches = ledger.escrow, [world.issue(10, holder), world.issue(10, holder)]
    use = use_of(world)
    for batch, tonnes in ((batches[0], 2), (batches[1], 3), (batches[0], 4)):
        call = escrow.put_in(ledger.offsets, holder.address, batch, tonnes * TONNE, use)
        ledger.send(call, holder)
    held = use.escrow(holder.address)
    told = world.mirrored().escrows[held]
    assert told.held == {batch: escrow.held_of(held, batch) for batch in batches}
    provider = ledger.chain.w3.provider
    provider.make_request("evm_increaseTime", [366 * 86_400])
    provider.make_request("evm_mine", [])
    ledger.send(escrow.retire_unreconciled(holder.address, use, batches[0]), world.stranger)
    told = world.mirrored().escrows[held]
    assert (told.retired, told.reconciled) == (((batches[0], 6 * TONNE),), "")
    assert told.held == {batches[0]: 0, batches[1]: 3 * TONNE}


def test_the_ledgers_views_show_what_is_held(world: World) -> None:
    from io import StringIO

    from rich.console import Console

    from cet.report.escrow_tables import escrows_table
    from cet.report.ledger_json import escrow_json

    ledger, holder = world.ledger, world.supplier
    batch, use = world.issue(10, holder), use_of(world)
    ledger.send(ledger.escrow.put_in(ledger.offsets, holder.address, batch, 8 * TONNE, use), holder)
    (escrow,) = world.mirrored().escrows.values()
    shown = Console(file=StringIO(), width=120)
    shown.print(escrows_table([escrow], "Escrow"))
    text = shown.file.getvalue()  # type: ignore[attr-defined]
    assert "kettle" in text
    assert "to be reconciled by" in text
    assert text.count("8.000") == 2
    found = escrow_json(escrow)
    assert found["batches"][0]["held_mg"] == str(8 * TONNE)
    assert found["reconciled_by"] is None
