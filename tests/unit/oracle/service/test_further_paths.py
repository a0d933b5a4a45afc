"""Corrections and instruments through the service; the watched folder; what comes back after its database was away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cet.ledger import Cancellation, Purpose
from cet.ledger.endpoints import EndpointsProvider
from cet.oracle.service import requests
from cet.oracle.service.errors import BadUpload
from cet.oracle.service.states import State
from cet.oracle.service.watching import take_dropped
from oracle_service import HOUR_MS, Service, package_of, zipped
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.states import Request

DAY_2023 = 19_358
"""1 January 2023."""


def corrected(service: Service, folder: Path, quantity: str, **more: object) -> Request:
    return service.bring(package_of(folder, quantity=quantity), corrects=True, **more)


def test_a_correction_restates_what_stands(service: Service, tmp_path: Path) -> None:
    first = service.bring(package_of(tmp_path / "first"))
    second = corrected(service, tmp_path / "second", "50")
    assert (first.state, second.state) == (State.RECEIPTED, State.RECEIPTED)
    books = service.world.mirrored()
    ((lot, (told,)),) = books.restatements.items()
    assert (told.statement, told.after * 2) == (2, told.before)
    assert service.world.ledger.emissions.figures(lot).gross == told.after
    assert books.head_of(1) == 2


def test_a_correction_of_a_correction_needs_every_package_and_has_them(
    service: Service, tmp_path: Path
) -> None:
    service.bring(package_of(tmp_path / "first"))
    corrected(service, tmp_path / "second", "200", inflation=1_000)
    third = corrected(service, tmp_path / "third", "150")
    assert third.state is State.RECEIPTED
    ledger, books = service.world.ledger, service.world.mirrored()
    assert sum(ledger.emissions.figures(lot).gross for lot in books.lots) == 1_024_268_000 * 3 // 2


def test_another_organisation_cannot_correct_what_is_not_its_own(service: Service, tmp_path: Path) -> None:
    """It has no package of the statement: the service does not lend it one."""
    service.bring(package_of(tmp_path / "first"))
    other = service.hand_in(
        package_of(tmp_path / "other", quantity="50"), organisation="rival", corrects=True
    )
    for _ in range(40):
        while service.worker.step():
            pass
        service.clock.now += 600_000
    assert service.request(other).state is State.REFUSED
    assert not service.world.mirrored().restatements


def test_a_correction_of_nothing_is_refused_and_says_why(service: Service, tmp_path: Path) -> None:
    request = service.hand_in(package_of(tmp_path / "p"), corrects=True)
    service.drive()
    assert service.request(request).state is State.REFUSED
    assert "nothing is stated" in service.request(request).reason


def test_a_correction_is_carried_out_once_whatever_a_reorganisation_takes(
    service: Service, tmp_path: Path
) -> None:
    service.bring(package_of(tmp_path / "first"))
    before = service.make_request("evm_snapshot")
    second = corrected(service, tmp_path / "second", "50")
    service.make_request("evm_revert", before)
    assert not service.world.mirrored().restatements
    with service.around.database.write() as connection:
        request = service.request(second)
        requests.save(
            connection, request, request.__class__(**{**_fields(request), "due": service.clock.now})
        )
    service.drive()
    assert service.request(second).state is State.RECEIPTED
    ((told,),) = service.world.mirrored().restatements.values()
    assert told.after * 2 == told.before


def _fields(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in request.__slots__}


def test_an_allocation_that_nobody_gave_is_refused_by_line_and_lot(service: Service, tmp_path: Path) -> None:
    line = {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"}
    cited = {**line, "id": "cited", "market_factor": "test/mix", "received": "0x8000000000000001"}
    request = service.hand_in(zipped(write_package(tmp_path / "package", [cited])))
    service.drive()
    after = service.request(request)
    assert after.state is State.REFUSED
    assert "line cited, received 0x8000000000000001: there is no such lot on the ledger" in after.reason


def cancelled(service: Service, period_start: int = DAY_2023) -> str:
    """A cancellation of 1 MWh for the supplier's scope 2 of 2023, as requests name it."""
    world = service.world
    days = {"production_start": DAY_2023, "production_end": DAY_2023 + 364}
    batch = world.issue_certificates(1, world.supplier, **days)
    details = Cancellation(world.supplier.address, period_start, period_start + 364, Purpose.SCOPE_2)
    contract = world.ledger.certificates
    number = world.ledger.send(contract.cancel(batch, 10**6, details), world.supplier).result
    return f"{contract.address}:{number}"


def test_a_statement_consumes_its_certificates_before_it_mints(service: Service, tmp_path: Path) -> None:
    use = cancelled(service)
    request = service.bring(package_of(tmp_path / "p"), instruments=use)
    assert request.state is State.RECEIPTED, request.reason
    books = service.world.mirrored()
    assert len(books.statements) == 1
    assert len(books.lots) == 1
    # Used once: another statement that names it is refused.
    service.enrol("other")
    again = service.bring(package_of(tmp_path / "q", "other"), instruments=use)
    assert again.state is State.REFUSED
    assert len(service.world.mirrored().statements) == 1


