"""The README says what was measured, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_gas_table_is_the_committed_snapshot() -> None:
    snapshot = json.loads((ROOT / "bench" / "results" / "gas.json").read_text())
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([\d,]+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert {name: int(gas.replace(",", "")) for name, gas in rows} == snapshot
