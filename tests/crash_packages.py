"""Small packages for a crash run: right ones, broken ones, ones whose figures differ, and twins that give one statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oracle_service import zipped
from package_folders import write_package

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_YEARS = (2021, 2022, 2023)
"""Statements of one entity for several periods are in flight at once: each is placed beside the others by the registry."""
_BROKEN, _DIFFERENT, _TWIN = 0.05, 0.05, 0.05


@dataclass(frozen=True)
class Planned:
    """A package and what must become of it: `mints` of all with its `story` together."""

    story: str
    entity: str
    organisation: str
    content: bytes
    mints: int
    figures: Mapping[str, Sequence[str]] | None = None


def planned(folder: Path, count: int, chance: random.Random) -> list[Planned]:
    """So many stories, in a random order; a twin's makes two packages."""
    packages = []
    for number in range(count):
        entity, year = f"entity-of-{number // len(_YEARS)}", _YEARS[number % len(_YEARS)]
        kind = chance.random()
        broken = kind < _BROKEN
        different = _BROKEN <= kind < _BROKEN + _DIFFERENT
        lines = [{"quantity": "-1" if broken else str(number + 1)}]
        if chance.random() < 0.2:
            lines.append({"id": "wood", "category": "stationary", "factor": "test/wood", "unit": "kg"})
        path = folder / str(number)
        header = {"entity": f'"{entity}"', "period": f"{{ start = {year}-01-01, end = {year}-12-31 }}"}
        content = zipped(write_package(path, lines, header=header))
        figures = {"line": ["1"]} if different else None
        mints = 0 if broken or different else 1
        packages.append(Planned(str(number), entity, f"org-{number % 7}", content, mints, figures))
        if mints and chance.random() < _TWIN:
            (path / "README.txt").write_text("not part of the package's meaning")
            packages.append(Planned(str(number), entity, "rival", zipped(path), mints))
    chance.shuffle(packages)
    return packages
