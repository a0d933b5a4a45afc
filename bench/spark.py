"""What Spark costs: the same Parquet package added up by DuckDB and by Spark with this machine's cores as its workers.

`python -m bench.spark --lines 100000 1000000 10000000` writes bench/results/spark.json. It needs `make spark` and Java 17. Sums must
be equal, exactly. Starting the session is counted apart, since a cluster that runs already has paid for it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

from bench.inventory import Timer, generate, progress
from cet.inventory import compute, load
from cet.inventory.spark import tally_on_spark

RESULTS = Path(__file__).parent / "results" / "spark.json"


def main() -> int:
    """Measure and write the snapshot."""
    parser = argparse.ArgumentParser(description="Measure Spark beside DuckDB on the same packages.")
    parser.add_argument("--lines", type=int, nargs="+", default=[100_000, 1_000_000], help="sizes to measure")
    asked = parser.parse_args()
    from pyspark.sql import SparkSession

    warnings.simplefilter("ignore")
    with Timer() as start:
        builder = SparkSession.builder.master(f"local[{os.cpu_count()}]").config("spark.ui.enabled", "false")
        spark = builder.config("spark.driver.host", "127.0.0.1").getOrCreate()
    sizes = {}
    for lines in asked.lines:
        with tempfile.TemporaryDirectory(prefix="cet-bench-") as scratch:
            progress(f"{lines:,} lines: generating")
            generate(Path(scratch), lines, ("parquet",))
            package = load(Path(scratch) / "parquet")
            with Timer() as duck:
                inventory = compute(package, lines=False)
            seconds = []
            for _ in range(2):
                with Timer() as timer:
                    found = tally_on_spark(spark, package)
                seconds.append(timer.seconds)
            expected = {shape.text: (tally.amount, tally.lines) for shape, tally in inventory.pairs}
            if {text: (tally.amount, tally.lines) for text, tally in found.items()} != expected:
                raise SystemExit("Spark and DuckDB disagree")
            sizes[str(lines)] = {
                "duckdb_seconds": round(duck.seconds, 3),
                "spark_first_seconds": round(seconds[0], 3),
                "spark_again_seconds": round(seconds[1], 3),
            }
            progress(f"{lines:,} lines: {sizes[str(lines)]}")
    spark.stop()
    written = {"cpus": os.cpu_count(), "spark_start_seconds": round(start.seconds, 3), "sizes": sizes}
    RESULTS.write_text(json.dumps(written, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
