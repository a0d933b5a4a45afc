"""A service of its own database for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.oracle.service.database import Database
from kept import close_mirrors
from oracle_service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from world import World


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    """On SQLite; the supplier speaks for the entity `works`."""
    made = Service.on(world, f"sqlite:///{tmp_path / 'oracle.db'}")
    made.enrol("works")
    yield made
    made.around.database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty one with its tables; of SQLite in a folder of its own, `data`."""
    folder = tmp_path / "data"
    folder.mkdir()
    sqlite = f"sqlite:///{folder / 'oracle.db'}"
    made = Database.open(sqlite if request.param == "sqlite" else request.getfixturevalue("postgres"))
    made.migrate()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _mirrors_are_closed() -> Iterator[None]:
    """Of keepers."""
    yield
    close_mirrors()