def test_a_certificate_of_another_period_mints_nothing(service: Service, tmp_path: Path) -> None:
    request = service.bring(package_of(tmp_path / "p"), instruments=cancelled(service, DAY_2023 - 365))
    assert request.state is State.REFUSED
    assert not service.world.mirrored().statements


def test_a_node_that_is_away_refuses_no_package(service: Service, tmp_path: Path) -> None:
    """However long: a correction is recomputed from the ledger, and waits for it."""
    service.bring(package_of(tmp_path / "first"))
    request = service.hand_in(package_of(tmp_path / "second", quantity="50"), corrects=True)
    w3 = service.world.ledger.chain.w3
    there, w3.provider = w3.provider, EndpointsProvider(["http://127.0.0.1:1"], rounds=1)
    try:
        for _ in range(12):
            while service.worker.step():
                pass
            service.clock.now += HOUR_MS
        assert service.request(request).state is State.RECEIVED
        assert "none of 1 endpoint answers" in service.request(request).reason
    finally:
        w3.provider = there
    service.drive()
    assert service.request(request).state is State.RECOMPUTED


class TestWatchedFolder:
    def drop(self, service: Service, folder: Path, name: str, content: bytes, note: object = None) -> None:
        place = folder / "acme"
        place.mkdir(parents=True, exist_ok=True)
        world = service.world
        parties = {"participant": world.supplier.address, "verifier": world.verifier.address}
        (place / f"{name}.zip").write_bytes(content)
        text = note if isinstance(note, str) else json.dumps(parties if note is None else note)
        (place / f"{name}.json").write_text(text)

    def test_what_is_dropped_is_one_request_and_moves_away(self, service: Service, tmp_path: Path) -> None:
        content = package_of(tmp_path / "p")
        for name in ("one", "same-again"):
            self.drop(service, tmp_path / "in", name, content)
        assert take_dropped(service.around, tmp_path / "in") == 2
        assert take_dropped(service.around, tmp_path / "in") == 0
        taken = tmp_path / "in" / "acme" / "taken"
        ids = {json.loads((taken / f"{name}.json").read_text())["request"] for name in ("one", "same-again")}
        (identity,) = ids
        assert service.request(identity).organisation == "acme"
        service.drive()
        assert service.request(identity).state is State.RECOMPUTED

    @pytest.mark.parametrize(
        ("content", "note", "why"),
        [
            (b"no zip", None, "neither a zip nor a workbook"),
            (None, {"participant": "0x1", "verifier": "0x2"}, "is no address"),
            (None, [], "names no parties"),
            (None, "[" * 60_000, "names no parties"),
        ],
    )
    def test_what_is_no_package_goes_to_refused_with_the_reason(
        self, service: Service, tmp_path: Path, content: bytes | None, note: object, why: str
    ) -> None:
        self.drop(service, tmp_path / "in", "bad", content or package_of(tmp_path / "p"), note)
        assert take_dropped(service.around, tmp_path / "in") == 1
        refused = tmp_path / "in" / "acme" / "refused"
        assert why in json.loads((refused / "bad.json").read_text())["reason"]
        assert not service.waiting()

    def test_neither_links_nor_what_is_too_large_is_read(self, service: Service, tmp_path: Path) -> None:
        secret = tmp_path / "secret.zip"
        secret.write_bytes(package_of(tmp_path / "p"))
        self.drop(service, tmp_path / "in", "link", b"")
        link = tmp_path / "in" / "acme" / "link.zip"
        link.unlink()
        link.symlink_to(secret)
        self.drop(service, tmp_path / "in", "large", bytes(1_001))
        assert take_dropped(service.around, tmp_path / "in", max_bytes=1_000) == 2
        assert secret.exists()
        assert not service.waiting()

    def test_what_can_not_be_read_holds_up_nobody(self, service: Service, tmp_path: Path) -> None:
        self.drop(service, tmp_path / "in", "a", b"PK")
        note = tmp_path / "in" / "acme" / "a.json"
        note.unlink()
        note.mkdir()
        self.drop(service, tmp_path / "in", "b", package_of(tmp_path / "p"))
        assert take_dropped(service.around, tmp_path / "in") == 1
        assert (tmp_path / "in" / "acme" / "taken" / "b.zip").exists()
        assert note.exists()

    def test_a_package_without_its_note_is_not_whole_yet(self, service: Service, tmp_path: Path) -> None:
        self.drop(service, tmp_path / "in", "late", b"PK")
        (tmp_path / "in" / "acme" / "late.json").unlink()
        assert take_dropped(service.around, tmp_path / "in") == 0


def test_instruments_that_are_none_are_refused_before_anything_is_stored(
    service: Service, tmp_path: Path
) -> None:
    with pytest.raises(BadUpload):
        service.hand_in(zipped(write_package(tmp_path / "p")), inflation=10_001)
    request = service.hand_in(zipped(tmp_path / "p"), instruments="0x12:7")
    service.drive()
    assert service.request(request).state is State.REFUSED
    assert "no instrument registry" in service.request(request).reason
