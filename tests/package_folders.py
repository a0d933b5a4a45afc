"""Package folders for tests: a right one, with whatever part replaced."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

SALT = "0x" + bytes(range(32)).hex()

HEADER: dict[str, str] = {
    "organisation": '"Works Ltd"',
    "entity": '"works"',
    "period": "{ start = 2023-01-01, end = 2023-12-31 }",
    "gwp": '"AR5"',
    "consolidation": '"operational-control"',
    "salt": f'"{SALT}"',
}

FACILITIES = """
[[facility]]
id = "plant"
name = "The plant"
country = "US"

[[facility]]
id = "depot"
name = "The depot"
country = "GB"
"""

FACTORS = """
[pack]
id = "test"
publisher = "Tester"
document = "Test factors"
edition = "1"
licence = "public domain"
"""

LINE: dict[str, str] = {
    "id": "line",
    "facility": "plant",
    "scope": "1",
    "category": "mobile",
    "source": "Diesel",
    "quantity": "100",
    "unit": "gal",
    "factor": "test/diesel",
    "data": "measured",
}


def factor(name: str, per: str, gases: Mapping[str, str], **more: Any) -> str:
    """A `[[factor]]` of the pack `test`, in kg."""
    fields: dict[str, Any] = {
        "id": f"test/{name}",
        "name": name.title(),
        "table": "1",
        "year": 2023,
        "geography": "US",
        "kind": "combustion",
        "per": per,
        "mass": "kg",
        **more,
    }
    lines = [f"{key} = {value if isinstance(value, int) else repr(value)}" for key, value in fields.items()]
    masses = ", ".join(f'{gas} = "{mass}"' for gas, mass in gases.items())
    return "\n".join(["", "[[factor]]", *lines, f"gases = {{ {masses} }}", ""])


DEFAULT_FACTORS = (
    factor("diesel", "gal", {"CO2": "10.21", "CH4-fossil": "0.00041", "N2O": "0.00008"})
    + factor("wood", "kg", {"CO2-biogenic": "1.8", "CH4-biogenic": "0.0005", "N2O": "0.00001"})
    + factor("grid", "MWh", {"CO2": "371.2", "CH4": "0.03"}, kind="grid")
    + factor("mix", "kWh", {"CO2": "0.5"}, kind="residual-mix")
    + factor("wind", "MWh", {"CO2": "0"}, kind="supplier")
    + factor("leak", "kg", {"R-404A": "1"}, kind="fugitive")
    + factor("old-chiller", "kg", {"HCFC-22": "1"}, kind="fugitive")
    + factor("freon-mix", "kg", {"R-401A": "1"}, kind="fugitive")
    + factor("flight", "passenger-mile", {"CO2e": "0.2"}, kind="life-cycle", gwp="AR4")
    + factor("paper", "USD2022", {"CO2": "0.3", "CO2e": "0.01"}, kind="spend", gwp="AR5")
    + factor("truck", "t-km", {"CO2": "0.1"}, kind="life-cycle", geography="world", year=2019)
)


def write_package(
    folder: Path,
    lines: Iterable[Mapping[str, str]] = (LINE,),
    *,
    header: Mapping[str, str] | None = None,
    more: str = "",
    factors: str | None = FACTORS + DEFAULT_FACTORS,
    columns: tuple[str, ...] = (),
) -> Path:
    """Writes a package and returns its folder. Lines take what they lack from LINE."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = "\n".join(f"{key} = {value}" for key, value in {**HEADER, **(header or {})}.items())
    (folder / "inventory.toml").write_text(f"[inventory]\n{settings}\n{FACILITIES}{more}", encoding="utf-8")
    if factors is not None:
        (folder / "factors.toml").write_text(factors, encoding="utf-8")
    rows = [{**LINE, **line} for line in lines]
    names = columns or tuple(dict.fromkeys([*LINE, *(name for row in rows for name in row)]))
    with (folder / "activities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder
