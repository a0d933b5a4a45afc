"""From options to surroundings, and a process that serves the API and works until it is told to stop."""

from __future__ import annotations

import signal
import threading
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import uvicorn

from cet.factors.folder import store_with
from cet.ledger import Chain, Ledger
from cet.ledger.endpoints import EndpointsProvider
from cet.oracle.service.api.app import create_app
from cet.oracle.service.clock import clock_of
from cet.oracle.service.database import Database
from cet.oracle.service.errors import ServiceError
from cet.oracle.service.logs import logger
from cet.oracle.service.metrics import Metrics
from cet.oracle.service.peers import Peer
from cet.oracle.service.surroundings import Settings, Surroundings
from cet.oracle.service.watching import take_dropped
from cet.oracle.service.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cet.ledger import Signer
    from cet.oracle.service.api.guard import Bounds
    from cet.oracle.service.sealing import Seal

_RPC_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Options:
    """What an operator says. URLs may hold credentials and are never shown."""

    database: str = field(repr=False)
    rpc: tuple[str, ...] = field(repr=False)
    deployment: Path
    factors: tuple[Path, ...] = ()
    peers: Path | None = None
    settings: Settings = field(default_factory=Settings)
    seal: Seal | None = None


def surround(options: Options, signer: Signer) -> Surroundings:
    """Everything opened, and the schema brought up to date. Raises LedgerError, ServiceError, FactorError."""
    metrics, log = Metrics(), logger()

    def failed(place: int, why: str) -> None:
        metrics.rpc_failures.labels(str(place)).inc()
        log.warning("endpoint failed", place=place, why=why)

    provider = EndpointsProvider(options.rpc, timeout_seconds=_RPC_SECONDS, failed=failed)
    ledger = Ledger.open(Chain.through(provider), options.deployment)
    database = Database.open(options.database)
    database.migrate()
    return Surroundings(
        database=database,
        ledger=ledger,
        signer=signer,
        store=store_with(options.factors) if options.factors else None,
        peers=read_peers(options.peers) if options.peers else (),
        settings=options.settings,
        seal=options.seal,
        now=clock_of(database),
        log=log,
        metrics=metrics,
    )


def read_peers(file: Path) -> tuple[Peer, ...]:
    """Other oracles from a TOML file: `[[peer]]` with `url` and `token`. Raises ServiceError."""
    try:
        return tuple(
            Peer(str(one["url"]), str(one["token"]))
            for one in tomllib.loads(file.read_text(encoding="utf-8")).get("peer", [])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        # Not the error's text: it may quote a token.
        raise ServiceError(
            f"{file} names no oracles ({type(error).__name__})", "write [[peer]] tables with url and token"
        ) from None


def work(around: Surroundings, stop: threading.Event, workers: int, watched: Path | None) -> None:
    """Works in so many threads, and watches the folder, until told to stop; ends when all have finished what they began."""
    tasks: list[Callable[[], None]] = [_runner(Worker(around), stop) for _ in range(workers)]
    if watched is not None:
        tasks.append(lambda: _watch(around, watched, stop))
    threads = [threading.Thread(target=task, name=f"worker-{n}") for n, task in enumerate(tasks)]
    for thread in threads:
        thread.start()
    around.log.info("working", workers=workers, oracle=around.signer.address)
    for thread in threads:
        thread.join()


def serve(
    around: Surroundings, address: tuple[str, int], bounds: Bounds, workers: int, watched: Path | None
) -> None:
    """The API and the workers in one process, until SIGINT or SIGTERM; then all finish what they began."""
    stop = threading.Event()
    wait_for_signal(stop)
    host, port = address
    server = api_server(around, bounds, host, port)
    # Not in the main thread: there the server would end the process by the signal, workers and all.
    serving = threading.Thread(target=server.run, name="api")
    serving.start()
    around.log.info("serving", host=host, port=port, workers=workers, oracle=around.signer.address)
    working = threading.Thread(target=work, args=(around, stop, workers, watched), name="workers")
    working.start()
    while serving.is_alive() and not stop.wait(0.2):
        pass
    failed = not stop.is_set()
    stop.set()
    server.should_exit = True
    serving.join()
    working.join()
    around.log.info("stopped")
    if failed:
        raise ServiceError(
            f"can't listen on {host}:{port}", "see whether something else does, or name another port"
        )


def api_server(around: Surroundings, bounds: Bounds, host: str, port: int) -> uvicorn.Server:
    """The API, ready to run."""
    configuration = uvicorn.Config(
        create_app(around, bounds),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        limit_concurrency=200,
        timeout_graceful_shutdown=10,
        server_header=False,
    )
    return uvicorn.Server(configuration)


def _watch(around: Surroundings, folder: Path, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            take_dropped(around, folder)
        except Exception as error:  # noqa: BLE001 - a full disk or a database that restarts: tried again, and it is said
            around.log.warning("watching failed", error=type(error).__name__)
        stop.wait(max(0.5, around.settings.poll_ms / 1_000))


def wait_for_signal(stop: threading.Event) -> None:
    """Sets the event on SIGINT or SIGTERM; for a process that only works."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())


def _runner(worker: Worker, stop: threading.Event) -> Callable[[], None]:
    return lambda: worker.run(stop)
