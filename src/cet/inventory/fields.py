"""The fields of the settings' models as flat columns: what a sheet or a template has room for.

A nested field is one column with a dot (`period.start`); a mapping is any column that begins with its name (`gases.CO2`).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cet.factors.model import Factor, Pack
from cet.inventory.columns import ColumnKind
from cet.inventory.rows import is_date
from cet.inventory.schema import model_schema
from cet.inventory.settings import SECTIONS, Section

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cet.inventory.schema import Schema

_LONGEST_INTEGER = 10

FACTOR_SECTIONS = {"pack": Section("pack", Pack, many=False), "factor": Section("factors", Factor)}


@dataclass(frozen=True, slots=True)
class Field:
    """A field by its path. `mapping`: a column for each key; `many`: a list, written `a; b`; `example` as in the model."""

    path: str
    kind: ColumnKind
    required: bool
    meaning: str = ""
    example: Any = None
    choices: tuple[str, ...] = ()
    mapping: bool = False
    many: bool = False


def section_of(name: str) -> Section | None:
    """The part of the settings or factors of that name."""
    return SECTIONS.get(name) or FACTOR_SECTIONS.get(name)


@cache
def fields_of(model: type[BaseModel]) -> tuple[Field, ...]:
    """The model's fields, in order; a factor's pack is none of them, it stands in a part of its own."""
    schema = model_schema(model)
    return tuple(
        field for field in _flat(schema, "", required=True) if field.path.partition(".")[0] != "pack"
    )


def _flat(schema: Schema, prefix: str, *, required: bool) -> list[Field]:
    found: list[Field] = []
    needed = schema.get("required", [])
    for name, given in schema.get("properties", {}).items():
        said = _unwrapped(given)
        path, must = prefix + name, required and name in needed
        if "properties" in said:
            found += _flat(said, path + ".", required=must)
        else:
            found.append(_field(path, said, required=must))
    return found


def _field(path: str, said: Schema, *, required: bool) -> Field:
    types = said.get("type", "string")
    many = types == "array"
    inner = _unwrapped(said.get("items", {})) if many else said
    examples = said.get("examples", [None])
    choices = tuple(dict.fromkeys(str(one) for one in inner.get("enum", ()) if one is not None))
    mapping = types == "object"
    kind = _kind(said.get("additionalProperties", {}) if mapping else inner)
    return Field(
        path,
        kind,
        required,
        " ".join(said.get("description", "").split("\n\n")[0].split()),
        examples[0],
        choices,
        mapping,
        many,
    )


def _kind(said: Schema) -> ColumnKind:
    if said.get("format") == "date":
        return ColumnKind.DATE
    if said.get("type") == "boolean":
        return ColumnKind.BOOLEAN
    if said.get("type") == "integer":
        return ColumnKind.INTEGER
    return ColumnKind.NUMBER if said.get("format") == "decimal" else ColumnKind.TEXT


def _unwrapped(said: Schema) -> Schema:
    """An optional field's schema without its null."""
    options = [one for one in said.get("anyOf", []) if one.get("type") != "null"]
    return {**options[0], **{k: v for k, v in said.items() if k != "anyOf"}} if options else said


def asked(model: type[BaseModel], path: str) -> str:
    """What to add where the field at `path` is missing: what it is, what it may be or what it looks like."""
    fields = {field.path: field for field in fields_of(model)}
    if path not in fields:
        within = [name for name in fields if name.startswith(f"{path}.")]
        return (
            f"add it, with {' and '.join(name.removeprefix(f'{path}.') for name in within)}" if within else ""
        )
    field = fields[path]
    like = f": one of {', '.join(field.choices)}" if field.choices else ""
    if not like and isinstance(field.example, str):
        like = f', as "{field.example}"'
    return f"add it: {field.meaning}{like}" if field.meaning else ""


def typed_value(text: str, kind: ColumnKind) -> object:
    """What TOML would hold for a cell's text; text that is no such value stays as it is and is refused by its model."""
    if kind is ColumnKind.DATE and is_date(text):
        return dt.date.fromisoformat(text)
    if kind is ColumnKind.BOOLEAN and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind is ColumnKind.INTEGER and text.isascii() and text.isdigit() and len(text) < _LONGEST_INTEGER:
        return int(text)
    return text


def summary_of(model: type[BaseModel]) -> str:
    """What a part is for, from its model's docstring, without the name of the part."""
    first = " ".join((model.__doc__ or "").split("\n\n")[0].split())
    return re.sub(r"^`\[+\w+\]+`[:.] ?", "", first)
