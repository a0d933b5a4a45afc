"""Packages of transport for tests: right ones, with whatever part replaced, written as people write them."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from cet.inventory import Inventory, read_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

CLAIM: dict[str, Any] = {
    "registry": "The registry",
    "claimant": "works",
    "role": "shipper",
    "material": "carrier-direct",
    "use": "3.4",
    "mode": "road",
    "quantity": "100",
    "unit": "t-km",
    "wtw": "0.08",
    "gwp": "AR5",
    "credits": "none",
    "booked": "2023-12-15",
    "claimed": "2024-02-01",
    "used_from": "2023-01-01",
    "used_to": "2023-12-31",
}
BOOKING: dict[str, Any] = {
    "registry": "The registry",
    "facility": "site",
    "use": "scope-1",
    "basis": "direct",
    "mode": "road",
    "quantity": "100",
    "unit": "t-km",
    "wtw": "0.08",
    "ttw": "0.01",
    "gwp": "AR5",
    "credits": "none",
    "booked": "2023-12-15",
}
EMITTER: dict[str, Any] = {
    "role": "carrier",
    "material": "emitter-profile",
    "use": "scope-1",
    "bundled": False,
    "unit": "L",
    "wtw": "0.5",
    "ttw": "0.1",
    "biogenic": "2.4",
    "additionality": "blend mandate: not counted towards it",
}
SETTINGS = """
[inventory]
organisation = "Works Ltd"
entity = "works"
period = { start = 2023-01-01, end = 2023-12-31 }
gwp = "AR5"
consolidation = "operational-control"
salt = "0x6b1f9d04e7c2358a90d4417fb6e83c5da1f20796cb48e53d17a86fc09e52b37d"
"""
PACK = """
[pack]
id = "own"
publisher = "The tests"
document = "Chosen"
edition = "1"
licence = "CC0"
"""
_DAYS = ("booked", "claimed", "used_from", "used_to")

Line = tuple[str, str, str, str, str, str]
"""Facility, scope, category, quantity, unit, factor without its pack."""


def claim(name: str, **given: Any) -> dict[str, Any]:
    """A shipper's claim of 100 t-km of road at 80 g."""
    return {"id": name, "booking": f"lets of {name}", **CLAIM, **given}


def booking(name: str, **given: Any) -> dict[str, Any]:
    """A carrier's LETS of 100 t-km of road at 80 g, of which 10 g are tank-to-wheel."""
    return {"id": name, "booking": name, **BOOKING, **given}


def emitter(name: str, **given: Any) -> dict[str, Any]:
    """A carrier's claim of an unbundled emitter profile, in place of 100 L."""
    return {"id": name, "booking": f"fuel of {name}", **CLAIM, **EMITTER, **given}


def write(
    folder: Path,
    lines: Iterable[Line],
    factors: Mapping[str, tuple[str, str]],
    transports: Iterable[dict[str, Any]] = (),
    *,
    claims: Iterable[dict[str, Any]] = (),
    bookings: Iterable[dict[str, Any]] = (),
    outputs: Iterable[dict[str, Any]] = (),
    facilities: Iterable[dict[str, Any]] = ({"id": "site"},),
    settings: str = SETTINGS,
    received: Mapping[int, str] | None = None,
) -> Path:
    """The package; `factors` are kg CO2e and the unit they are per, by name; `received` marks lines by their place."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "facility": [{"name": "A site", "country": "DE", **one} for one in facilities],
        "output": outputs,
        "transport": transports,
        "logistics_claim": claims,
        "lets_booking": bookings,
    }
    text = settings
    for part, entries in parts.items():
        text += "".join(f"\n[[{part}]]\n" + _entry(one) for one in entries)
    (folder / "inventory.toml").write_text(text, encoding="utf-8")
    made = PACK
    for name, (kg, per) in factors.items():
        said = {"id": f"own/{name}", "name": name, "table": "1", "year": 2023, "geography": "DE"}
        said |= {"kind": "life-cycle", "per": per, "mass": "kg", "gwp": "AR5"}
        made += "\n[[factor]]\n" + _entry(said) + f'gases = {{ CO2e = "{kg}" }}\n'
    (folder / "factors.toml").write_text(made, encoding="utf-8")
    with (folder / "activities.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        names = (
            "id",
            "facility",
            "scope",
            "category",
            "source",
            "quantity",
            "unit",
            "factor",
            "data",
            "received",
        )
        rows.writerow(names)
        for number, (facility, scope, category, quantity, unit, factor) in enumerate(lines):
            cited = (received or {}).get(number, "")
            about = (f"line-{number}", facility, scope, category, "A line", quantity, unit, f"own/{factor}")
            rows.writerow((*about, "measured", cited))
    return folder


def inventory(folder: Path, *given: Any, **more: Any) -> Inventory:
    """The inventory of what `write` makes of it."""
    return read_package(write(folder, *given, **more))


def _entry(fields: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_toml(name, value)}\n" for name, value in fields.items())


def _toml(name: str, value: Any) -> str:
    return str(value) if name in _DAYS else json.dumps(value, ensure_ascii=False)
