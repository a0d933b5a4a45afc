"""The API over HTTP: who may do and see what, and what hostile calls come to."""

from __future__ import annotations

import errno
import io
import json
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from cet.oracle.service import audit, tokens
from cet.oracle.service.api import intake_routes
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.states import State
from cet.oracle.service.tokens import Scope
from oracle_service import OPINION, Service, package_of, served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from world import World


class Api:
    """Calls of tokens that are made when first used: (organisation, scopes)."""

    def __init__(self, service: Service, url: str, log: io.StringIO) -> None:
        self.service, self.url, self.log = service, url, log
        world = service.world
        self.parties = {"participant": world.supplier.address, "verifier": world.verifier.address}

    def token(self, organisation: str, *scopes: Scope, address: str = "") -> str:
        with self.service.around.database.write() as connection:
            return tokens.new(connection, organisation, scopes, address, 0)

    def call(self, method: str, path: str, token: str | None, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **more)

    def hand_in(self, content: bytes, token: str, **more: str) -> requests.Response:
        return self.call("POST", "/v1/requests", token, data=content, params={**self.parties, **more})

    def work(self) -> None:
        while self.service.worker.step():
            pass


@pytest.fixture
def api(world: World, tmp_path: Path) -> Iterator[Api]:
    log = io.StringIO()
    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", log)
    service.enrol("works")
    with served(service.around, Bounds(body_bytes=200_000, body_seconds=3)) as url:
        yield Api(service, url, log)
    service.around.database.close()


def test_from_upload_to_receipt_one_id_follows_the_package(api: Api, tmp_path: Path) -> None:
    world = api.service.world
    mine = api.token("acme", Scope.SUBMIT, Scope.READ)
    theirs = api.token("auditor", Scope.VERIFY, address=world.verifier.address)
    answer = api.hand_in(package_of(tmp_path / "package"), mine)
    assert answer.status_code == 201
    request = answer.json()["id"]
    assert answer.headers["X-Request-ID"] == request
    api.work()
    comparison = api.call("GET", f"/v1/requests/{request}/comparison", mine).json()
    assert [line["recomputed_mg"] for line in comparison["lines"]] == [["1024268000"]]
    for token, role, signer in (
        (mine, "assertion", world.supplier),
        (theirs, "opinion", world.verifier),
    ):
        parameters = {"role": role, "level": OPINION.level, "coverage": OPINION.coverage}
        typed = api.call("GET", f"/v1/requests/{request}/typed-data", token, params=parameters).json()
        body: dict[str, Any] = {"signature": "0x" + signer.sign_typed_data(typed).hex()}
        if role == "opinion":
            body["opinion"] = {
                "standard": OPINION.standard,
                "level": OPINION.level,
                "coverage": OPINION.coverage,
            }
        signed = api.call("POST", f"/v1/requests/{request}/signatures", token, json=body)
        assert signed.status_code == 200, signed.text
    assert signed.json()["state"] == "signed"
    api.service.drive()
    receipt = api.call("GET", f"/v1/requests/{request}/receipt", mine).json()
    logged = [json.loads(line) for line in api.log.getvalue().splitlines()]
    stored = next(entry for entry in logged if entry["event"] == "transaction stored")
    assert (stored["request"], stored["transaction"]) == (request, receipt["recorded_in"])
    metrics = api.call("GET", "/metrics", None).text
    assert 'cet_requests{state="receipted"} 1.0' in metrics
    assert mine not in api.log.getvalue()


def test_another_organisations_request_looks_like_none(api: Api, tmp_path: Path) -> None:
    mine, rival = (api.token(name, Scope.SUBMIT, Scope.READ) for name in ("acme", "rival"))
    wrong_verifier = api.token("auditor", Scope.VERIFY, address=api.service.world.stranger.address)
    request = api.hand_in(package_of(tmp_path / "package"), mine).json()["id"]
    api.work()
    for token in (rival, wrong_verifier):
        assert api.call("GET", "/v1/requests", token).json() == []
        for path in ("", "/comparison", "/receipt", "/log", "/typed-data?role=assertion"):
            there = api.call("GET", f"/v1/requests/{request}{path}", token)
            nowhere = api.call("GET", f"/v1/requests/{'0' * 32}{path}", token)
            assert there.status_code == nowhere.status_code == 404
            assert there.text.replace(request, "") == nowhere.text.replace("0" * 32, "")
        body = {"signature": "0x" + "11" * 65}
        assert api.call("POST", f"/v1/requests/{request}/signatures", token, json=body).status_code == 404


def test_an_operator_sees_states_and_no_lines(api: Api, tmp_path: Path) -> None:
    mine, operator = api.token("acme", Scope.SUBMIT), api.token("operator", Scope.OPERATE)
    request = api.hand_in(package_of(tmp_path / "p", quantity="-1"), mine).json()["id"]
    api.work()
    assert "quantity" in api.call("GET", f"/v1/requests/{request}", mine).json()["reason"]
    (seen,) = api.call("GET", "/v1/requests", operator).json()
    detail = api.call("GET", f"/v1/requests/{request}", operator).json()
    assert (seen["state"], seen["reason"], detail["reason"], detail["summary"]) == ("refused", "", "", None)
    assert api.call("GET", f"/v1/requests/{request}/comparison", operator).status_code == 404


