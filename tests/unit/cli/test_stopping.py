"""Long work that is stopped, or finds the disk full: nothing half is left, and one reads why."""

from __future__ import annotations

import os
import pty
import resource
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import duckdb
import pytest
from bench.inventory import generate

if TYPE_CHECKING:
    from pathlib import Path

CET = [sys.executable, "-m", "cet"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package of so many lines that there is time to stop it."""
    folder = tmp_path_factory.mktemp("large")
    generate(folder, 400_000)
    return folder


def heard() -> None:
    """Ctrl-C is heard, also where the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("writing", [False, True])
def test_ctrl_c_leaves_nothing_and_ends_with_130(
    large: Path, tmp_path: Path, form: str, *, writing: bool
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    command = [*CET, "inventory", "compute", str(large / form), "--ledger", str(out / "lines.csv")]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        preexec_fn=heard,
    ) as running:
        # Python itself, not yet the command, ends otherwise: wait for the command's first file.
        while not files(out if writing else scratch) and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        sent = time.monotonic()
        printed, told = running.communicate(timeout=120)
        waited = time.monotonic() - sent
    assert (running.returncode, printed) == (130, "")
    assert told.strip() == "stopped; what was being written is removed"
    assert files(out) == files(scratch) == []
    assert waited < 20


def test_a_query_is_interrupted_though_python_waits_for_it(tmp_path: Path) -> None:
    """Without the thread beside it, Ctrl-C would wait for the end of the query."""
    code = (
        "import duckdb, sys\nfrom cet.cli.screen import working\nfrom cet.inventory.long_work import long_work\n"
        "connection = duckdb.connect()\nprint('begun', flush=True)\n"
        "with working('w'), long_work('q', connection):\n"
        "    connection.execute('SELECT count(DISTINCT hash(i)) FROM range(3000000000) t(i)')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        preexec_fn=heard,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun\n"
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
    assert told.rstrip().endswith("KeyboardInterrupt")


def limited(folder: Path, command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
    """The command where no file may grow beyond 1 MiB."""
    size = 1 << 20
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder), **more},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_is_said_and_leaves_nothing(large: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"lines.{ending}"
    path.write_text("what was there")
    done = limited(tmp_path, [*CET, "inventory", "compute", str(large / "parquet"), "--ledger", str(path)])
    assert (done.returncode, done.stdout) == (3, "")
    assert "no room left" in done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert files(tmp_path) == [path.name]
    assert path.read_text() == "what was there"


def test_a_full_disk_for_temporary_files_is_said_too(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sort of all leaves goes through the disk; it has a limit of its own here."""
    from cet.inventory import compute, load, row_databases
    from cet.statement import commit

    connect = duckdb.connect

    def small(path: str = ":memory:", config: dict[str, str] | None = None) -> duckdb.DuckDBPyConnection:
        less = {"memory_limit": "24MB", "max_temp_directory_size": "1MB", "threads": "1"}
        return connect(path, config={**(config or {}), **less})

    inventory = compute(load(large / "parquet"), lines=False)
    monkeypatch.setattr(row_databases.duckdb, "connect", small)
    monkeypatch.setattr(row_databases.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(OSError, match=r"no room left|not enough memory"):
        commit(inventory)
    assert files(tmp_path) == []


def test_a_terminal_shows_a_bar_and_a_file_does_not(large: Path, tmp_path: Path) -> None:
    command = [*CET, "inventory", "compute", str(large / "csv"), "--ledger", str(tmp_path / "lines.csv")]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    ) as running:
        os.close(theirs)
        shown = bytearray()
        try:
            while block := os.read(ours, 4096):
                shown += block
        except OSError:  # the other end is closed
            pass
        running.wait()
    os.close(ours)
    text = shown.decode()
    assert "writing the ledger of lines" in text
    assert "%" in text
    quiet = subprocess.run([*CET, "inventory", "check", str(large / "csv")], capture_output=True, check=True)
    assert quiet.stderr == b""
