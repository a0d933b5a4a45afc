"""Packages with certificates and contracts for tests, computed in two ways."""

from __future__ import annotations

import csv
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.inventory import Inventory, compute, load, read_package, reference
from cet.quantities import half_even_text
from cet.scopes import Method, Scope
from package_folders import DEFAULT_FACTORS, FACTORS, write_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cet.inventory.energy.result import PoolResult

ENERGY_FACTORS = """
[[factor]]
id = "test/gas"
name = "Natural gas, gross, UK 2018"
table = "Fuels"
year = 2018
geography = "GB"
kind = "combustion"
per = "kWh"
mass = "kg"
gases = { CO2 = "0.18362" }
weighted = { CH4 = "0.00024", N2O = "0.00010" }
gwp = "AR4"

[[factor]]
id = "test/biomethane"
name = "Biomethane, UK 2018"
table = "Bioenergy and outside of scopes"
year = 2018
geography = "GB"
kind = "combustion"
per = "GJ"
mass = "kg"
gases = { CO2-biogenic = "55.28", CO2e = "0.10473" }
gwp = "AR4"

[[factor]]
id = "test/biogas-power"
name = "Power from biogas"
table = "1"
year = 2023
geography = "US"
kind = "supplier"
per = "MWh"
mass = "kg"
gases = { CO2-biogenic = "600", CH4-biogenic = "0.2", N2O = "0.01" }

[[factor]]
id = "test/supplier"
name = "The supplier's rate"
table = "1"
year = 2023
geography = "US"
kind = "supplier"
per = "MWh"
mass = "kg"
gases = { CO2 = "100" }
"""
CANCELLED_ON_CHAIN = """
[[certificate]]
id = "wind-7"
instrument = "GO"
carrier = "electricity"
technology = "wind"
device = "device 7"
country = "US"
produced_from = 2023-01-01
produced_to = 2023-12-31
system = "UK-GO"
serial_first = "1"
serial_last = "10"
quantity = "10"
unit = "MWh"
beneficiary = "works"
used_from = 2023-01-01
used_to = 2023-12-31
purpose = "disclosure"
cancelled = 2024-02-01
contract = "{contract}"
cancellation = "{number:#026x}"
"""
"""10 MWh of `works` with the ledger's `contract` and `cancellation`."""
POWER = {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"}
ROW: dict[str, str] = {
    "instrument": "REC",
    "carrier": "electricity",
    "technology": "wind",
    "device": "Wind farm",
    "country": "US",
    "produced_from": "2023-01-01",
    "produced_to": "2023-03-31",
    "system": "M-RETS",
    "quantity": "60",
    "unit": "MWh",
    "beneficiary": "works",
    "used_from": "2023-01-01",
    "used_to": "2023-12-31",
    "purpose": "disclosure",
    "cancelled": "2024-02-01",
}


def package(
    folder: Path,
    lines: Iterable[Mapping[str, str]],
    certificates: Iterable[Mapping[str, str]] = (),
    more: str = "",
    factors: str = "",
    **given: Any,
) -> Path:
    """A package with a `certificates.csv`."""
    every = FACTORS + DEFAULT_FACTORS + ENERGY_FACTORS + factors
    write_package(folder, lines, more=more, factors=every, **given)
    rows = [
        {"serial_first": f"{row['id']}-1", "serial_last": f"{row['id']}-9", **ROW, **row}
        for row in certificates
    ]
    if rows:
        names = dict.fromkeys(name for row in rows for name in row)
        with (folder / "certificates.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    return folder


def computed(folder: Path) -> Inventory:
    """Computed, and held to the slow calculation."""
    found = compute(load(folder))
    slow = reference(load(folder))
    assert {key: one.mg for key, one in found.written.items()} == {
        key: one.mg for key, one in slow.written.items()
    }
    assert {key: one.gases for key, one in found.written.items()} == {
        key: one.gases for key, one in slow.written.items()
    }
    assert found.lots == slow.lots
    assert found.notices == slow.notices
    assert read_package(folder, lines=False).lots == found.lots
    for lot in found.lots:
        lines = (mg for line in found.lines_of(lot) for key, mg in line.emissions() if key == lot.key)
        assert sum(lines, Fraction(0)) == lot.exact
    return found


def pool(found: Inventory, use: str = "scope-2", facility: str = "plant") -> PoolResult:
    assert found.energy is not None
    return next(one for one in found.energy.pools if (one.key.use, one.key.facility) == (use, facility))


def kg(mg: Fraction) -> str:
    return half_even_text(mg / 10**6, 3)


def both(found: Inventory) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        kg(found.total(Scope.SCOPE_2, method)) for method in (Method.LOCATION_BASED, Method.MARKET_BASED)
    )
