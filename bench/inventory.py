"""Speed and memory of an inventory of many lines, beside plain DuckDB doing the bare arithmetic on the same file.

`python -m bench.inventory --lines 100000 1000000 10000000 50000000` writes bench/results/inventory.json and prints a table. Every stage runs in a
process of its own, so that its peak memory is its own; the best of a few runs counts. Absolute figures are the machine's,
ratios are ours; `load` is the machine's load average at the end of a stage, since other work beside it slows both. Nothing here
passes or fails, except that both sides must arrive at the same figure, exactly.
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
from cet.inventory.arithmetic import add_up_sql
from cet.inventory.line_ledger import write_line_ledger
from cet.inventory.lots import form_lots
from cet.inventory.rows import ShapeText
from cet.inventory.shapes import examine_shape
from cet.inventory.sums import add_up
from cet.inventory.tally import ShapeTally
from cet.quantities import exact_text, ratio_between, unit
from cet.statement import commit
from cet.statement.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum

RESULTS = Path(__file__).parent / "results" / "inventory.json"
GWP = GwpSet.AR5
FACILITIES = 20

# Scope, category, source, unit, factor: what the lines are drawn from, in turn. Quantities are small enough that the lots of
# 5 × 10^7 lines fit tokens.
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
    SELECT format('line-{{:09d}}', i) AS id, format('site-{{}}', i // 7 % {facilities}) AS facility, scope, category, source,
           format('{{}}.{{:02d}}', hundredths // 100, hundredths % 100) AS quantity, unit,
           CASE WHEN i % 11 = 0 THEN '0.25' END AS share, factor, 'measured' AS data
    FROM (SELECT i, (i * 7919 + 104729) % 1000003 AS hundredths FROM range({lines}) AS numbers(i)) JOIN kinds ON kind = i % 7
"""

# Plain DuckDB: the same rows as numbers, joined with rates of mg per unit, multiplied and added up exactly.
COLUMNS = ("id", "facility", "scope", "category", "source", "quantity", "unit", "share", "factor", "data")
PLAIN_TYPES = {"quantity": "DECIMAL(12, 2)", "share": "DECIMAL(3, 2)"}
PLAIN_SUM = """
    SELECT scope, category, count(*), sum((quantity * coalesce(share, 1))::DECIMAL(18, 4) * mg)
    FROM {source} JOIN rates USING (factor, unit) GROUP BY ALL ORDER BY ALL
"""


# The bare arithmetic on the Parquet file, and a scan of what the ledger has to read.
PLAIN_TYPED_SUM = """
    SELECT scope, category, count(*), sum((quantity * coalesce(share, 1))::DECIMAL(18, 4) * mg)
    FROM read_parquet(getvariable('parquet')) JOIN rates USING (factor, unit) GROUP BY ALL ORDER BY ALL
"""
PLAIN_LEDGER = """
    COPY (SELECT *, (quantity * coalesce(share, 1))::DECIMAL(18, 4) * mg AS mg_of_line
          FROM read_parquet(getvariable('parquet')) JOIN rates USING (factor, unit))
    TO '{target}' (FORMAT parquet, COMPRESSION zstd)
"""


@dataclass(frozen=True)
class Stage:
    """What a stage does, the plain stage it is measured against, and whether it needs the CSV."""

    what: str
    beside: str = ""
    csv: bool = False


STAGES = {
    "plain_intake": Stage("plain DuckDB: read the CSV into typed columns", csv=True),
    "intake": Stage("check: every byte, cell, id, date, factor and unit", "plain_intake", csv=True),
    "plain_sum": Stage("plain DuckDB: join, multiply, add up, from the CSV", csv=True),
    "compute": Stage("check, compute, form lots, compare claims, from the CSV", "plain_sum", csv=True),
    "plain_calculation": Stage("plain DuckDB: join, multiply, add up, from Parquet"),
    "calculation": Stage("the calculation alone: typed lines to lots, from Parquet", "plain_calculation"),
    "parquet": Stage("check and compute, from Parquet", "plain_calculation"),
    "plain_ledger": Stage("plain DuckDB: join, multiply, write Parquet"),
    "ledger": Stage("every line with factors, conversion, mg per lot, as Parquet", "plain_ledger"),
    "plain_hashes": Stage("the bare hashes of the root in Python: three SHA-256 a line"),
    "root": Stage("every line's canonical bytes, leaf and the Merkle root", "plain_hashes"),
}

CSV_LINES = 20_000_000
"""Beyond it there is no CSV: 16 GiB is the most a package may have, and nobody writes so many lines as text. Each stage runs once."""


