"""Broken packages, forged and replayed signatures, and prying organisations, over HTTP: refused, logged, harmless."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cet.oracle.service import audit, tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.states import State
from cet.oracle.service.tokens import Scope
from oracle_service import OPINION, Service, package_of, served, zipped
from unit.test_broken_packages import CASES, break_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from world import World


class Caller:
    """Calls with a token of an organisation."""

    def __init__(self, service: Service, url: str) -> None:
        self.service, self.url = service, url

    def token(self, organisation: str, *scopes: Scope, address: str = "") -> str:
        with self.service.around.database.write() as connection:
            return tokens.new(connection, organisation, scopes, address, 0)

    def __call__(self, method: str, path: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **more)

    def hand_in(self, content: bytes, token: str) -> requests.Response:
        world = self.service.world
        parties = {"participant": world.supplier.address, "verifier": world.verifier.address}
        return self("POST", "/v1/requests", token, data=content, params=parties)

    def sign(self, request: str, token: str, signature: bytes, opinion: bool = False) -> requests.Response:
        body: dict[str, Any] = {"signature": "0x" + signature.hex()}
        if opinion:
            body["opinion"] = {
                "standard": OPINION.standard,
                "level": OPINION.level,
                "coverage": OPINION.coverage,
            }
        return self("POST", f"/v1/requests/{request}/signatures", token, json=body)

    def work(self) -> None:
        while self.service.worker.step():
            pass


@pytest.fixture
def caller(world: World, tmp_path: Path) -> Iterator[Caller]:
    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", io.StringIO())
    service.enrol("works")
    with served(service.around, Bounds(body_bytes=2_000_000, per_minute=10**6)) as url:
        yield Caller(service, url)
    service.around.database.close()


def test_every_broken_package_of_the_corpus_is_refused_and_said_why(caller: Caller, tmp_path: Path) -> None:
    """What is no zip of a package at the door, all else by the recomputation; the service goes on."""
    mine = caller.token("acme", Scope.SUBMIT, Scope.READ)
    handed = {}
    for place, case in enumerate(CASES[::3]):
        folder = tmp_path / "cases" / str(place)
        break_package(folder, case.values[0])
        answer = caller.hand_in(zipped(folder), mine)
        if answer.status_code in (413, 422):
            assert set(answer.json()) == {"error"}, case.id
        else:
            assert answer.status_code in (200, 201), (case.id, answer.text)
            handed[answer.json()["id"]] = case.id
    assert len(handed) > 20
    caller.work()
    for identity, name in handed.items():
        after = caller.service.request(identity)
        assert after.state is State.REFUSED, name
        assert after.reason, name
        assert "Traceback" not in after.reason, name
        assert "cet-package-" not in after.reason, name  # where it was unpacked
        log = caller("GET", f"/v1/requests/{identity}/log", mine).json()
        assert [entry["event"] for entry in log] == ["received", "refused"], name
    assert caller.hand_in(package_of(tmp_path / "right"), mine).status_code == 201
    caller.work()
    with caller.service.around.database.read() as connection:
        audit.verify(connection)


def test_signatures_of_others_and_of_other_requests_change_nothing(caller: Caller, tmp_path: Path) -> None:
    world, registry = caller.service.world, caller.service.world.ledger.registry
    mine = caller.token("acme", Scope.SUBMIT, Scope.READ)
    first, second = (
        caller.hand_in(package_of(tmp_path / quantity, quantity=quantity), mine).json()["id"]
        for quantity in ("1", "2")
    )
    caller.work()
    own, other = (caller.service.statement(caller.service.request(one)) for one in (first, second))
    assertion = world.supplier.sign_typed_data(registry.assertion(own))
    forged = [
        world.stranger.sign_typed_data(registry.assertion(own)),
        world.verifier.sign_typed_data(registry.assertion(own)),
        world.supplier.sign_typed_data(registry.assertion(other)),
        # The same curve point written the other way round: no second signature of the same.
        assertion[:32] + (2**256 - 1 - int.from_bytes(assertion[32:64])).to_bytes(32) + assertion[64:],
        assertion[:64] + b"\x02",
        assertion + b"\0",
        b"",
    ]
    for signature in forged:
        assert caller.sign(first, mine, signature).status_code == 422
    assert caller.sign(first, mine, assertion, opinion=True).status_code == 422
    assert caller.sign(first, mine, assertion).status_code == 200
    # Replayed to the other request, and again to its own.
    assert caller.sign(second, mine, assertion).status_code == 422
    assert caller.sign(first, mine, assertion).status_code == 200
    assert caller("GET", f"/v1/requests/{first}", mine).json()["signed"] == ["assertion"]
    assert caller("GET", f"/v1/requests/{second}", mine).json()["signed"] == []
    log = caller("GET", f"/v1/requests/{first}/log", mine).json()
    assert [entry["event"] for entry in log] == ["received", "recomputed", "assertion"]


def test_nothing_of_anothers_lines_comes_out_of_any_route(caller: Caller, tmp_path: Path) -> None:
    """Lines, summaries, reasons and receipts of one organisation in no answer to another's tokens."""
    world = caller.service.world
    mine, rival, operator = (
        caller.token("acme", Scope.SUBMIT, Scope.READ),
        caller.token("rival", Scope.SUBMIT, Scope.READ, Scope.ATTEST),
        caller.token("operator", Scope.OPERATE),
    )
    wrong = caller.token("auditor", Scope.VERIFY, address=world.stranger.address)
    package = package_of(tmp_path / "secret", quantity="123456.789")
    identity = caller.hand_in(package, mine).json()["id"]
    broken = caller.hand_in(package_of(tmp_path / "broken", quantity="-98765"), mine).json()["id"]
    caller.work()
    assert "98765" in caller("GET", f"/v1/requests/{broken}", mine).json()["reason"]
    figure = caller("GET", f"/v1/requests/{identity}/comparison", mine).json()["lines"][0]["recomputed_mg"][0]
    secrets = {figure, "123456.789", "98765", "The plant", "Diesel"}
    paths = json.loads(requests.get(f"{caller.url}/openapi.json", timeout=60).text)["paths"]
    reading = [path for path, item in paths.items() if "get" in item]
    assert len(reading) >= 8
    for token in (rival, operator, wrong):
        for path in reading:
            for one in (identity, broken):
                answer = caller("GET", path.replace("{identity}", one), token, params={"role": "assertion"})
                assert not [secret for secret in secrets if secret in answer.text], (path, answer.text)
    # The same package of another organisation is another request, and tells nothing of the first.
    again = caller.hand_in(package, rival)
    assert (again.status_code, again.json()["id"] == identity) == (201, False)
