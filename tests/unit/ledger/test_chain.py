"""Sending: what happens between simulation and block, and what a chain is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.ledger import Chain, NotConfirmed, Refused
from world import FOREVER, POWER

if TYPE_CHECKING:
    from world import World


def test_a_transaction_that_fails_in_its_block_names_itself(world: World) -> None:
    (lot,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    starved = Chain(world.ledger.chain.w3, gas_limit=40_000, poll_seconds=0.01)
    call = world.ledger.emissions.accept_succession(lot, FOREVER)
    with pytest.raises(Refused) as refused:
        starved.send(call, world.supplier)
    assert refused.value.transaction is not None
    assert refused.value.name == "Unknown"


def test_gas_is_estimated_where_it_is_not_fixed(world: World) -> None:
    estimating = Chain(world.ledger.chain.w3, poll_seconds=0.01)
    outcome = estimating.send(world.ledger.emissions.set_hook("0x" + "00" * 20), world.supplier)
    limit = world.ledger.chain.w3.eth.get_transaction(outcome.transaction)["gas"]
    assert outcome.gas_used <= limit <= 2 * outcome.gas_used


def test_an_earlier_block_is_read_as_it_was(world: World) -> None:
    (lot,) = world.mint(world.supplier, (POWER, 1000, 10**9))
    before = world.ledger.chain.head
    batch = world.issue(1, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, lot, 10**9), world.supplier)
    assert world.ledger.emissions.figures(lot).net == 0
    assert world.ledger.emissions.figures(lot, before).net == 10**9


def test_a_transaction_nobody_sent_is_not_confirmed(world: World) -> None:
    impatient = Chain(world.ledger.chain.w3, timeout_seconds=0.1, poll_seconds=0.02)
    with pytest.raises(NotConfirmed, match="is in no block"):
        impatient.confirm("0x" + "11" * 32, 1)
