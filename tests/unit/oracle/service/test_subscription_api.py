"""Subscriptions over HTTP: made, seen, rotated and ended by their organisation alone; the secret is shown once."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cet.oracle.service import audit, tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.tokens import Scope
from kept import a_chain, keeping, offset
from oracle_service import Service, served
from webhook_receiver import receiving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from world import World


class Api:
    def __init__(self, service: Service, url: str, log: io.StringIO) -> None:
        self.service, self.url, self.log = service, url, log

    def token(self, organisation: str, *scopes: Scope) -> str:
        with self.service.around.database.write() as connection:
            return tokens.new(connection, organisation, scopes, "", 0)

    def call(self, method: str, path: str, token: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(
            method, f"{self.url}/v1/subscriptions{path}", headers=headers, timeout=30, **more
        )


@pytest.fixture
def api(world: World, tmp_path: Path) -> Iterator[Api]:
    log = io.StringIO()
    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", log, signer=world.stranger)
    service = service.another(settings=replace(service.around.settings, private_webhooks=True))
    with served(service.around, Bounds()) as url:
        yield Api(service, url, log)
    service.around.database.close()


def test_subscribe_be_told_rotate_and_end(api: Api) -> None:
    service, world = api.service, api.service.world
    token = api.token("acme", Scope.SUBSCRIBE)
    chain = a_chain(world)
    keeper = keeping(service)
    keeper.once()
    with receiving() as receiver:
        body = {"url": receiver.url, "participant": world.supplier.address.lower()}
        made = api.call("POST", "", token, json=body)
        assert made.status_code == 201
        first, identity = made.json()["secret"], made.json()["id"]
        assert api.call("GET", "", token).json() == [{k: v for k, v in made.json().items() if k != "secret"}]
        second = api.call("POST", f"/{identity}/secret", token).json()["secret"]
        assert first != second
        offset(world, chain.source, 1)
        keeper.once()
        service.mine(service.around.settings.depth)
        keeper.once()
        (call,) = receiver.calls
        assert call.verified(first), "the old secret signs beside the new one for a day"
        assert call.verified(second)
        (delivery,) = api.call("GET", f"/{identity}/deliveries", token).json()
        assert (delivery["state"], delivery["status"], delivery["event"]) == ("delivered", 200, call.event)
        service.clock.now += 25 * 3_600_000
        offset(world, chain.source, 1)
        service.mine(service.around.settings.depth)
        keeper.once()
        assert not receiver.calls[-1].verified(first)
        assert receiver.calls[-1].verified(second)
        assert api.call("DELETE", f"/{identity}", token).status_code == 204
        assert api.call("GET", "", token).json() == []
    assert first not in api.log.getvalue()
    assert second not in api.log.getvalue()
    with service.around.database.read() as connection:
        audit.verify(connection)


def test_another_organisation_sees_and_changes_nothing(api: Api) -> None:
    own, other = api.token("acme", Scope.SUBSCRIBE), api.token("rival", Scope.SUBSCRIBE)
    identity = api.call("POST", "", own, json={"url": "http://127.0.0.1:9/"}).json()["id"]
    assert api.call("GET", "", other).json() == []
    paths = [("DELETE", ""), ("POST", "/secret"), ("GET", "/deliveries"), ("POST", "/deliveries/retry")]
    for method, path in paths:
        answer = api.call(method, f"/{identity}{path}", other)
        none = api.call(method, f"/{'0' * 32}{path}", other)
        assert (answer.status_code, none.status_code) == (404, 404), path
        assert answer.json()["error"]["kind"] == none.json()["error"]["kind"]
    assert len(api.call("GET", "", own).json()) == 1
    reader = api.token("acme", Scope.READ)
    assert api.call("GET", "", reader).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "ftp://example.org/"},
        {"url": "http://u:p@127.0.0.1/"},
        {"url": "http://127.0.0.1/", "lots": ["1"]},
        {"url": "http://127.0.0.1/", "participant": "0x1"},
        {"url": "http://127.0.0.1/", "events": "everything"},
        {"url": "http://127.0.0.1/", "secret": "mine"},
        {"url": "http://127.0.0.1/", "lots": ["0x0000000000000000"]},
    ],
)
def test_a_bad_subscription_is_refused_with_what_is_wrong(api: Api, body: dict[str, Any]) -> None:
    answer = api.call("POST", "", api.token("acme", Scope.SUBSCRIBE), json=body)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json()["error"]["problem"]


def test_private_networks_are_refused_where_they_are_not_allowed(world: World, tmp_path: Path) -> None:
    service = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}", signer=world.stranger)
    with served(service.around, Bounds()) as url:
        api = Api(service, url, io.StringIO())
        token = api.token("acme", Scope.SUBSCRIBE)
        for target in ("https://127.0.0.1/", "https://169.254.169.254/latest/meta-data", "https://[::1]/"):
            answer = api.call("POST", "", token, json={"url": target})
            assert answer.status_code == 422
            assert "private" in answer.json()["error"]["problem"]
    service.around.database.close()
