"""The computed inventory: lots, totals by series, lines that can be recalculated one by one, notices and claims."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from cet.gases import GAS_COLUMNS, gas
from cet.inventory.activity import activity_of
from cet.inventory.boundary.consolidation import consolidate
from cet.inventory.line_trail import TrailStep, trail_of
from cet.inventory.projected_sums import projected_of
from cet.inventory.received import received_of
from cet.quantities import round_up_mg
from cet.scopes import REMOVALS, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.factors import Factor
    from cet.inventory.boundary.approach import Consolidation
    from cet.inventory.boundary.consolidation import Consolidated
    from cet.inventory.claims import ClaimFinding
    from cet.inventory.energy.result import EnergyResult
    from cet.inventory.lots import Lot
    from cet.inventory.notices import Notice
    from cet.inventory.output import Output
    from cet.inventory.package import Package
    from cet.inventory.projected_sums import Projected
    from cet.inventory.received import Received
    from cet.inventory.rows import Row, ShapeText
    from cet.inventory.shapes import Shape
    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum
    from cet.inventory.tally import ShapeTally
    from cet.inventory.transport.result import TransportResult

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
        return tuple(sorted((stream.key, self.row.amount * stream.mg) for stream in self.shape.all_streams))


@dataclass(frozen=True)
class Inventory:
    """A computed inventory. `lines` is empty when the computation was asked for totals only; `regular` says that DuckDB
    can read them again as they were read, `all_plain` that SQL alone found every one right (`plain_rows`).

    `consolidated` is what is reported: every source at its share and in its place under the inventory's approach. `written`
    is what the lines say, at 100 % and as written; `lots` are formed from those of it that the reporting entity operates
    (law 10). Where everything is the reporting entity's own, the two are the same. `pairs` are the shapes of the lines and what they add
    up to. `energy` is what came of certificates and contracts, `transport` of book and claim, None where the package has none.
    """

    package: Package
    consolidated: Consolidated
    written: Mapping[LotKey, LotSum]
    lots: tuple[Lot, ...]
    factors: tuple[Factor, ...]
    notices: tuple[Notice, ...]
    claims: tuple[ClaimFinding, ...]
    line_count: int
    pairs: tuple[tuple[Shape, ShapeTally], ...] = field(repr=False, default=())
    regular: bool = False
    all_plain: bool = False
    lines: tuple[Line, ...] = field(repr=False, default=())
    energy: EnergyResult | None = field(repr=False, default=None)
    transport: TransportResult | None = field(repr=False, default=None)

    @cached_property
    def shapes(self) -> Mapping[ShapeText, Shape]:
        """How every line counts, by the text of its shape."""
        return {shape.text: shape for shape, _ in self.pairs}

    @property
    def sums(self) -> Mapping[LotKey, LotSum]:
        """What is reported per facility, scope, category and series."""
        return self.consolidated.sums

    @property
    def data_mg(self) -> Mapping[str, Fraction]:
        """mg CO2e by kind of data (measured, estimated, proxy) over scopes 1, 2 (market-based) and 3: the share of primary
        data."""
        return self.consolidated.data_mg

    def written_total(self, scope: Scope, method: Method = Method.PHYSICAL) -> Fraction:
        """Exact gross mg CO2e of a series at 100 % and as written, whatever the boundary; what is reported is `total`."""
        written = (s.mg for key, s in self.written.items() if (key.scope, key.method) == (scope, method))
        return sum(written, Fraction(0))

    @cached_property
    def reported_of(self) -> Mapping[LotKey, int]:
        """mg CO2e reported per key, rounded up to the milligram: where a lot is all of it, as that lot is minted."""
        return {key: round_up_mg(found.mg) for key, found in self.sums.items()}

    @cached_property
    def reported(self) -> tuple[int, ...]:
        """mg CO2e per series, gross, consolidated: Σ of `reported_of`. Without shares and moves the sum of the lots as minted."""
        totals = dict.fromkeys(SERIES, 0)
        for key, mg in self.reported_of.items():
            totals[key.scope, key.method] += mg
        return tuple(totals[series] for series in SERIES)

    def under(self, approach: Consolidation) -> Consolidated:
        """The same lines consolidated under an approach; the inventory's own is `consolidated`."""
        if approach is self.consolidated.approach:
            return self.consolidated
        return consolidate(self.pairs, self.package.settings.boundary, approach, self.data_mg)

    @cached_property
    def projected(self) -> tuple[Projected, ...]:
        """Projected lifetime emissions of investments, by project: reported separately from scope 3, in no series and no lot."""
        return projected_of(self.pairs, self.package.settings.boundary, self.consolidated.approach)

    def market_total(self, scope: Scope) -> Fraction:
        """Exact gross mg CO2e of scope 1 or 3 in the market-based series: the physical figure with what claims change. It stands
        beside the physical total and is never added to it."""
        effect = self.transport.effect.get(scope, Fraction(0)) if self.transport else Fraction(0)
        return self.total(scope) + effect

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
    def series_lots(self) -> tuple[Lot, ...]:
        """The lots of the series reported: all but those of the market-based series of scopes 1 and 3, which stand beside them."""
        return tuple(lot for lot in self.lots if (lot.key.scope, lot.key.method) in SERIES)

    @cached_property
    def lot_of(self) -> Mapping[LotKey, Lot]:
        """The minted lot of each key; zero lots that were not minted are missing."""
        return {lot.key: lot for lot in self.lots}

    @cached_property
    def received(self) -> tuple[Received, ...]:
        """The allocations that lines cite: reported here, minted by their suppliers."""
        return received_of(self.pairs)

    def output_of(self, key: LotKey) -> Output | None:
        """The `[[output]]` that a lot is shared out by; None where none is declared."""
        for output in self.package.settings.outputs:
            if (output.facility, output.scope, output.category) == (key.facility, key.scope, key.category):
                return output
        return None

    def within(self, lot: Lot) -> tuple[LotKey, Fraction]:
        """The key under which lines come into the lot, and the part of what they put there that the lot is: a part of a split lot is
        of the physical figure, in proportion, which is no physical tie to single lines."""
        if not lot.key.part:
            return lot.key, Fraction(1)
        whole = replace(lot.key, method=Method.PHYSICAL, part="")
        exact = self.lot_of[whole].exact
        return whole, lot.exact / exact if exact else Fraction(0)

    def lines_of(self, lot: Lot) -> tuple[Line, ...]:
        """The activity lines behind a lot: from the token back to the invoice. Behind a part of a lot are the lines of it all."""
        whole, _ = self.within(lot)
        return tuple(
            line
            for line in self.lines
            if any(stream.key == whole for stream in (*line.shape.minted, *line.shape.market))
            and not (line.shape.text.received and whole.method is Method.MARKET_BASED)
        )
