"""What the oracle gives back for a package."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.ledger import Evidence
    from cet.statement import Statement


@dataclass(frozen=True, slots=True)
class Receipt:
    """A statement on the ledger: its number, the keys of its lots, and what had to be sent for it.

    `transactions` are those of this submission, none when everything was there already; `block` is the newest of them, or the
    one at which all was found.
    """

    statement: Statement
    evidence: Evidence = field(repr=False)
    chunks: tuple[tuple[int, ...], ...] = field(repr=False)
    number: int
    lots: tuple[int, ...]
    line_count: int
    transactions: tuple[str, ...]
    block: int
