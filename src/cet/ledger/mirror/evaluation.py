"""Figures of all lots at once, exactly as the contract evaluates them one by one.

    carry(x)     = Σ over edges ceil(x(parent) · units · 2^64 / basis(parent))
    gross        = source: as minted or last restated;  derived: ceil(carry(gross) / 2^64)
    inheritedNet = source: gross;      derived: ceil(carry(net) / 2^64)
    net          = max(0, inheritedNet − own offset),  surplus = max(0, own offset − inheritedNet)

Parents are born before their children, so the order of births is a topological one: a single pass, no recursion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.lots import Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cet.ledger.mirror.state import Lot, State

_CARRY_BITS = 64


def evaluate(state: State) -> dict[int, Figures]:
    """Figures of every lot, mg CO2e, by key."""
    figures: dict[int, Figures] = {}
    for key, lot in state.lots.items():
        offset = state.offsets.get(key, 0)
        if lot.minted is not None:
            figures[key] = source_figures(state.gross_of(lot), offset)
        else:
            parts = [(figures[parent], units, state.lots[parent].basis) for parent, units in lot.edges]
            figures[key] = derived_figures(parts, offset)
    return figures


def source_figures(gross: int, offset: int) -> Figures:
    """Of a source lot with an own offset, mg CO2e."""
    return _settled(gross, gross, offset)


def derived_figures(parts: Sequence[tuple[Figures, int, int]], offset: int) -> Figures:
    """Of a lot with an own offset, mg CO2e, from its edges: the parent's figures, the units taken, the parent's basis."""
    gross = _round_up_once(_carry(above.gross, units, basis) for above, units, basis in parts)
    inherited = _round_up_once(_carry(above.net, units, basis) for above, units, basis in parts)
    return _settled(gross, inherited, offset)


def _settled(gross: int, inherited: int, offset: int) -> Figures:
    return Figures(gross, inherited, max(0, inherited - offset), max(0, offset - inherited))


def stale(state: State, figures: Mapping[int, Figures]) -> list[int]:
    """Derived lots whose live net is not the one last announced: what a cascade would tell."""
    return [
        key
        for key, lot in state.lots.items()
        if lot.minted is None and state.announced.get(key) != figures[key].net
    ]


def not_passed_on(state: State, figures: Mapping[int, Figures]) -> dict[int, int]:
    """Gross mg that stay with each lot, rounded up: what is in nobody else's lot: displaced and reserved parts too.

    Summed over all lots of a series it is the gross of that series' source lots, within a milligram per edge (law 1).
    References are left out: they report what stays with others.
    """
    return {
        key: _kept(state, lot, figures[key].gross)
        for key, lot in state.lots.items()
        if not lot.code.is_reference
    }


def _kept(state: State, lot: Lot, gross: int) -> int:
    return ceil_div(gross * (lot.basis - state.passed_on(lot.key)), lot.basis)


def _carry(figure: int, units: int, basis: int) -> int:
    return ceil_div(figure * units << _CARRY_BITS, basis)


def _round_up_once(carries: Iterable[int]) -> int:
    return ceil_div(sum(carries), 1 << _CARRY_BITS)


def ceil_div(dividend: int, divisor: int) -> int:
    """The quotient, rounded up: emissions are never understated."""
    return -(-dividend // divisor)
