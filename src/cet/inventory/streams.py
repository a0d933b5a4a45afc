"""Into which lots a line's emissions go, and how much of them per unit of its activity.

- Scope 1 and 3: in-scope gases to the line's own lot.
- Scope 2: one stream by the location-based and one by the market-based method (Scope 2 Guidance, chapter 4).
- Biogenic CO2 and gases outside the UNFCCC's families: to lots outside the scopes (Corporate Standard amendment 2013),
  once, by the location-based factor.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.gases import Family, GwpSet
from cet.scopes import BIOGENIC, NON_KYOTO, Method, Scope

if TYPE_CHECKING:
    from cet.factors import Factor

_OUTSIDE_OF = {Family.BIOGENIC_CO2: BIOGENIC, Family.NON_KYOTO: NON_KYOTO}


@dataclass(frozen=True, slots=True, order=True)
class LotKey:
    """What lines are grouped by: one lot per facility, scope, category and series. `part` names a part of such a lot that is
    passed on by itself (a booked LETS, the rest); empty: all of it."""

    facility: str
    scope: Scope
    category: int
    method: Method
    part: str = ""


@dataclass(frozen=True, slots=True)
class Stream:
    """What one unit of a line's amount puts into a lot, exactly.

    `mg` is milligrams of CO2e; `gases` milligrams of each gas by name; `unsplit` the part of `mg` known only as CO2e.
    """

    key: LotKey
    factor: Factor
    mg: Fraction
    gases: tuple[tuple[str, Fraction], ...]
    unsplit: Fraction


def streams_of(
    facility: str,
    place: tuple[Scope, int],
    rates: tuple[Fraction, Fraction],
    factors: tuple[Factor, Factor],
    gwp: GwpSet,
) -> tuple[Stream, ...]:
    """The streams of a line at that place; `factors` are the location-based and the market-based one, elsewhere the same.

    `rates` are the units of each factor that one unit of the line's amount comes to.

    Raises GasError where the GWP set has none of a gas; shapes are examined for that before.
    """
    scope, category = place
    location, market = factors
    if scope is not Scope.SCOPE_2:
        return tuple(
            split_by_lot(LotKey(facility, scope, category, Method.PHYSICAL), location, rates[0], gwp)
        )
    by_location = split_by_lot(
        LotKey(facility, scope, category, Method.LOCATION_BASED), location, rates[0], gwp
    )
    by_market = split_by_lot(LotKey(facility, scope, category, Method.MARKET_BASED), market, rates[1], gwp)
    return (*by_location, *(stream for stream in by_market if stream.key.scope is scope))


def split_by_lot(own: LotKey, factor: Factor, ratio: Fraction, gwp: GwpSet) -> list[Stream]:
    """One stream per lot the factor's gases belong to; the line's own first, if it has any part in it."""
    masses: dict[LotKey, dict[str, Fraction]] = {}
    totals: dict[LotKey, Fraction] = {}
    if factor.co2e_mg is not None or own.scope is Scope.SCOPE_2:
        masses[own], totals[own] = {}, Fraction(0)
    for gas, per_unit in factor.components:
        key = own
        if own.scope is not Scope.OUTSIDE and gas.family in _OUTSIDE_OF:
            key = LotKey(own.facility, Scope.OUTSIDE, _OUTSIDE_OF[gas.family], Method.PHYSICAL)
        masses.setdefault(key, {})[gas.name] = per_unit * ratio
        totals[key] = totals.get(key, Fraction(0)) + per_unit * ratio * gas.gwp(gwp)
    unsplit = (factor.co2e_mg or Fraction(0)) * ratio
    return [
        Stream(
            key,
            factor,
            totals[key] + (unsplit if key == own else 0),
            tuple(sorted(masses[key].items())),
            unsplit if key == own else Fraction(0),
        )
        for key in sorted(masses, key=lambda key: key != own)
    ]
