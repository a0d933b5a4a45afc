"""Speed and memory of an inventory of many lines, beside plain DuckDB doing the bare arithmetic on the same file.

`python -m bench.inventory --lines 1000000` writes bench/results/inventory.json and prints a table. Every stage runs in a
process of its own, so that its peak memory is its own; the best of a few runs counts. Absolute figures are the machine's,
ratios are ours. Nothing here passes or fails, except that both sides must arrive at the same figure, exactly.
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
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console
from rich.table import Table

from cet.factors import FactorStore
from cet.gases import GwpSet
from cet.inventory import check, compute, load
from cet.quantities import exact_text, ratio_between, unit
from cet.statement import build
from cet.statement.hashing import keccak256

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS = Path(__file__).parent / "results" / "inventory.json"
GWP = GwpSet.AR5
FACILITIES = 20
ADDRESSES = ("0x" + "11" * 20, "0x" + "22" * 20)

# Scope, category, source, unit, factor: what the lines are drawn from, in turn.
KINDS = (
    ("1", "stationary", "Boiler gas", "mmBtu", "epa-hub-2024/stationary/natural-gas-mmbtu"),
    ("1", "mobile", "Fleet gasoline", "gal", "epa-hub-2024/mobile/gasoline"),
    ("1", "fugitive", "Chiller top-up", "kg", "epa-hub-2024/refrigerant/r-410a"),
    ("2", "electricity", "Metered power", "kWh", "epa-hub-2024/egrid/srvc"),
    ("3", "1", "Programming services", "USD2022", "epa-supply-chain-1.3/541511"),
    ("3", "5", "Landfilled waste", "short-ton", "epa-hub-2024/waste/mixed-msw-landfilled"),
    ("3", "6", "Rail travel", "passenger-mile", "epa-hub-2024/travel/intercity-rail-national-average"),
)

SETTINGS = """
[inventory]
organisation = "Bench"
entity = "bench"
period = { start = 2022-01-01, end = 2022-12-31 }
gwp = "AR5"
consolidation = "operational-control"
salt = "0x3b0c9d51e7f24a86b1d08c63f59e27a4c86b13d0e95f7a421d8b60c4f3e9a275"
"""
FACILITY = """
[[facility]]
id = "site-{number}"
name = "Site {number}"
country = "US"
"""

GENERATED = """
    CREATE TABLE generated AS
    SELECT format('line-{:09d}', i) AS id, format('site-{}', i // 7 % ?) AS facility, scope, category, source,
           format('{}.{:02d}', hundredths // 100, hundredths % 100) AS quantity, unit,
           CASE WHEN i % 11 = 0 THEN '0.25' END AS share, factor, 'measured' AS data
    FROM (SELECT i, (i * 7919 + 104729) % 10000019 AS hundredths FROM range(?) AS numbers(i)) JOIN kinds ON kind = i % 7
    ORDER BY i
"""

# Plain DuckDB: the same rows as numbers, joined with rates of mg per unit, multiplied and added up exactly.
COLUMNS = ("id", "facility", "scope", "category", "source", "quantity", "unit", "share", "factor", "data")
PLAIN_TYPES = {"quantity": "DECIMAL(12, 2)", "share": "DECIMAL(3, 2)"}
PLAIN_SUM = """
    SELECT scope, category, count(*), sum((quantity * coalesce(share, 1))::DECIMAL(18, 4) * mg)
    FROM {source} JOIN rates USING (factor, unit) GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Stage:
    """What a stage does, the plain stage it is measured against, and whether it hashes every line in Python."""

    what: str
    beside: str = ""
    hashes: bool = False


STAGES = {
    "plain_intake": Stage("plain DuckDB: read the CSV into typed columns"),
    "plain_sum": Stage("plain DuckDB: join the factors, multiply, add up, from the CSV"),
    "plain_hashes": Stage("the bare hashes of the root: three keccak256 a line", hashes=True),
    "intake": Stage("check: every byte, cell, id, date, factor and unit", "plain_intake"),
    "compute": Stage("check, compute, form lots, compare claims", "plain_sum"),
    "root": Stage("compute with every line, statement, Merkle root", "plain_hashes", hashes=True),
}


def generate(folder: Path, lines: int) -> None:
    """Writes the package: the same bytes for the same number of lines, on every machine."""
    settings = SETTINGS + "".join(FACILITY.format(number=number) for number in range(FACILITIES))
    (folder / "inventory.toml").write_text(settings)
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE kinds (kind INT, scope TEXT, category TEXT, source TEXT, unit TEXT, factor TEXT)"
    )
    connection.executemany(
        "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?)", [(at, *kind) for at, kind in enumerate(KINDS)]
    )
    connection.execute(GENERATED, [FACILITIES, lines])
    connection.table("generated").write_csv(str(folder / "activities.csv"))


def plain(folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the rates: exact milligrams of CO2e per unit, by factor and unit."""
    store = FactorStore.default()
    rates = []
    for *_, activity, factor_id in KINDS:
        factor = store.get(factor_id)
        own = sum((mass * gas.gwp(GWP) for gas, mass in factor.components), factor.co2e_mg or Fraction(0))
        rates.append((factor_id, activity, exact_text(own * ratio_between(unit(activity), factor.unit))))
    connection = duckdb.connect()
    connection.execute("CREATE TABLE rates (factor TEXT, unit TEXT, mg DECIMAL(20, 9))")
    connection.executemany("INSERT INTO rates VALUES (?, ?, ?::DECIMAL(20, 9))", rates)
    connection.execute("SET VARIABLE path = ?", [str(folder / "activities.csv")])
    return connection


def plain_source() -> str:
    """The CSV as typed columns."""
    columns = ", ".join(f"'{name}': '{PLAIN_TYPES.get(name, 'VARCHAR')}'" for name in COLUMNS)
    return f"read_csv(getvariable('path'), header = true, auto_detect = false, columns = {{{columns}}})"


def plain_figures(rows: list[tuple[str, str, int, object]]) -> dict[str, str]:
    """Milligrams by scope and category, as exact text."""
    return {f"{scope}.{category}": exact_text(Fraction(str(mg))) for scope, category, _, mg in rows}


class Timer:
    """Seconds of what runs inside it."""

    def __enter__(self) -> Timer:
        self.seconds = 0.0
        self._start = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._start


def run_plain_intake(folder: Path) -> tuple[float, object]:
    connection = plain(folder)
    with Timer() as timer:
        connection.execute("CREATE TABLE lines AS FROM " + plain_source())
    return timer.seconds, None


def run_plain_sum(folder: Path) -> tuple[float, object]:
    connection = plain(folder)
    with Timer() as timer:
        rows = connection.execute(PLAIN_SUM.format(source=plain_source())).fetchall()
    return timer.seconds, plain_figures(rows)


def run_plain_hashes(folder: Path) -> tuple[float, object]:
    lines = load(folder).scan.lines - 1
    leaf = b"\x00" * 400
    with Timer() as timer:
        for _ in range(lines):
            keccak256(keccak256(leaf) + keccak256(b"\x00" * 32))
    return timer.seconds, None


def run_intake(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        checked = check(folder)
    if not checked.sound:
        raise SystemExit(str(checked.findings[0]))
    return timer.seconds, None


def run_compute(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        inventory = compute(load(folder), lines=False)
    figures: dict[str, Fraction] = {}
    for key, total in inventory.sums.items():
        if key.method.name != "MARKET_BASED":
            names = {1: "stationary", 2: "mobile", 4: "fugitive"} if key.scope == 1 else {1: "electricity"}
            category = str(key.category) if key.scope == 3 else names[key.category]
            place = f"{int(key.scope)}.{category}"
            figures[place] = figures.get(place, Fraction(0)) + total.mg
    return timer.seconds, {place: exact_text(figures[place]) for place in sorted(figures)}


def run_root(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        draft = build(compute(load(folder)), *ADDRESSES)
    return timer.seconds, draft.tree.root.hex()


RUNS: dict[str, Callable[[Path], tuple[float, object]]] = {
    "plain_intake": run_plain_intake,
    "plain_sum": run_plain_sum,
    "plain_hashes": run_plain_hashes,
    "intake": run_intake,
    "compute": run_compute,
    "root": run_root,
}


def measured(stage: str, folder: Path, repeat: int) -> dict[str, object]:
    """Best time and highest peak memory of a stage, each run in a new process."""
    runs = []
    for _ in range(repeat):
        command = [sys.executable, "-m", "bench.inventory", "--stage", stage, "--folder", str(folder)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append(json.loads(done.stdout))
    figures = {json.dumps(run["figure"]) for run in runs}
    if len(figures) != 1:
        raise SystemExit(f"{stage} gave different figures: {figures}")
    return {
        "seconds": round(min(run["seconds"] for run in runs), 4),
        "peak_mib": max(run["peak_mib"] for run in runs),
        "figure": runs[0]["figure"],
    }


def peak_kib() -> int:
    """The most memory this process ever held. Linux counts a child's own only in /proc; elsewhere there is getrusage."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def one_stage(stage: str, folder: Path) -> None:
    """Runs a stage and prints what it took."""
    seconds, figure = RUNS[stage](folder)
    peak = peak_kib() // 1024
    json.dump({"seconds": seconds, "peak_mib": peak, "figure": figure}, sys.stdout)


def results(lines: int, hashed_lines: int, repeat: int) -> dict[str, object]:
    """Every stage; those that hash every line on a package of their own size."""
    rows: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="cet-bench-") as scratch:
        for count, hashes in ((lines, False), (hashed_lines, True)):
            folder = Path(scratch) / str(count)
            folder.mkdir(exist_ok=True)
            generate(folder, count)
            for name, stage in STAGES.items():
                if stage.hashes is hashes:
                    rows[name] = {"lines": count, **measured(name, folder, 1 if hashes else repeat)}
    if len(exact := {json.dumps(rows[name]["figure"]) for name in ("plain_sum", "compute")}) > 1:
        raise SystemExit("the engine and plain DuckDB disagree:\n" + "\n".join(exact))
    for row in rows.values():
        row["lines_per_second"] = round(float(str(row["lines"])) / float(str(row["seconds"])))
        del row["figure"]
    for name, row in rows.items():
        if beside := STAGES[name].beside:
            row["times_plain"] = round(float(str(row["seconds"])) / float(str(rows[beside]["seconds"])), 2)
    machine = {"cpus": os.cpu_count(), "python": sys.version.split()[0], "duckdb": duckdb.__version__}
    return {"machine": machine, "stages": rows}


def show(found: dict[str, object]) -> None:
    """The table."""
    stages = found["stages"]
    assert isinstance(stages, dict)
    caption = (
        "× plain: time over that of plain DuckDB, or of the bare hashes, on the same file in the same run"
    )
    table = Table(title="An inventory of many lines", caption=caption)
    for heading in ("stage", "what", "lines", "seconds", "lines a second", "× plain", "peak MiB"):
        table.add_column(heading, justify="left" if heading in ("stage", "what") else "right")
    for name, row in stages.items():
        table.add_row(
            name,
            STAGES[name].what,
            f"{row['lines']:,}",
            f"{row['seconds']:.2f}",
            f"{row['lines_per_second']:,}",
            f"{row['times_plain']}" if "times_plain" in row else "",
            f"{row['peak_mib']:,}",
        )
    Console(width=130).print(table)


def main() -> int:
    """Measure and write the snapshot; with --stage, one stage in this process."""
    parser = argparse.ArgumentParser(description="Measure the inventory engine beside plain DuckDB.")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=2, help="runs of each stage; the best counts")
    parser.add_argument(
        "--hashed-lines", type=int, default=100_000, help="lines of the stages that hash each one"
    )
    parser.add_argument("--stage", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        one_stage(asked.stage, asked.folder)
        return 0
    found = results(asked.lines, asked.hashed_lines, asked.repeat)
    show(found)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
