"""Evidence files: what a line rests on (invoices, meter readings, certificates), held to the hashes the package declares.

A statement's document lists every evidence file with its SHA-256, and a line's canonical bytes repeat those it names, so
the Merkle root commits to them: a file altered afterwards no longer answers to the statement.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from cet.errors import Finding
from cet.factors.model import Frozen, Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

MAX_EVIDENCE_BYTES = 4 << 30
MAX_EVIDENCE_FILES = 10_000
EVIDENCE_FOLDER = "evidence"

FILE_PATTERN = r"[^\s./\\:*?\"<>|;=][^/\\:*?\"<>|;=\x00-\x1f\x7f]{0,150}"
"""One step of a path: no separators, nothing hidden, nothing a file system or a cell of file names would read otherwise."""

EVIDENCE_PATH = rf"^({FILE_PATTERN}/){{0,3}}{FILE_PATTERN}$"
_SHA256 = r"^[0-9a-f]{64}$"


def _path(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(EVIDENCE_PATH, value) or value != value.strip():
        raise ValueError(
            'not a file of the package; write its name, "evidence/bill.pdf": no path out of it, none of \\ : * ? " < > | ; ='
        )
    return value


def _sha256(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(_SHA256, value):
        raise ValueError(
            "not a SHA-256; write its 64 digits in small letters, or let `cet inventory evidence` write it"
        )
    return value


class Evidence(Frozen):
    """`[[evidence]]`: a file that activity lines rest on."""

    file: Annotated[
        str,
        BeforeValidator(_path),
        WithJsonSchema({"type": "string", "pattern": EVIDENCE_PATH}),
        Field(description="the file's name in the package", examples=["evidence/gas-bill.txt"]),
    ]
    sha256: Annotated[
        str,
        BeforeValidator(_sha256),
        WithJsonSchema({"type": "string", "pattern": _SHA256}),
        Field(description="its SHA-256, which `cet inventory evidence` writes"),
    ]
    what: Annotated[Words, Field(description="what it shows", examples=["Gas bill, January to December"])]


def examine_evidence(folder: Path, declared: Iterable[Evidence], file: str) -> list[Finding]:
    """What is wrong with the declared evidence: named twice, missing, no plain file of the folder, altered.

    `file` is where it is declared. Every file is read once, in constant memory.
    """
    findings: list[Finding] = []
    seen: set[str] = set()
    for number, one in enumerate(declared, start=1):
        place = f"evidence {number}"
        if number > MAX_EVIDENCE_FILES:
            problem, remedy = f"more than {MAX_EVIDENCE_FILES} files", "bind them together"
        elif one.file in seen:
            problem, remedy = "evidence declared twice", "declare every file once"
        else:
            seen.add(one.file)
            problem, remedy = _problem(folder, one)
        if problem:
            findings.append(Finding(file, 0, f"{place}.file", one.file[:80], problem, remedy))
        if number > MAX_EVIDENCE_FILES:
            break
    return findings


def hash_evidence(folder: Path, declared: Iterable[str] = ()) -> dict[str, str]:
    """SHA-256 by name of every file in the folder `evidence` and of those declared that are there, sorted by name."""
    names = {path.relative_to(folder).as_posix() for path in (folder / EVIDENCE_FOLDER).rglob("*")} | set(
        declared
    )
    fit = sorted(name for name in names if re.fullmatch(EVIDENCE_PATH, name))
    paths = {name: folder / name for name in fit}
    return {name: sha256_of(path) for name, path in paths.items() if path.is_file() and not path.is_symlink()}


def sha256_of(path: Path) -> str:
    """The file's SHA-256, as hexadecimal."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _problem(folder: Path, one: Evidence) -> tuple[str, str]:
    path = folder / one.file
    if any(part.is_symlink() for part in (path, *path.parents) if part != folder and folder in part.parents):
        return "a link, not a file", "put the file itself into the package"
    if not path.exists():
        return "missing", "put the file beside inventory.toml, or remove the entry"
    if not path.is_file():
        return "not a plain file", "put a plain file there"
    if path.stat().st_size > MAX_EVIDENCE_BYTES:
        return f"larger than {MAX_EVIDENCE_BYTES >> 30} GiB", "split it"
    if (found := sha256_of(path)) != one.sha256:
        remedy = "put the file back as it was, or declare the new one with `cet inventory evidence`"
        return f"altered: its SHA-256 is {found}", remedy
    return "", ""
