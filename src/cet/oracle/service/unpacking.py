"""An upload becomes a package on disk: a zip of a package folder unpacked with suspicion, or a workbook as it is.

Nothing the zip's directory says is trusted: entries are inflated in pieces and counted. Refused are absolute paths, `..`, drive
letters, links, encrypted entries, doubles, and what unpacks to absurd size.
"""

from __future__ import annotations

import errno
import io
import posixpath
import stat
import zipfile
import zlib
from typing import TYPE_CHECKING

from cet.inventory.folder import INVENTORY
from cet.oracle.service.errors import BadUpload, TooLarge

if TYPE_CHECKING:
    from pathlib import Path

ZIP, WORKBOOK = "zip", "xlsx"
MAX_UPLOAD_BYTES = 64 << 20
MAX_UNPACKED_BYTES = 2 << 30
MAX_ENTRIES = 10_000
MAX_RATIO = 400
"""A CSV of equal rows deflates to a hundredth; a bomb to a thousandth."""

_RATIO_FROM = 1 << 20
_CHUNK = 1 << 16
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_CONTENT_TYPES = "[Content_Types].xml"


def kind_of(content: bytes) -> str:
    """`zip` or `xlsx`. Raises BadUpload for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            names = opened.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise BadUpload(
            "neither a zip nor a workbook", "zip the package's folder, or send its .xlsx"
        ) from error
    if _CONTENT_TYPES in names:
        return WORKBOOK
    if any(posixpath.basename(name) == INVENTORY for name in names):
        return ZIP
    raise BadUpload(f"no {INVENTORY} in the zip", "zip a package's folder; `cet inventory new` makes one")


def unpack(content: bytes, kind: str, folder: Path, max_bytes: int = MAX_UNPACKED_BYTES) -> Path:
    """Writes the package into an empty folder; the path that `read_package` takes. Raises BadUpload, TooLarge."""
    if kind == WORKBOOK:
        path = folder / "package.xlsx"
        path.write_bytes(content)
        return path
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            return _unpack(opened, folder, max_bytes)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadUpload(f"a damaged zip ({error})", "zip the folder again") from error
    except OSError as error:
        if error.errno in _DISK:
            raise
        raise BadUpload(f"names that can't be written ({error.strerror})", "zip the folder again") from error


def _unpack(opened: zipfile.ZipFile, folder: Path, max_bytes: int) -> Path:
    entries = opened.infolist()
    if len(entries) > MAX_ENTRIES:
        raise TooLarge(f"{len(entries)} entries in the zip", f"at most {MAX_ENTRIES} are taken")
    root = folder.resolve()
    total = 0
    seen: set[str] = set()
    inventories = []
    for entry in entries:
        name = _checked_name(entry, seen)
        target = root / name
        if not target.resolve().is_relative_to(root):
            raise BadUpload(f"entry {name[:80]!r} leads outside", "zip the package's folder only")
        if entry.is_dir():
            target.mkdir(parents=True, exist_ok=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        total += _write(opened, entry, target, max_bytes - total)
        if target.name == INVENTORY:
            inventories.append(target.parent)
    if len(inventories) != 1:
        raise BadUpload(f"{len(inventories)} files {INVENTORY} in the zip", "one package a zip")
    return inventories[0]


def _checked_name(entry: zipfile.ZipInfo, seen: set[str]) -> str:
    name = entry.filename
    parts = name.replace("\\", "/").split("/")
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name or "\\" in name:
        raise BadUpload(f"entry {name[:80]!r} leads outside", "zip the package's folder only")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BadUpload(f"entry {name[:80]!r} is a link", "put the file itself into the package")
    if entry.flag_bits & 1:
        raise BadUpload("an encrypted zip", "zip it without a password")
    # As file systems that ignore case would see it.
    if name.lower() in seen:
        raise BadUpload(f"two entries {name[:80]!r}", "zip the folder again")
    seen.add(name.lower())
    return name


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    written = 0
    ratio = max(_RATIO_FROM, MAX_RATIO * entry.compress_size)
    with opened.open(entry) as source, target.open("xb") as sink:
        while piece := source.read(_CHUNK):
            written += len(piece)
            if written > left or written > ratio:
                raise TooLarge(
                    f"{entry.filename[:80]!r} unpacks to absurd size", "send what belongs to the package only"
                )
            sink.write(piece)
    return written
