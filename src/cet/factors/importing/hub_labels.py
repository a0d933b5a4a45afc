"""What the Hub's labels mean: words to find by, biogenic fuels, and cells known to be printed wrong."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from cet.factors.importing.cells import slug


@cache
def _layout() -> dict[str, Any]:
    text = resources.files("cet").joinpath("data/epa_hub.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(*labels: str) -> str:
    """The words of several labels, joined for matching."""
    known: dict[str, list[str]] = _layout()["words"]
    found: dict[str, None] = {}
    for label in labels:
        found.update(dict.fromkeys(known.get(label, [slug(label)] if label else [])))
    return "/".join(found)


def is_biogenic(label: str) -> bool:
    """Whether a fuel outside table 1's groups is made of biomass."""
    return label in _layout()["biogenic"]["fuels"]


def erratum(edition_year: int, table: str, label: str) -> tuple[str, str, str] | None:
    """What was printed, what is right and why, for a cell known to be wrong."""
    for entry in _layout()["erratum"]:
        if entry["edition"].startswith(f"{edition_year}-") and (entry["table"], entry["label"]) == (
            table,
            label,
        ):
            return entry["printed"], entry["right"], entry["why"]
    return None
