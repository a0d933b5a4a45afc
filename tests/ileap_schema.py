"""The published JSON Schemas of iLEAP (SINE Foundation and Smart Freight Centre, iLEAP Technical Specifications, data model extension
of PACT: TOC, HOC, ShipmentFootprint, TAD), written down by hand as their facts: each record's fields, `!` where one is required, and
what each holds. Where the published schemas allow further fields these allow none, so that a misspelt name is found.
"""

from __future__ import annotations

from typing import Any

WORDS: dict[str, str] = {
    "TransportMode": "Road|Rail|Air|Sea|InlandWaterway",
    "TemperatureControl": "ambient|refrigerated|mixed",
    "TadTempControl": "ambient|refrigerated",
    "TruckLoadingSequence": "LTL|FTL",
    "AirShippingOption": "belly freight|freighter",
    "FlightLength": "short-haul|long-haul",
    "Certification": "ISO14083:2023|GLECv2|GLECv3|GLECv3.1",
    "EnergyCarrierType": "Diesel|HVO|Petrol|CNG|LNG|LPG|HFO|MGO|Aviation fuel|Hydrogen|Methanol|Electric",
    "FeedstockType": "Fossil|Natural gas|Grid|Renewable electricity|Cooking oil",
    "EnergyConsumptionUnit": "l|kg|kWh|MJ",
    "TransportActivityUnit": "TEUkm|tkm",
    "HubType": "Transshipment|StorageAndTransshipment|Warehouse|LiquidBulkTerminal|MaritimeContainerTerminal",
    "HubActivityUnit": "TEU|tonnes",
    "PackagingOrTrEqType": "Box|Pallet|Container-TEU|Container-FEU|Container",
    "Incoterms": "EXW|FCA|CPT|CIP|DAP|DPU|DDP|FAS|FOB|CFR|CIF",
}
TEXTS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "moment": {"type": "string", "format": "date-time"},
    "count": {"type": "integer", "minimum": 0},
    "Decimal": {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"},
    "PositiveDecimal": {"type": "string", "pattern": r"^\d+(\.\d+)?$"},
    "ISO3166CC": {"type": "string", "pattern": "^[A-Z]{2}$"},
}
RECORDS: dict[str, str] = {
    "TOC": "tocId!:text certifications:[Certification description:text mode!:TransportMode loadFactor:text "
    "emptyDistanceFactor:text temperatureControl:TemperatureControl truckLoadingSequence:TruckLoadingSequence "
    "airShippingOption:AirShippingOption flightLength:FlightLength energyCarriers!:[EnergyCarrier co2eIntensityWTW!:Decimal "
    "co2eIntensityTTW!:Decimal transportActivityUnit!:TransportActivityUnit",
    "HOC": "hocId!:text description:text certifications:[Certification hubType!:HubType temperatureControl:TemperatureControl "
    "hubLocation:Location inboundTransportMode:TransportMode outboundTransportMode:TransportMode "
    "packagingOrTrEqType:PackagingOrTrEqType packagingOrTrEqAmount:count energyCarriers!:[EnergyCarrier "
    "co2eIntensityWTW!:Decimal co2eIntensityTTW!:Decimal hubActivityUnit!:HubActivityUnit",
    "ShipmentFootprint": "mass!:text volume:text shipmentId!:text tces!:[TCE",
    "TCE": "tceId!:text prevTceIds:[text tocId:text hocId:text shipmentId!:text consignmentId:text mass!:Decimal "
    "packagingOrTrEqType:PackagingOrTrEqType packagingOrTrEqAmount:PositiveDecimal distance!:GlecDistance origin:Location "
    "destination:Location transportActivity!:Decimal departureAt:moment arrivalAt:moment flightNo:text voyageNo:text "
    "incoterms:Incoterms co2eWTW!:Decimal co2eTTW!:Decimal noxTTW:Decimal soxTTW:Decimal ch4TTW:Decimal pmTTW:Decimal",
    "TAD": "activityId!:text consignmentIds!:[text distance!:GlecDistance mass:Decimal loadFactor:Decimal "
    "emptyDistanceFactor:Decimal origin!:Location destination!:Location departureAt!:moment arrivalAt!:moment "
    "mode!:TransportMode packagingOrTrEqType:PackagingOrTrEqType packagingOrTrEqAmount:count energyCarriers:[EnergyCarrier "
    "temperatureControl:TadTempControl",
    "EnergyCarrier": "energyCarrier!:EnergyCarrierType feedstocks:[Feedstock energyConsumption:Decimal "
    "energyConsumptionUnit:EnergyConsumptionUnit emissionFactorWTW!:Decimal emissionFactorTTW!:Decimal relativeShare!:Decimal",
    "Feedstock": "feedstock!:FeedstockType feedstockShare:Decimal regionProvenance:text",
    "Location": "street:text zip:text city!:text country!:ISO3166CC iata:text locode:text uic:text lat:Decimal lng:Decimal",
    "GlecDistance": "actual:Decimal gcd:Decimal sfd:Decimal",
}
MAY_BE_EMPTY = ("text", "Feedstock")
"""What lists of may be empty: the specification calls those of categories, certifications and elements non-empty."""


def schema(record: str) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a record."""
    definitions: dict[str, Any] = {
        name: {"type": "string", "enum": words.split("|")} for name, words in WORDS.items()
    }
    definitions |= TEXTS | {name: _object(fields) for name, fields in RECORDS.items()}
    definitions["GlecDistance"]["minProperties"] = 1
    draft = "http://json-schema.org/draft-07/schema#"
    return {"$schema": draft, "$ref": f"#/definitions/{record}", "definitions": definitions}


def _object(fields: str) -> dict[str, Any]:
    pairs = [field.split(":") for field in fields.split()]
    return {
        "type": "object",
        "required": [name.removesuffix("!") for name, _ in pairs if name.endswith("!")],
        "properties": {name.removesuffix("!"): _held(kind) for name, kind in pairs},
        "additionalProperties": False,
    }


def _held(kind: str) -> dict[str, Any]:
    if not kind.startswith("["):
        return {"$ref": f"#/definitions/{kind}"}
    least = 0 if kind[1:] in MAY_BE_EMPTY else 1
    return {"type": "array", "items": {"$ref": f"#/definitions/{kind[1:]}"}, "minItems": least}
