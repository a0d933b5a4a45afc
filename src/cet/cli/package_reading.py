"""How commands read a package: with its lines where they fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory import Inventory

_SMALL_BYTES = 32 << 20
"""Packages up to this size keep their lines in memory, so that claims are explained without asking."""


def sized_inventory(package: Path, *, lines: bool) -> Inventory:
    """The package computed; with its lines where asked for, or where they are few. Raises PackageError."""
    from cet.inventory import read_package
    from cet.inventory.folder import ACTIVITIES, PARQUET

    files = (package, package / ACTIVITIES, package / PARQUET)
    small = sum(file.stat().st_size for file in files if file.is_file()) <= _SMALL_BYTES
    return read_package(package, lines=lines or small)
