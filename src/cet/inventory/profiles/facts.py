"""What profiles ask of an inventory, apart from its dates: nothing here reads a clock."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.inventory.boundary.consolidation import placed_streams
from cet.inventory.completeness.report import completeness
from cet.quantities import ratio_between, unit
from cet.scopes import Method, Scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cet.inventory.boundary.approach import Consolidation
    from cet.inventory.completeness.report import Item
    from cet.inventory.header import Period
    from cet.inventory.profiles.sections import Export
    from cet.inventory.result import Inventory
    from cet.inventory.shapes import EnergyInput, Shape

_NONE = Fraction(0)
_NO_CONTRACT = frozenset({"on-site", "grid", "residual-mix"})


@dataclass(frozen=True, slots=True)
class Dates:
    """When things were done; None where it was not, or is not said."""

    submitted: dt.date | None = None
    offset_on: dt.date | None = None
    produced_on: dt.date | None = None
    booked_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Electricity:
    """Scope 2 in mg CO2e, exact: both methods; the location-based figure of what has a contractual zero-emission factor; and
    of the market-based figure what has no factor of its own, for want of a residual mix."""

    location: Fraction
    market: Fraction
    green: Fraction
    uncovered: Fraction


@dataclass(frozen=True, slots=True)
class Facts:
    """An inventory as profiles see it. `scope_3` is exact mg CO2e by category; `exported` the memo of `[[export]]`, in no total."""

    period: Period
    approach: Consolidation
    items: tuple[Item, ...]
    electricity: Electricity
    scope_3: Mapping[int, Fraction]
    exported: Fraction
    dates: Dates


def facts_of(inventory: Inventory, dates: Dates) -> Facts:
    """The facts of a computed inventory."""
    scope_3: dict[int, Fraction] = {}
    for key, found in inventory.sums.items():
        if key.scope is Scope.SCOPE_3:
            scope_3[key.category] = scope_3.get(key.category, _NONE) + found.mg
    header = inventory.package.settings.header
    return Facts(
        period=header.period,
        approach=header.consolidation,
        items=completeness(inventory),
        electricity=_electricity(inventory),
        scope_3=scope_3,
        exported=sum((export_mg(inventory, one) for one in inventory.package.settings.exports), _NONE),
        dates=dates,
    )


def export_mg(inventory: Inventory, export: Export) -> Fraction:
    """Exact mg CO2e of exported electricity by the factor it is deducted with, at the facility's share in scopes 1 and 2.

    Raises UnknownFactorError, or UnitError for a factor that is not per energy.
    """
    settings = inventory.package.settings
    factor = inventory.package.store().get(export.factor)
    gases = sum((mass * gas.gwp(settings.header.gwp) for gas, mass in factor.components), _NONE)
    placement = settings.boundary.place(export.facility, inventory.consolidated.approach)
    inside = sum((part.share for part in placement.parts if part.category is None), _NONE)
    rate = (gases + (factor.co2e_mg or _NONE)) * ratio_between(unit(export.unit), factor.unit)
    return export.quantity * rate * inside


def _electricity(inventory: Inventory) -> Electricity:
    location = market = green = uncovered = _NONE
    boundary, approach = inventory.package.settings.boundary, inventory.consolidated.approach
    for placed in placed_streams(inventory.pairs, boundary, approach):
        if placed.key.scope is not Scope.SCOPE_2:
            continue
        mg, bought = placed.amount * placed.stream.mg, placed.shape.factors[-1]
        contractual = bool(placed.shape.text.market_factor) and bought.kind is FactorKind.SUPPLIER
        inputs = placed.shape.inputs
        if placed.key.method is Method.MARKET_BASED:
            market += mg
            without = mg if not placed.shape.text.market_factor else _NONE
            uncovered += placed.amount * _by_grid(placed.shape) if inputs else without
        else:
            location += mg
            bought_green = mg if contractual and _emits_nothing(placed.shape) else _NONE
            green += mg * _green_part(inputs) if inputs else bought_green
    return Electricity(location, market, green, uncovered)


def _green_part(inputs: tuple[EnergyInput, ...]) -> Fraction:
    """The part of what is bought, own generation left out, that stands on contractual zero-emission energy."""
    on_site = sum((one.part for one in inputs if one.kind == "on-site"), _NONE)
    green = sum((one.part for one in inputs if one.kind not in _NO_CONTRACT and _is_zero(one)), _NONE)
    return green / (1 - on_site) if green else _NONE


def _is_zero(one: EnergyInput) -> bool:
    return one.factor is None or not (one.factor.co2e_mg or any(mass for _, mass in one.factor.components))


def _by_grid(shape: Shape) -> Fraction:
    """mg per unit of amount of what stands at the grid average for want of a residual mix."""
    part = sum((one.part for one in shape.inputs if one.kind == "grid"), _NONE)
    located = next(one for one in shape.streams if one.key.method is Method.LOCATION_BASED)
    on_site = sum((one.part for one in shape.inputs if one.kind == "on-site"), _NONE)
    return located.mg * part / (1 - on_site) if part else _NONE


def _emits_nothing(shape: Shape) -> bool:
    """Whether what was bought has no emissions by the market-based method."""
    return not any(stream.mg for stream in shape.streams if stream.key.method is Method.MARKET_BASED)
