"""Claims in bulk from a CSV: every row that is none is named, with its line."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.errors import CetError, Finding, PackageError
from cet.ledger.bookings import NO_HASH, ServiceUse
from cet.ledger.claim_anchors import BulkClaim
from cet.ledger.statements import text32
from cet.logistics.terms import amount

if TYPE_CHECKING:
    from pathlib import Path

    from cet.logistics.terms import Mode

COLUMNS = ("shipper", "activity", "unit", "document")


def read_claims_csv(file: Path, lets: int, mode: Mode, year: int, toc: str = "") -> list[BulkClaim]:
    """The claims of a LETS, a row each. Raises PackageError with everything wrong."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise PackageError(
                [Finding(file.name, 1, one, "", "no such column", "add it") for one in missing]
            )
        found: list[BulkClaim] = []
        wrong: list[Finding] = []
        category = text32(toc) if toc else NO_HASH
        units: set[str] = set()
        for row in rows:
            try:
                activity, base = amount(row["activity"], row["unit"])
                units.add(base)
                if not activity or not row["document"] or len(units) > 1:
                    raise ValueError("activity above 0 in one unit, and a document, are needed")
                entity = keccak(text=row["entity"]) if row.get("entity") else NO_HASH
                use = ServiceUse(lets, mode, year, activity, category, entity, keccak(text=row["document"]))
                found.append(BulkClaim(to_checksum_address(row["shipper"]), use))
            except (CetError, ValueError, TypeError) as error:
                wrong.append(
                    Finding(
                        file.name,
                        rows.line_num,
                        "",
                        str(row.get("shipper") or ""),
                        str(error),
                        "correct the row",
                    )
                )
    if wrong:
        raise PackageError(wrong)
    return found