def generate(folder: Path, lines: int, forms: tuple[str, ...] = ("csv", "parquet")) -> None:
    """Writes the package in each form: the same bytes for the same number of lines, on every machine."""
    settings = SETTINGS + "".join(FACILITY.format(number=number) for number in range(FACILITIES))
    connection = duckdb.connect(config={"memory_limit": "1GiB", "temp_directory": str(folder / "scratch")})
    connection.execute(
        "CREATE TABLE kinds (kind INT, scope TEXT, category TEXT, source TEXT, unit TEXT, factor TEXT)"
    )
    connection.executemany(
        "INSERT INTO kinds VALUES (?, ?, ?, ?, ?, ?)", [(at, *kind) for at, kind in enumerate(KINDS)]
    )
    for form in forms if lines <= CSV_LINES else ("parquet",):
        package = folder / form
        package.mkdir(parents=True)
        (package / "inventory.toml").write_text(settings)
        share = "share AS share" if form == "csv" else "share::DECIMAL(3, 2) AS share"
        quantity = "quantity AS quantity" if form == "csv" else "quantity::DECIMAL(12, 2) AS quantity"
        generated = GENERATED.format(lines=lines, facilities=FACILITIES)
        select = f"SELECT * REPLACE ({quantity}, {share}) FROM ({generated})"  # noqa: S608
        options = "FORMAT csv, HEADER true" if form == "csv" else "FORMAT parquet"
        connection.execute(f"COPY ({select}) TO '{package / f'activities.{form}'}' ({options})")


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
    connection.execute("SET VARIABLE path = ?", [str(folder / "csv" / "activities.csv")])
    connection.execute("SET VARIABLE parquet = ?", [str(folder / "parquet" / "activities.parquet")])
    connection.execute("SET memory_limit = '1GiB'")
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
    lines = load(folder / "parquet").scan.lines - 1
    sample = min(lines, 1_000_000)
    line, node, salt = b"\x00" * 400, b"\x01" * 65, b"\x00" * 46
    with Timer() as timer:
        for _ in range(sample):
            sha256(salt), sha256(line), sha256(node)
    return timer.seconds * lines / sample, None


