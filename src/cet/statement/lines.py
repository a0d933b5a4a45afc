"""Canonical bytes of an activity line, and its salted leaf.

JSON, UTF-8, keys sorted, no white space, every value a string, nothing that is empty: what was recorded, and what it became.
`lot` names the lots the line went into (`code:index`, in the order of the keys; `none` for a zero lot, or a source that others mint)
and `mg` the exact milligrams of CO2e it put into each, both separated by single spaces. Leaf = sha256(0x00 ‖ bytes).
`line_sql` writes the same bytes in SQL.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cet.inventory.lots import lot_names
from cet.quantities import exact_text
from cet.statement.hashing import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.inventory import Line, Lot, LotKey
    from cet.inventory.parameters import Given

LEAF_PREFIX = b"\x00"
"""What is hashed as a leaf begins with it, what is hashed as a node with another: neither can pose as the other (RFC 9162)."""

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def line_salt(package_salt: bytes, line_id: str) -> bytes:
    """sha256(package salt ‖ line id): disclosing one line gives no hold on another."""
    return sha256(package_salt + line_id.encode())


def canonical_line(line: Line, lots: Mapping[LotKey, Lot], package_salt: bytes) -> bytes:
    """The line's canonical bytes, the same on every machine."""
    row, text = line.row, line.row.shape
    fields = {
        "category": text.category,
        "chp": text.chp,
        "claimed_t": row.claimed,
        "data": text.data,
        "end": row.end,
        "estimate": text.estimate,
        "evidence": row.evidence,
        "facility": text.facility,
        "factor": text.factor,
        "id": row.id,
        "lot": lot_names(line.shape, lots),
        "market_factor": text.market_factor,
        "method": text.method,
        "mg": " ".join(exact_text(mg) for _, mg in line.emissions()),
        "note": row.note,
        "parameters": parameter_text(row.given),
        "project": text.project,
        "quality": text.quality,
        "quantity": row.quantity.text,
        "reason": row.reason,
        "received": text.received,
        "salt": "0x" + line_salt(package_salt, row.id).hex(),
        "scope": text.scope,
        "share": row.share.text,
        "source": row.source,
        "start": row.start,
        "unit": text.unit,
    }
    return canonical_json({name: value for name, value in fields.items() if value})


def parameter_text(given: Iterable[Given]) -> str:
    """The parameters as a line writes them."""
    return " ".join(one.canonical for one in given)


def leaf_of(line: bytes) -> bytes:
    """The leaf of a line's canonical bytes."""
    return sha256(LEAF_PREFIX + line)


def canonical_json(value: object) -> bytes:
    """JSON as hashed: keys sorted, no white space, UTF-8, non-ASCII kept."""
    return _ENCODER.encode(value).encode()
