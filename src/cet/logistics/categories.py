"""The categories of a book's operations as iLEAP records, with their exact intensities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.logistics import ileap
from cet.logistics.declaring import split_of
from cet.logistics.terms import LogisticsError, Mode, per_shown
from cet.quantities import half_even_text

if TYPE_CHECKING:
    from fractions import Fraction

    from cet.logistics.book_file import BookFile
    from cet.logistics.operations import Energy, Operation, Place

PLACES = 12
"""Decimals of a figure that no shorter decimal says exactly, half to even."""

MODES: dict[Mode, ileap.Mode] = {
    Mode.AIR: "Air",
    Mode.INLAND_WATERWAY: "InlandWaterway",
    Mode.RAIL: "Rail",
    Mode.ROAD: "Road",
    Mode.SEA: "Sea",
}
UNITS: dict[str, ileap.TransportUnit] = {"g-km": "tkm", "TEU-m": "TEUkm"}
_MG_PER_KG = 10**6


@dataclass(frozen=True, slots=True)
class Category:
    """An operation with its record and exact intensities: kg CO2e per t-km, TEU-km, tonne or TEU."""

    of: Operation
    record: ileap.Toc | ileap.Hoc
    wtw: Fraction
    ttw: Fraction
    unit: str


def category_of(file: BookFile, one: Operation) -> Category:
    """The operation's record. Raises LogisticsError when it contradicts the book, or says what the book says already."""
    carriers = _carriers(one)
    temperature = one.temperature
    if one.hub is not None:
        if one.lets or one.wtw_kg is None or one.ttw_kg is None:
            raise LogisticsError(
                f"hub {one.id} needs its own intensities", "give wtw_kg and ttw_kg, and no lets"
            )
        hoc = ileap.Hoc(
            hoc_id=one.id, description=one.description, hub_type=one.hub, temperature_control=temperature,
            hub_location=place_of(one.location), energy_carriers=carriers, co2e_intensity_wtw=decimal_text(one.wtw_kg),
            co2e_intensity_ttw=decimal_text(one.ttw_kg), hub_activity_unit=one.hub_unit,
        )  # fmt: skip
        return Category(one, hoc, one.wtw_kg, one.ttw_kg, one.hub_unit)
    if one.mode not in MODES:
        raise LogisticsError(f"{one.id}: {one.mode.text} without hub", "say which hub it is, or another mode")
    wtw, ttw, base, said = _intensities(file, one)
    if base not in UNITS:
        raise LogisticsError(f"{one.id} is counted in {base}", "iLEAP counts t-km or TEU-km")
    toc = ileap.Toc(
        toc_id=one.id, description=one.description or said, mode=MODES[one.mode],
        load_factor=None if one.load_factor is None else decimal_text(one.load_factor),
        empty_distance_factor=None if one.empty_distance_factor is None else decimal_text(one.empty_distance_factor),
        temperature_control=temperature, energy_carriers=carriers, co2e_intensity_wtw=decimal_text(wtw),
        co2e_intensity_ttw=decimal_text(ttw), transport_activity_unit=UNITS[base],
    )  # fmt: skip
    return Category(one, toc, wtw, ttw, UNITS[base])


def _intensities(file: BookFile, one: Operation) -> tuple[Fraction, Fraction, str, str]:
    """Well-to-wheel and tank-to-wheel in kg CO2e per unit shown, its base unit, and what it is in words."""
    if one.lets is None:
        if one.wtw_kg is not None or one.ttw_kg is None:
            raise LogisticsError(
                f"{one.id}: well-to-wheel is the non-LETS intensity of the split",
                "give ttw_kg, and no wtw_kg",
            )
        split, base = split_of(file, one.by, one.mode, one.year)
        wtw = split.rest_intensity * per_shown(base) / _MG_PER_KG
        if one.ttw_kg > wtw:
            raise LogisticsError(f"{one.id}: tank-to-wheel above well-to-wheel", "well-to-wheel is the whole")
        return wtw, one.ttw_kg, base, f"{one.by} by {one.mode.text}, {one.year}: non-LETS intensity"
    lets = file.book.lets.get(one.lets)
    if lets is None or (lets.booker, lets.mode, lets.year) != (one.by, one.mode, one.year):
        raise LogisticsError(
            f"{one.lets!r} is no LETS of {one.by} by {one.mode.text} in {one.year}", "name one that is booked"
        )
    if one.wtw_kg is not None or one.ttw_kg is not None:
        raise LogisticsError(f"{one.id}: intensities beside those of LETS {lets.id}", "leave them out")
    if not lets.told.ttw_known:
        raise LogisticsError(
            f"{one.id}: LETS {lets.id} has no tank-to-wheel part, and iLEAP asks for one",
            "give ttw_kg where it is booked, 0 where nothing is burnt on the way; or leave the operation out",
        )
    per = per_shown(lets.unit) / _MG_PER_KG
    stated = "not stated" if lets.additionality is None else "; ".join(lets.additionality.regulations)
    disclosed = "; ".join(f"{credit.scheme} towards {credit.mode.text}" for credit in lets.credits) or "none"
    said = (
        f"Book and claim (SFC 2023): LETS {lets.id}, {lets.basis.text}; additionality considered: {stated}; "
        f"cross-mode credits: {disclosed}"
    )
    return lets.wtw * per, lets.ttw * per, lets.unit, said


def _carriers(one: Operation) -> tuple[ileap.EnergyCarrier, ...]:
    if sum(each.share for each in one.energy) != 1:
        raise LogisticsError(
            f"{one.id}: the shares of its energy are not 1", "give every carrier with its part"
        )
    return tuple(_carrier(each) for each in one.energy)


def _carrier(one: Energy) -> ileap.EnergyCarrier:
    made = None
    if one.feedstock is not None:
        made = (ileap.Feedstock(feedstock=one.feedstock, region_provenance=one.region),)
    return ileap.EnergyCarrier(
        energy_carrier=one.carrier, feedstocks=made, energy_consumption_unit=one.unit,
        emission_factor_wtw=decimal_text(one.wtw_kg), emission_factor_ttw=decimal_text(one.ttw_kg), relative_share=decimal_text(one.share),
    )  # fmt: skip


def place_of(place: Place | None) -> ileap.Location | None:
    """A place, if it is known."""
    return None if place is None else ileap.Location(**place.model_dump())


def decimal_text(value: Fraction) -> str:
    """A decimal without exponent or closing zeros, to twelve places."""
    found = half_even_text(value, PLACES)
    return found.rstrip("0").rstrip(".") if "." in found else found
