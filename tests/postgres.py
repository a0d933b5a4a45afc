"""A PostgreSQL server of a run's own on loopback, which can be restarted under its clients."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class PostgresServer:
    """`url` of a superuser without a password, on the loopback interface."""

    url: str
    programs: Path
    folder: Path
    port: int

    def restart(self, how: str = "immediate") -> None:
        """Ends every connection and starts anew; `immediate` as a crash would, `fast` as an upgrade would."""
        self._control("-m", how, "stop")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -F"
        self._control("-w", "-o", options, "-l", self.folder / "log", "start")

    def stop(self) -> None:
        self._control("-m", "immediate", "stop")

    def fresh(self, name: str) -> str:
        """URL of an empty database."""
        program = [self.programs / "psql", "-h", "127.0.0.1", "-p", self.port, "-U", "cet", "-d", "postgres"]
        _run(*program, "-c", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _run(*program, "-c", f"CREATE DATABASE {name}")
        return f"postgresql://cet@127.0.0.1:{self.port}/{name}"

    def _control(self, *arguments: object) -> None:
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", *arguments)


def installed() -> Path | None:
    """Where Debian's package puts the server's programs, None if it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """A server with an empty database; gone with the context."""
    # Not pytest's folder, which is closed to others: the server refuses to run as root.
    folder = Path(tempfile.mkdtemp(prefix="cet-postgres-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if _account():
        shutil.chown(folder, "postgres", "postgres")
    _run(programs / "initdb", "-D", folder / "data", "-U", "cet", "-A", "trust", "-E", "UTF8", "--no-sync")
    server = PostgresServer(f"postgresql://cet@127.0.0.1:{port}/postgres", programs, folder, port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _account() -> dict[str, Any]:
    return {"user": "postgres", "group": "postgres", "extra_groups": ()} if os.geteuid() == 0 else {}


def _run(*command: object) -> None:
    # The server keeps what it is given open: pipes would never end.
    subprocess.run(
        [str(part) for part in command],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **_account(),
    )
