"""From the lots to what is reported, step by step, exactly.

Lots hold the sources that the reporting entity operates, at 100 % and as their operator sees them; a statement reports at
share under its approach. The steps between the two add up, series by series. What is reported of sources that others mint
stands on no lot of the entity's: on the ledger it is a reference to their operator's lot, for reporting only, or an
allocation taken from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.result import SERIES
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.boundary.consolidation import Move, Moved
    from cet.inventory.result import Inventory
    from cet.inventory.streams import LotKey

_NONE = Fraction(0)
_DOWNSTREAM = range(9, 16)

Series = tuple[Scope, Method]


@dataclass(frozen=True, slots=True)
class Step:
    """Exact mg CO2e by series, in the order of SERIES."""

    title: str
    columns: tuple[Fraction, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """`lots` plus every step is `reported`."""

    lots: Step
    steps: tuple[Step, ...]
    reported: Step

    def rows(self) -> tuple[Step, ...]:
        """First to last."""
        return (self.lots, *self.steps, self.reported)


@dataclass(frozen=True, slots=True)
class Reference:
    """What is reported of a source that others mint, and how it would stand on the ledger.

    `kind` is `consolidation` (inside the boundary), `value-chain` (scope 3 categories 9 to 15) or `allocation` (1 to 8).
    """

    operator: str
    kind: str
    move: Move
    moved: Moved


def bridge(inventory: Inventory) -> Bridge:
    """The steps from the lots to the reported figures of an inventory."""
    boundary, moves = inventory.package.settings.boundary, inventory.consolidated.moves
    minted = {move: moved for move, moved in moves.items() if boundary.minted(move.facility)}
    steps = (
        (
            "rounding of the lots, taken off",
            [(_series(lot.key), lot.exact - lot.gross) for lot in inventory.series_lots],
        ),
        ("outside the boundary, or the share of others", _left(minted)),
        ("reported in scope 3 instead", _placed(minted)),
        (
            "minted by others, at the share reported here",
            [
                (_series(key), one.mg)
                for key, one in inventory.sums.items()
                if not boundary.minted(key.facility)
            ],
        ),
        ("received from suppliers, who mint it", _received(inventory)),
        (
            "rounded up to the milligram, once per figure",
            [(_series(key), inventory.reported_of[key] - one.mg) for key, one in inventory.sums.items()],
        ),
    )
    made = (_step(title, entries) for title, entries in steps)
    return Bridge(
        lots=_step(
            "lots as minted", [(_series(lot.key), Fraction(lot.gross)) for lot in inventory.series_lots]
        ),
        steps=tuple(step for step in made if any(step.columns)),
        reported=Step("reported", tuple(Fraction(mg) for mg in inventory.reported)),
    )


def references(inventory: Inventory) -> tuple[Reference, ...]:
    """What of the reported figures rests on sources that others mint."""
    boundary = inventory.package.settings.boundary
    return tuple(
        Reference(boundary.operator_of(move.facility), _kind(move), move, moved)
        for move, moved in inventory.consolidated.moves.items()
        if move.place is not None and not boundary.minted(move.facility)
    )


def _kind(move: Move) -> str:
    if move.place == move.written or move.place is None:
        return "consolidation"
    return "value-chain" if move.place[1] in _DOWNSTREAM else "allocation"


def _left(moves: dict[Move, Moved]) -> Iterable[tuple[Series, Fraction]]:
    for move, moved in moves.items():
        if move.place is None:
            yield (Scope.OUTSIDE, Method.PHYSICAL), -moved.outside_mg
            for method, mg in moved.mg.items():
                yield (move.written[0], method), -mg


def _placed(moves: dict[Move, Moved]) -> Iterable[tuple[Series, Fraction]]:
    """Out of the written series, both methods of scope 2, and into scope 3."""
    for move, moved in moves.items():
        if move.place is None or move.place == move.written:
            continue
        scope, mg = move.written[0], moved.mg[Method.PHYSICAL]
        yield (Scope.SCOPE_3, Method.PHYSICAL), mg
        yield (scope, Method.LOCATION_BASED if scope is Scope.SCOPE_2 else Method.PHYSICAL), -mg
        yield (Scope.SCOPE_2, Method.MARKET_BASED), -moved.market_mg


def _received(inventory: Inventory) -> Iterable[tuple[Series, Fraction]]:
    """What lines cite of allocations received, as written; at facilities of others it is among what they mint."""
    boundary = inventory.package.settings.boundary
    for shape, tally in inventory.pairs:
        if shape.text.received and boundary.minted(shape.text.facility):
            for stream in shape.streams:
                if stream not in shape.minted:
                    yield _series(stream.key), tally.amount * stream.mg


def _series(key: LotKey) -> Series:
    return key.scope, key.method


def _step(title: str, entries: Iterable[tuple[Series, Fraction]]) -> Step:
    totals = dict.fromkeys(SERIES, _NONE)
    for series, mg in entries:
        totals[series] += mg
    return Step(title, tuple(totals.values()))
