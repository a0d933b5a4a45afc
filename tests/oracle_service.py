"""The oracle's service on anvil for tests: a database of its own, a clock that stands still until told, packages to hand in."""

from __future__ import annotations

import contextlib
import io
import socket
import threading
import time
import zipfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cet.ledger import Opinion
from cet.oracle.service import recomputing, requests, signing
from cet.oracle.service.database import Database
from cet.oracle.service.intake import Handed, take
from cet.oracle.service.logs import logger
from cet.oracle.service.sealing import Seal, new_key
from cet.oracle.service.serving import api_server
from cet.oracle.service.states import State
from cet.oracle.service.surroundings import Settings, Surroundings
from cet.oracle.service.worker import Worker
from package_folders import write_package

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.ledger import LocalSigner
    from cet.oracle.service.api.guard import Bounds
    from cet.oracle.service.states import Request
    from world import World

OPINION = Opinion("ISO 14064-3", "limited", 9_500)
QUICK = Settings(depth=2, watch_blocks=8, lease_ms=60_000, poll_ms=1_000, stuck_ms=30_000)
HOUR_MS = 3_600_000
SEAL = Seal([new_key()])


@dataclass
class StoppedClock:
    """Milliseconds since 1970, moved by hand."""

    now: int = 1_700_000_000_000

    def __call__(self) -> int:
        return self.now


def zipped(folder: Path) -> bytes:
    """The folder as a zip, the same bytes for the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.writestr(zipfile.ZipInfo(str(file.relative_to(folder))), file.read_bytes())
    return written.getvalue()


def package_of(folder: Path, entity: str = "works", quantity: str = "100", **more: Any) -> bytes:
    """A small package, zipped."""
    return zipped(write_package(folder, [{"quantity": quantity}], header={"entity": f'"{entity}"'}, **more))


@dataclass
class Service:
    """One worker's view of a service; `another()` is a second worker on the same database and ledger."""

    world: World
    around: Surroundings
    clock: StoppedClock
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        self.worker = Worker(self.around, "worker-1")

    @classmethod
    def on(cls, world: World, url: str, log: Any = None, **changes: Any) -> Service:
        """A migrated database at the URL, and a worker with the world's oracle key."""
        database = Database.open(url)
        database.migrate()
        clock = StoppedClock()
        around = Surroundings(
            database=database,
            ledger=world.ledger,
            signer=changes.pop("signer", world.oracle),
            settings=changes.pop("settings", QUICK),
            seal=changes.pop("seal", SEAL),
            now=clock,
            log=logger(log or io.StringIO()),
            **changes,
        )
        return cls(world, around, clock)

    def another(self, **changes: Any) -> Service:
        """The same database, ledger and clock; what is named changed."""
        return Service(self.world, replace(self.around, **changes), self.clock)

    def enrol(self, entity: str, participant: LocalSigner | None = None) -> None:
        """Gives the supplier, or another participant, the right to speak for an entity."""
        registry = self.world.ledger.registry
        account = (participant or self.world.supplier).address
        self.world.ledger.send(registry.assign_entity(entity, account), self.world.operator)

    def hand_in(self, content: bytes, organisation: str = "acme", **more: Any) -> Request:
        handed = Handed(content, self.world.supplier.address, self.world.verifier.address, **more)
        return take(self.around, organisation, handed, "token")[0]

    def request(self, request: Request | str) -> Request:
        """As it stands now."""
        identity = request if isinstance(request, str) else request.id
        with self.around.database.read() as connection:
            return requests.find(connection, identity)

    def sign(self, request: Request) -> None:
        """Both parties sign what the service recomputed."""
        self.participant_signs(request)
        self.verifier_signs(request)

    def participant_signs(self, request: Request, signer: LocalSigner | None = None) -> None:
        typed = signing.typed_data(self.around, self.statement(request), None)
        signature = (signer or self.world.supplier).sign_typed_data(typed)
        signing.add_signature(self.around, request.id, signature, None, "token")

    def verifier_signs(self, request: Request, signer: LocalSigner | None = None) -> None:
        typed = signing.typed_data(self.around, self.statement(request), OPINION)
        signature = (signer or self.world.verifier).sign_typed_data(typed)
        signing.add_signature(self.around, request.id, signature, OPINION, "token")

    def statement(self, request: Request) -> Any:
        with self.around.database.read() as connection:
            return recomputing.kept(connection, request.id).statement

    def mine(self, blocks: int = 1) -> None:
        self.make_request("anvil_mine", hex(blocks))

    def make_request(self, method: str, *parameters: Any) -> Any:
        answer = self.world.ledger.chain.w3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        assert "error" not in answer, answer
        return answer["result"]

    def drive(self, most: int = 200, blocks: int = 1) -> None:
        """Works until nothing is due, then lets time and blocks pass, until nothing will ever be due again by itself."""
        for _ in range(most):
            while self.worker.step():
                pass
            if not self.waiting():
                return
            self.clock.now += HOUR_MS
            if blocks:
                self.mine(blocks)
        raise AssertionError([self.request(one) for one in self.waiting()])

    def waiting(self) -> list[Request]:
        """Requests that a worker is to look at some time."""
        with self.around.database.read() as connection:
            return [one for one in requests.listed(connection, limit=1_000) if one.due is not None]

    def until(self, request: Request, state: State) -> None:
        """Works, a second and an empty block at a time, until the request is in the state."""
        for _ in range(60):
            if self.request(request).state is state:
                return
            if not self.worker.step():
                self.clock.now += 1_000
                self.mine()
        raise AssertionError(self.request(request))

    def bring(self, content: bytes, **more: Any) -> Request:
        """Hands in, recomputes, signs, and works until the end; the request then."""
        request = self.hand_in(content, **more)
        while self.worker.step():
            pass
        assert self.request(request).state is State.RECOMPUTED, self.request(request)
        self.sign(request)
        self.drive()
        return self.request(request)


@contextlib.contextmanager
def served(around: Surroundings, bounds: Bounds) -> Iterator[str]:
    """The API on a free port of the loopback interface; its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = api_server(around, bounds, "127.0.0.1", port)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()
