"""The evidence files of a package with their hashes, as the package should declare them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cet.errors import Finding, PackageError
from cet.inventory.evidence import hash_evidence
from cet.inventory.folder import INVENTORY
from cet.inventory.package import open_folder

if TYPE_CHECKING:
    from pathlib import Path

_SAY = "Say what it shows"

Entry = dict[str, str]


def list_evidence(path: Path) -> list[Entry]:
    """An entry for every file in the package's folder `evidence` and every declared one that is there, hashed as it is.

    What the package says of a file already is kept. Raises PackageError when its settings can't be read at all.
    """
    opened = open_folder(path)
    if opened.settings is None:
        raise opened.broken()
    what = {}
    for one in opened.settings.said_of_evidence:
        if isinstance(one, dict) and isinstance(name := one.get("file"), str):
            said = one.get("what")
            what[name] = said if isinstance(said, str) and said.isprintable() else _SAY
    found = hash_evidence(path.parent if path.is_file() else path, what)
    return [{"file": name, "sha256": digest, "what": what.get(name, _SAY)} for name, digest in found.items()]


def as_rows(entries: list[Entry]) -> str:
    """The entries to be pasted into a sheet."""
    return "\n".join("\t".join(entry.values()) for entry in entries)


def as_toml(entries: list[Entry]) -> str:
    """The entries for inventory.toml."""
    return "\n\n".join(
        "\n".join(
            [
                "[[evidence]]",
                *(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()),
            ]
        )
        for entry in entries
    )


def write_hashes(folder: Path) -> tuple[int, int]:
    """Brings inventory.toml in step with the evidence: hashes that changed are replaced, entries that lack are added.

    Everything else in the file stays as it is. How many were replaced and how many added. Raises PackageError.
    """
    entries = list_evidence(folder)
    path = folder / INVENTORY
    text = before = path.read_text(encoding="utf-8")
    opened = open_folder(folder)
    declared = {
        one["file"]: one.get("sha256")
        for one in (opened.settings.said_of_evidence if opened.settings else [])
        if isinstance(one, dict) and isinstance(one.get("file"), str)
    }
    replaced, missing = 0, []
    for entry in entries:
        if entry["file"] not in declared:
            missing.append(entry)
            continue
        old = declared[entry["file"]]
        if old == entry["sha256"]:
            continue
        if not isinstance(old, str) or not old or text.count(f'"{old}"') != 1:
            found = f"the sha256 of {entry['file']} can't be replaced in the file"
            remedy = f'write sha256 = "{entry["sha256"]}"'
            raise PackageError([Finding(INVENTORY, 0, "evidence", "", found, remedy)])
        text = text.replace(f'"{old}"', f'"{entry["sha256"]}"')
        replaced += 1
    if missing:
        text = text.rstrip("\n") + "\n\n" + as_toml(missing) + "\n"
    if text != before:
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    return replaced, len(missing)
