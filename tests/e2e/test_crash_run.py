"""A slice of the crash run: real workers killed, a chain that answers badly and reorganises, a database that restarts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crash_run import CrashRun, Scale
from world import anvil, anvil_chain, build_world, dev_signers

if TYPE_CHECKING:
    from pathlib import Path

    from crash_run import Told
    from postgres import PostgresServer

SLICE = Scale(packages=8, kill_seconds=3, reorganise_seconds=1.5, restart_seconds=6, most_seconds=400)


def held(told: Told) -> None:
    """Nothing lost, nothing twice, and that there was something to survive."""
    assert told.wrong == [], told
    assert told.mints >= SLICE.packages // 3, told
    assert told.kills + sum(told.deaths.values()) > 0, told
    assert told.reorganisations > 0, told
    assert sum(told.faults.values()) > 0, told


def test_two_workers_on_postgresql(
    creation_code: dict[str, bytes], postgres_of_run: PostgresServer, tmp_path: Path
) -> None:
    # An anvil of its own: what is reverted here are blocks that others might need.
    with anvil() as url:
        world = build_world(anvil_chain(url), dev_signers(), creation_code)
        database = postgres_of_run.fresh("crash_run")
        held(CrashRun(world, database, SLICE, 11, tmp_path, postgres_of_run.restart).go())


def test_two_workers_on_one_sqlite_file(creation_code: dict[str, bytes], tmp_path: Path) -> None:
    with anvil() as url:
        world = build_world(anvil_chain(url), dev_signers(), creation_code)
        held(CrashRun(world, f"sqlite:///{tmp_path / 'oracle.db'}", SLICE, 12, tmp_path).go())
