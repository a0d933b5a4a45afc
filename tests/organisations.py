"""Organisations for tests: Holland Industries, the example of the Corporate Standard, and TOML for any other."""

from __future__ import annotations

from typing import Any

from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.organisation import Organisation

HOLLAND = "holland-industries"

# GHG Protocol Corporate Standard (2004), chapter 3, table 2: entity, treatment, holdings, operated; then the share of its
# emissions under equity share, financial control and operational control, as printed. Typed without the document at hand; its
# products (83 % × 50 %, 83 % × 75 %) and the treatments of table 1 agree with them.
TABLE_2: tuple[tuple[str, str, dict[str, str], bool, tuple[str, str, str]], ...] = (
    ("holland-switzerland", "subsidiary", {HOLLAND: "1"}, True, ("100", "100", "100")),
    ("holland-america", "subsidiary", {HOLLAND: "0.83"}, True, ("83", "100", "100")),
    ("bgb", "joint-venture", {"holland-america": "0.5"}, False, ("41.5", "50", "0")),
    ("irw", "subsidiary", {"holland-america": "75 %"}, True, ("62.25", "100", "100")),
    ("kahuna", "joint-venture", {HOLLAND: "0.333"}, True, ("33.3", "33.3", "100")),
    ("quickfix", "subsidiary", {HOLLAND: "0.43"}, True, ("43", "100", "100")),
    ("nallo", "associate", {HOLLAND: "0.56"}, False, ("56", "0", "0")),
    ("syntal", "fixed-asset-investment", {HOLLAND: "0.01"}, False, ("0", "0", "0")),
)


def entity(name: str, treatment: str, **more: Any) -> Entity:
    """An entity named like its id."""
    return Entity.model_validate({"id": name, "name": name, "treatment": treatment, **more})


def holding(owner: str, owned: str, share: str) -> Holding:
    """A part of `owned` held by `owner`."""
    return Holding.model_validate({"owner": owner, "entity": owned, "share": share})


def holland() -> Organisation:
    """The group of table 2."""
    return Organisation(
        HOLLAND,
        tuple(entity(name, kind, operational_control=run) for name, kind, _, run, _ in TABLE_2),
        tuple(
            holding(owner, name, share) for name, _, held, _, _ in TABLE_2 for owner, share in held.items()
        ),
    )


def toml(section: str, **fields: Any) -> str:
    """One entry of a list of `inventory.toml`."""
    lines = [f"[[{section}]]"]
    for name, value in fields.items():
        text = str(value).lower() if isinstance(value, bool) else repr(value)
        lines.append(f"{name} = {text}")
    return "\n".join(["", *lines, ""])
