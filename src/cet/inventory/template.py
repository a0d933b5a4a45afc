"""A new package to fill in, as a folder or a workbook: every part, field and column explained by the models themselves.

Empty, it lacks what only its owner knows and `check` says just that; as an example it is sound. The salt is drawn by the
caller. What is written appears whole or not at all, and replaces nothing.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cet.errors import ExplainedError
from cet.factors import FactorStore
from cet.inventory.columns import ColumnKind, columns
from cet.inventory.fields import FACTOR_SECTIONS, Field, fields_of, summary_of
from cet.inventory.folder import ACTIVITIES, FACTORS, INVENTORY
from cet.inventory.settings import SECTIONS, Section
from cet.inventory.workbook.writing import write_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE_PARTS = ("inventory", "facility", "output", "exclusion", "note", "evidence")
"""The parts an example fills in; the others it explains."""

_EVIDENCE = b"Gas bill, January to December 2023: 1,200 mmBtu.\n"
_WIDTH = 28


class TemplateError(ExplainedError):
    """A package that can't be written where it was asked for."""


def new_package(path: Path, salt: bytes, *, workbook: bool = False, example: bool = False) -> None:
    """Writes a package at `path`, which must not exist yet. Raises TemplateError, OSError."""
    if workbook != (path.suffix.lower() == ".xlsx"):
        remedy = "name a workbook with --workbook and .xlsx, a folder without"
        raise TemplateError(
            f"{path.name}: {'not named .xlsx' if workbook else 'a folder named as a workbook'}", remedy
        )
    taken = [path, *([path.parent / "evidence"] if workbook and example else [])]
    for one in taken:
        if one.exists() or one.is_symlink():
            raise TemplateError(f"{one} is there already", "give a new name; nothing is overwritten")
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".cet-new-", dir=path.parent))
    try:
        made = scratch / path.name
        (_write_workbook if workbook else _write_folder)(made, salt, example=example)
        if workbook and example:
            (scratch / "evidence").rename(path.parent / "evidence")
        made.rename(path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def settings_template(salt: bytes, *, example: bool = False) -> str:
    """The text of inventory.toml: filled in for an example, else with everything but the salt left to be filled in."""
    lines = [
        "# An inventory package. Take the # from what you need and fill it in; docs/inventory-package.md says more.",
        "# `cet inventory check` lists everything that is missing or wrong, with what would be right.",
    ]
    for name, section in SECTIONS.items():
        lines += ["", *_part(name, section, salt, example=example)]
    lines += ["", f"# ---- {ACTIVITIES} (or activities.parquet): one row per activity line", "#"]
    for column in columns():
        optional = "" if column.required else " (optional)"
        lines.append(f"#   {column.name:<{_WIDTH}} {column.meaning}{optional}".rstrip())
    lines += ["", f"# ---- {FACTORS} (optional): emission factors of your own", "#"]
    for name, section in FACTOR_SECTIONS.items():
        head = f"[[{name}]]" if section.many else f"[{name}]"
        lines.append(f"#   {head} {summary_of(section.model)}")
        lines += [
            f"#     {field.path:<{_WIDTH - 2}} {_said(field)}".rstrip() for field in fields_of(section.model)
        ]
    return "\n".join(lines) + "\n"


def example_settings(salt: bytes) -> dict[str, Any]:
    """What the example's inventory.toml holds: the examples of the models' fields."""
    found: dict[str, Any] = {}
    for name in EXAMPLE_PARTS:
        section = SECTIONS[name]
        entry = _example_of(section, salt)
        found[name] = [entry] if section.many else entry
    return found


def example_factors() -> dict[str, Any]:
    """A pack with a factor for each line, as the US EPA publishes them (GHG Emission Factors Hub, 2024-06)."""
    diesel = _example_of(FACTOR_SECTIONS["factor"], b"")
    gas = {
        **diesel,
        "id": "own/natural-gas",
        "name": "Natural gas, stationary combustion",
        "table": "Table 1",
        "per": "mmBtu",
        "gases": {"CO2": "53.06", "CH4": "0.001", "N2O": "0.0001"},
    }
    grid = {
        **diesel,
        "id": "own/grid",
        "name": "US average grid",
        "table": "Table 6",
        "per": "MWh",
        "mass": "lb",
        "kind": "grid",
        "gases": {"CO2": "823.149", "CH4": "0.066", "N2O": "0.009"},
    }
    return {"pack": _example_of(FACTOR_SECTIONS["pack"], b""), "factor": [diesel, gas, grid]}


def example_rows() -> list[dict[str, str]]:
    """Three lines: fuel in a fleet, fuel in a boiler with its bill, and power."""
    first = {one.name: one.example for one in columns() if one.required or one.name == "share"}
    gas = {
        "id": "boiler-gas",
        "category": "stationary",
        "source": "Boiler gas",
        "quantity": "1200",
        "unit": "mmBtu",
    }
    power = {
        "id": "power",
        "scope": "2",
        "category": "electricity",
        "source": "Metered power",
        "quantity": "84000",
    }
    return [
        first,
        {**first, **gas, "share": "", "factor": "own/natural-gas", "evidence": _evidence_name()},
        {**first, **power, "share": "", "unit": "kWh", "factor": "own/grid"},
    ]


def _evidence_name() -> str:
    return str(next(field.example for field in fields_of(SECTIONS["evidence"].model) if field.path == "file"))


def _part(name: str, section: Section, salt: bytes, *, example: bool) -> list[str]:
    """A part of inventory.toml, each field with what it is for; commented out where it is to be filled in."""
    filled = example and name in EXAMPLE_PARTS
    explained = _example_of(section, salt, optional=True)
    entry = _example_of(section, salt)
    head = f"[[{name}]]" if section.many else f"[{name}]"
    mark = "" if filled or name == "inventory" else "# "
    lines = [f"# ---- {summary_of(section.model)}", mark + head]
    for path, fields in _by_first_step(section).items():
        given = entry.get(path, explained.get(path))
        said = "; ".join(dict.fromkeys(text for text in map(_said, fields) if text))
        if given is None:
            lines.append(f"# {path} = …".ljust(_WIDTH) + f"  # {said}")
            continue
        hidden = mark or ("" if path == "salt" or (filled and path in entry) else "# ")
        lines.append(f"{hidden}{path} = {_toml(given)}".ljust(_WIDTH) + f"  # {said}")
    return lines


def _by_first_step(section: Section) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    for field in fields_of(section.model):
        found.setdefault(field.path.partition(".")[0], []).append(field)
    return found


def _said(field: Field) -> str:
    choices = f": {' | '.join(field.choices)}" if 1 < len(field.choices) <= 8 else ""
    return f"{field.meaning}{choices}{'' if field.required else ' (optional)'}"


def _example_of(section: Section, salt: bytes, *, optional: bool = False) -> dict[str, Any]:
    """The examples of a part's fields: of those that must be there, or of all."""
    entry: dict[str, Any] = {}
    for field in fields_of(section.model):
        value = field.example
        if field.path == "salt":
            value = "0x" + salt.hex()
        elif field.path == "sha256":
            value = hashlib.sha256(_EVIDENCE).hexdigest()
        if value is None or not (field.required or optional):
            continue
        if field.kind is ColumnKind.DATE and isinstance(value, str):
            value = dt.date.fromisoformat(value)
        inner = entry
        steps = field.path.split(".")
        for step in steps[:-1]:
            inner = inner.setdefault(step, {})
        inner[steps[-1]] = value
    return entry


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_toml(inner) for inner in value) + "]"
    if isinstance(value, int | dt.date):
        return str(value)
    return json.dumps(str(value), ensure_ascii=False)


