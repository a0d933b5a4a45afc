"""The inventory under an approach: every source at its share, in its place, exactly; and what is left outside, listed.

What is placed in scope 3 brings its location-based electricity into the category, because scope 3 has one series and the
physical one; the market-based figure of the same electricity stands beside it (`Moved.market_mg`), in no sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.streams import LotKey
from cet.inventory.sums import LotSum, add_activity
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cet.inventory.boundary.approach import Consolidation
    from cet.inventory.boundary.placement import Boundary, Part
    from cet.inventory.shapes import Shape
    from cet.inventory.streams import Stream
    from cet.inventory.tally import ShapeTally

_NONE = Fraction(0)
Written = tuple[Scope, int]
"""Scope and category as the lines write them."""


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """A facility's lines written in one scope and category, and where a share of them is reported, by which rule.

    `place` is None where that share is outside the boundary.
    """

    facility: str
    written: Written
    place: Written | None
    share: Fraction
    rule: str


@dataclass(slots=True)
class Moved:
    """What moved: exact mg CO2e by series at that share, electricity placed in scope 3 also market-based; lines counted."""

    mg: dict[Method, Fraction] = field(default_factory=lambda: defaultdict(Fraction))
    outside_mg: Fraction = _NONE
    market_mg: Fraction = _NONE
    lines: int = 0


@dataclass(frozen=True)
class Consolidated:
    """`sums` by placed key, what is reported; `data_mg` by kind of data; `moves` of all that is not
    whole, as written and minted here."""

    approach: Consolidation
    sums: Mapping[LotKey, LotSum]
    data_mg: Mapping[str, Fraction]
    moves: Mapping[Move, Moved]

    def total(self, scope: Scope, method: Method = Method.PHYSICAL, category: int | None = None) -> Fraction:
        """Exact gross mg CO2e of a series, of all or one category."""
        return sum(
            (
                one.mg
                for key, one in self.sums.items()
                if (key.scope, key.method) == (scope, method) and category in (None, key.category)
            ),
            _NONE,
        )

    @property
    def outside(self) -> dict[Move, Moved]:
        """What is outside the boundary altogether."""
        return {move: moved for move, moved in self.moves.items() if move.place is None}


@dataclass(frozen=True, slots=True)
class PlacedStream:
    """A stream of lines in one of their places: the key it is reported under, and what the lines' amounts come to there."""

    place: Written
    key: LotKey
    stream: Stream
    shape: Shape
    tally: ShapeTally
    amount: Fraction


def placed_streams(
    pairs: Iterable[tuple[Shape, ShapeTally]], boundary: Boundary, approach: Consolidation
) -> Iterator[PlacedStream]:
    """Everything an inventory reports under the approach, stream by stream."""
    for shape, tally in pairs:
        written = written_of(shape)
        for part in boundary.place(shape.text.facility, approach).parts:
            place = place_of(written, part)
            if place is None:
                continue
            for stream in shape.streams:
                key = placed_key(stream.key, written, place)
                if key is not None:
                    yield PlacedStream(place, key, stream, shape, tally, tally.amount * part.share)


def consolidate(
    pairs: Sequence[tuple[Shape, ShapeTally]],
    boundary: Boundary,
    approach: Consolidation,
    kinds: Iterable[str],
) -> Consolidated:
    """Every shape of every facility at its share in its place; `kinds` are the kinds of data in the order to report."""
    sums: dict[LotKey, LotSum] = {}
    data_mg = dict.fromkeys(kinds, _NONE)
    for placed in placed_streams(pairs, boundary, approach):
        mg = _add(sums, placed)
        if placed.key.scope is not Scope.OUTSIDE and placed.key.method is not Method.LOCATION_BASED:
            data_mg[placed.shape.text.data] += mg
    moves = _moves(pairs, boundary, approach)
    return Consolidated(
        approach,
        {key: sums[key] for key in sorted(sums)},
        data_mg,
        {move: moves[move] for move in _sorted(moves)},
    )


def _moves(
    pairs: Iterable[tuple[Shape, ShapeTally]], boundary: Boundary, approach: Consolidation
) -> dict[Move, Moved]:
    moves: dict[Move, Moved] = {}
    for shape, tally in pairs:
        if shape.projected:
            continue
        facility, written = shape.text.facility, written_of(shape)
        placement = boundary.place(facility, approach)
        for part in placement.parts:
            place = place_of(written, part)
            if part.share != 1 or place != written or not boundary.minted(facility):
                _note(moves, Move(facility, written, place, part.share, part.rule), shape, tally)
        if placement.unplaced:
            move = Move(facility, written, None, placement.unplaced, placement.reason)
            _note(moves, move, shape, tally)
    return moves


def written_of(shape: Shape) -> Written:
    scope = SCOPE_TEXT[shape.text.scope]
    return scope, CATEGORY_NAMES[scope][shape.text.category]


def placed_key(key: LotKey, written: Written, place: Written) -> LotKey | None:
    """The key a stream is reported under; None for the market-based stream of what is placed in scope 3.

    What is outside the scopes stays outside them, wherever its line is placed.
    """
    if key.scope is Scope.OUTSIDE or place == written:
        return key
    if key.method is Method.MARKET_BASED:
        return None
    return LotKey(key.facility, *place, Method.PHYSICAL)


def place_of(written: Written, part: Part) -> Written | None:
    """Scope and category of a line in this part; None for the scope 3 of others."""
    scope, category = written
    if part.category is None or scope is Scope.OUTSIDE:
        return written
    if scope is Scope.SCOPE_3:
        return written if part.own_scope_3 or category == part.category else None
    return Scope.SCOPE_3, part.category


def _add(sums: dict[LotKey, LotSum], placed: PlacedStream) -> Fraction:
    stream, amount = placed.stream, placed.amount
    mg = amount * stream.mg
    one = sums.setdefault(placed.key, LotSum(watt_hours=None))
    one.mg += mg
    one.unsplit += amount * stream.unsplit
    one.lines += placed.tally.lines
    for gas, per_unit in stream.gases:
        one.gases[gas] = one.gases.get(gas, _NONE) + amount * per_unit
    add_activity(one, stream.key, placed.shape, amount)
    return mg


def _note(moves: dict[Move, Moved], move: Move, shape: Shape, tally: ShapeTally) -> None:
    moved = moves.setdefault(move, Moved())
    moved.lines += tally.lines
    for stream in shape.streams:
        mg = tally.amount * move.share * stream.mg
        if stream.key.scope is Scope.OUTSIDE and move.written[0] is not Scope.OUTSIDE:
            moved.outside_mg += mg
        elif move.place is not None and placed_key(stream.key, move.written, move.place) is None:
            moved.market_mg += mg
        elif move.place is not None and move.place != move.written:
            moved.mg[Method.PHYSICAL] += mg
        else:
            moved.mg[stream.key.method] += mg


def _sorted(moves: Iterable[Move]) -> list[Move]:
    return sorted(
        moves, key=lambda move: (move.facility, move.written, move.place is None, move.place or (), move.rule)
    )
