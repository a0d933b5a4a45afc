"""What would be right where a part of `inventory.toml` is not: a remedy for each field that people get wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cet.factors.reading import ID_REMEDY, WORDS_REMEDY, findings_from
from cet.inventory.fields import asked
from cet.inventory.folder import INVENTORY

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from cet.errors import Finding

_DAY = "write the day without quotes, 2021-06-30"
SERIAL_REMEDY = "use letters, digits, spaces and . _ / : + -, at most 100, and begin with a letter or digit"
_REMEDIES = {
    "missing": "add it; see docs/inventory-package.md",
    "extra_forbidden": "remove it, or correct its name; see docs/inventory-package.md",
    "string_type": "write it as text in quotes",
    "string_too_short": "say it in words",
    "string_pattern_mismatch": WORDS_REMEDY,
    "id": ID_REMEDY,
    "entity": ID_REMEDY,
    "country": "write its ISO 3166 code, two capitals: US",
    "region": 'write its country and the grid region, "US-SRVC"',
    "bool_type": "write true or false, without quotes",
    "start": _DAY,
    "end": _DAY,
    "due": _DAY,
    **dict.fromkeys(
        (
            "produced_from",
            "produced_to",
            "used_from",
            "used_to",
            "cancelled",
            "expires",
            "day",
            "booked",
            "claimed",
            "began",
        ),
        _DAY,
    ),
    **dict.fromkeys(("priority", "hour"), "write a whole number without quotes"),
    "certificated": "write true or false, without quotes",
    "bundled": "write true or false, without quotes",
    "claim": "write its number as the ledger shows it, 0x and 24 hexadecimal digits",
    "serial_first": SERIAL_REMEDY,
    "serial_last": SERIAL_REMEDY,
    "cancellation": "write its number as the ledger shows it, 0x and 24 hexadecimal digits",
    "contract": "write its address, 0x and 40 hexadecimal digits",
    "signature": "write its 65 bytes, 0x and 130 hexadecimal digits",
}


def settings_findings(error: ValidationError, place: str, model: type[BaseModel]) -> list[Finding]:
    """The model's errors; one that misses a field says what the field is."""
    found = findings_from(error, INVENTORY, place, _REMEDIES)
    return [
        replace(one, remedy=asked(model, one.column.removeprefix(f"{place}.")) or one.remedy)
        if one.problem == "missing"
        else one
        for one in found
    ]
