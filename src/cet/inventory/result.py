"""The computed inventory: lots, totals by series, lines that can be recalculated one by one, notices and claims."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from cet.gases import GAS_COLUMNS, gas
from cet.inventory.activity import activity_of
from cet.inventory.line_trail import TrailStep, trail_of
from cet.scopes import REMOVALS, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.factors import Factor
    from cet.inventory.claims import ClaimFinding
    from cet.inventory.lots import Lot
    from cet.inventory.notices import Notice
    from cet.inventory.package import Package
    from cet.inventory.rows import Row
    from cet.inventory.settings import Output
    from cet.inventory.shapes import Shape
    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum

SERIES: tuple[tuple[Scope, Method], ...] = (
    (Scope.SCOPE_1, Method.PHYSICAL),
    (Scope.SCOPE_2, Method.LOCATION_BASED),
    (Scope.SCOPE_2, Method.MARKET_BASED),
    (Scope.SCOPE_3, Method.PHYSICAL),
    (Scope.OUTSIDE, Method.PHYSICAL),
)
"""The series of `Statement.reported`, in its order. They are never added to one another."""


@dataclass(frozen=True, slots=True)
class Line:
    """An activity line: what was recorded, and how it counts."""

    row: Row
    shape: Shape

    @property
    def id(self) -> str:
        """The line's id in the package."""
        return self.row.id

    @property
    def activity(self) -> tuple[str, Fraction]:
        """The unit the line's activity is shown in, t-km or kWh, and the activity itself, exactly."""
        return activity_of(self.shape, self.row.amount)

    @property
    def trail(self) -> tuple[TrailStep, ...]:
        """Every step from the quantity to the lots."""
        return trail_of(self.row, self.shape)

    def emissions(self) -> tuple[tuple[LotKey, Fraction], ...]:
        """Exact mg CO2e the line puts into each lot, in the order of the lots' keys."""
        return tuple(sorted((stream.key, self.row.amount * stream.mg) for stream in self.shape.streams))


@dataclass(frozen=True)
class Inventory:
    """A computed inventory. `lines` is empty when the computation was asked for totals only.

    `data_mg` is mg CO2e by kind of data (measured, estimated, proxy) over scopes 1, 2 (market-based) and 3: the share of
    primary data.
    """

    package: Package
    sums: Mapping[LotKey, LotSum]
    lots: tuple[Lot, ...]
    factors: tuple[Factor, ...]
    notices: tuple[Notice, ...]
    claims: tuple[ClaimFinding, ...]
    data_mg: Mapping[str, Fraction]
    line_count: int
    lines: tuple[Line, ...] = field(repr=False, default=())

    @cached_property
    def reported(self) -> tuple[int, ...]:
        """mg CO2e per series, gross: the sum of the lots as minted, so that the statement and its tokens agree."""
        totals = dict.fromkeys(SERIES, 0)
        for lot in self.lots:
            totals[lot.key.scope, lot.key.method] += lot.gross
        return tuple(totals[series] for series in SERIES)

    @cached_property
    def gas_masses(self) -> tuple[Fraction, ...]:
        """mg of gas per column of GAS_COLUMNS, exact: scopes 1, 2 (location-based) and 3 and biogenic CO2 outside them.

        Scope 2 counts once, by the location-based method; removals and masses known only as CO2e are in no column.
        """
        totals = dict.fromkeys(GAS_COLUMNS, Fraction(0))
        for key, lot_sum in self.sums.items():
            removal = key.scope is Scope.OUTSIDE and key.category == REMOVALS
            if removal or key.method is Method.MARKET_BASED:
                continue
            for name, mass in lot_sum.gases.items():
                if (family := gas(name).family) in totals:
                    totals[family] += mass
        return tuple(totals[family] for family in GAS_COLUMNS)

    def total(
        self,
        scope: Scope,
        method: Method = Method.PHYSICAL,
        *,
        category: int | None = None,
        facility: str | None = None,
    ) -> Fraction:
        """Exact gross mg CO2e of a series, of all or one category and facility. Offsets are never inside."""
        return sum(
            (
                lot_sum.mg
                for key, lot_sum in self.sums.items()
                if (key.scope, key.method) == (scope, method)
                and category in (None, key.category)
                and facility in (None, key.facility)
            ),
            Fraction(0),
        )

    def gases_of(self, scope: Scope, method: Method = Method.PHYSICAL) -> dict[str, Fraction]:
        """Exact mg of each gas in a series, by gas name."""
        totals: dict[str, Fraction] = {}
        for key, lot_sum in self.sums.items():
            if (key.scope, key.method) == (scope, method):
                for name, mass in lot_sum.gases.items():
                    totals[name] = totals.get(name, Fraction(0)) + mass
        return dict(sorted(totals.items()))

    def unsplit_of(self, scope: Scope, method: Method = Method.PHYSICAL) -> Fraction:
        """Exact mg CO2e of a series whose gases its factors don't publish."""
        sums = (s.unsplit for key, s in self.sums.items() if (key.scope, key.method) == (scope, method))
        return sum(sums, Fraction(0))

    @cached_property
    def lot_of(self) -> Mapping[LotKey, Lot]:
        """The minted lot of each key; zero lots that were not minted are missing."""
        return {lot.key: lot for lot in self.lots}

    def output_of(self, key: LotKey) -> Output | None:
        """The `[[output]]` that a lot is shared out by; None where none is declared."""
        for output in self.package.settings.outputs:
            if (output.facility, output.scope, output.category) == (key.facility, key.scope, key.category):
                return output
        return None

    def lines_of(self, lot: Lot) -> tuple[Line, ...]:
        """The activity lines behind a lot: from the token back to the invoice."""
        return tuple(
            line for line in self.lines if any(stream.key == lot.key for stream in line.shape.streams)
        )
