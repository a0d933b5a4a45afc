"""What an oracle's service holds: calls with 50 clients at once, and a backlog of packages drained to their receipts.

`python -m bench.oracle` writes bench/results/oracle.json; `--packages 10000 --lines 1000` is a whole day's backlog. The chain is
anvil, the database SQLite or PostgreSQL on the same machine, so that everything shares its cores; `load` is the load average at
the end. Nothing here passes or fails, except that every package must come to its receipt.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from sqlalchemy import select

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from cet.oracle.service import recomputing, signing, tokens  # noqa: E402 - the path comes first
from cet.oracle.service.database import Database  # noqa: E402
from cet.oracle.service.intake import Handed, take  # noqa: E402
from cet.oracle.service.logs import logger  # noqa: E402
from cet.oracle.service.serving import Options  # noqa: E402
from cet.oracle.service.states import State  # noqa: E402
from cet.oracle.service.surroundings import Settings, Surroundings  # noqa: E402
from cet.oracle.service.tables import audit  # noqa: E402
from cet.oracle.service.tables import requests as request_table  # noqa: E402
from crash_run import worker_context  # noqa: E402 - workers forked from a process that has read everything
from oracle_service import OPINION, zipped  # noqa: E402
from package_folders import write_package  # noqa: E402
from postgres import installed, postgres_server  # noqa: E402
from world import anvil, anvil_chain, build_world, creation_code, dev_signers  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from world import World

RESULTS = Path(__file__).parent / "results" / "oracle.json"
SETTINGS = Settings(depth=1, watch_blocks=1, poll_ms=1_000)
LINES_EACH = 1_000


class Bench:
    """A deployment, a database, and what is measured on them."""

    def __init__(self, world: World, url: str, folder: Path) -> None:
        self.world, self.url, self.folder = world, url, folder
        world.ledger.deployment.write(folder / "deployment.json")
        database = Database.open(url)
        database.migrate()
        sink = (folder / "bench.log").open("w")
        self.around = Surroundings(database, world.ledger, world.oracle, settings=SETTINGS, log=logger(sink))

    def calls(self, clients: int, seconds: float) -> dict[str, Any]:
        """Each client hands in a package of its own, then looks at it, and again, as fast as it is answered."""
        with self.around.database.write() as connection:
            token = tokens.new(connection, "acme", [tokens.Scope.SUBMIT, tokens.Scope.READ], "", 0)
        packages = [self.package(f"load-{number}", 1) for number in range(clients)]
        server = worker_context().Process(target=serve, args=(self.options, self.key), daemon=True)
        server.start()
        took: dict[str, list[float]] = {"hand in": [], "look": []}
        began = time.monotonic()
        try:
            asyncio.run(self._clients(token, packages, seconds, took))
        finally:
            server.terminate()
            server.join()
        spent = min(seconds, time.monotonic() - began)
        return {name: _told(values, spent) for name, values in took.items()}

    async def _clients(
        self, token: str, packages: Sequence[bytes], seconds: float, took: dict[str, list[float]]
    ) -> None:
        base = f"http://127.0.0.1:{PORT}"
        parties = {"participant": self.world.supplier.address, "verifier": self.world.verifier.address}
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession(base, headers=headers) as session:
            for _ in range(300):
                try:
                    async with session.get("/health") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
            until = time.monotonic() + seconds

            async def client(package: bytes) -> None:
                turn = 0
                while time.monotonic() < until:
                    turn += 1
                    # Trailing bytes make it another package without another recomputation of it here.
                    began = time.monotonic()
                    content = package + turn.to_bytes(4)
                    async with session.post("/v1/requests", params=parties, data=content) as answer:
                        handed = await answer.json()
                        assert answer.status == 201, handed
                    took["hand in"].append(time.monotonic() - began)
                    for _ in range(4):
                        began = time.monotonic()
                        async with session.get(f"/v1/requests/{handed['id']}") as answer:
                            assert answer.status == 200, await answer.text()
                            await answer.read()
                        took["look"].append(time.monotonic() - began)

            await asyncio.gather(*(client(package) for package in packages))

    def backlog(self, packages: int, lines: int, workers: int) -> dict[str, Any]:
        """Hands everything in, then lets workers drain it; parties sign as soon as there is something to sign."""
        ledger, registry = self.world.ledger, self.world.ledger.registry
        for number in range(packages):
            call = registry.assign_entity(f"backlog-{number}", self.world.supplier.address)
            ledger.send(call, self.world.operator)
        parties = (self.world.supplier.address, self.world.verifier.address)
        with self.around.database.write() as connection:
            connection.execute(request_table.update().values(due=None))
        mine = [
            take(self.around, "acme", Handed(self.package(f"backlog-{n}", lines), *parties), "bench")[0].id
            for n in range(packages)
        ]
        arguments = (self.options, self.key, 0, 0.0, self.folder)
        import crash_worker

        made = [
            worker_context().Process(target=crash_worker.run, args=arguments, daemon=True)
            for _ in range(workers)
        ]
        began = time.monotonic()
        for worker in made:
            worker.start()
        stop = threading.Event()
        miner = threading.Thread(target=self._mine, args=(stop,))
        miner.start()
        try:
            self._sign_until_done(set(mine))
        finally:
            stop.set()
            miner.join()
            for worker in made:
                worker.terminate()
                worker.join()
        seconds = time.monotonic() - began
        return {
            "packages": packages,
            "lines_each": lines,
            "workers": workers,
            "seconds": round(seconds, 1),
            "packages_per_hour": round(packages / seconds * 3_600),
            "hours_for_10000": round(10_000 * seconds / packages / 3_600, 2),
            **self._where_time_goes(lines),
        }

    def _sign_until_done(self, mine: set[str]) -> None:
        while True:
            with self.around.database.read() as connection:
                rows = connection.execute(select(request_table.c.id, request_table.c.state)).all()
            states = {identity: state for identity, state in rows if identity in mine}
            for identity, state in states.items():
                if state == State.RECOMPUTED:
                    self._sign(identity)
            if set(states.values()) <= {State.RECEIPTED}:
                return
            assert not set(states.values()) & {State.REFUSED, State.DIFFERS}
            time.sleep(0.5)

    def _sign(self, identity: str) -> None:
        with self.around.database.read() as connection:
            statement = recomputing.kept(connection, identity).statement
        for signer, opinion in ((self.world.supplier, None), (self.world.verifier, OPINION)):
            typed = signing.typed_data(self.around, statement, opinion)
            signing.add_signature(self.around, identity, signer.sign_typed_data(typed), opinion, "bench")

    def _mine(self, stop: threading.Event) -> None:
        provider = anvil_chain(self.world.ledger.chain.w3.provider.endpoint_uri).w3.provider  # type: ignore[attr-defined]
        while not stop.wait(1):
            provider.make_request("anvil_mine", ["0x1"])  # type: ignore[arg-type]

    def _where_time_goes(self, lines: int) -> dict[str, Any]:
        """One recomputation alone, and how many audit entries and transactions there were: what the bound is made of."""
        from cet.oracle import Oracle

        package = write_package(self.folder / "alone", _rows(lines))
        oracle = Oracle(self.world.ledger, self.world.oracle)
        began = time.perf_counter()
        oracle.recompute(package, self.world.supplier.address, self.world.verifier.address)
        with self.around.database.read() as connection:
            entries = connection.execute(
                select(audit.c.seq).order_by(audit.c.seq.desc()).limit(1)
            ).scalar_one()
        return {"one_recomputation_seconds": round(time.perf_counter() - began, 3), "audit_entries": entries}

    def package(self, entity: str, lines: int) -> bytes:
        return zipped(write_package(self.folder / entity, _rows(lines), header={"entity": f'"{entity}"'}))

    @property
    def options(self) -> Options:
        rpc = str(self.world.ledger.chain.w3.provider.endpoint_uri)  # type: ignore[attr-defined]
        return Options(self.url, (rpc,), self.folder / "deployment.json", settings=SETTINGS)

    @property
    def key(self) -> str:
        return str(self.world.oracle.account.key.hex())


PORT = 18_600


def serve(options: Options, key: str) -> None:
    """The API alone, in a process of its own."""
    from cet.ledger import LocalSigner
    from cet.oracle.service.api.guard import Bounds
    from cet.oracle.service.serving import api_server, surround

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    around = surround(options, LocalSigner.from_key(bytes.fromhex(key)))
    api_server(around, Bounds(per_minute=10**9), "127.0.0.1", PORT).run()


def _rows(lines: int) -> list[dict[str, str]]:
    return [{"id": f"line-{number}", "quantity": f"{number + 1}.25"} for number in range(lines)]


def _told(seconds: list[float], spent: float) -> dict[str, float]:
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1_000, 1)

    return {
        "calls": len(ordered),
        "per_second": round(len(ordered) / spent, 1),
        "p50_ms": at(0.5),
        "p95_ms": at(0.95),
        "p99_ms": at(0.99),
    }


def main() -> None:
    """The command."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--clients", type=int, default=50)
    given.add_argument("--seconds", type=float, default=20, help="of calls (default 20)")
    given.add_argument("--packages", type=int, default=200, help="in the backlog (default 200)")
    given.add_argument("--lines", type=int, default=LINES_EACH, help="of each (default 1000)")
    given.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    given.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    said = given.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cet-bench-")))
        url = f"sqlite:///{folder / 'oracle.db'}"
        if said.database == "postgresql":
            programs = installed()
            if programs is None:
                given.error("no PostgreSQL: apt-get install postgresql, or --database sqlite")
            url = stack.enter_context(postgres_server(programs)).url
        node = stack.enter_context(anvil())
        bench = Bench(build_world(anvil_chain(node), dev_signers(), creation_code()), url, folder)
        found = {
            "cpus": os.cpu_count(),
            "database": said.database,
            "clients": said.clients,
            "calls": bench.calls(said.clients, said.seconds),
            "backlog": bench.backlog(said.packages, said.lines, said.workers),
            "load": round(os.getloadavg()[0], 1),
        }
        bench.around.database.close()
    RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
