"""Packages brought through the service while everything dies: workers by SIGKILL, calls of the chain, blocks, the database.

The plan (packages, faults, deaths) is its seed's; what falls on what is also the clock's and the scheduler's, as in life. In
the end the faults stop, the service is left alone until nothing is due, and `crash_audit` holds chain, database and mirror to
each other.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

import crash_worker
from cet.oracle.service import recomputing, requests, signing
from cet.oracle.service.database import Database
from cet.oracle.service.errors import ServiceError
from cet.oracle.service.intake import Handed, take
from cet.oracle.service.logs import logger
from cet.oracle.service.serving import Options
from cet.oracle.service.states import State
from cet.oracle.service.surroundings import Settings, Surroundings
from cet.oracle.service.tables import requests as request_table
from crash_audit import audit_run
from crash_packages import planned
from faulty_rpc import FaultyRpc
from oracle_service import OPINION

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerContext
    from multiprocessing.process import BaseProcess

    from crash_packages import Planned
    from world import World

SETTINGS = Settings(depth=3, watch_blocks=60, lease_ms=6_000, poll_ms=800, stuck_ms=4_000)
_IN_FLIGHT = 24
_BLOCK_SECONDS = 0.4


@cache
def worker_context() -> ForkServerContext:
    """Processes forked from one that has read everything and has no threads."""
    # What is preloaded is looked for on PYTHONPATH alone.
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    )
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crash_worker"])
    return context


@dataclass(frozen=True)
class Scale:
    """How many packages, how many worker processes, and how often things go wrong: shares, and seconds between."""

    packages: int
    workers: int = 2
    faulty_calls: float = 0.04
    dying_points: float = 0.012
    kill_seconds: float = 3
    reorganise_seconds: float = 2.5
    restart_seconds: float = 20
    most_seconds: float = 3_600


@dataclass
class Told:
    """What a run did, and what it came to."""

    seconds: float = 0
    kills: int = 0
    deaths: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    reorganisations: int = 0
    blocks_dropped: int = 0
    restarts: int = 0
    handed_in_again: int = 0
    states: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    mints: int = 0
    lots: int = 0
    wrong: list[str] = field(default_factory=list)


class CrashRun:
    """One run on a world of its own. `restart` restarts the database's server; None where there is none."""

    def __init__(
        self,
        world: World,
        url: str,
        scale: Scale,
        seed: int,
        folder: Path,
        restart: Callable[[], None] | None = None,
    ) -> None:
        self.world, self.scale, self.folder = world, scale, folder
        self._restart = restart
        self._url, self._seed = url, seed
        self._chance = random.Random(seed)
        self._told = Told()
        database = Database.open(url)
        database.migrate()
        self._log = (folder / "driver.log").open("w")
        self._around = Surroundings(
            database=database,
            ledger=world.ledger,
            signer=world.oracle,
            settings=SETTINGS,
            log=logger(self._log),
        )
        self.packages = planned(folder / "packages", scale.packages, self._chance)
        self._waiting = list(self.packages)
        self._handed: dict[str, Planned] = {}
        self._workers: list[BaseProcess | None] = [None] * scale.workers
        self._started = 0
        self._snapshot: tuple[str, int, float] | None = None
        self._due = {name: time.monotonic() + self._pause(name) for name in ("kill", "reorganise", "restart")}
        self._next_block = 0.0
        self._quiet = False

    def go(self) -> Told:
        """Everything; `wrong` is empty if nothing was minted twice or lost."""
        began = time.monotonic()
        self.world.ledger.deployment.write(self.folder / "deployment.json")
        for entity in sorted({one.entity for one in self.packages}):
            registry = self.world.ledger.registry
            self.world.ledger.send(
                registry.assign_entity(entity, self.world.supplier.address), self.world.operator
            )
        upstream = str(self.world.ledger.chain.w3.provider.endpoint_uri)  # type: ignore[attr-defined]
        with ExitStack() as stack:
            proxies = [
                stack.enter_context(FaultyRpc(upstream, self._seed + place, self.scale.faulty_calls))
                for place in range(2)
            ]
            stack.callback(self._end_workers)
            until = began + self.scale.most_seconds
            self._work(proxies, until)
            for proxy in proxies:
                proxy.share = 0
            self._snapshot, self._quiet = None, True
            self._end_workers()
            self._work(proxies, until)
            self._told.calls = sum(proxy.calls for proxy in proxies)
            self._told.faults = sum((Counter(proxy.counts) for proxy in proxies), Counter())
        deaths = self.folder / "deaths"
        self._told.deaths = Counter(deaths.read_text().splitlines() if deaths.exists() else ())
        self._told.seconds = round(time.monotonic() - began, 1)
        audit_run(self._around, self.world, self.packages, self._told)
        self._around.database.close()
        self._log.close()
        return self._told

    def _work(self, proxies: list[FaultyRpc], until: float) -> None:
        """Until every package has come to its end; once it is quiet, until nothing will ever be due again."""
        while time.monotonic() < until:
            self._keep_workers([proxy.url for proxy in proxies])
            self._mine()
            if not self._quiet:
                self._harm()
            try:
                if self._tend() and (not self._quiet or not self._anything_due()):
                    return
            except (SQLAlchemyError, ServiceError):
                # What a client does: tries again.
                time.sleep(0.2)
            time.sleep(0.05)
        self._told.wrong.append("not done in time")

    def _tend(self) -> bool:
        """What organisations and verifiers do; whether all is at an end."""
        with self._around.database.read() as connection:
            rows = connection.execute(
                select(request_table.c.id, request_table.c.state, request_table.c.reason)
            ).all()
        open_ = 0
        for identity, state, reason in rows:
            if state == State.RECOMPUTED:
                self._sign(identity)
            if state == State.REFUSED and identity in self._handed and "failed" in reason:
                # Its workers were killed too often: what the reason says to do.
                self._told.handed_in_again += 1
                self._waiting.append(self._handed.pop(identity))
            open_ += state not in (State.RECEIPTED, State.REFUSED, State.DIFFERS)
        while self._waiting and open_ < _IN_FLIGHT:
            package = self._waiting[0]
            for _ in range(self._chance.choice((1, 1, 2))):
                self._handed[self._hand_in(package)] = package
            self._waiting.pop(0)
            open_ += 1
        return not self._waiting and not open_

    def _hand_in(self, package: Planned) -> str:
        parties = (self.world.supplier.address, self.world.verifier.address)
        handed = Handed(package.content, *parties, figures=package.figures)
        return take(self._around, package.organisation, handed, "token")[0].id

    def _sign(self, identity: str) -> None:
        with self._around.database.read() as connection:
            statement = recomputing.kept(connection, identity).statement
        both = [(self.world.supplier, None), (self.world.verifier, OPINION)]
        self._chance.shuffle(both)
        for signer, opinion in both:
            typed = signing.typed_data(self._around, statement, opinion)
            signing.add_signature(self._around, identity, signer.sign_typed_data(typed), opinion, "token")

    def _anything_due(self) -> bool:
        with self._around.database.read() as connection:
            return any(one.due is not None for one in requests.listed(connection, limit=10**6))

    def _keep_workers(self, rpc: list[str]) -> None:
        context = worker_context()
        for place, worker in enumerate(self._workers):
            if worker is not None and worker.is_alive():
                continue
            options = Options(
                self._url,
                tuple(rpc if place % 2 else reversed(rpc)),
                self.folder / "deployment.json",
                settings=SETTINGS,
            )
            share = 0.0 if self._quiet else self.scale.dying_points
            key = self.world.oracle.account.key.hex()
            self._started += 1
            made = context.Process(
                target=crash_worker.run,
                args=(options, key, self._seed * 1_000 + self._started, share, self.folder),
                daemon=True,
            )
            made.start()
            self._workers[place] = made

    def _end_workers(self) -> None:
        for worker in self._workers:
            if worker is not None:
                worker.terminate()
                worker.join()

    def _mine(self) -> None:
        if time.monotonic() >= self._next_block:
            self._ask("anvil_mine", "0x6" if self._quiet else "0x1")
            self._next_block = time.monotonic() + _BLOCK_SECONDS

    def _harm(self) -> None:
        if self._is_time("kill"):
            victim = self._chance.choice([one for one in self._workers if one is not None])
            if victim.is_alive():
                victim.kill()
                victim.join()
                self._told.kills += 1
        if self._is_time("restart"):
            self._told.restarts += 1
            if self._restart is not None:
                self._restart()
            else:
                self._lock_for_a_while()
        self._reorganise()

    def _reorganise(self) -> None:
        """Takes blocks away: those since a snapshot that is some seconds old."""
        head = self.world.ledger.chain.head
        if self._snapshot is None:
            if self._is_time("reorganise"):
                age = self._chance.uniform(0.3, 4)
                self._snapshot = (self._between_blocks("evm_snapshot"), head, time.monotonic() + age)
        elif time.monotonic() >= self._snapshot[2]:
            snapshot, then, _ = self._snapshot
            self._snapshot = None
            assert self._between_blocks("evm_revert", snapshot)
            self._told.reorganisations += 1
            self._told.blocks_dropped += head - then

    def _between_blocks(self, method: str, *parameters: object) -> str:
        """anvil's answer while it makes no block: else a snapshot may hold a block's state and not its events."""
        self._ask("evm_setAutomine", False)
        # It waits its turn: then a block that was being made is whole, however slow the machine.
        self._ask("anvil_mine", "0x1")
        time.sleep(0.05)
        try:
            return self._ask(method, *parameters)
        finally:
            self._ask("evm_setAutomine", True)
            self._ask("anvil_mine", "0x1")

    def _lock_for_a_while(self) -> None:
        """SQLite has no server: another process holds the file."""
        with self._around.database.write():
            time.sleep(1)

    def _is_time(self, name: str) -> bool:
        if time.monotonic() < self._due[name]:
            return False
        self._due[name] = time.monotonic() + self._pause(name)
        return True

    def _pause(self, name: str) -> float:
        return self._chance.uniform(0.3, 1.7) * float(getattr(self.scale, f"{name}_seconds"))

    def _ask(self, method: str, *parameters: object) -> str:
        answer = self.world.ledger.chain.w3.provider.make_request(method, list(parameters))  # type: ignore[arg-type]
        assert "error" not in answer, answer
        return str(answer["result"])
