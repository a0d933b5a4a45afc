"""Holds Slither's findings to the answers in docs/slither.toml: each finding answered, each answer to a finding.

A finding is known by its detector and the element it is about, without line numbers, so that an answer outlives edits around it.
Exit status 1 if a finding has no answer, or an answer no finding; both are printed. Given a file, it reads Slither's `--json` from there
instead of running it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).resolve().parent.parent
BUILD = Path(".cache/forge/audit")
"""Of the profile `audit`. Slither reads every build it finds there as one, so that an older one beside it would confuse it."""
ANSWERS = ROOT / "docs" / "slither.toml"
SLITHER = (
    "slither",
    ".",
    "--compile-force-framework=foundry",
    f"--foundry-out-directory={BUILD / 'out'}",
    "--filter-paths=node_modules|tests",
    "--exclude-dependencies",
)

Finding = tuple[str, str]
"""Detector, and contract with function or variable."""


def element_of(result: dict[str, Any]) -> str:
    """`Contract.function` or `Contract.function.variable` that a finding is about."""
    names: list[str] = []
    step: dict[str, Any] | None = result["elements"][0]
    while step and step["type"] != "file":
        if step["type"] != "node":
            names.insert(0, re.sub(r"\(.*", "", step["name"]))
        fields = step.get("type_specific_fields", {})
        step = fields.get("parent")
    return ".".join(names)


def findings(report: dict[str, Any]) -> set[Finding]:
    """Findings of Slither's JSON report; exits if Slither itself failed."""
    if not report["success"]:
        sys.exit(f"slither: {report['error']}")
    return {(result["check"], element_of(result)) for result in report["results"].get("detectors", [])}


def answers(text: str) -> dict[Finding, str]:
    """What docs/slither.toml answers: one line for a detector and the elements it names."""
    kept: dict[Finding, str] = {}
    for answer in tomllib.loads(text)["answer"]:
        for element in answer["elements"]:
            kept[answer["detector"], element] = answer["why"]
    return kept


def differences(found: Iterable[Finding], answered: Iterable[Finding]) -> list[str]:
    """A line for each finding without an answer and each answer without a finding."""
    found, answered = set(found), set(answered)
    lines = [f"not answered: {detector} in {element}" for detector, element in sorted(found - answered)]
    return lines + [
        f"answers nothing: {detector} in {element}" for detector, element in sorted(answered - found)
    ]


def run() -> dict[str, Any]:
    """Slither's report of the contracts, built anew."""
    shutil.rmtree(ROOT / BUILD, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slither.json"
        done = subprocess.run(
            [*SLITHER, f"--json={path}"],
            cwd=ROOT,
            env={**os.environ, "FOUNDRY_PROFILE": "audit"},
            capture_output=True,
            text=True,
            check=False,
        )
        if not path.exists():
            sys.exit(done.stderr)
        report: dict[str, Any] = json.loads(path.read_text())
    return report


def main(arguments: list[str]) -> int:
    report = json.loads(Path(arguments[0]).read_text()) if arguments else run()
    found = findings(report)
    lines = differences(found, answers(ANSWERS.read_text()))
    print("\n".join(lines) if lines else f"slither: {len(found)} findings, all answered in docs/slither.toml")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
