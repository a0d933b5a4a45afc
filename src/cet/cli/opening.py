"""From `--rpc` and `--deployment` to the ledger at its newest block."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from cet.cli.failures import WHERE, SurroundingsError
from cet.cli.screen import working
from cet.ledger import Chain, Deployment, Ledger, LedgerError, UnknownLot, key_text
from cet.ledger.mirror import Mirror
from cet.ledger.store import Follower, Store
from cet.ledger.verification import read_runtime, verify
from cet.report.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cet.ledger import Figures
    from cet.ledger.verification import Verification
    from cet.statement import LineProof, Statement

_TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Reading:
    """The ledger, and its state and figures at one block."""

    ledger: Ledger
    view: Snapshot

    def require_lot(self, key: int) -> None:
        """Raises UnknownLot."""
        if key not in self.view.state.lots:
            raise UnknownLot(
                f"no lot {key_text(key)} at block {self.view.state.block}", "`cet ledger show` lists all lots"
            )

    def figures(self, key: int) -> Figures:
        """What the contract answers at the same block. Raises SurroundingsError."""
        with node_errors():
            return self.ledger.emissions.figures(key, self.view.state.block)

    def verify_line(self, statement: Statement, proof: LineProof) -> bool:
        """Whether the registry takes the line for one of the statement's. Raises SurroundingsError."""
        with node_errors():
            return self.ledger.registry.verify_line(statement, proof.line, proof.proof)


def read_ledger(rpc: str, deployment: Path, store: str | None = None) -> Reading:
    """Connects, checks that the deployment is the one recorded, replays its events; with a store, only those new to it.

    What is read of a store is read when it is asked for, until the command ends. Raises SurroundingsError.
    """
    with opening(rpc, deployment, "reading the ledger"):
        ledger = _ledger(rpc, deployment)
        if store is not None:
            command = click.get_current_context()
            opened = command.with_resource(closing(Store.open(store, ledger.deployment)))
            Follower(opened, ledger.chain).catch_up()
            opened.evaluate()
            return Reading(ledger, Snapshot(*command.with_resource(opened.looking())))
        return Reading(ledger, Snapshot.of(Mirror(ledger.chain, ledger.deployment).refresh()))


def connect(rpc: str) -> Chain:
    """A chain behind an endpoint. Raises SurroundingsError."""
    endpoint = without_secrets(rpc)
    try:
        return Chain.connect(rpc, timeout_seconds=_TIMEOUT_SECONDS)
    except LedgerError as error:
        raise SurroundingsError(error.problem.replace(rpc, endpoint), error.remedy) from error


def connect_ledger(rpc: str, deployment: Path) -> Ledger:
    """The ledger of a deployment, checked against its record. Raises SurroundingsError."""
    with opening(rpc, deployment, "reading the ledger"):
        return _ledger(rpc, deployment)


def _ledger(rpc: str, deployment: Path) -> Ledger:
    return Ledger.open(Chain.connect(rpc, timeout_seconds=_TIMEOUT_SECONDS), deployment)


def open_store(url: str, deployment: Path) -> Store:
    """The store of a deployment, as it is. Raises SurroundingsError, also for one that was never filled."""
    with opening(url, deployment, "opening the store"):
        store = Store.open(url, Deployment.read(deployment))
        if not store.cursor.hash:
            store.close()
            raise SurroundingsError("the store is empty", "fill it: `cet ledger rebuild`")
        return store


def open_follower(rpc: str, deployment: Path, url: str, *, anew: bool) -> tuple[Store, Follower]:
    """The store, emptied if it is to be made anew, and what follows the chain into it. Raises SurroundingsError."""
    with opening(rpc, deployment, "opening the store"):
        ledger = _ledger(rpc, deployment)
        store = (Store.anew if anew else Store.open)(url, ledger.deployment)
        return store, Follower(store, ledger.chain)


def verify_deployment(rpc: str, deployment: Path, code: Path) -> tuple[Verification, Deployment]:
    """Compares what stands on the chain with the compiled sources and the record. Raises SurroundingsError."""
    with opening(rpc, deployment, "comparing the deployment"):
        record = Deployment.read(deployment)
        chain = Chain.connect(rpc, timeout_seconds=_TIMEOUT_SECONDS)
        return verify(chain, record, read_runtime(code)), record


@contextmanager
def opening(rpc: str, deployment: Path, doing: str) -> Iterator[None]:
    """Says what is being done and where; what is wrong there is the surroundings' fault."""
    endpoint = without_secrets(rpc)
    click.get_current_context().meta[WHERE] = f"{endpoint}, {deployment}"
    try:
        with working(f"{doing} at {endpoint}"), node_errors():
            yield
    except LedgerError as error:
        raise SurroundingsError(error.problem.replace(rpc, endpoint), error.remedy) from error
    except UnicodeDecodeError as error:
        raise SurroundingsError(f"{deployment} is no text", "name a deployment record") from error


@contextmanager
def node_errors() -> Iterator[None]:
    """Turns what the connection to a node raises into SurroundingsError, without the endpoint, which may hold a key.

    Only cet.ledger imports web3 and its transport: their errors are known by where they come from.
    """
    try:
        yield
    except Exception as error:
        origin = type(error).__module__.partition(".")[0]
        if origin == "requests":
            raise SurroundingsError(
                "the node stopped answering", "see that it runs, and try again"
            ) from error
        if origin == "web3":
            raise SurroundingsError(
                f"the node refused: {error}", "use a node that keeps all events"
            ) from error
        raise


def require_folder(documents: Path) -> None:
    """Raises SurroundingsError unless it is a folder."""
    if not documents.is_dir():
        remedy = "name the folder with a package, or a .json file naming one, per statement"
        raise SurroundingsError(f"no folder {documents}", remedy)


def without_secrets(rpc: str) -> str:
    """The endpoint's scheme, host and port: what follows, and what stands before the host, may be a key."""
    parts = urlsplit(rpc)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.netloc else rpc
