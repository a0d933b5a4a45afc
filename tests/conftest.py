"""What every suite needs: Ape finds the repository's own compiler and anvil."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres import PostgresServer
    from world import World

ROOT = Path(__file__).resolve().parent.parent

# Ape reads both when it first compiles or starts a node, also when pytest was not started by make.
os.environ["SOLCX_BINARY_PATH"] = str(ROOT / "tools" / "solc")
os.environ["PATH"] = os.pathsep.join([str(ROOT / "tools" / "bin"), os.environ.get("PATH", os.defpath)])

# Fast suites repeat the same examples; the deep ones (`make fuzz`) search.
settings.register_profile("default", deadline=None, derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session")
def creation_code() -> dict[str, bytes]:
    """The compiled contracts."""
    from world import creation_code

    return creation_code()


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    """One anvil for the whole run."""
    from world import anvil

    with anvil() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_of_run() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this run's own, on loopback."""
    from postgres import installed, postgres_server

    programs = installed()
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail("no PostgreSQL; .ci/run installs it")
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    with postgres_server(programs) as server:
        yield server


@pytest.fixture
def postgres(postgres_of_run: PostgresServer) -> str:
    """The URL of its database, which is empty."""
    import psycopg

    with psycopg.connect(postgres_of_run.url) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres_of_run.url


@pytest.fixture(scope="session")
def deployed(anvil_url: str, creation_code: dict[str, bytes]) -> World:
    """One deployment with everybody enrolled; tests take `world`, which leaves it as it was."""
    from world import anvil_chain, build_world, dev_signers

    return build_world(anvil_chain(anvil_url), dev_signers(), creation_code)


@pytest.fixture
def world(deployed: World) -> Iterator[World]:
    """The deployment on anvil, put back afterwards."""
    snapshot = deployed.snapshot()
    yield deployed
    deployed.revert(snapshot)
