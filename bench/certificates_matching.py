"""Hourly matching of certificates: 10,000 sites, 8,760 hours, 1,000 batches; seconds and memory.

`python -m bench.certificates_matching` writes bench/results/matching.json. Consumption is a Parquet file of a row an hour and site,
read by DuckDB a week at a time; batches are plants with a production of every hour. Some batches were cancelled for a few sites
only, so that most markets have sites of many kinds. Every Wh used is checked against what was consumed and produced, the first
hour and the last against `match`, which knows neither runs nor arrays. `load` is the machine's load average at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

from cet.certificates import Demand, match
from cet.certificates.bulk_matching import BulkMatching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.certificates.bulk_matching import Integers, Uses

RESULTS = Path(__file__).parent / "results" / "matching.json"
WEEK = 168
MARKETS = 30
NAMED = 4
"""One batch in so many was cancelled for three sites only; those are preferred, but for one in ten that the claimant puts last."""


@dataclass(frozen=True)
class World:
    """Sites in the order they are served, batches in the order they are preferred."""

    sites: int
    hours: int
    batches: int

    def lists(self) -> tuple[list[list[int]], Integers]:
        """The batches that each kind of site may use, and each site's kind. The first market has half of all."""
        rng = np.random.default_rng(7)
        site_market = np.where(rng.random(self.sites) < 0.5, 0, rng.integers(0, MARKETS, self.sites))
        batch_market = np.where(rng.random(self.batches) < 0.5, 0, rng.integers(0, MARKETS, self.batches))
        by_market = [np.flatnonzero(site_market == market) for market in range(MARKETS)]
        named: dict[int, set[int]] = {}
        special = [one for one in range(self.batches // NAMED) if one % 10]
        special += range(self.batches - self.batches // NAMED // 10, self.batches)
        for batch in special:
            there = by_market[int(batch_market[batch])]
            for site in rng.choice(there, min(3, len(there)), replace=False).tolist():
                named.setdefault(site, set()).add(batch)
        general: list[list[int]] = [[] for _ in range(MARKETS)]
        for batch in sorted(set(range(self.batches)).difference(special)):
            general[int(batch_market[batch])].append(batch)
        kinds: dict[tuple[int, ...], int] = {}
        of_site = np.empty(self.sites, np.int64)
        for site, market in enumerate(site_market.tolist()):
            may = tuple(sorted([*general[market], *named.get(site, ())]))
            of_site[site] = kinds.setdefault(may, len(kinds))
        return [list(one) for one in kinds], of_site

    def production(self) -> Integers:
        """Wh by hour and batch: half of the batches are solar, and most hours have too little for all."""
        rng = np.random.default_rng(8)
        peak = rng.integers(100_000, 4_000_000, self.batches)
        found = np.empty((self.hours, self.batches), np.int64)
        solar = np.arange(self.batches) % 2 == 0
        for hour in range(self.hours):
            day = max(0, 1000 - abs(hour % 24 - 12) * 160)
            wind = rng.integers(0, 1000, self.batches)
            found[hour] = peak * np.where(solar, day, wind) // 1000
        return found

    def write(self, path: Path) -> None:
        """Consumption, 20 to 220 kWh a site and hour, from a hash."""
        rows = f"range({self.hours}) h(hour), range({self.sites}) s(site)"
        wh = "(20000 + hash(hour, site) % 200000)::BIGINT"
        order = "ORDER BY hour, site"
        connection = duckdb.connect(config={"memory_limit": "1GB"})
        chosen = f"SELECT hour::INT AS hour, site::INT AS site, {wh} AS wh FROM {rows} {order}"  # noqa: S608
        connection.sql(f"COPY ({chosen}) TO '{path}'")

    def consumption(self, path: Path) -> Iterator[tuple[int, Integers]]:
        """Hour and Wh by site, in order."""
        connection = duckdb.connect(config={"memory_limit": "512MB"})
        for first in range(0, self.hours, WEEK):
            told = (
                f"SELECT wh FROM '{path}' WHERE hour >= {first} AND hour < {first + WEEK} ORDER BY hour, site"  # noqa: S608
            )
            week = connection.sql(told).fetchnumpy()["wh"].reshape(-1, self.sites)
            yield from ((first + at, week[at]) for at in range(len(week)))


def measure(world: World, path: Path) -> dict[str, object]:
    """Matches every hour; raises AssertionError where something does not add up."""
    lists, kinds = world.lists()
    production = world.production()
    before = time.perf_counter()
    matching = BulkMatching(lists, world.batches, kinds)
    uses = used_wh = consumed = 0
    reading, mark = 0.0, time.perf_counter()
    for hour, demands in world.consumption(path):
        reading += time.perf_counter() - mark
        supplies = production[hour].tolist()
        found = matching.match(demands, supplies)
        uses += len(found.watt_hours)
        used_wh += int(found.watt_hours.sum())
        consumed += int(demands.sum())
        if hour in (0, world.hours - 1):
            _check(lists, kinds, demands, supplies, found)
        np.subtract.at(production[hour], found.supplies, found.watt_hours)
        mark = time.perf_counter()
    seconds = time.perf_counter() - before
    assert production.min() >= 0
    return {
        "sites": world.sites,
        "hours": world.hours,
        "batches": world.batches,
        "kinds of site": len(lists),
        "seconds": round(seconds, 1),
        "of which reading": round(reading, 1),
        "uses": uses,
        "covered": f"{used_wh * 100 // consumed} %",
        "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "load": round(os.getloadavg()[0], 2),
    }


def _check(
    lists: list[list[int]], kinds: Integers, demands: Integers, supplies: list[int], found: Uses
) -> None:
    names = [tuple(map(str, one)) for one in lists]
    asked = (Demand(site, int(wh), names[kinds[site]]) for site, wh in enumerate(demands))
    expected = match(asked, {str(batch): wh for batch, wh in enumerate(supplies)})
    sums: dict[tuple[object, str], int] = {}
    for site, batch, wh in zip(*(one.tolist() for one in found), strict=True):
        sums[site, str(batch)] = sums.get((site, str(batch)), 0) + wh
    assert sums == expected


def main() -> None:
    """Measures, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=10_000)
    parser.add_argument("--hours", type=int, default=8_760)
    parser.add_argument("--batches", type=int, default=1_000)
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--measure", type=Path, help="match this file's consumption; used by itself")
    given = parser.parse_args()
    world = World(given.sites, given.hours, given.batches)
    if given.measure is not None:
        print(json.dumps(measure(world, given.measure), indent=2))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "consumption.parquet"
        world.write(path)
        # In a process of its own: its peak memory is that of matching.
        again = [sys.executable, "-m", "bench.certificates_matching", *sys.argv[1:], "--measure", str(path)]
        told = subprocess.run(again, check=True, capture_output=True, text=True).stdout
    given.out.write_text(told)
    print(told, end="")


if __name__ == "__main__":
    main()
