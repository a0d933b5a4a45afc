"""Hypothesis drives the deployed contracts beside the independent model; a difference is a defect of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from cet.ledger.store import Store
from stateful.machine import LedgerMachine

if TYPE_CHECKING:
    from world import World

CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def run(world: World, examples: int, steps: int) -> None:
    LedgerMachine.world = world
    LedgerMachine.store = Store.open("sqlite://", world.ledger.deployment)
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(max_examples=examples, stateful_step_count=steps, suppress_health_check=CHECKS),
    )
    LedgerMachine.store.close()


def test_contracts_and_model_agree_after_every_step(world: World) -> None:
    run(world, examples=12, steps=30)


@pytest.mark.slow
def test_contracts_and_model_agree_for_long(world: World) -> None:
    run(world, examples=120, steps=60)