def _write_folder(folder: Path, salt: bytes, *, example: bool) -> None:
    folder.mkdir()
    (folder / INVENTORY).write_text(settings_template(salt, example=example), encoding="utf-8")
    with (folder / ACTIVITIES).open("w", encoding="utf-8", newline="") as file:
        names = [column.name for column in columns()]
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(example_rows() if example else [])
    if example:
        (folder / FACTORS).write_text(_factors_text(example_factors()), encoding="utf-8")
        _write_evidence(folder)


def _write_workbook(path: Path, salt: bytes, *, example: bool) -> None:
    store = FactorStore.default()
    if example:
        write_workbook(path, example_settings(salt), example_factors(), example_rows(), store)
        _write_evidence(path.parent)
    else:
        write_workbook(path, {"inventory": {"salt": "0x" + salt.hex()}}, {}, [], store)


def _write_evidence(folder: Path) -> None:
    path = folder / _evidence_name()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_EVIDENCE)


def _factors_text(data: Mapping[str, Any]) -> str:
    lines = ["# Emission factors of the package's own; docs/factors.md explains every field."]
    for name, section in FACTOR_SECTIONS.items():
        entries = data[name] if section.many else [data[name]]
        for entry in entries:
            lines += ["", f"[[{name}]]" if section.many else f"[{name}]"]
            lines += [f"{key} = {_toml(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"