def run_intake(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        checked = check(folder / "csv")
    if not checked.sound:
        raise SystemExit(str(checked.findings[0]))
    return timer.seconds, None


def run_plain_calculation(folder: Path) -> tuple[float, object]:
    connection = plain(folder)
    with Timer() as timer:
        rows = connection.execute(PLAIN_TYPED_SUM).fetchall()
    return timer.seconds, plain_figures(rows)


def run_calculation(folder: Path) -> tuple[float, object]:
    package = load(folder / "parquet")
    rules = package.rules(package.store())
    connection = plain(folder)
    keys = [name for name in ShapeText._fields if name in package.columns]
    with Timer() as timer:
        source = "SELECT *, coalesce(share, 1) AS part FROM read_parquet(getvariable('parquet'))"
        pairs = []
        for *cells, lines, amount in connection.execute(add_up_sql(keys, source)).fetchall():
            values = dict(zip(keys, cells, strict=True))
            text = ShapeText._make(values.get(name, "") for name in ShapeText._fields)
            shape = examine_shape(text, rules)[0]
            assert shape is not None
            pairs.append((shape, ShapeTally(Fraction(amount), lines)))
        sums = add_up(pairs)
        form_lots(sums, ())
    return timer.seconds, lot_figures(sums)


def run_compute(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        inventory = compute(load(folder / "csv"), lines=False)
    return timer.seconds, lot_figures(inventory.sums)


def run_parquet(folder: Path) -> tuple[float, object]:
    with Timer() as timer:
        inventory = compute(load(folder / "parquet"), lines=False)
    return timer.seconds, lot_figures(inventory.sums)


def lot_figures(sums: Mapping[LotKey, LotSum]) -> dict[str, str]:
    """Milligrams by scope and category, as exact text."""
    figures: dict[str, Fraction] = {}
    for key, total in sums.items():
        if key.method.name != "MARKET_BASED":
            names = {1: "stationary", 2: "mobile", 4: "fugitive"} if key.scope == 1 else {1: "electricity"}
            category = str(key.category) if key.scope == 3 else names[key.category]
            place = f"{int(key.scope)}.{category}"
            figures[place] = figures.get(place, Fraction(0)) + total.mg
    return {place: exact_text(figures[place]) for place in sorted(figures)}


def run_plain_ledger(folder: Path) -> tuple[float, object]:
    connection = plain(folder)
    target = folder / "plain.parquet"
    with Timer() as timer:
        connection.execute(PLAIN_LEDGER.format(target=target))
    target.unlink()
    return timer.seconds, None


def run_ledger(folder: Path) -> tuple[float, object]:
    inventory = compute(load(folder / "parquet"), lines=False)
    target = folder / "ledger.parquet"
    with Timer() as timer:
        write_line_ledger(inventory, target)
    target.unlink()
    return timer.seconds, None


def run_root(folder: Path) -> tuple[float, object]:
    inventory = compute(load(folder / "parquet"), lines=False)
    with Timer() as timer:
        root = commit(inventory).root
    return timer.seconds, root.hex()


RUNS: dict[str, Callable[[Path], tuple[float, object]]] = {
    "plain_intake": run_plain_intake,
    "intake": run_intake,
    "plain_sum": run_plain_sum,
    "compute": run_compute,
    "plain_calculation": run_plain_calculation,
    "calculation": run_calculation,
    "parquet": run_parquet,
    "plain_ledger": run_plain_ledger,
    "ledger": run_ledger,
    "plain_hashes": run_plain_hashes,
    "root": run_root,
}
AGREEING = ("plain_sum", "compute", "plain_calculation", "calculation", "parquet")
"""Stages that must arrive at the same figures, exactly."""


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
        "load": round(max(run["load"] for run in runs), 1),
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
    found = {"seconds": seconds, "peak_mib": peak, "load": os.getloadavg()[0], "figure": figure}
    json.dump(found, sys.stdout)


def results(lines: int, repeat: int) -> dict[str, dict[str, object]]:
    """Every stage on a package of so many lines, in turn, shown as they come."""
    rows: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(prefix="cet-bench-") as scratch:
        folder = Path(scratch)
        progress(f"{lines:,} lines: generating")
        generate(folder, lines)
        for name, stage in STAGES.items():
            if stage.csv and lines > CSV_LINES:
                continue
            progress(f"{lines:,} lines: {name}: {stage.what}")
            rows[name] = measured(name, folder, repeat if lines <= CSV_LINES else 1)
            rows[name]["lines_per_second"] = round(lines / float(str(rows[name]["seconds"])))
            if stage.beside:
                beside = float(str(rows[stage.beside]["seconds"]))
                rows[name]["times_plain"] = round(float(str(rows[name]["seconds"])) / beside, 2)
            progress(
                f"{lines:,} lines: {name} {rows[name]['lines_per_second']:,} a second, {rows[name]['peak_mib']} MiB"
            )
    exact = {json.dumps(rows[name]["figure"]) for name in AGREEING if name in rows}
    if len(exact) > 1:
        raise SystemExit("the engine and plain DuckDB disagree:\n" + "\n".join(exact))
    for row in rows.values():
        del row["figure"]
    return rows


def progress(text: str) -> None:
    """One line to the error stream, at once."""
    print(text, file=sys.stderr, flush=True)


def show(lines: int, rows: dict[str, dict[str, object]]) -> None:
    """The table of one size."""
    caption = "× plain: time over that of the plain stage above it, on the same data in the same run"
    table = Table(title=f"An inventory of {lines:,} lines", caption=caption)
    for heading in ("stage", "what", "seconds", "lines a second", "× plain", "peak MiB"):
        table.add_column(heading, justify="left" if heading in ("stage", "what") else "right")
    for name, row in rows.items():
        table.add_row(
            name,
            STAGES[name].what,
            f"{row['seconds']:.2f}",
            f"{row['lines_per_second']:,}",
            f"{row.get('times_plain', '')}",
            f"{row['peak_mib']:,}",
        )
    Console(width=130).print(table)


def main() -> int:
    """Measure and write the snapshot; with --stage, one stage in this process."""
    parser = argparse.ArgumentParser(description="Measure the inventory engine beside plain DuckDB.")
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes to measure")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each stage; the best counts")
    parser.add_argument("--stage", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage:
        one_stage(asked.stage, asked.folder)
        return 0
    machine = {"cpus": os.cpu_count(), "python": sys.version.split()[0], "duckdb": duckdb.__version__}
    kept = json.loads(RESULTS.read_text()).get("sizes", {}) if RESULTS.exists() else {}
    for lines in asked.lines:
        kept[str(lines)] = results(lines, asked.repeat)
        show(lines, kept[str(lines)])
        sizes = {size: kept[size] for size in sorted(kept, key=int)}
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"machine": machine, "sizes": sizes}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
