"""The table of a coverage report in LCOV form, by source file; exit status 1 if fewer than 95 % of the branches were taken.

Assembly is not instrumented: a file's figures are of its Solidity alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

LEAST_PERCENT = 95
KINDS = (("LF", "LH"), ("BRF", "BRH"), ("FNF", "FNH"))
"""Found and hit: lines, branches, functions."""


def counts(report: str) -> dict[str, Counter[str]]:
    """What was found and hit in each source file."""
    files: dict[str, Counter[str]] = {}
    path = ""
    for line in report.splitlines():
        kind, _, value = line.partition(":")
        if kind == "SF":
            path = value
            files[path] = Counter()
        elif any(kind in pair for pair in KINDS):
            files[path][kind] += int(value)
    return files


def row(name: str, count: Counter[str]) -> str:
    return f"{name:52}" + "".join(f"{f'{count[hit]}/{count[found]}':>11}" for found, hit in KINDS)


def main(path: str) -> int:
    files = counts(Path(path).read_text())
    total: Counter[str] = sum(files.values(), Counter())
    print(f"{'':52}{'lines':>11}{'branches':>11}{'functions':>11}")
    for name in sorted(files):
        print(row(name, files[name]))
    print(row("all", total))
    print(f"branches: {100 * total['BRH'] / total['BRF']:.1f} %, at least {LEAST_PERCENT} % wanted")
    return 1 if 100 * total["BRH"] < LEAST_PERCENT * total["BRF"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
