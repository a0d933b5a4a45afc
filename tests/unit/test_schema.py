"""The shipped JSON Schemas are those of the models, and every package of ours is valid under them."""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from cet.inventory.columns import columns
from cet.inventory.fields import FACTOR_SECTIONS, fields_of
from cet.inventory.rows import COLUMNS
from cet.inventory.schema import SCHEMAS, schema_text, shipped
from cet.inventory.settings import SECTIONS

ROOT = Path(__file__).parents[2]
PACKAGES = [
    ROOT / "tests/broken_packages/base",
    *sorted(path.parent for path in (ROOT / "examples").glob("*/inventory.toml")),
]


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = SCHEMAS[name]()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())


def plain(data: Any) -> Any:
    """TOML's dates as JSON has them."""
    if isinstance(data, dict):
        return {name: plain(value) for name, value in data.items()}
    if isinstance(data, list):
        return [plain(value) for value in data]
    return data.isoformat() if isinstance(data, dt.date) else data


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_the_models(name: str) -> None:
    """`cet inventory schema NAME > src/cet/data/schema/NAME.json` puts them in step again."""
    assert shipped(name) == schema_text(name)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_our_packages_are_valid(package: Path) -> None:
    for name in ("inventory", "factors"):
        validator(name).validate(plain(tomllib.loads((package / f"{name}.toml").read_text(encoding="utf-8"))))
    with (package / "activities.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            validator("activity").validate(row)


@pytest.mark.parametrize(
    "pack", sorted((ROOT / "src/cet/factors/packs").glob("*.toml")), ids=lambda path: path.stem
)
def test_the_starter_packs_are_valid(pack: Path) -> None:
    validator("factors").validate(plain(tomllib.loads(pack.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('gwp = "AR5"', 'gwp = "SAR"'),
        ('"operational-control"', '"control"'),
        ("start = 2023-01-01", 'start = "last year"'),
        ('id = "works"', 'id = "the works"'),
        ('category = "3.1"', 'category = "3.16"'),
        ('quantity = "400"', "quantity = 400"),
        ('unit = "MWh"', 'units = "MWh"'),
        ('country = "US"', ""),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(before: str, after: str) -> None:
    text = (ROOT / "tests/broken_packages/base/inventory.toml").read_text(encoding="utf-8")
    assert text.count(before) == 1
    with pytest.raises(jsonschema.ValidationError):
        validator("inventory").validate(plain(tomllib.loads(text.replace(before, after))))


def test_every_column_and_field_says_what_it_is_for() -> None:
    assert tuple(column.name for column in columns()) == COLUMNS
    assert [column.name for column in columns() if not column.meaning] == []
    models = [section.model for section in (*SECTIONS.values(), *FACTOR_SECTIONS.values())]
    assert [
        (model.__name__, field.path) for model in models for field in fields_of(model) if not field.meaning
    ] == []
