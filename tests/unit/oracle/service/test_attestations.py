"""m of n: each oracle recomputes by itself over HTTP; a wrong, silent or untrusted one changes nothing."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from cet.oracle.service import recomputing, tokens
from cet.oracle.service.api.guard import Bounds
from cet.oracle.service.peers import Peer
from cet.oracle.service.states import State
from cet.oracle.service.tables import attestations as table
from cet.oracle.service.tables import packages
from oracle_service import HOUR_MS, Service, package_of, served
from world import dev_signers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.oracle.service.states import Request


@contextlib.contextmanager
def peer_of(service: Service, folder: Path, signer: object) -> Iterator[Peer]:
    """Another oracle with a database and a key of its own."""
    other = Service.on(service.world, f"sqlite:///{folder}", signer=signer)
    with other.around.database.write() as connection:
        token = tokens.new(connection, "peers", [tokens.Scope.ATTEST], "", 0)
    with served(other.around, Bounds()) as url:
        yield Peer(url, token)
    other.around.database.close()


@contextlib.contextmanager
def liar(answer: bytes) -> Iterator[Peer]:
    """Something that answers every question with the same words."""

    class Lies(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Lies)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Peer(f"http://127.0.0.1:{server.server_port}", "")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("honest", [True, False])
def test_two_of_three_are_needed_and_a_liar_is_none_of_them(
    service: Service, tmp_path: Path, *, honest: bool
) -> None:
    world, others = service.world, dev_signers()[10:12]
    registry = world.ledger.registry
    for other in others:
        world.ledger.send(registry.set_oracle(other.address, trusted=True), world.operator)
    world.ledger.send(registry.set_attestations_required(2), world.operator)
    # A stolen oracle's signature of another statement, a stranger's of the right one, and no signature at all.
    elsewhere = others[1].sign_typed_data(registry.attestation(bytes(32)))
    answers = [b'{"signature": "0x%s"}' % elsewhere.hex().encode(), b"{}", b"\xff", b'{"signature": 5}']
    with contextlib.ExitStack() as stack:
        peers = [stack.enter_context(liar(answer)) for answer in answers]
        peers.append(stack.enter_context(peer_of(service, tmp_path / "s.db", world.stranger)))
        if honest:
            peers.append(stack.enter_context(peer_of(service, tmp_path / "h.db", others[0])))
        around = service.another(peers=tuple(peers))
        request = around.hand_in(package_of(tmp_path / "package"))
        while around.worker.step():
            pass
        around.sign(request)
        while around.worker.step():
            pass
        if honest:
            around.drive()
    after = service.request(request)
    assert after.state is (State.RECEIPTED if honest else State.SIGNED)
    assert len(world.mirrored().lots) == honest
    assert honest or after.reason == "1 of 2 attestations"


def test_an_oracle_distrusted_after_it_attested_counts_no_longer(service: Service, tmp_path: Path) -> None:
    world, other = service.world, dev_signers()[10]
    registry = world.ledger.registry
    request = service.hand_in(package_of(tmp_path / "package"))
    while service.worker.step():
        pass
    service.sign(request)
    assert service.worker.step()
    assert service.request(request).state is State.ATTESTED
    world.ledger.send(registry.set_oracle(world.oracle.address, trusted=False), world.operator)
    while service.worker.step():
        pass
    assert service.request(request).state is State.SIGNED
    assert not world.mirrored().lots
    world.ledger.send(registry.set_oracle(other.address, trusted=True), world.operator)
    service.another(signer=other).drive()
    assert service.request(request).state is State.RECEIPTED


def attestations_of(service: Service) -> list[tuple[bytes, str]]:
    with service.around.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(table.c.signature, table.c.factors))]


def recomputed_and_signed(service: Service, tmp_path: Path) -> Request:
    request = service.hand_in(package_of(tmp_path / "package"))
    while service.worker.step():
        pass
    service.sign(request)
    return request


def test_what_was_attested_when_it_was_recomputed_is_not_recomputed_again(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = recomputed_and_signed(service, tmp_path)
    assert len(attestations_of(service)) == 1
    monkeypatch.setattr(recomputing, "draft_of", None)
    service.drive()
    assert service.request(request).state is State.RECEIPTED


@pytest.mark.parametrize("stale", ["other factors", "a day later", "another statement's", "forged"])
def test_an_own_attestation_that_proves_nothing_now_is_made_anew(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stale: str
) -> None:
    request = recomputed_and_signed(service, tmp_path)
    before = attestations_of(service)
    registry = service.world.ledger.registry
    other = service.world.oracle.sign_typed_data(registry.attestation(b"\1" * 32))
    changes = {
        "other factors": {"factors": "0" * 64},
        "a day later": {},
        "another statement's": {"signature": other},
        "forged": {"signature": b"\1" * 65},
    }
    with service.around.database.write() as connection:
        if changes[stale]:
            connection.execute(update(table).values(changes[stale]))
    if stale == "a day later":
        service.clock.now += 24 * HOUR_MS
    computed = []
    draft_of = recomputing.draft_of
    monkeypatch.setattr(
        recomputing, "draft_of", lambda *given: computed.append(draft_of(*given)) or computed[-1]
    )
    service.drive()
    assert len(computed) == 1
    assert attestations_of(service) == before
    assert service.request(request).state is State.RECEIPTED


def test_a_package_changed_in_the_database_is_not_attested(service: Service, tmp_path: Path) -> None:
    request = recomputed_and_signed(service, tmp_path)
    changed = package_of(tmp_path / "changed", quantity="1")
    with service.around.database.write() as connection:
        connection.execute(update(packages).values(content=changed))
        connection.execute(update(table).values(factors=""))
    service.drive()
    assert service.request(request).state is State.REFUSED
    assert not service.world.mirrored().lots