@pytest.mark.parametrize("token", [None, "cet_0123456789abcdef_" + "x" * 43, "Bearer", "cet_", "é" * 20])
def test_without_a_right_token_nothing_is_done(api: Api, token: str | None) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()} if token else {}
    answer = requests.get(f"{api.url}/v1/requests", headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (401, "NotAllowed")


def test_a_token_does_only_what_its_scopes_say_and_ends_when_revoked(api: Api, tmp_path: Path) -> None:
    reader = api.token("acme", Scope.READ)
    assert api.hand_in(package_of(tmp_path / "package"), reader).status_code == 403
    assert api.call("POST", "/v1/attestations", reader, json={}).status_code == 403
    with api.service.around.database.write() as connection:
        tokens.revoke(connection, reader.split("_")[1], 1)
    assert api.call("GET", "/v1/requests", reader).status_code == 401


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 422), (b"no zip", 422), (b"PK\x05\x06" + bytes(18), 422), (bytes(200_001), 413)],
)
def test_what_is_no_package_is_refused(api: Api, content: bytes, status: int) -> None:
    answer = api.hand_in(content, api.token("acme", Scope.SUBMIT))
    assert (answer.status_code, set(answer.json())) == (status, {"error"})


def test_an_upload_that_never_ends_is_ended(api: Api) -> None:
    token = api.token("acme", Scope.SUBMIT)
    place = urlsplit(api.url)
    query = "&".join(f"{name}={value}" for name, value in api.parties.items())
    with socket.create_connection((place.hostname, place.port), timeout=60) as slow:
        head = f"POST /v1/requests?{query} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000\r\n\r\n"
        slow.sendall(head.encode() + b"PK")
        assert b"408" in slow.recv(4_096).split(b"\r\n")[0]


@pytest.mark.parametrize("path", ["/v1/attestations", "/v1/requests/0/signatures", "/v1/subscriptions"])
@pytest.mark.parametrize("token", ["", "Authorization: Bearer cet_0123456789abcdef_x\r\n"])
def test_a_stranger_is_refused_before_a_byte_of_the_body_is_read(api: Api, path: str, token: str) -> None:
    place = urlsplit(api.url)
    with socket.create_connection((place.hostname, place.port), timeout=60) as slow:
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{token}Content-Type: application/json\r\nContent-Length: 60000000\r\n\r\n"
        slow.sendall(head.encode())
        assert b"401" in slow.recv(4_096).split(b"\r\n")[0]


def test_a_full_disk_is_said_and_the_service_goes_on(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where uploads are unpacked there is no room: nothing is taken, and the same package is as soon as there is."""
    mine, package = api.token("acme", Scope.SUBMIT), package_of(tmp_path / "package")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(intake_routes, "take", full)
        answer = api.hand_in(package, mine)
    assert (answer.status_code, answer.json()["error"]["kind"]) == (503, "ServiceError")
    assert answer.headers["Retry-After"]
    assert not api.service.waiting()
    assert api.hand_in(package, mine).status_code == 201


def test_a_forged_signature_is_refused_and_changes_nothing(api: Api, tmp_path: Path) -> None:
    mine = api.token("acme", Scope.SUBMIT, Scope.READ)
    request = api.hand_in(package_of(tmp_path / "package"), mine).json()["id"]
    api.work()
    for body in (
        {"signature": "0x" + "11" * 65},
        {"signature": "0x"},
        {"signature": "0x" + "00" * 4_096},
        {},
    ):
        assert api.call("POST", f"/v1/requests/{request}/signatures", mine, json=body).status_code == 422
    assert api.service.request(request).state is State.RECOMPUTED
    with api.service.around.database.read() as connection:
        audit.verify(connection)
    logged = [json.loads(line) for line in api.log.getvalue().splitlines()]
    refused = [one for one in logged if one.get("refused") == "BadSignature"]
    assert {one["request"] for one in refused} == {request}


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, rb'{"lines": [{"id": "\ud800", "results": []}]}', b'{"lines": 1', b"\xff"]
)
def test_figures_that_are_none_are_refused(api: Api, tmp_path: Path, body: bytes) -> None:
    mine = api.token("acme", Scope.SUBMIT)
    request = api.hand_in(package_of(tmp_path / "package"), mine).json()["id"]
    api.work()
    assert api.call("PUT", f"/v1/requests/{request}/figures", mine, data=body).status_code == 422
    assert api.service.request(request).state is State.RECOMPUTED


@pytest.mark.parametrize("use", ["0x12:" + "9" * 5_000, "\0:7", "0x12:\u0663", "0x12", ":7"])
def test_a_use_that_is_none_is_refused(api: Api, tmp_path: Path, use: str) -> None:
    mine = api.token("acme", Scope.SUBMIT)
    assert api.hand_in(package_of(tmp_path / "package"), mine, instrument=use).status_code == 422
    assert not api.service.waiting()


def test_a_token_may_call_only_so_often(world: World, tmp_path: Path) -> None:
    service = Service.on(world, f"sqlite:///{tmp_path / 'limited.db'}")
    with served(service.around, Bounds(per_minute=3)) as url:
        api = Api(service, url, io.StringIO())
        token, other = api.token("acme", Scope.READ), api.token("acme", Scope.READ)
        answers = [api.call("GET", "/v1/requests", token) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert answers[-1].headers["Retry-After"]
        assert api.call("GET", "/v1/requests", other).status_code == 200
    service.around.database.close()


def test_the_published_description_names_every_route(api: Api) -> None:
    described = api.call("GET", "/openapi.json", None).json()
    assert {"/v1/requests", "/v1/requests/{identity}/signatures", "/v1/attestations", "/ready"} <= set(
        described["paths"]
    )
    assert api.call("GET", "/ready", None).json() == {"database": "ok", "chain": "ok", "secrets": "ok"}
