"""A pack as TOML text, the same bytes for the same factors: what `read_pack` reads back unchanged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.factors.model import Factor, Pack


def pack_text(pack: Pack, factors: Iterable[Factor], remarks: Iterable[str] = ()) -> str:
    """The TOML of a pack with its factors in the order given; `remarks` stand before it as comments."""
    head = [f"# {remark}" for remark in remarks]
    fields = ("id", "publisher", "document", "edition", "licence")
    blocks = ["\n".join([*head, "[pack]", *(f"{name} = {_text(getattr(pack, name))}" for name in fields)])]
    blocks += [factor_text(factor) for factor in factors]
    return "\n\n".join(blocks) + "\n"


def factor_text(factor: Factor) -> str:
    """One `[[factor]]`."""
    lines = [
        "[[factor]]",
        f"id = {_text(factor.id)}",
        f"name = {_text(factor.name)}",
        f"table = {_text(factor.table)}",
        f"year = {factor.year}",
        f"geography = {_text(factor.geography)}",
        f"kind = {_text(factor.kind.value)}",
        f"per = {_text(factor.per)}",
        f"mass = {_text(factor.mass)}",
        f"gases = {_masses(factor.gases)}",
    ]
    if factor.weighted:
        lines.append(f"weighted = {_masses(factor.weighted)}")
    if factor.gwp:
        lines.append(f"gwp = {_text(factor.gwp)}")
    if factor.boundary:
        lines.append(f"boundary = {_text(factor.boundary.value)}")
    if factor.valid_from and factor.valid_to:
        lines += [f"valid_from = {factor.valid_from}", f"valid_to = {factor.valid_to}"]
    if factor.activity:
        lines.append(f"activity = {_text(factor.activity)}")
    return "\n".join(lines)


def _masses(masses: Iterable[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{name} = {_text(mass)}" for name, mass in masses) + " }"


def _text(value: str) -> str:
    """A basic string: JSON's escapes are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
