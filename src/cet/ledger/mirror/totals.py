"""A holder's inventory totals from its lots, series by series (laws 7 and 12).

A scope total is the whole gross of the holder's lots whatever was passed on, less what primary data displaced; products are
in none. Offsets are in no gross series: net is another type, and nothing here adds the two or adds two series.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.inventory import SERIES
from cet.ledger.mirror.evaluation import ceil_div
from cet.scopes import Method, Scope, category_text, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from cet.ledger.lots import Figures
    from cet.ledger.mirror.state import Lot, State

Period = tuple[int, int]
"""First and last day, both included, as days since 1970-01-01."""


@dataclass(frozen=True, slots=True)
class GrossSeries:
    """Live gross of one scope, method and category, mg CO2e; scope 3, like the rest, category by category."""

    scope: Scope
    category: int
    method: Method
    gross: int
    lots: int

    @property
    def label(self) -> str:
        return _label(self.scope, self.category, self.method)


@dataclass(frozen=True, slots=True)
class NetSeries:
    """Live net of one scope, method and category, mg CO2e: own and inherited offsets inside. Never a scope total."""

    scope: Scope
    category: int
    method: Method
    net: int
    own_offset: int

    @property
    def label(self) -> str:
        return f"net {_label(self.scope, self.category, self.method)}"


@dataclass(frozen=True, slots=True)
class Difference:
    """Reported (the verified statement's) beside live (evaluated, unassured), gross mg CO2e of one reported series."""

    scope: Scope
    method: Method
    reported: int
    live: int
    flagged: bool

    @property
    def difference(self) -> int:
        return self.live - self.reported


def live_totals(
    state: State, figures: Mapping[int, Figures], holder: str, period: Period | None = None
) -> tuple[GrossSeries, ...]:
    """Gross of the holder's lots by series and category, of all periods or of lots inside one."""
    gross: dict[tuple[Scope, int, Method], int] = defaultdict(int)
    count: dict[tuple[Scope, int, Method], int] = defaultdict(int)
    for lot in _inventory_lots(state, holder, period):
        series = (lot.code.scope, lot.code.category, lot.code.method)
        gross[series] += _standing(state, lot, figures[lot.key].gross)
        count[series] += 1
    return tuple(GrossSeries(*series, gross[series], count[series]) for series in sorted(gross))


def live_net(
    state: State, figures: Mapping[int, Figures], holder: str, period: Period | None = None
) -> tuple[NetSeries, ...]:
    """Net of the holder's lots by series and category: beside the gross, never instead of it."""
    net: dict[tuple[Scope, int, Method], int] = defaultdict(int)
    offset: dict[tuple[Scope, int, Method], int] = defaultdict(int)
    for lot in _inventory_lots(state, holder, period):
        series = (lot.code.scope, lot.code.category, lot.code.method)
        net[series] += _standing(state, lot, figures[lot.key].net)
        offset[series] += state.offsets.get(lot.key, 0)
    return tuple(NetSeries(*series, net[series], offset[series]) for series in sorted(net))


def compare_reported(
    state: State, figures: Mapping[int, Figures], number: int, threshold: Fraction
) -> tuple[Difference, ...]:
    """Statement `number` beside the live figures of its participant in its period; the statement stands (law 12).

    Of a chain of corrections only the last is reported.

    A difference above `threshold`, a fraction of the reported figure, is flagged. Of a participant with several entities
    the statements of the same period are reported together, because a received lot names a holder and no entity.
    """
    head = state.statements[number].statement
    period = (head.period_start, head.period_end)
    reported = [0] * len(SERIES)
    for recorded in state.statements.values():
        statement = recorded.statement
        if recorded.number in state.superseded:
            continue
        if statement.participant == head.participant and _inside(
            (statement.period_start, statement.period_end), period
        ):
            reported = [total + part for total, part in zip(reported, statement.reported, strict=True)]
    live = dict.fromkeys(SERIES, 0)
    for series in live_totals(state, figures, head.participant, period):
        if (series.scope, series.method) in live:
            live[series.scope, series.method] += series.gross
    return tuple(
        Difference(*series, stated, live[series], flagged=abs(live[series] - stated) > threshold * stated)
        for series, stated in zip(SERIES, reported, strict=True)
    )


def _inventory_lots(state: State, holder: str, period: Period | None) -> Iterator[Lot]:
    for key in state.lots_held_by(holder):
        lot = state.lots[key]
        if not lot.code.is_product and _in_period(state, lot, period):
            yield lot


def _in_period(state: State, lot: Lot, period: Period | None) -> bool:
    if period is None:
        return True
    if lot.consumed is not None:
        return _inside(lot.consumed, period)
    statement = state.statements[lot.statement].statement
    return _inside((statement.period_start, statement.period_end), period)


def _inside(inner: Period, outer: Period) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _standing(state: State, lot: Lot, figure: int) -> int:
    """What of a figure primary data has not displaced, rounded up."""
    return ceil_div(figure * (lot.basis - state.displaced.get(lot.key, 0)), lot.basis)


def _label(scope: Scope, category: int, method: Method) -> str:
    words = [scope_text(scope), category_text(scope, category)]
    if method is not Method.PHYSICAL:
        words.append(method.name.lower().replace("_", "-"))
    return " ".join(words)
