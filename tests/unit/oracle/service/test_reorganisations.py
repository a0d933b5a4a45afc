"""Blocks that go, transactions that hang, nonces that others use: a mint that vanished is sent again, one that stayed is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cet.oracle.service.states import State
from cet.oracle.service.tables import receipts
from oracle_service import package_of
from world import STATIONARY, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.states import Request
    from oracle_service import Service


def signed(service: Service, content: bytes) -> Request:
    request = service.hand_in(content)
    while service.worker.step():
        pass
    service.sign(request)
    return request


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.RECEIPTED])
def test_a_mint_that_vanished_is_sent_again_by_the_same_transaction(
    service: Service, tmp_path: Path, state: State
) -> None:
    world = service.world
    request = signed(service, package_of(tmp_path / "package"))
    nonce = world.ledger.chain.nonce(world.oracle.address)
    before = service.make_request("evm_snapshot")
    service.until(request, state)
    assert len(world.mirrored().lots) == 1
    service.make_request("evm_revert", before)
    assert not world.mirrored().lots
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert len(world.mirrored().lots) == 1
    assert world.ledger.chain.nonce(world.oracle.address) == nonce + 1
    assert service.around.metrics.vanished._value.get() == 1


def test_a_mint_that_stayed_is_not_sent_again(service: Service, tmp_path: Path) -> None:
    world = service.world
    request = signed(service, package_of(tmp_path / "package"))
    service.until(request, State.SUBMITTED)
    nonce = world.ledger.chain.nonce(world.oracle.address)
    above = service.make_request("evm_snapshot")
    service.mine(3)
    service.make_request("evm_revert", above)
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert world.ledger.chain.nonce(world.oracle.address) == nonce
    assert service.around.metrics.vanished._value.get() == 0


def test_a_stuck_transaction_is_replaced_at_a_higher_fee_and_mints_once(
    service: Service, tmp_path: Path
) -> None:
    world = service.world
    request = signed(service, package_of(tmp_path / "package"))
    nonce = world.ledger.chain.nonce(world.oracle.address)
    service.make_request("evm_setAutomine", False)
    try:
        for _ in range(8):
            while service.worker.step():
                pass
            service.clock.now += 20_000
        assert service.around.metrics.replacements._value.get() >= 2
        assert service.request(request).state is State.SUBMITTING
    finally:
        service.make_request("evm_setAutomine", True)
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert len(world.mirrored().lots) == 1
    assert world.ledger.chain.nonce(world.oracle.address) == nonce + 1


def test_a_transaction_the_node_forgot_is_sent_again(service: Service, tmp_path: Path) -> None:
    request = signed(service, package_of(tmp_path / "package"))
    service.make_request("evm_setAutomine", False)
    try:
        while service.worker.step():
            pass
        service.make_request("anvil_dropAllTransactions")
    finally:
        service.make_request("evm_setAutomine", True)
    service.drive()
    assert service.request(request).state is State.RECEIPTED


def test_a_nonce_that_another_used_is_given_up(service: Service, tmp_path: Path) -> None:
    """The key sent something else meanwhile: the mint takes a new nonce."""
    world = service.world
    request = signed(service, package_of(tmp_path / "package"))
    service.make_request("evm_setAutomine", False)
    try:
        while service.worker.step():
            pass
        service.make_request("anvil_dropAllTransactions")
    finally:
        service.make_request("evm_setAutomine", True)
    world.ledger.send(world.ledger.emissions.set_hook("0x" + "00" * 20), world.oracle)
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert len(world.mirrored().lots) == 1


def test_somebody_elses_mint_of_the_same_signatures_is_taken_for_done(
    service: Service, tmp_path: Path
) -> None:
    from cet.oracle.service import recomputing
    from cet.oracle.service.attesting import evidence_of
    from cet.oracle.steps import call_of

    world = service.world
    request = signed(service, package_of(tmp_path / "package"))
    nonce = world.ledger.chain.nonce(world.oracle.address)

    def overtaken(point: str) -> None:
        if point == "leased in submitting" and not world.mirrored().lots:
            with service.around.database.read() as connection:
                found = recomputing.kept(connection, request.id)
            evidence = evidence_of(service.around, service.request(request), found)
            call = call_of(world.ledger, found.statement, evidence, found.steps[0])
            world.ledger.send(call, world.stranger)

    service.another(mark=overtaken).drive()
    assert service.request(request).state is State.RECEIPTED
    assert world.ledger.chain.nonce(world.oracle.address) == nonce


def test_a_node_whose_events_lag_behind_its_state_is_waited_for(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The state has the mint, so nothing vanished: no move, and no entry in the log, until the event is there."""
    request = signed(service, package_of(tmp_path / "package"))
    service.until(request, State.CONFIRMED)
    with monkeypatch.context() as lagging:
        lagging.setattr(type(service.world.ledger), "recording_of", lambda *_: None)
        for _ in range(10):
            while service.worker.step():
                pass
            service.clock.now += 1_000_000
        assert service.request(request).state is State.CONFIRMED
        assert "its index lags" in service.request(request).reason
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert service.around.metrics.vanished._value.get() == 0


def test_a_receipt_is_written_anew_when_the_mint_comes_elsewhere(service: Service, tmp_path: Path) -> None:
    """Another statement came first this time: number and lots' keys are others, and the receipt says so."""
    world = service.world
    before = service.make_request("evm_snapshot")
    request = signed(service, package_of(tmp_path / "package"))
    service.until(request, State.RECEIPTED)
    service.make_request("evm_revert", before)
    world.mint(world.dependent, (STATIONARY, TONNE, TONNE))
    service.drive()
    with service.around.database.read() as connection:
        receipt = json.loads(connection.execute(select(receipts.c.receipt)).scalar_one())
    assert receipt["number"] == 2
    assert {int(key, 16) for key in receipt["lots"]} <= set(world.mirrored().lots)
