"""Branch coverage of the contracts by the Solidity tests: `make coverage`.

Forge marks neither way out of `require(condition, Error())` when it compiles through IR, and without IR the stack is too deep. So it
runs on a copy in which each such line says the same as `if (!(condition)) revert Error();`, whose branch is the refusal. Prints the
table of tools/coverage_check.py and exits with its status.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import coverage_check

ROOT = Path(__file__).resolve().parent.parent
COPY = ROOT / ".cache" / "coverage"
OPENING = "require("
TOO_DEEP = ("CET.NotAnchored(offers[0].parent, root)", "CET.LeavesMixed(i)")
"""Refusals of a function whose stack has no room for the longer form; they count as not covered, though tests provoke them."""


def split_call(source: str, start: int) -> tuple[list[str], int]:
    """The arguments of the call whose opening bracket ends at `start`, and where it ends."""
    arguments, depth, begin = [], 1, start
    at = start
    while depth:
        depth += (source[at] in "([{") - (source[at] in ")]}")
        if depth == 0 or (depth == 1 and source[at] == ","):
            arguments.append(source[begin:at].strip())
            begin = at + 1
        at += 1
    return arguments, at


def refusing(source: str) -> str:
    """The same contract, its `require`s with an error written as `if` and `revert`."""
    parts, last = [], 0
    while (at := source.find(OPENING, last)) >= 0:
        arguments, end = split_call(source, at + len(OPENING))
        whole_word = not (source[at - 1].isalnum() or source[at - 1] == "_")
        if whole_word and len(arguments) == 2 and arguments[1] not in TOO_DEEP:
            parts += [source[last:at], f"if (!({arguments[0]})) revert {arguments[1]}"]
        else:
            parts.append(source[last:end])
        last = end
    return "".join((*parts, source[last:]))


def main() -> int:
    for part in ("contracts", "tests/solidity", "tests/vectors"):
        shutil.rmtree(COPY / part, ignore_errors=True)
        shutil.copytree(ROOT / part, COPY / part)
    for path in (COPY / "contracts").rglob("*.sol"):
        path.write_text(refusing(path.read_text()))
    shutil.copy(ROOT / "foundry.toml", COPY)
    for link in ("node_modules", "tools", ".venv"):
        if not (COPY / link).is_symlink():
            (COPY / link).symlink_to(ROOT / link)
    report = COPY / "lcov.info"
    command = [
        ROOT / "tools/bin/forge",
        "coverage",
        "--ir-minimum",
        "--no-match-coverage",
        "(tests|node_modules)",
    ]
    command += ["--no-match-contract", "Laws", "--report", "lcov", "--report-file", report]
    subprocess.run(command, cwd=COPY, env={**os.environ, "FOUNDRY_PROFILE": "coverage"}, check=True)
    return coverage_check.main(str(report))


if __name__ == "__main__":
    sys.exit(main())
