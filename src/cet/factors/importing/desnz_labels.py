"""What the labels of a row of the UK flat file mean: theme, unit, words, place, and how its factor is called."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

from cet.factors.importing.cells import slug
from cet.factors.kinds import Boundary, FactorKind


class Labels(NamedTuple):
    """The label cells of a row; rows with equal ones are the gases of one factor."""

    scope: str
    level1: str
    level2: str
    level3: str
    level4: str
    column: str
    uom: str


@dataclass(frozen=True, slots=True)
class Theme:
    """A Level 1."""

    code: str
    words: tuple[str, ...]
    kind: FactorKind
    boundary: Boundary | None
    level2: bool


@cache
def _layout() -> dict[str, Any]:
    text = resources.files("cet").joinpath("data/desnz.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def headings() -> tuple[str, ...]:
    """The headings of the flat file's columns, but for the last, which names the year."""
    return tuple(_layout()["sheet_headings"])


def is_energy(labels: Labels) -> bool:
    """Whether the theme converts to energy, not to emissions."""
    return labels.level1 in _layout()["energy"]["themes"]


@cache
def theme(level1: str) -> Theme | None:
    """The theme of a Level 1; None for one that is not known."""
    entry = _layout()["theme"].get(level1)
    if entry is None:
        return None
    boundary = Boundary(entry["boundary"]) if "boundary" in entry else None
    return Theme(
        entry["code"], tuple(entry["words"]), FactorKind(entry["kind"]), boundary, entry.get("level2", False)
    )


def unit_of(labels: Labels) -> str | None:
    """The unit's name in the closed table; None for an unknown UOM."""
    found: str | None = _layout()["units"].get(labels.uom)
    return found


def place_of(labels: Labels) -> str | None:
    """ISO 3166 code of the place the labels name, the United Kingdom where they name none; None for an unknown country."""
    places: dict[str, str] = _layout()["places"]
    if labels.level1 == "Hotel stay":
        return places.get(labels.level3)
    return places.get(labels.level3, "GB") if labels.level3.startswith("International,") else "GB"


def words_of(labels: Labels) -> str:
    """What the factor is for, as finding matches it."""
    known: dict[str, list[str]] = _layout()["words"]
    found = theme(labels.level1)
    words = list(found.words) if found else []
    parts = [labels.level2, labels.level3, labels.level4, labels.column]
    if labels.level1 == "Hotel stay":
        parts = []
    elif labels.level1 in ("Material use", "Waste disposal", "Refrigerant & other", "Outside of scopes"):
        del parts[0]
    for part in parts:
        bare = _bare(part)
        words += known.get(bare.lower(), [slug(bare)] if bare else [])
    words += known.get(labels.uom.lower(), [])
    unique = list(dict.fromkeys(words))
    return "/".join(unique)


def key_of(labels: Labels) -> str:
    """The factor's id in its pack, from the labels alone, so that the next edition's is the same."""
    found = theme(labels.level1)
    code = found.code if found else slug(labels.level1)
    middle = [labels.level2] if found is None or found.level2 else []
    parts = [*middle, labels.level3, labels.level4, labels.column, labels.uom]
    known: dict[str, list[str]] = _layout()["words"]
    bare = [_bare(part) for part in parts]
    names = dict.fromkeys("-".join(known.get(part.lower(), [])) or slug(part) for part in bare)
    return "/".join([code, *(name for name in names if name)])


def name_of(labels: Labels) -> str:
    """The labels as a sentence."""
    level4 = "" if labels.level4 == labels.uom else labels.level4
    parts = [labels.level1, labels.level2, labels.level3, level4, labels.column]
    unique = [*dict.fromkeys(part.strip() for part in parts if part.strip())]
    rest = "".join(f", {part}" for part in unique[2:])
    return f"{': '.join(unique[:2])}{rest}, per {labels.uom.removeprefix('per ').removesuffix('s')}"


def _bare(label: str) -> str:
    text = label.strip()
    for prefix in ("WTT- ", "Managed "):
        text = text.removeprefix(prefix)
    for suffix in (" (incl. forming)", " (excl. forming)"):
        text = text.removesuffix(suffix)
    return text
