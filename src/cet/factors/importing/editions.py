"""Column totals of editions that were read and checked once: a file that differs has a cell that is not as published."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.factors.importing.outcome import ColumnSum


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is not as on record."""

    column: str
    found: str
    problem: str


@cache
def _known() -> dict[tuple[str, str], list[dict[str, Any]]]:
    text = resources.files("cet").joinpath("data/factor_editions.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["edition"]
    return {(entry["layout"], entry["pack"]): entry["columns"] for entry in entries}


def compare_with_known(
    layout: str, pack: str, sums: Mapping[tuple[str, str], ColumnSum]
) -> tuple[bool, list[Difference]]:
    """Whether the edition is on record, and every column whose count or total is not the one on record."""
    columns = _known().get((layout, pack))
    if columns is None:
        return False, []
    differences = []
    expected = {(entry["table"], entry["column"]): entry for entry in columns}
    for place in sorted({*expected, *sums}):
        entry, found = expected.get(place), sums.get(place)
        was = (entry["cells"], entry["total"]) if entry else (0, "0")
        now = (found.cells, exact_text(found.total)) if found else (0, "0")
        if was != now:
            problem = f"{now[0]} numbers that sum to {now[1]}; as published {was[0]} that sum to {was[1]}"
            differences.append(Difference(" / ".join(place), now[1], problem))
    return True, differences
