"""A key that a worker and the cascade keeper share: whoever waits behind a stuck transaction raises its fee, whoever stored it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cet.ledger.transactions import Fees, fate_of
from cet.oracle.service import outbox, unblocking
from cet.oracle.service.keeping import cascades
from cet.oracle.service.keeping.cascades import STEP, CascadeState
from cet.oracle.service.states import State
from cet.oracle.service.tables import attempts
from cet.oracle.service.tables import cascades as batches
from cet.oracle.service.unblocking import unblock
from kept import a_chain, keeping, stale_of
from oracle_service import package_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.oracle.service.outbox import Stored
    from cet.oracle.service.states import Request
    from oracle_service import Service

DEAR = 10**11
"""Wei per gas: a hundred times what anvil begins with."""


@pytest.fixture
def jammed(service: Service) -> Iterator[Service]:
    """Blocks are made by hand; `dear_block` makes one whose base fee what was sent before does not pay."""
    a_chain(service.world)
    before = service.make_request("eth_getBlockByNumber", "latest", False)["baseFeePerGas"]
    service.make_request("evm_setAutomine", False)
    yield service
    # The node goes back to the chain as it was, and not to the fee.
    service.make_request("anvil_dropAllTransactions")
    service.make_request("anvil_setNextBlockBaseFeePerGas", before)
    service.mine()
    service.make_request("evm_setAutomine", True)


def dear_block(service: Service) -> None:
    service.make_request("anvil_setNextBlockBaseFeePerGas", hex(DEAR))
    service.mine()


def signed_request(service: Service, folder: Path) -> Request:
    request = service.hand_in(package_of(folder))
    while service.worker.step():
        pass
    service.sign(request)
    return request


def works(service: Service) -> None:
    while service.worker.step():
        pass


def the_batch(service: Service) -> Stored:
    """The keeper's only transaction."""
    with service.around.database.read() as connection:
        identity = connection.execute(select(batches.c.id)).scalar_one()
        stored = outbox.open_of(connection, identity, STEP)
    assert stored is not None
    return stored


def the_mint(service: Service, request: Request) -> Stored:
    with service.around.database.read() as connection:
        stored = outbox.open_of(connection, request.id, "mint:0")
    assert stored is not None
    return stored


def stuck(service: Service) -> None:
    service.clock.now += service.around.settings.stuck_ms + 1


def test_a_mint_raises_the_cascade_of_a_keeper_that_is_gone(jammed: Service, tmp_path: Path) -> None:
    """Cascade and mint are both below the base fee; the keeper never comes back."""
    request = signed_request(jammed, tmp_path / "package")
    keeping(jammed).keeper.round()
    works(jammed)
    cascade, mint = the_batch(jammed), the_mint(jammed, request)
    assert (cascade.sender, cascade.nonce) == (mint.sender, mint.nonce - 1)
    dear_block(jammed)
    chain = jammed.world.ledger.chain
    assert chain.nonce(mint.sender) == cascade.nonce, "neither is in the block"
    for _ in range(4):
        stuck(jammed)
        works(jammed)
        jammed.mine()
    raised = the_batch(jammed)
    assert fate_of(chain, raised.sender, raised.nonce, raised.hashes).transaction == raised.latest.hash
    assert raised.latest.fees.most > DEAR > cascade.latest.fees.most
    assert stale_of(jammed.world) == [], "what was raised is the cascade as it was"
    jammed.make_request("evm_setAutomine", True)
    jammed.drive()
    assert jammed.request(request).state is State.RECEIPTED
    assert chain.nonce(mint.sender) == mint.nonce + 1, "one transaction each"


def test_a_cascade_raises_the_mint_of_a_worker_that_is_gone(jammed: Service, tmp_path: Path) -> None:
    request = signed_request(jammed, tmp_path / "package")
    works(jammed)
    keeper = keeping(jammed).keeper
    keeper.round()
    cascade, mint = the_batch(jammed), the_mint(jammed, request)
    assert cascade.nonce == mint.nonce + 1
    dear_block(jammed)
    for _ in range(4):
        stuck(jammed)
        keeper.round()
        jammed.mine()
    assert stale_of(jammed.world) == []
    jammed.mine(jammed.around.settings.depth)
    keeper.round()
    with jammed.around.database.read() as connection:
        assert cascades.counts(connection) == {CascadeState.CONFIRMED.value: 1}
    assert jammed.world.ledger.chain.nonce(mint.sender) == cascade.nonce + 1
    jammed.make_request("evm_setAutomine", True)
    jammed.drive()
    assert jammed.request(request).state is State.RECEIPTED, (
        "the worker finds it minted, by whichever attempt"
    )


def test_what_is_not_stuck_or_of_another_key_is_left_alone(jammed: Service, tmp_path: Path) -> None:
    request = signed_request(jammed, tmp_path / "package")
    keeping(jammed).keeper.round()
    works(jammed)
    cascade, mint = the_batch(jammed), the_mint(jammed, request)
    assert not unblock(jammed.around, mint, cascade.nonce), "a moment ago"
    stuck(jammed)
    assert not unblock(jammed.around, mint, mint.nonce), "it is next in line itself"
    other = jammed.another(signer=jammed.world.stranger)
    assert not unblock(other.around, mint, cascade.nonce), "another key's"
    assert len(the_batch(jammed).attempts) == 1
    assert unblock(jammed.around, mint, cascade.nonce)
    assert not unblock(jammed.around, mint, cascade.nonce), "raised a moment ago"
    assert len(the_batch(jammed).attempts) == 2


def test_two_who_wait_raise_it_once(jammed: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second sees, its signature ready, that the first was faster."""
    request = signed_request(jammed, tmp_path / "package")
    keeping(jammed).keeper.round()
    works(jammed)
    cascade, mint = the_batch(jammed), the_mint(jammed, request)
    stuck(jammed)
    refill, done = unblocking.refilled, []

    def meanwhile(*given: object) -> object:
        if not done:
            done.append(True)
            assert unblock(jammed.around, mint, cascade.nonce)
        return refill(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(unblocking, "refilled", meanwhile)
    assert not unblock(jammed.around, mint, cascade.nonce)
    assert len(the_batch(jammed).attempts) == 2


def test_what_was_raised_meanwhile_is_not_given_up(jammed: Service) -> None:
    """Who read its attempts before another raised it takes the nonce for used by a stranger: it must look again."""
    keeping(jammed).keeper.round()
    stored = the_batch(jammed)
    with jammed.around.database.write() as connection:
        outbox.add_attempt(connection, stored.sender, stored.nonce, Fees(DEAR, 1), b"raised", 1)
    with jammed.around.database.write() as connection:
        assert not outbox.end(connection, stored, "passed")
    with jammed.around.database.write() as connection:
        assert outbox.end(connection, the_batch(jammed), "passed")
    with jammed.around.database.read() as connection:
        hashes = connection.execute(select(attempts.c.hash)).scalars().all()
    assert len(hashes) == 2
