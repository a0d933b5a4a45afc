"""What is declared of transport in figures: each booking and claim with its basis, its figure and who verified it.

SFC Voluntary Market Based Measures Framework (2023), section 11: customers who claimed are told their LETS, all others the non-LETS
intensity, the public the average. A booking's or claim's own words stand beside its figure, whatever became of it in the inventory.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics.applying import row_of
from cet.logistics.package_parts import MG_PER_KG
from cet.quantities import unit
from cet.report.inventory_report.blocks import EMPTY, Cell, Column, Table, mass, number, rows, words
from cet.report.transport_tables import plain
from cet.report.words import clean
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory import Inventory
    from cet.inventory.lots import Lot
    from cet.inventory.transport.result import SplitLot, TransportResult
    from cet.logistics.package_parts import LetsBooking, LogisticsClaim

_REST = "rest"
_UNKNOWN = words("unknown")


def declared_figures(inventory: Inventory, found: TransportResult) -> Table:
    """A row each: of bookings the LETS, what other carriers claimed of it, then the average and the rest; of claims what was claimed."""
    columns = (
        Column("what", width=34),
        Column("basis", width=24),
        Column("activity", figures=True, width=24),
        Column("g CO2e/unit, well-to-wheel", figures=True, width=18),
        Column("t CO2e, well-to-wheel", figures=True, width=20),
        Column("of it tank-to-wheel, t", figures=True, width=20),
        Column("verified by", width=30),
        Column("evidence", width=34),
    )
    lines = [*_booked(found), *_claimed(inventory, found)]
    caption = "Who verified is the registry's word, as the package has it. A refused claim has a figure, and displaces nothing."
    return Table("Declared figures", "Declared figures of transport services", columns, rows(*lines), caption)


def _booked(found: TransportResult) -> Iterator[tuple[Cell, ...]]:
    for one in found.bookings:
        name = words(f"LETS {clean(one.booking)}", f"booked for customers, {one.facility}, {one.mode}")
        yield name, words(one.basis, _generated(one)), *_figures(one, one.quantity), *_shown_by(one)
        if theirs := one.claimed_by_carriers:
            told = words("of it claimed by other carriers", "theirs to disclose, passed on as the rest")
            yield told, EMPTY, *_figures(one, theirs), EMPTY, EMPTY
    for facility in dict.fromkeys(one.physical.key.facility for one in found.splits):
        splits = [one for one in found.splits if one.physical.key.facility == facility]
        yield words(f"average of {facility}", "what the public is told"), *_sum([s.physical for s in splits])
        if rest := _rest(splits):
            yield words(f"rest of {facility}", "customers who did not claim"), *_sum(rest)


def _claimed(inventory: Inventory, found: TransportResult) -> Iterator[tuple[Cell, ...]]:
    applied = {one.id for one in found.claiming.applied}
    for one in inventory.package.settings.logistics_claims:
        state = "applied" if one.id in applied else "refused"
        row = row_of(one)
        basis = words(row.basis.text if row else "no row of section 9", one.material)
        name = words(f"{clean(one.booking)}, claimed", f"{one.id}, for {one.use}: {state}")
        yield name, basis, *_figures(one, one.quantity), *_shown_by(one)


def _generated(one: LetsBooking) -> str:
    return "its emissions are in the lines" if one.basis == "direct" else "calculated as if"


def _figures(one: LetsBooking | LogisticsClaim, quantity: Fraction) -> tuple[Cell, ...]:
    whole = one.wtw * quantity * MG_PER_KG
    tank = _UNKNOWN if one.ttw is None else mass(one.ttw * quantity * MG_PER_KG)
    return _figure(f"{plain(quantity)} {one.unit}"), number(one.wtw * 1000, 3), mass(whole), tank


def _shown_by(one: LetsBooking | LogisticsClaim) -> tuple[Cell, Cell]:
    return words(clean(one.verifier or "not named")), words(clean(one.evidence or ""))


def _rest(splits: list[SplitLot]) -> list[Lot]:
    """The rest of each lot; nothing where one of them has none."""
    found = [part for one in splits for part in one.parts if part.key.part == _REST]
    return found if len(found) == len(splits) else []


def _sum(lots: list[Lot]) -> tuple[Cell, ...]:
    """Of a carrier the tank-to-wheel lot and the well-to-tank lot of the same activity; of an LSP the one lot."""
    first = lots[0]
    if any((one.basis, one.code.unit) != (first.basis, first.code.unit) for one in lots):
        return words("see the lots below", "not shared out by one activity"), *[EMPTY] * 6
    name, ratio = _SHOWN[first.code.unit.name]
    whole = sum((one.exact for one in lots), Fraction(0))
    tank = [mass(one.exact) for one in lots if one.key.scope is Scope.SCOPE_1] or [_UNKNOWN]
    activity = Fraction(first.basis) / ratio
    each = number(whole / activity / 1000, 3)
    return (
        EMPTY,
        _figure(f"{plain(activity)} {name}"),
        each,
        mass(whole),
        tank[0],
        words("the inventory's verifier"),
        EMPTY,
    )


def _figure(text: str) -> Cell:
    return Cell(text, "figure")


_SHOWN = {
    "GRAM_KM": ("t-km", unit("t-km").ratio / unit("g-km").ratio),
    "TEU_M": ("TEU-km", unit("TEU-km").ratio / unit("TEU-m").ratio),
    "PASSENGER_M": ("passenger-km", unit("passenger-km").ratio / unit("passenger-m").ratio),
    "ITEM": ("item", Fraction(1)),
}
