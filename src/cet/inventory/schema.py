"""The JSON Schemas of a package, made from the models that read it; templates and workbooks are laid out by them too.

Shipped as `cet/data/schema/*.json`; a test holds them to the models. They say what can be said of one value at a time:
references, dates in their period, units that fit their factors are for `cet inventory check`.
"""

from __future__ import annotations

import json
from copy import deepcopy
from importlib import resources
from typing import TYPE_CHECKING, Any

from cet.factors.model import Factor, Pack
from cet.inventory.columns import ColumnKind, columns
from cet.inventory.settings import SECTIONS, Section

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]


def inventory_schema() -> Schema:
    """`inventory.toml`."""
    found = _document(
        "inventory.toml", "Who, when, which rules: the settings of an inventory package.", SECTIONS
    )
    found["required"] = ["inventory", "facility"]
    found["properties"]["facility"]["minItems"] = 1
    return found


def factors_schema() -> Schema:
    """`factors.toml`."""
    sections = {"pack": Section("pack", Pack, many=False), "factor": Section("factors", Factor)}
    found = _document(
        "factors.toml", "Emission factors of the package's own, with their provenance.", sections
    )
    factor = found["$defs"]["Factor"]
    del factor["properties"]["pack"]
    factor["required"].remove("pack")
    found["required"] = ["pack", "factor"]
    found["properties"]["factor"]["minItems"] = 1
    return found


def activity_schema() -> Schema:
    """A row of `activities.csv`, `activities.parquet` or the sheet `activities`: every cell as text."""
    properties: Schema = {}
    for column in columns():
        said: Schema = {"type": "string", "description": column.meaning}
        if column.example:
            said["examples"] = [column.example]
        if column.choices:
            said["enum"] = [*([] if column.required else [""]), *column.choices]
        if column.kind is ColumnKind.DATE:
            said["pattern"] = r"^(\d{4}-\d{2}-\d{2})?$"
        if column.required:
            said["minLength"] = 1
        properties[column.name] = said
    return {
        "$schema": DIALECT,
        "title": "activity line",
        "description": "One activity line of an inventory package; empty optional cells are empty text or left out.",
        "type": "object",
        "properties": properties,
        "required": [column.name for column in columns() if column.required],
        "additionalProperties": False,
    }


SCHEMAS = {"inventory": inventory_schema, "factors": factors_schema, "activity": activity_schema}
"""Every schema by its name."""


def schema_text(name: str) -> str:
    """The schema as it is shipped."""
    return json.dumps(SCHEMAS[name](), indent=2, ensure_ascii=False) + "\n"


def shipped(name: str) -> str:
    """The text of the shipped file."""
    return (resources.files("cet") / "data" / "schema" / f"{name}.json").read_text(encoding="utf-8")


def model_schema(model: type[BaseModel]) -> Schema:
    """One model's schema, references resolved in place."""
    schema = model.model_json_schema(mode="validation")
    resolved: Schema = _resolved(schema, schema.get("$defs", {}))
    return resolved


def _resolved(schema: Any, definitions: Schema) -> Any:
    if isinstance(schema, list):
        return [_resolved(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        return {**_resolved(target, definitions), **{k: v for k, v in schema.items() if k != "$ref"}}
    return {key: _resolved(value, definitions) for key, value in schema.items() if key != "$defs"}


def _document(title: str, description: str, sections: dict[str, Section]) -> Schema:
    definitions: Schema = {}
    properties: Schema = {}
    for name, section in sections.items():
        schema = section.model.model_json_schema(mode="validation", ref_template="#/$defs/{model}")
        definitions.update(deepcopy(schema.pop("$defs", {})))
        definitions[section.model.__name__] = schema
        reference = {"$ref": f"#/$defs/{section.model.__name__}"}
        properties[name] = {"type": "array", "items": reference} if section.many else reference
    return {
        "$schema": DIALECT,
        "title": title,
        "description": description,
        "type": "object",
        "properties": properties,
        "required": [],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }
