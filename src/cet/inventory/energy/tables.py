"""Parts of the settings that a folder may hold as a table of its own: `certificates.csv`, `consumption.csv`, `logistics_claims.csv`.

Each column is a field of the part, each row an entry, `;` separates several values; findings name file, row and column.
"""

from __future__ import annotations

import csv
import difflib
from typing import TYPE_CHECKING, Any

from cet.errors import Finding
from cet.inventory.fields import fields_of, section_of, typed_value
from cet.inventory.folder import locate
from cet.inventory.origin import SheetPlaces
from cet.texts import read_text

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory.fields import Field

TABLES = {
    "certificate": "certificates.csv",
    "consumption": "consumption.csv",
    "logistics_claim": "logistics_claims.csv",
}
"""The file of a part."""

MAX_ROWS = 1_000_000

Entries = list[dict[str, Any]]


def read_tables(folder: Path, data: dict[str, Any]) -> tuple[dict[str, SheetPlaces], list[Finding]]:
    """Adds the tables' entries to the settings' data; where they stand, and everything wrong with them as tables."""
    places: dict[str, SheetPlaces] = {}
    findings: list[Finding] = []
    for part, name in TABLES.items():
        if not (folder / name).exists() and not (folder / name).is_symlink():
            continue
        if part in data:
            findings.append(
                Finding(name, 0, "", "", f"beside [[{part}]] in inventory.toml", "keep one of the two")
            )
            continue
        entries, places[part], problems = _read(folder, part, name)
        findings += problems
        if not problems:
            data[part] = entries
    return places, findings


def _read(folder: Path, part: str, name: str) -> tuple[Entries, SheetPlaces, list[Finding]]:
    path, findings = locate(folder, name)
    text = ""
    if path is not None:
        text, findings = read_text(path)
    section = section_of(part)
    if findings or section is None:
        return [], SheetPlaces(), findings
    fields = {field.path: field for field in fields_of(section.model)}
    rows = csv.reader(text.splitlines(keepends=True), strict=True)
    entries: Entries = []
    places: dict[str, int] = {}
    try:
        header = next(rows, [])
        if findings := _header(name, header, fields):
            return [], SheetPlaces(), findings
        for row, cells in enumerate(rows, start=2):
            if not cells:
                continue
            if len(cells) != len(header):
                problem = f"{len(cells)} cells under {len(header)} columns"
                findings.append(
                    Finding(name, row, "", "", problem, "quote cells that hold commas; leave no cell out")
                )
                continue
            entries.append(_entry(dict(zip(header, cells, strict=True)), fields))
            places[str(len(entries))] = row
            if len(entries) > MAX_ROWS:
                findings.append(Finding(name, 0, "", "", f"more than {MAX_ROWS:,} rows", "add rows up"))
                break
    except csv.Error as error:
        findings.append(Finding(name, rows.line_num, "", "", f"not CSV: {error}", "close every quote"))
    return entries, SheetPlaces(places), findings


def _header(name: str, header: list[str], fields: dict[str, Field]) -> list[Finding]:
    if not header:
        return [Finding(name, 0, "", "", "empty", "write the header and one row per entry")]
    findings = [
        Finding(name, 1, one[:80], "", "column twice", "keep one")
        for one in sorted({one for one in header if header.count(one) > 1})
    ]
    for one in header:
        if one not in fields:
            near = difflib.get_close_matches(one.strip().lower(), fields, n=1, cutoff=0.8)
            remedy = f"rename it to {near[0]}" if near else f"the columns are {', '.join(fields)}"
            findings.append(Finding(name, 1, one[:80], "", "unknown column", remedy))
    findings += [
        Finding(name, 1, field.path, "", "column missing", f"add the column {field.path}")
        for field in fields.values()
        if field.required and field.path not in header
    ]
    return findings


def _entry(cells: dict[str, str], fields: dict[str, Field]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for name, text in cells.items():
        field = fields[name]
        if not text.strip():
            continue
        if field.many:
            entry[name] = [typed_value(one.strip(), field.kind) for one in text.split(";")]
        else:
            entry[name] = typed_value(text, field.kind)
    return entry
