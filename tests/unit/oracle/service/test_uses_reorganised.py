"""A reorganisation under a request that uses certificates: they are used again by the same request, or by nobody else and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak

from cet.ledger import Cancellation, LotWord, Purpose
from cet.oracle.service.states import State
from cet.statement.model import chunk_hash
from energy_packages import CANCELLED_ON_CHAIN
from oracle_service import zipped
from package_folders import write_package
from world import DAY_2021, MARKET, MWH, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.states import Request
    from oracle_service import Service

DAY_2023 = DAY_2021 + 730
POWER = {"scope": "2", "category": "electricity", "quantity": "100", "unit": "MWh", "factor": "test/grid"}


@pytest.fixture
def number(service: Service) -> int:
    """10 MWh of the supplier's certificates, cancelled for its 2023."""
    world, ledger = service.world, service.world.ledger
    days = {"production_start": DAY_2023, "production_end": DAY_2023 + 364}
    batch = world.issue_certificates(10, world.supplier, **days)
    details = Cancellation(world.supplier.address, DAY_2023, DAY_2023 + 364, Purpose.SCOPE_2)
    return ledger.send(ledger.certificates.cancel(batch, 10 * MWH, details), world.supplier).result


def signed(service: Service, folder: Path, number: int) -> Request:
    more = CANCELLED_ON_CHAIN.format(contract=service.world.ledger.certificates.address, number=number)
    request = service.hand_in(zipped(write_package(folder, [POWER], more=more)))
    while service.worker.step():
        pass
    assert service.request(request).state is State.RECOMPUTED, service.request(request)
    service.sign(request)
    return request


@pytest.mark.parametrize("state", [State.SUBMITTED, State.CONFIRMED, State.RECEIPTED])
def test_a_use_that_vanished_is_made_again_and_once(
    service: Service, tmp_path: Path, number: int, state: State
) -> None:
    certificates = service.world.ledger.certificates
    request = signed(service, tmp_path / "package", number)
    before = service.make_request("evm_snapshot")
    service.until(request, state)
    assert certificates.consumed_by(number) == (1, 1)
    service.make_request("evm_revert", before)
    assert certificates.consumed_by(number) == (0, 0)
    service.drive()
    assert service.request(request).state is State.RECEIPTED
    assert certificates.consumed_by(number) == (1, 1)
    told = service.world.mirrored()
    assert [use.use for uses in told.consumed.values() for use in uses] == [number]


def test_what_another_statement_used_meanwhile_is_not_used_again(
    service: Service, tmp_path: Path, number: int
) -> None:
    """On the branch that stayed the supplier's other entity used the certificates first: the request is refused with the reason, and
    nothing of it is minted."""
    world, ledger = service.world, service.world.ledger
    service.enrol("works-2")
    request = signed(service, tmp_path / "package", number)
    before = service.make_request("evm_snapshot")
    service.until(request, State.SUBMITTED)
    service.make_request("evm_revert", before)
    words = [ledger.certificates.use(number).word]
    other = world.state(
        world.supplier,
        [LotWord(MARKET, 0, 1_000 * MWH, TONNE).encode()],
        first_day=DAY_2023,
        entity=keccak(text="works-2"),
        instrument_chunks=(chunk_hash(words),),
    )
    evidence = world.evidence(other, world.supplier)
    ledger.send(ledger.registry.consume(other, evidence, 0, words), world.stranger)
    service.drive()
    found = service.request(request)
    assert found.state is State.REFUSED
    assert "is used by the statements that begin with number 1" in str(found)
    assert not world.mirrored().lots
    assert ledger.certificates.consumed_by(number) == (1, 1)
