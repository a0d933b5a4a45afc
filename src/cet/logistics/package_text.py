"""Entries of a package as they are written: `logistics_claims.csv`, or parts of `inventory.toml`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.logistics.packaging import Entry, Packaged, Value

COLUMNS = (
    *("id", "registry", "booking", "solution", "certificate", "facility", "claimant", "role", "material", "use"),
    *("category", "bundled", "basis", "mode", "toc", "quantity", "claimed_by_carriers", "unit", "wtw", "ttw", "biogenic", "gwp", "booked"),
    *("claimed", "used_from", "used_to", "additionality", "not_additional", "credits", "evidence", "verifier", "contract", "claim"),
)  # fmt: skip
"""Every field of a claim or a booking, in the order in which it is written."""


def claims_csv(claims: Sequence[Entry]) -> str:
    """The table: columns that no claim has are left out."""
    columns = [name for name in COLUMNS if any(name in one for one in claims)]
    made = io.StringIO()
    rows = csv.writer(made, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows([plain(one.get(name, "")) for name in columns] for one in claims)
    return made.getvalue()


def entries_toml(packaged: Packaged) -> str:
    """`[[logistics_claim]]` and `[[lets_booking]]`, to stand in `inventory.toml`."""
    parts = [("logistics_claim", one) for one in packaged.claims]
    parts += [("lets_booking", one) for one in packaged.bookings]
    return "\n".join(f"[[{part}]]\n{_entry(one)}" for part, one in parts)


def plain(value: Value) -> str:
    """A value as a cell has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, dt.date) else value


def _entry(one: Entry) -> str:
    return "".join(f"{name} = {_toml(one[name])}\n" for name in COLUMNS if name in one)


def _toml(value: Value) -> str:
    if isinstance(value, bool | dt.date):
        return plain(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
