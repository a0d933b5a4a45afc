"""What a year is made of when it is compared: each line's streams at 100 %, what they did, and where they are reported.

A series is scope, category and method. Masses are mg CO2e, exact; an activity is in base units of its dimension.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.boundary.consolidation import place_of, placed_key, written_of
from cet.inventory.streams import LotKey
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.boundary.approach import Consolidation
    from cet.inventory.boundary.placement import Boundary
    from cet.inventory.result import Inventory, Line
    from cet.inventory.streams import Stream

Series = tuple[Scope, int, Method]
Totals = dict[Series, Fraction]

_ALL = Fraction(1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A stream of a line, or a figure that no line stands behind (`activity` is None).

    `series` is as written; `placed` are the series it is reported under, each with its share.
    """

    line: str
    facility: str
    source: str
    written: tuple[Scope, int]
    series: Series
    mg: Fraction
    activity: Fraction | None
    dimension: str
    placed: tuple[tuple[Series, Fraction], ...]

    def scaled(self, part: Fraction) -> Entry:
        """A part of it."""
        activity = None if self.activity is None else self.activity * part
        return replace(self, mg=self.mg * part, activity=activity)


def entries_of(inventory: Inventory, boundary: Boundary | None = None) -> tuple[Entry, ...]:
    """Every line's streams, placed by the inventory's boundary, or by `boundary` where that knows the facility."""
    approach, own = inventory.consolidated.approach, inventory.package.settings.boundary
    return tuple(
        _entry(
            line,
            stream,
            places(line.shape.text.facility, written_of(line.shape), stream.key, known, approach),
        )
        for line in inventory.lines
        for known in [boundary if boundary and knows(boundary, line.shape.text.facility) else own]
        for stream in line.shape.streams
    )


def _entry(line: Line, stream: Stream, placed: tuple[tuple[Series, Fraction], ...]) -> Entry:
    shape, amount = line.shape, line.row.amount
    return Entry(
        line.id,
        shape.text.facility,
        line.row.source,
        written_of(shape),
        series_of(stream.key),
        amount * stream.mg,
        amount * shape.per_factor * shape.counted.ratio,
        shape.counted.dimension,
        placed,
    )


def places(
    facility: str, written: tuple[Scope, int], key: LotKey, boundary: Boundary, approach: Consolidation
) -> tuple[tuple[Series, Fraction], ...]:
    """Where a stream is reported, and at what share."""
    found: dict[Series, Fraction] = defaultdict(Fraction)
    for part in boundary.place(facility, approach).parts:
        place = place_of(written, part)
        placed = None if place is None else placed_key(key, written, place)
        if placed is not None:
            found[series_of(placed)] += part.share
    return tuple(sorted(found.items()))


def placed_again(entry: Entry, boundary: Boundary, approach: Consolidation) -> Entry:
    """The entry placed by another boundary."""
    key = LotKey(entry.facility, *entry.series)
    return replace(entry, placed=places(entry.facility, entry.written, key, boundary, approach))


def moved(entry: Entry, place: tuple[Scope, int]) -> tuple[Entry, ...]:
    """The entry written in another scope and category, at the shares it has. Scope 3 takes scope 2's location-based figure
    and gives its one figure to both methods; what is outside the scopes stays there."""
    series = entry.series
    if series[0] is Scope.OUTSIDE:
        return (entry,)
    if series[2] is Method.MARKET_BASED and place[0] is not Scope.SCOPE_2:
        return ()
    methods = (
        (Method.LOCATION_BASED, Method.MARKET_BASED) if place[0] is Scope.SCOPE_2 else (Method.PHYSICAL,)
    )
    if series[0] is Scope.SCOPE_2 and place[0] is Scope.SCOPE_2:
        methods = (series[2],)
    share = sum((share for _, share in entry.placed), Fraction(0))
    return tuple(
        replace(entry, written=place, series=(*place, method), placed=(((*place, method), share),))
        for method in methods
    )


def figure_entry(name: str, facility: str, series: Series, mg: Fraction) -> Entry:
    """A figure that no line stands behind, reported whole as it is."""
    return Entry(name, facility, name, series[:2], series, mg, None, "", ((series, _ALL),))


def totals_of(entries: Iterable[Entry]) -> Totals:
    """What entries come to, by the series they are reported under."""
    totals: Totals = defaultdict(Fraction)
    for entry in entries:
        for series, share in entry.placed:
            totals[series] += entry.mg * share
    return dict(sorted(totals.items()))


def difference(after: Totals, before: Totals) -> Totals:
    """After − before, by series, without zeros."""
    found = {
        key: after.get(key, Fraction(0)) - before.get(key, Fraction(0)) for key in sorted({*after, *before})
    }
    return {key: mg for key, mg in found.items() if mg}


def knows(boundary: Boundary, facility: str) -> bool:
    """Whether the boundary has that facility."""
    return any(one.id == facility for one in boundary.facilities)


def series_of(key: LotKey) -> Series:
    """A lot's key without its facility."""
    return key.scope, key.category, key.method
