"""What a book file says of operations and shipments beyond bookings, so that they can be exchanged: `[[operation]]`, `[[shipment]]`."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field

from cet.factors.model import Id, Words
from cet.logistics import ileap
from cet.logistics.sections import AMode, Entry, Number, Quantity

TEMPERATURES = Literal["ambient", "refrigerated", "mixed"]


class Energy(Entry):
    """An energy carrier of an operation: kg CO2e per `unit` of it, its part of the energy, what it is made from."""

    carrier: ileap.Carrier
    unit: ileap.EnergyUnit
    wtw_kg: Number
    ttw_kg: Number
    share: Number = Fraction(1)
    feedstock: ileap.FeedstockType | None = None
    region: Words | None = None


class Place(Entry):
    """A place: `{ city = "Berlin", country = "DE", locode = "DEBER" }`."""

    city: Words
    country: ileap.Country
    street: Words | None = None
    zip: Words | None = None
    iata: Words | None = None
    locode: Words | None = None
    uic: Words | None = None


class Operation(Entry):
    """`[[operation]]`: a category of transport or hub operations.

    With `lets` its intensities are those of the LETS. Without, of a transport, well-to-wheel is the non-LETS intensity of the
    organisation's mode and year; of a hub `wtw_kg` per tonne or TEU. `ttw_kg` is then given.
    """

    id: Id
    by: Id
    mode: AMode
    year: int
    energy: list[Energy]
    lets: Id | None = None
    wtw_kg: Number | None = None
    ttw_kg: Number | None = None
    hub: ileap.HubType | None = None
    hub_unit: ileap.HubUnit = "tonnes"
    location: Place | None = None
    load_factor: Number | None = None
    empty_distance_factor: Number | None = None
    temperature: TEMPERATURES | None = None
    description: Words | None = None


class Element(Entry):
    """`[[shipment.element]]`: a leg of a shipment (`distance` in km, `teu` where containers are counted), or a hub (no distance)."""

    id: Id
    operation: Id
    distance_km: Number = Fraction(0)
    teu: Number | None = None
    origin: Place | None = None
    destination: Place | None = None
    departure: ileap.Instant | None = None
    arrival: ileap.Instant | None = None


class Shipment(Entry):
    """`[[shipment]]`: what was carried for a customer, leg by leg, in order."""

    id: Id
    by: Id
    customer: Id
    mass: Quantity
    consignment: Id | None = None
    element: list[Element] = Field(min_length=1)
