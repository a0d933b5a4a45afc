"""The lots that a cascade would announce, kept beside the figures: which they are costs nothing to ask, however many lots there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from cet.ledger.store.tables import RECHECK, STALE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from cet.ledger.store.rows import Rows

_NOW = (
    "INSERT INTO ledger_stale (lot, place, net) SELECT l.lot, l.place, f.net FROM ledger_lots l"
    " JOIN ledger_figures f ON f.lot = l.lot LEFT JOIN ledger_announced a ON a.lot = l.lot"
    " WHERE l.minted IS NULL AND (a.net IS NULL OR a.net <> f.net)"
)
_MOST_SINGLY = 100_000
_AT_ONCE = 10_000


def restate_stale(rows: Rows, changed: Sequence[int]) -> None:
    """Brings the table up to date for lots (signed keys) whose figures changed or that are gone, and for those announced."""
    again = list(dict.fromkeys([*changed, *(row[0] for row in rows.all(RECHECK, "lot"))]))
    if not again:
        return
    if len(again) > _MOST_SINGLY:
        rows.connection.execute(STALE.delete())
        rows.connection.exec_driver_sql(_NOW)
    else:
        rows.change("DELETE FROM ledger_stale WHERE lot", again)
        rows.change(f"{_NOW} AND l.lot", again)
    rows.connection.execute(RECHECK.delete())


def count_stale(connection: Connection) -> int:
    """How many there are."""
    return int(connection.execute(select(func.count()).select_from(STALE)).scalar_one())


def stale_after(connection: Connection, place: int, most: int) -> list[tuple[int, int, int]]:
    """The first ones born after a place among all births: (place, lot, live net in mg CO2e), parents before their children."""
    asked = select(STALE.c.place, STALE.c.lot, STALE.c.net).where(STALE.c.place > place)
    return [
        (row.place, row.lot, row.net) for row in connection.execute(asked.order_by(STALE.c.place).limit(most))
    ]


def stale_among(connection: Connection, lots: Iterable[int]) -> dict[int, int]:
    """Live net, mg CO2e, of those of the lots that are stale."""
    keys = list(lots)
    found: dict[int, int] = {}
    for start in range(0, len(keys), _AT_ONCE):
        asked = select(STALE.c.lot, STALE.c.net).where(STALE.c.lot.in_(keys[start : start + _AT_ONCE]))
        found.update({row.lot: row.net for row in connection.execute(asked)})
    return found
