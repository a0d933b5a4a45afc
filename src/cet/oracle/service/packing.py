"""A package as it is handed in: its .xlsx, or its folder as a zip, the same bytes for the same files."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from cet.oracle.service.errors import BadUpload

if TYPE_CHECKING:
    from pathlib import Path


def pack(package: Path) -> bytes:
    """Raises BadUpload for links, which would name files of this machine, and for what is neither file nor folder."""
    if package.is_file():
        return package.read_bytes()
    if not package.is_dir():
        raise BadUpload(f"no package {package}", "name a package's folder or .xlsx")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(package.rglob("*")):
            if path.is_symlink():
                raise BadUpload(f"{path} is a link", "put the file itself into the package")
            if path.is_file():
                name = path.relative_to(package).as_posix()
                entry = zipfile.ZipInfo(name)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())
    return written.getvalue()
