"""Canonical bytes of an activity line, and its salted leaf.

JSON, UTF-8, keys sorted, no white space, every value a string: what was recorded, and what it became. `lot` names the
lots the line went into (`code:index`, in the order of the keys; `none` for a zero lot that was not minted) and `mg` the
exact milligrams of CO2e it put into each, both separated by single spaces. Leaf = keccak256(keccak256(bytes)).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cet.quantities import exact_text
from cet.statement.hashing import keccak256

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory import Line, Lot, LotKey


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def line_salt(package_salt: bytes, line_id: str) -> bytes:
    """keccak256(package salt ‖ line id): disclosing one line gives no hold on another."""
    return keccak256(package_salt + line_id.encode())


def canonical_line(line: Line, lots: Mapping[LotKey, Lot], package_salt: bytes) -> bytes:
    """The line's canonical bytes, the same on every machine."""
    row, text = line.row, line.row.shape
    emissions = line.emissions()
    return canonical_json(
        {
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
            "lot": " ".join(lots[key].name if key in lots else "none" for key, _ in emissions),
            "market_factor": text.market_factor,
            "method": text.method,
            "mg": " ".join(exact_text(mg) for _, mg in emissions),
            "note": row.note,
            "parameters": " ".join(one.canonical for one in row.given),
            "quantity": row.quantity.text,
            "reason": row.reason,
            "salt": "0x" + line_salt(package_salt, row.id).hex(),
            "scope": text.scope,
            "share": row.share.text,
            "source": row.source,
            "start": row.start,
            "unit": text.unit,
        }
    )


def leaf_of(line: bytes) -> bytes:
    """The leaf of a line's canonical bytes; hashed twice, so that no inner node can pose as a leaf."""
    return keccak256(keccak256(line))


def canonical_json(value: object) -> bytes:
    """JSON as hashed: keys sorted, no white space, UTF-8, non-ASCII kept."""
    return _ENCODER.encode(value).encode()
