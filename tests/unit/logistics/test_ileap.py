"""iLEAP records of a book: the specification's names and types, figures that are the book's, and nothing invented."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from cet.cli import main
from cet.logistics import ileap
from cet.logistics.book_file import read_book
from cet.logistics.declaring import split_of
from cet.logistics.exchange import exchange
from cet.logistics.terms import LogisticsError, Mode
from ileap_schema import schema

EXAMPLES = Path(__file__).parents[3] / "examples"
CARRIER_A = EXAMPLES / "logistics-carrier-a" / "book.toml"
ROAD = EXAMPLES / "logistics-road-lsp" / "book.toml"

MODELS: dict[type[ileap.Record], str] = {
    ileap.Toc: "TOC",
    ileap.Hoc: "HOC",
    ileap.Tce: "TCE",
    ileap.ShipmentFootprint: "ShipmentFootprint",
    ileap.Tad: "TAD",
    ileap.EnergyCarrier: "EnergyCarrier",
    ileap.Location: "Location",
    ileap.Feedstock: "Feedstock",
}
EXPORTED = {"tocs": "TOC", "hocs": "HOC", "shipmentFootprints": "ShipmentFootprint", "tads": "TAD"}
DECIMAL = re.compile(r"-?\d+(\.\d+)?")


def exported(book: Path = CARRIER_A) -> dict[str, Any]:
    found = CliRunner().invoke(
        main, ["logistics", "export-ileap", str(book), "--json"], catch_exceptions=False
    )
    assert found.exit_code == 0, found.output
    return json.loads(found.output)


def changed(tmp_path: Path, old: str, new: str, file: Path = CARRIER_A) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "book.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("record", list(MODELS))
def test_a_record_has_the_fields_that_the_specification_has(record: type[ileap.Record]) -> None:
    names = {field.alias or name for name, field in record.model_fields.items()}
    published = schema(MODELS[record])["definitions"][MODELS[record]]
    required = set(published["required"])
    assert required <= names <= set(published["properties"])
    assert {field.alias for field in record.model_fields.values() if field.is_required()} >= required


def faults(document: dict[str, Any]) -> list[str]:
    """What the published schemas say against an export."""
    formats = Draft7Validator.FORMAT_CHECKER
    return [
        f"{kind} {number}: {error.message}"
        for kind, name in EXPORTED.items()
        for number, record in enumerate(document[kind])
        for error in Draft7Validator(schema(name), format_checker=formats).iter_errors(record)
    ]


def test_every_exported_record_validates_against_the_published_schemas_and_numbers_are_text() -> None:
    document = exported()
    assert [len(document[kind]) for kind in EXPORTED] == [2, 1, 2, 2]
    assert faults(document) == []
    assert "null" not in json.dumps(document)
    for kind in EXPORTED:
        for record in document[kind]:
            for name, value in record.items():
                assert not isinstance(value, int | float), name
    for toc in document["tocs"]:
        assert DECIMAL.fullmatch(toc["co2eIntensityWTW"])


@pytest.mark.parametrize("name", list(EXPORTED.values()))
def test_the_schemas_are_schemas(name: str) -> None:
    Draft7Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("tocs", {"co2eIntensityWtw": "1"}),
        ("tocs", {"mode": "road"}),
        ("tocs", {"energyCarriers": []}),
        ("tocs", {"co2eIntensityTTW": "1e-3"}),
        ("tocs", {"transportActivityUnit": "t-km"}),
        ("hocs", {"hubLocation": {"city": "Hanover", "country": "Germany"}}),
        ("hocs", {"hubType": None}),
        ("shipmentFootprints", {"tces": []}),
        ("tads", {"temperatureControl": "mixed"}),
        ("tads", {"distance": {}}),
        ("tads", {"origin": {"city": "Berlin"}}),
    ],
)
def test_the_schemas_find_what_is_wrong(kind: str, change: dict[str, Any]) -> None:
    document = exported()
    document[kind][0] |= change
    assert faults(document)


def test_a_lets_is_a_category_of_its_own_and_the_rest_has_the_non_lets_intensity() -> None:
    biogas, diesel = exported()["tocs"]
    assert (biogas["co2eIntensityWTW"], biogas["co2eIntensityTTW"]) == ("0.03", "0.002")
    assert "LETS biogas-2023" in biogas["description"]
    assert "towards sea" in biogas["description"]
    rest = split_of(read_book(CARRIER_A), "carrier-a", Mode.ROAD, 2023)[0].rest_intensity
    # mg per g-km are kg per t-km.
    assert Fraction(diesel["co2eIntensityWTW"]) == rest
    assert diesel["co2eIntensityWTW"] == "0.15"


def test_a_shipments_elements_are_activity_times_intensity_in_their_order() -> None:
    document = exported()
    intensity = {one.get("tocId", one.get("hocId")): one for one in (*document["tocs"], *document["hocs"])}
    for shipment in document["shipmentFootprints"]:
        before: list[str] = []
        for tce in shipment["tces"]:
            of = intensity[tce.get("tocId", tce.get("hocId"))]
            tonnes = Fraction(tce["mass"]) / 1000
            distance = Fraction(tce["distance"]["actual"])
            activity = tonnes if "hocId" in tce else tonnes * distance
            assert Fraction(tce["co2eWTW"]) == activity * Fraction(of["co2eIntensityWTW"])
            assert Fraction(tce["co2eTTW"]) == activity * Fraction(of["co2eIntensityTTW"])
            assert Fraction(tce["transportActivity"]) == (0 if "hocId" in tce else activity)
            assert tce["prevTceIds"] == before[-1:]
            before.append(tce["tceId"])


def test_what_cannot_be_said_is_left_out_with_the_reason() -> None:
    assert {one["id"] for one in exported()["leftOut"]} == {"handling", "berlin-amsterdam"}
    why = {
        one["id"]: one["reason"] for one in exported(EXAMPLES / "logistics-parcels" / "book.toml")["leftOut"]
    }
    assert "no category for road counted in item" in why["biogas-trucks"]
    road = exported(ROAD)
    assert {one["id"] for one in road["leftOut"]} == {"electric", "electric-again"}
    assert "add an [[operation]]" in road["leftOut"][0]["reason"]
    assert road["tocs"] == []
    told = CliRunner().invoke(main, ["logistics", "export-ileap", str(ROAD)], catch_exceptions=False).output
    assert "No record" in told
    assert "energy carriers" in told


def test_a_tank_to_wheel_part_that_nobody_said_is_never_zero(tmp_path: Path) -> None:
    """The source gives the electric trucks' well-to-wheel intensity alone."""
    operation = """
[[operation]]
id = "electric-trucks"
by = "carrier"
mode = "road"
year = 2023
lets = "electric"
energy = [{ carrier = "Electric", unit = "kWh", wtw_kg = "0.4", ttw_kg = "0" }]
"""
    path = tmp_path / "book.toml"
    path.write_text(ROAD.read_text(encoding="utf-8") + operation, encoding="utf-8")
    with pytest.raises(LogisticsError, match="no tank-to-wheel part"):
        exchange(read_book(path))
    said = changed(tmp_path, 'wtw_kg = "1200000"', 'wtw_kg = "1200000"\nttw_kg = "0"', path)
    (toc,) = exported(said)["tocs"]
    assert (toc["co2eIntensityWTW"], toc["co2eIntensityTTW"]) == ("0.08", "0")


