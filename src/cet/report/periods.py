"""The periods a holder's inventory is shown by: figures of different years are not added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.ledger.mirror import Lot
    from cet.report.snapshot import Snapshot

Period = tuple[int, int]
"""First and last day, both included, as days since 1970-01-01."""


def periods_of(view: Snapshot, holder: str) -> list[Period]:
    """The periods of the holder's statements, and those of its other lots that lie in none of them, in order."""
    found = list(dict.fromkeys(_statement_period(view, number) for number in statements_of(view, holder)))
    own = {
        _period(view, lot)
        for lot in map(view.state.lots.__getitem__, view.state.lots_held_by(holder))
        if not lot.code.is_product
    }
    for one in sorted(own, key=lambda period: (period[0] - period[1], period)):
        if not any(first <= one[0] and one[1] <= last for first, last in found):
            found.append(one)
    return sorted(found)


def statements_of(view: Snapshot, holder: str, period: Period | None = None) -> list[int]:
    """Numbers of the holder's statements, of all or of exactly one period."""
    return [
        number
        for number, one in view.state.statements.items()
        if one.statement.participant == holder and period in (None, _statement_period(view, number))
    ]


def _period(view: Snapshot, lot: Lot) -> Period:
    return lot.consumed if lot.consumed is not None else _statement_period(view, lot.statement)


def _statement_period(view: Snapshot, number: int) -> Period:
    statement = view.state.statements[number].statement
    return statement.period_start, statement.period_end
