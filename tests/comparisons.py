"""Pairs of small packages to compare: a base year 2019 and a current year 2023."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.inventory.base_year.reading import read_comparison
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory.base_year.comparison import Comparison

BASE = {"period": "{ start = 2019-01-01, end = 2019-12-31 }"}
POLICY = """
[base_year]
start = 2019-01-01
end = 2019-12-31
policy = "Recalculated from 5 % on."
threshold = "5 %"
package = "../base"
"""
Lines = "Iterable[Mapping[str, str]]"


def site(name: str, **more: str) -> str:
    """A further `[[facility]]`."""
    fields = {"id": name, "name": name.title(), "country": "US", **more}
    return "\n[[facility]]\n" + "".join(f'{key} = "{value}"\n' for key, value in fields.items())


def tonnes(facility: str, mass: str, **more: str) -> dict[str, str]:
    """A line of so many tonnes of CO2 of a facility."""
    fields = {
        "id": facility,
        "facility": facility,
        "source": f"Stack of {facility}",
        "category": "stationary",
    }
    return {**fields, "unit": "t", "factor": "measured/CO2", "quantity": mass, **more}


def compared(folder: Path, base: Lines, current: Lines, events: str = "", **more: Any) -> Comparison:
    """The comparison of the two; `base_more`, `current_more`: further parts of their settings, `joined`: the lines of a
    package `joined` of the base year for events, `joined_more` its settings."""
    write_package(
        folder / "base", base, header={**BASE, **more.get("base_header", {})}, more=more.get("base_more", "")
    )
    write_package(
        folder / "current",
        current,
        header=more.get("current_header", {}),
        more=more.get("current_more", "") + more.get("policy", POLICY),
    )
    if "joined" in more:
        write_package(folder / "joined", more["joined"], header=BASE, more=more.get("joined_more", ""))
    path = folder / "events.toml"
    path.write_text(events, encoding="utf-8")
    return read_comparison(folder / "base", folder / "current", path, by_id=more.get("by_id", False))


def event(kind: str, name: str = "it", date: str = "2021-07-01", more: str = "", **fields: str) -> str:
    """An `[[event]]`; `fields` are text, `more` is TOML."""
    told = "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    return (
        f'\n[[event]]\nid = "{name}"\nkind = "{kind}"\ndate = {date}\ntext = "It happened."\n{told}{more}\n'
    )