def test_an_intensity_that_no_decimal_says_is_rounded_at_twelve_places(tmp_path: Path) -> None:
    toc = exported(changed(tmp_path, 'wtw_kg = "60000"', 'wtw_kg = "200000"\n# thirds'))["tocs"][0]
    assert toc["co2eIntensityWTW"] == "0.1"
    third = exported(changed(tmp_path, 'quantity = "2000000"', 'quantity = "1800000"'))["tocs"][0]
    assert third["co2eIntensityWTW"] == "0.033333333333"


REFUSED = [
    ('customer = "shipper-1"\nmass', 'customer = "shipper-2"\nmass', "exceed what it claimed"),
    ('quantity = "20", unit = "t"', 'quantity = "6000", unit = "t"', "exceed what it claimed"),
    ('lets = "biogas-2023"\nenergy', 'lets = "diesel"\nenergy', "no LETS of carrier-a"),
    ('lets = "biogas-2023"\nenergy', 'lets = "biogas-2023"\nwtw_kg = "0.01"\nenergy', "beside those of LETS"),
    ('ttw_kg = "0.115"\n', "", "give ttw_kg"),
    ('ttw_kg = "0.115"', 'ttw_kg = "0.2"', "tank-to-wheel above"),
    ('wtw_kg = "1.2"\n', "", "needs its own intensities"),
    ('hub = "Transshipment"\n', "", "without hub"),
    ('operation = "hub-hanover"', 'operation = "hub-hanover"\ndistance_km = "1"', "in a hub"),
    ('operation = "hub-hanover"', 'operation = "hub"', "no operation"),
    ('distance_km = "656"', 'distance_km = "0"', "missing"),
    ('ttw_kg = "0.06" }', 'ttw_kg = "0.06", share = "0.5" }', "shares"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "why"), REFUSED)
def test_operations_and_shipments_never_contradict_the_book(
    tmp_path: Path, old: str, new: str, why: str
) -> None:
    """Who did not claim a LETS, or not as much, is never shown at its intensity."""
    with pytest.raises(LogisticsError, match=re.escape(why)):
        exchange(read_book(changed(tmp_path, old, new)))


def test_the_command_writes_a_file_and_tells_people(tmp_path: Path) -> None:
    out = tmp_path / "ileap.json"
    words = ["logistics", "export-ileap", str(CARRIER_A), "--out", str(out)]
    told = CliRunner().invoke(main, words, catch_exceptions=False).output
    assert "853.3" in told
    assert "activity data are of transport" in told
    assert json.loads(out.read_text(encoding="utf-8")) == exported()
