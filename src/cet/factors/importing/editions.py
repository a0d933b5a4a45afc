"""Column totals of editions that were read and checked once: a file that differs has a cell that is not as published."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.factors.importing.outcome import ColumnSum
    from cet.factors.model import Factor


@dataclass(frozen=True, slots=True)
class Difference:
    """A column that is not as on record."""

    column: str
    found: str
    problem: str


@cache
def _known() -> dict[tuple[str, str], dict[str, Any]]:
    text = resources.files("cet").joinpath("data/factor_editions.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)["edition"]
    return {(entry["layout"], entry["pack"]): entry for entry in entries}


def labels_hash(factors: Iterable[Factor]) -> str:
    """What the rows of a file are called, in one SHA-256: id, place and unit of every factor."""
    lines = sorted(f"{factor.id} {factor.geography} {factor.per}\n" for factor in factors)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def compare_with_known(
    layout: str, pack: str, sums: Mapping[tuple[str, str], ColumnSum], labels: str
) -> tuple[bool, list[Difference]]:
    """Whether the edition is on record, and everything that differs: names of rows, counts and totals of columns."""
    known = _known().get((layout, pack))
    if known is None:
        return False, []
    differences = []
    if labels != known["labels"]:
        differences.append(Difference("labels", "", "the rows are not named as published"))
    expected = {(entry["table"], entry["column"]): entry for entry in known["columns"]}
    for place in sorted({*expected, *sums}):
        entry, found = expected.get(place), sums.get(place)
        was = (entry["cells"], entry["total"]) if entry else (0, "0")
        now = (found.cells, exact_text(found.total)) if found else (0, "0")
        if was != now:
            problem = f"{now[0]} numbers that sum to {now[1]}; as published {was[0]} that sum to {was[1]}"
            differences.append(Difference(" / ".join(place), now[1], problem))
    return True, differences
