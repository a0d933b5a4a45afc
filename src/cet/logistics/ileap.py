"""iLEAP records (SINE Foundation and Smart Freight Centre, extension of PACT 2): our own models of the fields they need.

Numbers are text without exponent. Intensities and emissions are kg CO2e, masses kg, distances km, transport activity t-km or
TEU-km. What is unknown is left out, never zero.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

DecimalText = Annotated[str, StringConstraints(pattern=r"^-?\d+(\.\d+)?$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")]

Mode = Literal["Road", "Rail", "Air", "Sea", "InlandWaterway"]
Carrier = Literal[
    "Diesel",
    "HVO",
    "Petrol",
    "CNG",
    "LNG",
    "LPG",
    "HFO",
    "MGO",
    "Aviation fuel",
    "Hydrogen",
    "Methanol",
    "Electric",
]
FeedstockType = Literal["Fossil", "Natural gas", "Grid", "Renewable electricity", "Cooking oil"]
EnergyUnit = Literal["l", "kg", "kWh", "MJ"]
HubType = Literal[
    "Transshipment", "StorageAndTransshipment", "Warehouse", "LiquidBulkTerminal", "MaritimeContainerTerminal"
]
Temperature = Literal["ambient", "refrigerated", "mixed"]
TransportUnit = Literal["tkm", "TEUkm"]
HubUnit = Literal["tonnes", "TEU"]


class Record(BaseModel):
    """A frozen record, written with the names of the specification: `toc_id` is `tocId`."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    def written(self) -> dict[str, object]:
        """As it is exchanged: unknown fields left out."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Feedstock(Record):
    """What an energy carrier is made from, and its part."""

    feedstock: FeedstockType
    feedstock_share: DecimalText | None = None
    region_provenance: str | None = None


class EnergyCarrier(Record):
    """An energy carrier with its emission factors, per its unit, and its part of the energy."""

    energy_carrier: Carrier
    feedstocks: tuple[Feedstock, ...] | None = None
    energy_consumption: DecimalText | None = None
    energy_consumption_unit: EnergyUnit | None = None
    emission_factor_wtw: DecimalText = Field(alias="emissionFactorWTW")
    emission_factor_ttw: DecimalText = Field(alias="emissionFactorTTW")
    relative_share: DecimalText


EnergyCarriers = Annotated[tuple[EnergyCarrier, ...], Field(min_length=1)]


class Location(Record):
    """A place."""

    street: str | None = None
    zip: str | None = None
    city: str
    country: Country
    iata: str | None = None
    locode: str | None = None
    uic: str | None = None
    lat: DecimalText | None = None
    lng: DecimalText | None = None


class Distance(Record):
    """The distance by GLEC: what was driven here."""

    actual: DecimalText


class Toc(Record):
    """Transport operation category: its intensities and energy carriers."""

    toc_id: str
    description: str | None = None
    mode: Mode
    load_factor: DecimalText | None = None
    empty_distance_factor: DecimalText | None = None
    temperature_control: Temperature | None = None
    energy_carriers: EnergyCarriers
    co2e_intensity_wtw: DecimalText = Field(alias="co2eIntensityWTW")
    co2e_intensity_ttw: DecimalText = Field(alias="co2eIntensityTTW")
    transport_activity_unit: TransportUnit


class Hoc(Record):
    """Hub operation category."""

    hoc_id: str
    description: str | None = None
    hub_type: HubType
    temperature_control: Temperature | None = None
    hub_location: Location | None = None
    energy_carriers: EnergyCarriers
    co2e_intensity_wtw: DecimalText = Field(alias="co2eIntensityWTW")
    co2e_intensity_ttw: DecimalText = Field(alias="co2eIntensityTTW")
    hub_activity_unit: HubUnit


class Tce(Record):
    """Transport chain element: one leg of a shipment, or its handling in a hub."""

    tce_id: str
    prev_tce_ids: tuple[str, ...]
    toc_id: str | None = None
    hoc_id: str | None = None
    shipment_id: str
    consignment_id: str | None = None
    mass: DecimalText
    distance: Distance
    origin: Location | None = None
    destination: Location | None = None
    transport_activity: DecimalText
    departure_at: Instant | None = None
    arrival_at: Instant | None = None
    co2e_wtw: DecimalText = Field(alias="co2eWTW")
    co2e_ttw: DecimalText = Field(alias="co2eTTW")


class ShipmentFootprint(Record):
    """A shipment's elements, in their order."""

    mass: DecimalText
    shipment_id: str
    tces: Annotated[tuple[Tce, ...], Field(min_length=1)]


class Tad(Record):
    """Transport activity data: what was carried where, without emissions."""

    activity_id: str
    consignment_ids: tuple[str, ...]
    distance: Distance
    mass: DecimalText | None = None
    load_factor: DecimalText | None = None
    empty_distance_factor: DecimalText | None = None
    origin: Location
    destination: Location
    departure_at: Instant
    arrival_at: Instant
    mode: Mode
    energy_carriers: EnergyCarriers | None = None
    temperature_control: Literal["ambient", "refrigerated"] | None = None
