"""Lines of a pool priced by what stands for their energy: each part by its own factor, in exact fractions.

Instruments stand for a pool's energy, not for single lines; every line of a kind (with a supplier's factor, or without) takes part
in them in proportion to its energy. So lines add up to their lots exactly, whatever the number of lines, and each shows its parts.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.streams import Stream, split_by_lot
from cet.quantities import ratio_between
from cet.scopes import SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from cet.gases import GwpSet
    from cet.inventory.shapes import EnergyInput, Shape

_NONE = Fraction(0)


def blended(shape: Shape, inputs: tuple[EnergyInput, ...], gwp: GwpSet) -> Shape:
    """The scope 2 shape with its market-based stream made of the inputs, and what on-site generation takes off all others."""
    own = sum((one.part for one in inputs if one.kind == "on-site"), _NONE)
    streams = []
    for stream in shape.streams:
        if stream.key.method is Method.MARKET_BASED:
            streams.append(market_stream(shape, stream, inputs, gwp))
        else:
            streams.append(_part_of(stream, 1 - own))
    return replace(shape, streams=tuple(streams), inputs=inputs)


def market_stream(shape: Shape, written: Stream, inputs: tuple[EnergyInput, ...], gwp: GwpSet) -> Stream:
    """Σ part × factor, by gas. What is biogenic or outside the UNFCCC's gases is left out: it counts once, by location."""
    mg, unsplit = _NONE, _NONE
    gases: dict[str, Fraction] = {}
    for one in inputs:
        if one.factor is None:
            continue
        rate = shape.per_factor * ratio_between(shape.counted, one.factor.unit) * one.part
        for stream in split_by_lot(written.key, one.factor, rate, gwp):
            if stream.key == written.key:
                mg += stream.mg
                unsplit += stream.unsplit
                for gas, mass in stream.gases:
                    gases[gas] = gases.get(gas, _NONE) + mass
    return Stream(written.key, written.factor, mg, tuple(sorted(gases.items())), unsplit)


def _part_of(stream: Stream, part: Fraction) -> Stream:
    if part == 1:
        return stream
    gases = tuple((gas, mass * part) for gas, mass in stream.gases)
    return Stream(stream.key, stream.factor, stream.mg * part, gases, stream.unsplit * part)


def in_scope(shape: Shape) -> Fraction:
    """mg CO2e per unit of the lines' amount that they put into the lot they name themselves, physically or by location."""
    scope = SCOPE_TEXT[shape.text.scope]
    skipped = Method.MARKET_BASED if scope is Scope.SCOPE_2 else None
    return sum((one.mg for one in shape.own if one.key.method is not skipped), _NONE)
