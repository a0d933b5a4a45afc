"""The README says what was measured, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bench.gas import RESULTS, series
from bench.plot import PICTURE, picture

ROOT = Path(__file__).resolve().parents[2]


def test_the_gas_table_is_the_committed_snapshot() -> None:
    snapshot = json.loads((ROOT / "bench" / "results" / "gas.json").read_text())
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([\d,]+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    # Series by depth are drawn, not tabled.
    drawn = set(series())
    assert {name: int(gas.replace(",", "")) for name, gas in rows} == {
        name: gas for name, gas in snapshot.items() if name not in drawn
    }


def test_the_gas_picture_is_drawn_from_the_committed_snapshot() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(json.loads(RESULTS.read_text(encoding="utf-8")))


def test_the_speeds_are_the_committed_snapshot() -> None:
    sizes = json.loads((ROOT / "bench" / "results" / "inventory.json").read_text())["sizes"]
    stages = sizes["1000000"]
    text = " ".join((ROOT / "README.md").read_text().split())
    found = re.findall(r"([\d,]+) lines a second \(`(\w+)`, ([\d.]+) ×\)", text)
    assert len(found) >= 6
    for speed, stage, times in found:
        measured = stages[stage]
        assert (int(speed.replace(",", "")), float(times)) == (
            measured["lines_per_second"],
            measured["times_plain"],
        )
