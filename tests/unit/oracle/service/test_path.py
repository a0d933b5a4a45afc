"""A package's way through the service to its receipt, and every way off it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cet.ledger import Operation
from cet.oracle.service import audit, signing
from cet.oracle.service.errors import BadSignature, IllegalMove
from cet.oracle.service.states import State
from cet.oracle.service.tables import receipts
from oracle_service import OPINION, package_of

if TYPE_CHECKING:
    from pathlib import Path

    from oracle_service import Service


def events_of(service: Service, request: str) -> list[str]:
    with service.around.database.read() as connection:
        audit.verify(connection)
        return [entry.event for entry in audit.entries_of(connection, request)]


def work(service: Service) -> None:
    while service.worker.step():
        pass


def test_package_is_minted_once_and_its_whole_way_is_in_the_log(service: Service, tmp_path: Path) -> None:
    request = service.bring(package_of(tmp_path / "package"))
    assert request.state is State.RECEIPTED
    assert request.due is None
    with service.around.database.read() as connection:
        receipt = json.loads(connection.execute(select(receipts.c.receipt)).scalar_one())
    assert events_of(service, request.id) == [
        "received",
        "recomputed",
        "assertion",
        "signed",
        "attested",
        "sending",
        "stored",
        "included",
        "confirmed",
        "receipted",
    ]
    assert [int(key, 16) for key in receipt["lots"]] == list(service.world.mirrored().lots)
    assert receipt["transactions"] == [receipt["recorded_in"]]


def test_the_same_package_again_is_the_same_request(service: Service, tmp_path: Path) -> None:
    content = package_of(tmp_path / "package")
    first = service.bring(content)
    nonce = service.world.ledger.chain.nonce(service.world.oracle.address)
    assert service.hand_in(content).id == first.id
    work(service)
    assert service.world.ledger.chain.nonce(service.world.oracle.address) == nonce


def test_the_same_statement_in_another_form_is_refused_while_one_is_in_hand(
    service: Service, tmp_path: Path
) -> None:
    content = package_of(tmp_path / "package")
    (tmp_path / "package" / "README.txt").write_text("not part of the package's meaning")
    other = package_of(tmp_path / "package")
    first = service.hand_in(content)
    service.clock.now += 1
    second = service.hand_in(other, organisation="rival")
    work(service)
    assert service.request(first).state is State.RECOMPUTED
    assert service.request(second).state is State.REFUSED
    assert "in hand already" in service.request(second).reason
    assert first.id not in service.request(second).reason


def test_a_broken_package_is_refused_with_every_finding(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package", quantity="-1"))
    work(service)
    assert service.request(request).state is State.REFUSED
    assert "activities.csv row 2, quantity" in service.request(request).reason


def test_another_statement_than_asserted_differs(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package"), asserted=bytes(31) + b"\1")
    work(service)
    assert service.request(request).state is State.DIFFERS


@pytest.mark.parametrize(
    ("figures", "state"),
    [
        ({"line": ["1024268001"]}, State.DIFFERS),
        ({"line": []}, State.DIFFERS),
        ({}, State.DIFFERS),
        ({"line": None, "other": ["1"]}, State.DIFFERS),
        ({"line": None}, State.RECOMPUTED),
    ],
)
def test_figures_are_compared_line_by_line_to_the_last_digit(
    service: Service, tmp_path: Path, figures: dict[str, list[str] | None], state: State
) -> None:
    # 100 gal × (10.21 kg CO2 + 0.41 g CH4 × 28 + 0.08 g N2O × 265), AR5, in mg
    right = ["1024268000"]
    asserted = {line: masses if masses is not None else right for line, masses in figures.items()}
    request = service.hand_in(package_of(tmp_path / "package"), figures=asserted)
    work(service)
    assert service.request(request).state is state, service.request(request).reason


def test_only_the_named_parties_signatures_are_taken(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package"))
    with pytest.raises(IllegalMove, match="received"):
        signing.add_signature(service.around, request.id, bytes(65), None, "token")
    work(service)
    for forge in (service.participant_signs, service.verifier_signs):
        with pytest.raises(BadSignature):
            forge(request, service.world.stranger)
    # The verifier's opinion is no assertion, and the other way round.
    typed = signing.typed_data(service.around, service.statement(request), OPINION)
    signature = service.world.supplier.sign_typed_data(typed)
    with pytest.raises(BadSignature):
        signing.add_signature(service.around, request.id, signature, None, "token")
    assert service.request(request).state is State.RECOMPUTED
    service.sign(request)
    assert service.request(request).state is State.SIGNED


def test_a_signature_of_one_request_is_worth_nothing_for_another(service: Service, tmp_path: Path) -> None:
    first = service.hand_in(package_of(tmp_path / "first"))
    second = service.hand_in(package_of(tmp_path / "second", quantity="7"))
    work(service)
    typed = signing.typed_data(service.around, service.statement(first), None)
    replayed = service.world.supplier.sign_typed_data(typed)
    with pytest.raises(BadSignature):
        signing.add_signature(service.around, second.id, replayed, None, "token")


def test_accreditation_that_lapsed_between_signature_and_mint_refuses(
    service: Service, tmp_path: Path
) -> None:
    request = service.hand_in(package_of(tmp_path / "package"))
    work(service)
    service.sign(request)
    registry = service.world.ledger.registry
    service.world.ledger.send(
        registry.accredit(service.world.verifier.address, 0, 1, "Verifier"), service.world.operator
    )
    service.drive()
    assert service.request(request).state is State.REFUSED
    assert "accredit" in service.request(request).reason
    assert not service.world.mirrored().lots


def test_while_minting_is_closed_requests_wait(service: Service, tmp_path: Path) -> None:
    ledger = service.world.ledger
    request = service.hand_in(package_of(tmp_path / "package"))
    work(service)
    service.sign(request)
    ledger.send(ledger.emissions.set_closed(Operation.MINT), service.world.operator)
    work(service)
    assert service.request(request).state is State.SUBMITTING
    assert "closed" in service.request(request).reason
    ledger.send(ledger.emissions.set_closed(Operation.NONE), service.world.operator)
    service.drive()
    assert service.request(request).state is State.RECEIPTED


def test_confirmation_waits_for_its_depth(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "package"))
    work(service)
    service.sign(request)
    for _ in range(5):
        work(service)
        service.clock.now += 10_000
    assert service.request(request).state is State.SUBMITTED
    service.mine(2)
    work(service)
    assert service.request(request).state is State.RECEIPTED
