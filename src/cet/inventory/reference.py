"""The slow, independent calculation that the bulk one is checked against: row by row, gas by gas, in fractions.

mass of gas = amount in the factor's unit × mass per unit of the factor      (`reference_amount.py` has the amount)
CO2e        = Σ mass of gas × GWP + what is published only as CO2e      (Corporate Standard FAQ 6: activity × factor × GWP)
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import PackageError
from cet.gases import Family
from cet.inventory.activity import SHOWN_UNITS
from cet.inventory.computing import assemble
from cet.inventory.energy.applying import apply_instruments
from cet.inventory.reference_amount import amount_in
from cet.inventory.result import Inventory, Line
from cet.inventory.rows import Row, ShapeText, parse_row
from cet.inventory.shapes import EnergyInput, Shape, examine_shape
from cet.inventory.slow import records, tally_rows
from cet.inventory.streams import LotKey
from cet.inventory.sums import LotSum
from cet.inventory.tally import capped
from cet.inventory.transport.applying import apply_transport
from cet.quantities import unit
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from cet.factors import Factor, FactorStore
    from cet.inventory.package import Package


def reference(package: Package, store: FactorStore | None = None) -> Inventory:
    """The same inventory as `compute`, by another way. Raises PackageError."""
    full = package.store(store)
    rules = package.rules(full)
    tally = tally_rows(package.activities, package.columns, package.bounds, rules)
    if tally.findings:
        raise PackageError(capped(package.origin.placed(tally.findings)))
    shapes: dict[ShapeText, Shape] = {}
    sums: dict[LotKey, LotSum] = {}
    lines = []
    for _, cells in records(package.activities, package.columns):
        row = parse_row(cells, package.bounds)[0] if isinstance(cells, dict) else None
        if row is None:
            continue
        shape = shapes.get(row.shape) or examine_shape(row.shape, rules)[0]
        if shape is None:
            continue
        shapes[row.shape] = shape
        lines.append(Line(row, shape))
        if not shape.projected:
            add_row(row, full, package, sums)
    applied = apply_instruments(package.settings, shapes, tally.shapes, full)
    if applied.result is not None:
        sums = {}
        lines = [Line(line.row, applied.shapes[line.row.shape]) for line in lines]
        for line in lines:
            if line.shape.projected:
                continue
            add_row(line.row, full, package, sums, line.shape.inputs)
    ordered = {key: sums[key] for key in sorted(sums)}
    ordered_lines = tuple(sorted(lines, key=lambda line: line.id))
    claimed = apply_transport(package.settings, applied.shapes, tally.shapes, full)
    ordered_lines = tuple(replace(line, shape=claimed.shapes[line.row.shape]) for line in ordered_lines)
    inventory, findings = assemble(package, tally, applied, claimed, ordered, ordered_lines)
    findings += [*applied.findings, *claimed.findings]
    if findings:
        raise PackageError(package.origin.placed(findings))
    return inventory


def add_row(
    row: Row,
    store: FactorStore,
    package: Package,
    sums: dict[LotKey, LotSum],
    inputs: tuple[EnergyInput, ...] = (),
) -> None:
    """Adds what a row comes to, gas by gas, to the lots it goes into."""
    text = row.shape
    scope = SCOPE_TEXT[text.scope]
    category = CATEGORY_NAMES[scope][text.category]
    location = store.get(text.factor)
    if inputs:
        _add_with_inputs(
            row, location, LotKey(text.facility, scope, category, Method.MARKET_BASED), package, sums, inputs
        )
    elif scope is Scope.SCOPE_2:
        market = store.get(text.market_factor) if text.market_factor else location
        _add(
            row,
            location,
            location,
            LotKey(text.facility, scope, category, Method.LOCATION_BASED),
            package,
            sums,
            outside=True,
        )
        _add(
            row,
            market,
            location,
            LotKey(text.facility, scope, category, Method.MARKET_BASED),
            package,
            sums,
            outside=False,
        )
    else:
        _add(
            row,
            location,
            location,
            LotKey(text.facility, scope, category, Method.PHYSICAL),
            package,
            sums,
            outside=True,
        )


def _add_with_inputs(
    row: Row,
    location: Factor,
    market: LotKey,
    package: Package,
    sums: dict[LotKey, LotSum],
    inputs: tuple[EnergyInput, ...],
) -> None:
    """Location-based less what is made on site; market-based each part by what stands for it."""
    own = sum((one.part for one in inputs if one.kind == "on-site"), Fraction(0))
    by_location = LotKey(market.facility, market.scope, market.category, Method.LOCATION_BASED)
    _add(row, location, location, by_location, package, sums, outside=True, part=1 - own)
    _add(row, location, location, market, package, sums, outside=False, part=Fraction(0))
    # Scope 2 is of purchased energy: what own generation made is in neither lot's energy.
    made = own * amount_in(unit("Wh"), row, package.settings) if own else Fraction(0)
    for lot in (sums[by_location], sums[market]) if made else ():
        if lot.watt_hours is not None:
            lot.watt_hours -= made
    for one in inputs:
        if one.factor is not None:
            _add(row, one.factor, location, market, package, sums, outside=False, part=one.part, again=True)


def _add(
    row: Row,
    factor: Factor,
    location: Factor,
    own: LotKey,
    package: Package,
    sums: dict[LotKey, LotSum],
    *,
    outside: bool,
    part: Fraction = Fraction(1),
    again: bool = False,
) -> None:
    """`part` of the row by the factor; `again` where the row itself was counted already."""
    factor_unit = unit(factor.per)
    activity = amount_in(factor_unit, row, package.settings) * part
    touched: set[LotKey] = {own} if factor.co2e_mg is not None or own.scope is Scope.SCOPE_2 else set()
    for gas, per_unit in factor.components if part else ():
        key = own
        if own.scope is not Scope.OUTSIDE and gas.family is Family.BIOGENIC_CO2:
            key = LotKey(own.facility, Scope.OUTSIDE, 1, Method.PHYSICAL)
        elif own.scope is not Scope.OUTSIDE and gas.family is Family.NON_KYOTO:
            key = LotKey(own.facility, Scope.OUTSIDE, 2, Method.PHYSICAL)
        if key != own and not outside:
            continue
        touched.add(key)
        lot = sums.setdefault(key, LotSum())
        mass = activity * per_unit
        lot.gases[gas.name] = lot.gases.get(gas.name, Fraction(0)) + mass
        lot.mg += mass * gas.gwp(package.settings.header.gwp)
    for key in () if again else touched:
        lot = sums.setdefault(key, LotSum())
        lot.lines += 1
        if key == own:
            _add_activity(row, location, lot, package)
        if key.scope is not Scope.SCOPE_2 or unit(location.per).dimension != "energy":
            lot.watt_hours = None
        elif lot.watt_hours is not None:
            lot.watt_hours += amount_in(unit("Wh"), row, package.settings)
    if factor.co2e_mg is not None:
        sums.setdefault(own, LotSum())
        sums[own].mg += activity * factor.co2e_mg
        sums[own].unsplit += activity * factor.co2e_mg


def _add_activity(row: Row, location: Factor, lot: LotSum, package: Package) -> None:
    """The line's activity in the unit its kind is shown in."""
    per = unit(location.per)
    shown = SHOWN_UNITS.get(per.dimension, per.name)
    place = (shown, row.shape.data)
    amount = amount_in(unit(shown), row, package.settings)
    lot.activity[place] = lot.activity.get(place, Fraction(0)) + amount
