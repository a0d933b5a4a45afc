"""The order of editions: digits compare as numbers, so that v1.10 comes after v1.9."""

from __future__ import annotations

import re

_RUNS = re.compile(r"\d+|\D+")


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """A key to sort editions by."""
    runs = _RUNS.findall(text)
    return tuple((int(run), "") if run.isdecimal() else (-1, run) for run in runs)
