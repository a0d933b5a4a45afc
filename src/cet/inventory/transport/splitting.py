"""Lots of the market-based series: what claims make of a scope 3 category, and LETS split from a lot before it is passed on.

A booked LETS is a lot of its own, in the basis and unit of the output it is a part of; the rest is another, at the non-LETS intensity,
so that customers who did not claim carry that one. The physical lot stays whole beside them: the two series never mix, each adds up
to its own total. Nothing here knows of emitter profiles: one that was claimed never lowers what is passed on (section 11).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.folder import INVENTORY
from cet.inventory.lots import Lot, basis_of, beyond_bounds, numbered
from cet.inventory.transport.checking import outputs_of
from cet.inventory.transport.result import SplitLot
from cet.logistics.split import Part, primary
from cet.logistics.terms import LogisticsError
from cet.quantities import round_down, unit
from cet.scopes import BasisUnit, LotCode, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cet.inventory.settings import Settings
    from cet.inventory.streams import LotKey
    from cet.inventory.transport.result import TransportResult
    from cet.logistics.package_parts import LetsBooking

REST = "rest"
_NONE = Fraction(0)


@dataclass(frozen=True)
class MarketLots:
    """The lots, the physical ones they are parts of, and what can't be split."""

    lots: tuple[Lot, ...]
    splits: tuple[SplitLot, ...]
    findings: tuple[Finding, ...]


def market_lots(
    settings: Settings, result: TransportResult, physical: Sequence[Lot], minted: Mapping[LotKey, bool]
) -> MarketLots:
    """Every lot of method 2 of scopes 1 and 3. `minted` says of each key of `result.sums` whether it is minted here."""
    outputs = {(one.facility, one.scope, one.category): one for one in settings.outputs}
    findings: list[Finding] = []
    splits: list[tuple[Lot, list[Lot]]] = []
    for lot in physical:
        parts = [
            (number, one)
            for number, one in enumerate(settings.lets_bookings, start=1)
            if any(
                (out.facility, out.scope, out.category) == (lot.key.facility, lot.key.scope, lot.key.category)
                for out in outputs_of(one, settings.outputs)
            )
        ]
        if parts and lot.key.method is Method.PHYSICAL:
            made, problems = _split(lot, parts)
            findings += problems
            splits.append((lot, made))
    taken = {_place(lot.key) for lot, _ in splits}
    found = [one for _, made in splits for one in made]
    for key, lot_sum in result.sums.items():
        if not minted[key] or _place(key) in taken:
            continue
        basis_unit, basis = basis_of(lot_sum, outputs.get((key.facility, key.scope, key.category)))
        code = LotCode(key.scope, key.category, key.method, basis_unit)
        if basis:
            found.append(Lot.of(key, code, basis, lot_sum.mg, lot_sum.lines))
    lots = numbered(found)
    by_key = {lot.key: lot for lot in lots}
    whole = tuple(SplitLot(lot, tuple(by_key[one.key] for one in made)) for lot, made in splits if made)
    findings += [one for lot in lots for one in beyond_bounds(lot)]
    return MarketLots(lots, whole, tuple(findings))


def _place(key: LotKey) -> tuple[str, Scope, int]:
    return key.facility, key.scope, key.category


def _split(lot: Lot, bookings: Sequence[tuple[int, LetsBooking]]) -> tuple[list[Lot], list[Finding]]:
    """LETS generated directly are in the lot's emissions, and the rest is without them; those calculated as if stand in the place of
    as much of the rest. What other carriers claimed is theirs: that activity is passed on at the rest's intensity (section 11)."""
    parts = {one.id: Part(one.id, _amount(lot, one.base), _rate(lot, one)) for _, one in bookings}
    direct = [parts[one.id] for _, one in bookings if one.basis == "direct"]
    own = [replace(parts[one.id], activity=_amount(lot, one.own_base)) for _, one in bookings]
    try:
        if sum(part.activity for part in parts.values()) > lot.basis:
            raise LogisticsError("more LETS than the lot's output", "book only what was transported")
        rest = primary(lot.exact, {"": lot.basis}, direct, {}).rest_intensity
        left = lot.basis - sum(part.activity for part in own)
        if left and sum(part.activity for part in direct) == lot.basis:
            raise LogisticsError(
                "all of the lot is LETS, and other carriers claimed some of them",
                "what that activity emits without LETS is not in the lot's lines; leave claimed_by_carriers out and pass on the less",
            )
    except LogisticsError as error:
        number, booking = bookings[-1]
        place = f"lets_booking {number}.quantity"
        problem = f"{error.problem} ({lot.code}, {lot.basis} {lot.code.unit.name.lower()})"
        return [], [Finding(INVENTORY, 0, place, booking.id, problem, error.remedy)]
    made = [_part(lot, f"lets {part.lets}", part.activity, part.mg) for part in own if part.activity]
    return [*made, *([_part(lot, REST, left, left * rest)] if left else [])], []


def _amount(lot: Lot, base: Fraction) -> int:
    return round_down(base / unit(_BASE[lot.code.unit]).ratio)


def _rate(lot: Lot, booking: LetsBooking) -> Fraction:
    """mg per basis unit: of a carrier tank-to-wheel in scope 1 and well-to-tank in 3.3, of an LSP well-to-wheel."""
    whole, tank = booking.wtw_mg, booking.ttw_mg
    mg = whole if booking.use == "3.4" else tank if lot.key.scope is Scope.SCOPE_1 else whole - tank
    return mg * unit(_BASE[lot.code.unit]).ratio


def _part(lot: Lot, name: str, basis: int, mg: Fraction) -> Lot:
    key = replace(lot.key, method=Method.MARKET_BASED, part=name)
    code = LotCode(lot.code.scope, lot.code.category, Method.MARKET_BASED, lot.code.unit)
    return Lot.of(key, code, basis, mg, lot.lines)


_BASE = {
    BasisUnit.GRAM_KM: "g-km",
    BasisUnit.TEU_M: "TEU-m",
    BasisUnit.PASSENGER_M: "passenger-m",
    BasisUnit.ITEM: "item",
}
