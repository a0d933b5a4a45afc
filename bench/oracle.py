"""What an oracle's service holds: calls with 50 clients at once, and a backlog of packages drained to their receipts.

`python -m bench.oracle` writes bench/results/oracle.json; `--packages 10000 --lines 1000` is a whole day's backlog, each package of an
entity of its own. The chain is anvil with a block a second, the database SQLite or PostgreSQL on the same machine, so that
everything shares its cores: `cpu_seconds` says whose they were, `load` is the load average at the end. What is drained so far is
told twice a minute. Nothing here passes or fails, except that every package must come to
its receipt.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import sys
import tempfile
import threading
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from sqlalchemy import select

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from cet.ledger.transactions import filled, market_fees  # noqa: E402 - the path comes first
from cet.oracle.service import audit as audit_log  # noqa: E402
from cet.oracle.service import recomputing, requests, signing, tokens  # noqa: E402
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
    from collections.abc import Iterator, Sequence

    from world import World

RESULTS = Path(__file__).parent / "results" / "oracle.json"
SETTINGS = Settings(depth=1, watch_blocks=1, poll_ms=1_000)
LINES_EACH = 1_000
_FEW = 5


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

    def enrol(self, entities: Sequence[str]) -> None:
        """Gives the supplier every entity, many to a block."""
        chain, operator = self.world.ledger.chain, self.world.operator
        nonce, fees = chain.nonce(operator.address), market_fees(chain)
        self.ask("evm_setAutomine", False)
        for at, entity in enumerate(entities):
            call = self.world.ledger.registry.assign_entity(entity, self.world.supplier.address)
            fields = filled(chain, call.to, call.data, nonce=nonce + at, gas=150_000, fees=fees)
            self.ask("eth_sendRawTransaction", "0x" + operator.sign_transaction(fields).hex())
            if at % 100 == 99 or at + 1 == len(entities):
                self.ask("anvil_mine", "0x1")
        assert chain.nonce(operator.address) == nonce + len(entities)

    def ask(self, method: str, *parameters: object) -> Any:
        answer = self.world.ledger.chain.w3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        assert "error" not in answer, answer
        return answer["result"]

    def backlog(self, packages: int, lines: int, workers: int) -> dict[str, Any]:
        """Hands everything in, then lets workers drain it; parties sign as soon as there is something to sign."""
        names = [f"backlog-{number}" for number in range(packages)]
        self.enrol(names)
        parties = (self.world.supplier.address, self.world.verifier.address)
        with self.around.database.write() as connection:
            # What the calls left: signatures refer to requests, so they are only set aside.
            connection.execute(
                request_table.update().values(due=None, state=State.DIFFERS.value, identity=None)
            )
        handing = time.monotonic()
        mine = {
            take(self.around, "acme", Handed(content, *parties), "bench")[0].id
            for content in packages_of(self.folder, names, lines)
        }
        handing = time.monotonic() - handing
        arguments = (self.options, self.key, 0, 0.0, self.folder)
        import crash_worker

        made = [
            worker_context().Process(target=crash_worker.run, args=arguments, daemon=True)
            for _ in range(workers)
        ]
        began = time.monotonic()
        for worker in made:
            worker.start()
        spent = Spent([worker.pid or 0 for worker in made])
        stop = threading.Event()
        miner = threading.Thread(target=self._mine, args=(stop,))
        miner.start()
        try:
            self._sign_until_done(mine, began)
            used = spent.now()
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
            "handing_in_seconds": round(handing, 1),
            "cpu_seconds": used,
            "cpu_ms_a_package": {who: round(1_000 * cpu / packages, 1) for who, cpu in used.items()},
            "cores_busy": round(sum(used.values()) / seconds, 2),
            **self._where_time_goes(lines),
        }

    def _sign_until_done(self, mine: set[str], began: float) -> None:
        told = began
        while True:
            with self.around.database.read() as connection:
                waiting = select(request_table.c.id).where(request_table.c.state == State.RECOMPUTED.value)
                signable = [one for one in connection.execute(waiting).scalars() if one in mine]
                states = requests.counts(connection)
            for identity in signable:
                self._sign(identity)
            assert State.REFUSED not in states, states
            done = states.get(State.RECEIPTED, 0)
            if done == len(mine):
                return
            if time.monotonic() - told >= 30:
                told = time.monotonic()
                so_far = {"after_seconds": round(told - began), **states}
                if len(mine) - done <= _FEW:
                    so_far["last"] = self._last(mine)
                print(json.dumps(so_far), flush=True)
            time.sleep(0.3)

    def _last(self, mine: set[str]) -> list[str]:
        """What those that are left wait for."""
        with self.around.database.read() as connection:
            left = requests.listed(connection, limit=10**6)
            waiting = [one for one in left if one.id in mine and one.state is not State.RECEIPTED]
            return [
                f"{one.state} {one.reason} {[entry.event for entry in audit_log.entries_of(connection, one.id)]}"
                for one in waiting
            ]

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
        """One recomputation alone, the best of five, and how many audit entries there are."""
        from cet.oracle import Oracle

        package = write_package(self.folder / "alone", _rows(lines))
        oracle = Oracle(self.world.ledger, self.world.oracle)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            oracle.recompute(package, self.world.supplier.address, self.world.verifier.address)
            took.append(time.perf_counter() - began)
        with self.around.database.read() as connection:
            entries = connection.execute(
                select(audit.c.seq).order_by(audit.c.seq.desc()).limit(1)
            ).scalar_one()
        return {"one_recomputation_seconds": round(min(took), 3), "audit_entries": entries}

    def package(self, entity: str, lines: int) -> bytes:
        return zipped(write_package(self.folder / entity, _rows(lines), header={"entity": f'"{entity}"'}))

    @property
    def options(self) -> Options:
        rpc = str(self.world.ledger.chain.w3.provider.endpoint_uri)  # type: ignore[attr-defined]
        return Options(self.url, (rpc,), self.folder / "deployment.json", settings=SETTINGS)

    @property
    def key(self) -> str:
        return str(self.world.oracle.account.key.hex())


def packages_of(folder: Path, names: Sequence[str], lines: int) -> Iterator[bytes]:
    """A zip for each entity, the same lines in all."""
    whole = write_package(folder / "each", _rows(lines), header={"entity": '"entity-of-each"'})
    told = {
        file.relative_to(whole).as_posix(): file.read_bytes() for file in whole.rglob("*") if file.is_file()
    }
    for name in names:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for file, content in told.items():
                archive.writestr(zipfile.ZipInfo(file), content.replace(b"entity-of-each", name.encode()))
        yield written.getvalue()


class Spent:
    """Seconds of processor time from now on, by who used them; of Linux only."""

    def __init__(self, workers: Sequence[int]) -> None:
        self._workers = set(workers)
        self._before = self._read()

    def now(self) -> dict[str, float]:
        after = self._read()
        return {who: round(after[who] - self._before.get(who, 0.0), 1) for who in sorted(after)}

    def _read(self) -> dict[str, float]:
        tick = os.sysconf("SC_CLK_TCK")
        found = {"parties": sum(os.times()[:2]), "workers": 0.0, "node": 0.0, "database": 0.0}
        for file in Path("/proc").glob("[0-9]*/stat"):
            try:
                name, fields = file.read_text().split("(", 1)[1].rsplit(")", 1)
            except OSError:
                continue
            used = sum(int(field) for field in fields.split()[11:15]) / tick
            if int(file.parent.name) in self._workers:
                found["workers"] += used
            elif name == "anvil":
                found["node"] += used
            elif name == "postgres":
                found["database"] += used
        return found


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
