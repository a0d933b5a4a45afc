"""The US economy as USEEIO v2 publishes it: what each sector emits and needs of each other, as exact decimals.

`python -m bench.economy_data FOLDER` makes bench/data/useeio-v2.csv.xz of the published JSON files (`sectors.json`, `indicators.json`,
`matrix/A.json`, `D.json`, `U.json`, `demands/2012_us_domestic_production.json`). Source: US EPA, USEEIO v2 (Ingwersen et al., Scientific Data 9,
194, 2022), CC0. Facts only, rounded half to even: requirements to 10^-7 USD per USD, intensities to 10^-14 kt CO2e per USD, which is 10 µg.

    code ; name ; direct ; total ; demand ; requirements of this sector's product, by buyer: place:amount …
"""

from __future__ import annotations

import json
import lzma
import sys
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

FILE = Path(__file__).parent / "data" / "useeio-v2.csv.xz"
PER_DOLLAR = 10**7
"""Requirements are counted in this part of a USD per USD."""
INTENSITY = 10**14
"""Intensities are counted in this part of a kt CO2e per USD: 10^-2 mg."""


@dataclass(frozen=True, slots=True)
class Economy:
    """`direct` and `total` in 1/INTENSITY kt CO2e per USD, total as published (Leontief, negative requirements within);
    `demand` in USD of 2012; `needs[i][j]` of sector i's product for 1 USD of sector j's, in 1/PER_DOLLAR USD."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    direct: tuple[int, ...]
    total: tuple[int, ...]
    demand: tuple[int, ...]
    needs: tuple[dict[int, int], ...]


def read() -> Economy:
    """The committed facts."""
    lines = lzma.decompress(FILE.read_bytes()).decode().splitlines()
    rows = [line.split(";") for line in lines]
    return Economy(
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple(int(row[2]) for row in rows),
        tuple(int(row[3]) for row in rows),
        tuple(int(row[4]) for row in rows),
        tuple(_read_needs(row[5]) for row in rows),
    )


def write(folder: Path) -> int:
    """Makes the file of the published ones; its size in bytes."""

    def published(name: str) -> list[list[Decimal]]:
        found: list[list[Decimal]] = json.loads(
            (folder / name).read_text(encoding="utf-8"), parse_float=Decimal
        )
        return found

    sectors = json.loads((folder / "sectors.json").read_text(encoding="utf-8"))
    wanted = folder / "demands" / "2012_us_domestic_production.json"
    # By code: one name is spelt with another apostrophe there.
    demand = {
        one["sector"].partition("/")[0].upper(): one["amount"]
        for one in json.loads(wanted.read_text(encoding="utf-8"), parse_float=Decimal)
    }
    needs, direct, total = published("matrix/A.json"), published("matrix/D.json"), published("matrix/U.json")
    place = _place_of_gases(json.loads((folder / "indicators.json").read_text(encoding="utf-8")), len(direct))
    rows = []
    for number, sector in enumerate(sectors):
        row = [_rounded(value, PER_DOLLAR) for value in needs[number]]
        told, last = [], 0
        for buyer, value in enumerate(row):
            if value:
                told.append(f"{buyer - last}:{value}")
                last = buyer
        figures = [_rounded(direct[place][number], INTENSITY), _rounded(total[place][number], INTENSITY)]
        figures.append(_rounded(demand.get(sector["code"].upper(), Decimal(0)), 1))
        rows.append(
            ";".join([sector["code"], sector["name"].replace(";", ","), *map(str, figures), " ".join(told)])
        )
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(lzma.compress("\n".join(rows).encode(), preset=9 | lzma.PRESET_EXTREME))
    return FILE.stat().st_size


def _place_of_gases(indicators: list[dict[str, object]], rows: int) -> int:
    """The row of greenhouse gases: where all indicators were published, its index; where the gases alone, the first."""
    index = next(int(str(one["index"])) for one in indicators if one["code"] == "GHG")
    return index if rows == len(indicators) else 0


def _read_needs(text: str) -> dict[int, int]:
    found, buyer = {}, 0
    for part in text.split():
        step, _, value = part.partition(":")
        buyer += int(step)
        found[buyer] = int(value)
    return found


def _rounded(value: Decimal | int, parts: int) -> int:
    return int((Decimal(value) * parts).to_integral_value(ROUND_HALF_EVEN))


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]))} bytes")
