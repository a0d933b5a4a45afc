"""What the oracle gives back for a package."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.ledger import Evidence
    from cet.statement import Statement


@dataclass(frozen=True, slots=True)
class Receipt:
    """A statement on the ledger: its number, the keys of its lots with how many activity lines each gathers.

    `transaction` and `block` are where it was recorded, whenever and by whomever that was; `transactions` are those of this
    submission, none when everything was there already.
    """

    statement: Statement
    evidence: Evidence = field(repr=False)
    chunks: tuple[tuple[int, ...], ...] = field(repr=False)
    number: int
    lots: tuple[int, ...]
    lot_lines: tuple[int, ...]
    line_count: int
    transactions: tuple[str, ...]
    transaction: str
    block: int
