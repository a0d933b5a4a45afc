"""Data quality of a computed inventory: per scope and category, and in total, weighted by emissions, exactly.

What is not scored is unknown: it is in no average and in no range, and the part that is scored stands beside each figure.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.inventory.boundary.consolidation import placed_streams
from cet.inventory.methods import methods
from cet.inventory.quality.scores import Scores, indicators, scores_of
from cet.inventory.quality.uncertainty import Range, log_factor, range_of
from cet.inventory.shapes import DATA_KINDS
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from cet.inventory.boundary.consolidation import PlacedStream
    from cet.inventory.result import Inventory
    from cet.inventory.shapes import Shape

_NONE = Fraction(0)
FACTOR_SOURCES = ("specific", "average", "spend")
"""Where a factor comes from: the supplier or a measurement; an average; an average per money spent."""

_SPECIFIC = frozenset({FactorKind.SUPPLIER, FactorKind.MEASURED})


@dataclass(frozen=True)
class Quality:
    """Data quality of some emissions, `mg` of CO2e. `scored_mg` is what lines with scores emit; `scores` are its means, one
    for each indicator, None where nothing is scored (or all of it is zero); `range` is the 95 % range of `scored_mg`.

    `data_mg` is by kind of data, `factor_mg` by source of the factor, `primary_mg` by measured activity data with a factor
    that is neither spend-based nor an average that the method puts in the place of data.
    """

    mg: Fraction
    scored_mg: Fraction
    scores: tuple[Fraction, ...] | None
    range: Range | None
    data_mg: Mapping[str, Fraction]
    factor_mg: Mapping[str, Fraction]
    primary_mg: Fraction
    lines: int
    scored_lines: int

    @property
    def scored(self) -> Fraction | None:
        """The part of the emissions that is scored; None where there are none."""
        return self.scored_mg / self.mg if self.mg else None

    @property
    def primary(self) -> Fraction | None:
        """The part of the emissions that rests on primary data; None where there are none."""
        return self.primary_mg / self.mg if self.mg else None

    def part(self, mg: Fraction) -> Fraction | None:
        """A mass as a part of all of it."""
        return mg / self.mg if self.mg else None


@dataclass(frozen=True)
class DataQuality:
    """By scope, category and method, in order; `totals` are of scopes 1, 2 and 3, with scope 2 by either method."""

    categories: Mapping[tuple[Scope, int, Method], Quality]
    totals: Mapping[Method, Quality]

    @property
    def any_scores(self) -> bool:
        """Whether any line has scores."""
        return any(one.scored_lines for one in self.categories.values())


def assess(inventory: Inventory) -> DataQuality:
    """The data quality of what an inventory reports, at its shares and in its places."""
    approach = inventory.consolidated.approach
    boundary = inventory.package.settings.boundary
    by_category: dict[tuple[Scope, int, Method], list[PlacedStream]] = defaultdict(list)
    for placed in placed_streams(inventory.pairs, boundary, approach):
        by_category[placed.key.scope, placed.key.category, placed.key.method].append(placed)
    totals = {
        method: quality_of(
            one
            for (scope, _, other), some in by_category.items()
            for one in some
            if scope is not Scope.OUTSIDE and other in (Method.PHYSICAL, method)
        )
        for method in (Method.LOCATION_BASED, Method.MARKET_BASED)
    }
    return DataQuality({key: quality_of(by_category[key]) for key in sorted(by_category)}, totals)


def quality_of(streams: Iterable[PlacedStream]) -> Quality:
    """The data quality of these emissions."""
    mg = scored_mg = primary_mg = _NONE
    sums = [_NONE] * len(indicators())
    data_mg = dict.fromkeys(DATA_KINDS, _NONE)
    factor_mg = dict.fromkeys(FACTOR_SOURCES, _NONE)
    parts: dict[tuple[str, Decimal], Fraction] = defaultdict(Fraction)
    lines = scored_lines = 0
    for one in streams:
        emitted = one.amount * one.stream.mg
        mg += emitted
        lines += one.tally.lines
        data_mg[one.shape.text.data] += emitted
        factor_mg[_factor_source(one.stream.factor.kind)] += emitted
        primary_mg += emitted if _primary(one.shape, one.stream.factor.kind) else 0
        scores: Scores | None = scores_of(one.shape.text.quality)
        if scores is not None:
            scored_mg += emitted
            scored_lines += one.tally.lines
            sums = [total + emitted * score for total, score in zip(sums, scores, strict=True)]
            factor = one.stream.factor
            parts[factor.id, log_factor(scores, factor.unit.dimension)] += emitted
    means = tuple(total / scored_mg for total in sums) if scored_mg else None
    spread = range_of(scored_mg, parts) if scored_mg else None
    return Quality(mg, scored_mg, means, spread, data_mg, factor_mg, primary_mg, lines, scored_lines)


def _factor_source(kind: FactorKind) -> str:
    if kind in _SPECIFIC:
        return "specific"
    return "spend" if kind is FactorKind.SPEND else "average"


def _primary(shape: Shape, kind: FactorKind) -> bool:
    """Data of the activity itself, and no average in its place (Scope 3 Standard, chapter 7: primary and secondary data)."""
    method = methods().get(shape.text.method)
    estimated = bool(shape.text.estimate) or (method is not None and method.estimate)
    return shape.text.data == "measured" and kind is not FactorKind.SPEND and not estimated
