"""What was received is cited once: live statements together cite no more of a lot than there is of it (laws 10, 11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests as http

from cet.ledger import Correction, key_text
from cet.oracle.service import tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.states import State
from oracle_service import Service, served, zipped
from package_folders import LINE, write_package
from world import FOREVER, MARKET, MWH, POWER, PURCHASED, STATIONARY, TONNE

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.states import Request

ENERGY = {
    "id": "cited",
    "scope": "2",
    "category": "electricity",
    "unit": "MWh",
    "factor": "test/grid",
    "market_factor": "test/mix",
}
GOODS = {"id": "cited", "scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"}


@pytest.fixture
def lot(service: Service) -> str:
    """100 MWh that the supplier of these tests received."""
    world = service.world
    (plant,) = world.mint(world.dependent, (POWER, 1_000 * MWH, 500 * TONNE))
    service.enrol("other")
    return key_text(world.allocate(plant, world.dependent, world.supplier, 100 * MWH, MARKET))


def citing(folder: Path, entity: str, quantity: str, lot: str, line: dict[str, str] = ENERGY) -> bytes:
    """A package that burns something, and cites so much of a lot."""
    lines = [LINE, {**line, "quantity": quantity, "received": lot}]
    return zipped(write_package(folder / f"{entity}-{quantity}", lines, header={"entity": f'"{entity}"'}))


def refused(service: Service, content: bytes, **more: object) -> str:
    request = service.hand_in(content, **more)
    service.drive()
    after = service.request(request)
    assert after.state is State.REFUSED, after
    return after.reason


@pytest.mark.parametrize("minted", [True, False])
def test_the_same_units_are_not_cited_by_two_statements(
    service: Service, tmp_path: Path, lot: str, *, minted: bool
) -> None:
    content = citing(tmp_path, "works", "60", lot)
    if minted:
        assert service.bring(content).state is State.RECEIPTED
    else:
        waiting = service.hand_in(content)
        service.drive()
        assert service.request(waiting).state is State.RECOMPUTED
    reason = refused(service, citing(tmp_path, "other", "40.000001", lot), organisation="rival")
    assert (
        f"received {lot}: 60000000 Wh of it are cited by other statements already, 40000001 here, it has 100000000"
        in reason
    )
    # To the last unit there is.
    assert service.bring(citing(tmp_path, "other", "40", lot), organisation="rival").state is State.RECEIPTED


def test_a_lot_shared_by_mass_is_cited_once_too(service: Service, tmp_path: Path) -> None:
    world = service.world
    (source,) = world.mint(world.dependent, (STATIONARY, TONNE, TONNE))
    # 0.31 kg CO2e a dollar
    lot = key_text(world.allocate(source, world.dependent, world.supplier, 310_000 * 10, PURCHASED))
    service.enrol("other")
    service.bring(citing(tmp_path, "works", "9", lot, GOODS))
    assert "mg of it are cited by other" in refused(service, citing(tmp_path, "other", "1.1", lot, GOODS))
    assert service.bring(citing(tmp_path, "other", "1", lot, GOODS)).state is State.RECEIPTED


def test_a_correction_takes_the_place_of_what_it_corrects(service: Service, tmp_path: Path, lot: str) -> None:
    service.bring(citing(tmp_path, "works", "60", lot))
    corrected = service.bring(citing(tmp_path, "works", "70", lot), corrects=True)
    assert corrected.state is State.RECEIPTED, corrected.reason
    assert "70000000 Wh" in refused(service, citing(tmp_path, "other", "31", lot))
    # Corrected to less, the rest is free.
    assert service.bring(citing(tmp_path, "works", "20", lot), corrects=True).state is State.RECEIPTED
    assert service.bring(citing(tmp_path, "other", "80", lot)).state is State.RECEIPTED


def test_what_is_refused_or_withdrawn_cites_nothing(service: Service, tmp_path: Path, lot: str) -> None:
    first = service.bring(citing(tmp_path, "works", "60", lot))
    assert first.statement
    registry = service.world.ledger.registry
    service.world.ledger.send(
        registry.withdraw(bytes.fromhex(first.statement), "meter"), service.world.verifier
    )
    refused(service, citing(tmp_path, "other", "101", lot))
    assert service.bring(citing(tmp_path, "other", "100", lot)).state is State.RECEIPTED


def test_it_is_found_again_when_what_was_received_has_become_less(
    service: Service, tmp_path: Path, lot: str
) -> None:
    """Between recomputing and attesting: the supplier corrects the units of its allocation."""
    both: list[Request] = [
        service.hand_in(citing(tmp_path, entity, "50", lot)) for entity in ("works", "other")
    ]
    while service.worker.step():
        pass
    ledger, parties = service.world.ledger, (service.world.dependent, service.world.supplier)
    correction = Correction(int(lot, 16), 60 * MWH, 100 * MWH, FOREVER, b"\1" * 32)
    typed = ledger.emissions.correction(correction)
    call = ledger.emissions.correct(correction, *(party.sign_typed_data(typed) for party in parties))
    ledger.send(call, service.world.stranger)
    for request in both:
        service.sign(request)
    service.drive()
    assert sorted(service.request(one).state for one in both) == [State.RECEIPTED, State.REFUSED]


def test_over_the_api(service: Service, tmp_path: Path, lot: str) -> None:
    with service.around.database.write() as connection:
        token = tokens.new(connection, "acme", [tokens.Scope.SUBMIT, tokens.Scope.READ], "", 0)
    parties = {"participant": service.world.supplier.address, "verifier": service.world.verifier.address}
    with served(service.around, Bounds()) as url:
        session = http.Session()
        session.headers["Authorization"] = f"Bearer {token}"
        packages = [citing(tmp_path, entity, "60", lot) for entity in ("works", "other")]
        ids = [
            session.post(f"{url}/v1/requests", params=parties, data=content).json()["id"]
            for content in packages
        ]
        while service.worker.step():
            pass
        found = [session.get(f"{url}/v1/requests/{one}").json() for one in ids]
    assert sorted(one["state"] for one in found) == ["recomputed", "refused"]
    assert [f"received {lot}" in one["reason"] for one in found].count(True) == 1
