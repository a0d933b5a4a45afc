"""The files that can be imported, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import FactorError
from cet.factors.importing import desnz, egrid, epa_hub, epa_supply_chain

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cet.factors.importing.outcome import Import

LAYOUTS: dict[str, Callable[[Path], Import]] = {
    "desnz": desnz.read,
    "epa-hub": epa_hub.read,
    "egrid": egrid.read,
    "epa-supply-chain": epa_supply_chain.read,
}


def import_file(path: Path, layout: str) -> Import:
    """Reads an official factor file. Raises PackageError with every cell that is wrong, FactorError for no such layout,
    SheetError for no workbook, OSError where it can't be read."""
    if layout not in LAYOUTS:
        raise FactorError(f"no layout {layout!r}", f"one of {', '.join(LAYOUTS)}")
    return LAYOUTS[layout](path)
