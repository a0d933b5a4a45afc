"""Packs on disk: one TOML file each, never overwritten with another content; and the trail of changes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import FactorError, Finding, PackageError
from cet.factors.changes import changes, extended, read_trail, trail_text
from cet.factors.editions import natural
from cet.factors.reading import FactorPack, examine_pack
from cet.factors.store import FactorStore
from cet.files import write_whole

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from cet.factors.changes import Change, Entry

TRAIL = "changes.jsonl"
MAX_PACK_BYTES = 64 << 20


def read_pack_file(path: Path) -> FactorPack:
    """The pack in a file. Raises PackageError with everything wrong, OSError where it can't be read."""
    if path.stat().st_size > MAX_PACK_BYTES:
        problem, remedy = f"larger than {MAX_PACK_BYTES >> 20} MiB", "split it, or remove what is not used"
        raise PackageError([Finding(path.name, 0, "", "", problem, remedy)])
    try:
        text = path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        raise PackageError([Finding(path.name, 0, "", "", "not UTF-8", "save it as UTF-8 text")]) from error
    pack, factors, findings = examine_pack(text, path.name)
    if findings or pack is None:
        raise PackageError(findings)
    return FactorPack(pack, factors)


def packs_in(folder: Path) -> tuple[FactorPack, ...]:
    """Every pack of a folder, by name of file. Raises PackageError with everything wrong in any of them."""
    if not folder.is_dir():
        raise FactorError(f"no folder {folder}", "give the folder that `cet factors import --out` wrote")
    packs: list[FactorPack] = []
    findings: list[Finding] = []
    for file in sorted(folder.glob("*.toml")):
        try:
            packs.append(read_pack_file(file))
        except PackageError as error:
            findings += error.findings
    if findings:
        raise PackageError(findings)
    return tuple(packs)


def store_with(folders: Iterable[Path]) -> FactorStore:
    """The starter packs and those of the folders. Raises PackageError and FactorError."""
    return FactorStore.default().with_packs(pack for folder in folders for pack in packs_in(folder))


def trail_of(folder: Path) -> tuple[Entry, ...]:
    """The folder's trail of changes, empty where there is none. Raises FactorError where it is not what was recorded."""
    trail = folder / TRAIL
    if not trail.exists():
        return ()
    try:
        text = trail.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FactorError(f"{trail} is not UTF-8", "restore the file from a copy") from error
    return read_trail(text, trail.name)


def older_edition(pack: FactorPack, others: Iterable[FactorPack]) -> FactorPack | None:
    """The newest other edition of the same document by the same publisher; None where there is none."""
    mine = (pack.pack.publisher, pack.pack.document)
    same = [
        other
        for other in others
        if other.pack.id != pack.pack.id and (other.pack.publisher, other.pack.document) == mine
    ]
    return max(same, key=lambda other: natural(other.pack.edition), default=None)


def add_pack(
    folder: Path, text: str, pack: FactorPack, date: dt.date, reason: str
) -> tuple[Path, FactorPack | None, tuple[Change, ...]]:
    """Writes a pack into a folder and what it changes into the folder's trail; older editions stay.

    Gives the file, the edition it was compared with, and the changes. An identical file is left as it is. Raises FactorError
    where a file of that name holds something else: a pack that was used is evidence and is never overwritten.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{pack.pack.id}.toml"
    if path.exists():
        if path.read_text(encoding="utf-8") == text:
            return path, None, ()
        raise FactorError(
            f"{path} is there and holds something else",
            "compare the two files: inventories may rest on the one that is there",
        )
    before = older_edition(pack, packs_in(folder))
    found = changes(before, pack) if before else ()
    trail, entries = folder / TRAIL, trail_of(folder)
    extra = extended(entries, found, date, reason)
    write_whole(path, text)
    if found:
        write_whole(trail, trail_text(extra))
    return path, before, found
