"""A book as iLEAP records: categories of transport and hubs with their intensities, shipments with their elements, activity data.

A LETS is a category of its own, so that only who claimed it is shown at its intensity (section 11): a shipment's legs by a LETS
stay within its customer's claims. What can't be said without inventing is left out, with the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics import ileap
from cet.logistics.categories import MODES, UNITS, category_of, decimal_text, place_of
from cet.logistics.declaring import uses_of
from cet.logistics.terms import LogisticsError, amount, per_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.logistics.book_file import BookFile
    from cet.logistics.categories import Category
    from cet.logistics.operations import Element, Shipment

_KG_PER_TONNE = 1000


@dataclass(frozen=True, slots=True)
class Exchange:
    """All records of a book, and what was left out: (id, why)."""

    tocs: tuple[ileap.Toc, ...]
    hocs: tuple[ileap.Hoc, ...]
    shipments: tuple[ileap.ShipmentFootprint, ...]
    tads: tuple[ileap.Tad, ...]
    left_out: tuple[tuple[str, str], ...]


def exchange(file: BookFile) -> Exchange:
    """The book's records. Raises LogisticsError for an operation or a shipment that contradicts the book."""
    categories = {one.id: category_of(file, one) for one in file.operations}
    shipments, tads = [], []
    left_out = list(_without_operation(file))
    used: dict[tuple[str, str], Fraction] = {}
    for shipment in file.shipments:
        elements = _elements(shipment, categories, used)
        shipments.append(
            ileap.ShipmentFootprint(mass=decimal_text(_kg(shipment)), shipment_id=shipment.id, tces=elements)
        )
        for element, record in zip(shipment.element, elements, strict=True):
            found = _activity(shipment, element, record, categories[element.operation])
            if isinstance(found, str):
                left_out.append((element.id, found))
            else:
                tads.append(found)
    _check_claims(file, used)
    tocs = [one.record for one in categories.values() if isinstance(one.record, ileap.Toc)]
    hocs = [one.record for one in categories.values() if isinstance(one.record, ileap.Hoc)]
    return Exchange(tuple(tocs), tuple(hocs), tuple(shipments), tuple(tads), tuple(left_out))


def _without_operation(file: BookFile) -> Iterator[tuple[str, str]]:
    described = {one.lets for one in file.operations}
    for lets in file.book.lets.values():
        if lets.id in described:
            continue
        if lets.mode not in MODES or lets.unit not in UNITS:
            yield lets.id, f"iLEAP has no category for {lets.mode.text} counted in {lets.unit}"
        else:
            yield (
                lets.id,
                f"iLEAP asks for energy carriers with their factors: add an [[operation]] of it, lets = {lets.id!r}",
            )


def _elements(
    shipment: Shipment, categories: dict[str, Category], used: dict[tuple[str, str], Fraction]
) -> tuple[ileap.Tce, ...]:
    mass = _kg(shipment)
    found: list[ileap.Tce] = []
    for one in shipment.element:
        category = categories.get(one.operation)
        if category is None or category.of.by != shipment.by:
            raise LogisticsError(f"{one.id}: no operation {one.operation!r} of {shipment.by}", "name its own")
        in_hub = isinstance(category.record, ileap.Hoc)
        if in_hub == bool(one.distance_km):
            raise LogisticsError(
                f"{one.id}: distance {'in a hub' if in_hub else 'missing'}",
                "give distance_km of a transport only",
            )
        counted = mass / _KG_PER_TONNE
        if category.unit in ("TEU", "TEUkm"):
            if one.teu is None:
                raise LogisticsError(f"{one.id}: containers not counted", "give teu")
            counted = one.teu
        activity = counted if in_hub else counted * one.distance_km
        if category.of.lets:
            key = (shipment.customer, category.of.lets)
            used[key] = used.get(key, Fraction(0)) + activity
        found.append(
            ileap.Tce(
                tce_id=one.id,
                prev_tce_ids=(found[-1].tce_id,) if found else (),
                shipment_id=shipment.id,
                toc_id=None if in_hub else one.operation,
                hoc_id=one.operation if in_hub else None,
                consignment_id=shipment.consignment,
                mass=decimal_text(mass),
                distance=ileap.Distance(actual=decimal_text(one.distance_km)),
                origin=place_of(one.origin),
                destination=place_of(one.destination),
                transport_activity="0" if in_hub else decimal_text(activity),
                departure_at=one.departure,
                arrival_at=one.arrival,
                co2e_wtw=decimal_text(activity * category.wtw),
                co2e_ttw=decimal_text(activity * category.ttw),
            )
        )
    return tuple(found)


def _activity(shipment: Shipment, one: Element, record: ileap.Tce, category: Category) -> ileap.Tad | str:
    """Transport activity data of a leg; or why there is none."""
    if record.hoc_id is not None:
        return "activity data are of transport, not of hubs"
    origin, destination = record.origin, record.destination
    if origin is None or destination is None or one.departure is None or one.arrival is None:
        return "activity data need origin, destination, departure and arrival"
    toc = category.record
    assert isinstance(toc, ileap.Toc)  # noqa: S101 - no hub, see above
    return ileap.Tad(
        activity_id=one.id, consignment_ids=(shipment.consignment or shipment.id,), distance=record.distance,
        mass=record.mass, load_factor=toc.load_factor, empty_distance_factor=toc.empty_distance_factor, origin=origin,
        destination=destination, departure_at=one.departure, arrival_at=one.arrival, mode=toc.mode,
        energy_carriers=toc.energy_carriers,
        temperature_control=None if toc.temperature_control == "mixed" else toc.temperature_control,
    )  # fmt: skip


def _check_claims(file: BookFile, used: dict[tuple[str, str], Fraction]) -> None:
    """Nobody is shown more of a LETS than it claimed."""
    for (customer, lets), activity in used.items():
        claimed = sum(each for who, _, each in uses_of(file, {lets}) if who == customer)
        if activity * per_shown(file.book.lets[lets].unit) > claimed:
            raise LogisticsError(
                f"shipments of {customer} by LETS {lets} exceed what it claimed",
                "customers who did not claim are shown the non-LETS intensity",
            )


def _kg(shipment: Shipment) -> Fraction:
    grams, _ = amount(shipment.mass.quantity, shipment.mass.unit, ("g",))
    return Fraction(grams, _KG_PER_TONNE)
