"""What `cet oracle doctor` says of one thing it looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fine`, or what to do is in `remedy`."""

    what: str
    fine: bool
    found: str
    remedy: str = ""
