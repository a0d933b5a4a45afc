"""Zips that want to write elsewhere, or to fill the disk."""

from __future__ import annotations

import io
import stat
import zipfile
from typing import TYPE_CHECKING

import pytest

from cet.oracle.service.errors import BadUpload, ServiceError, TooLarge
from cet.oracle.service.packing import pack
from cet.oracle.service.unpacking import kind_of, unpack
from package_folders import write_package

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

INVENTORY = {"inventory.toml": b"[inventory]"}


def zipped(entries: Mapping[str, bytes], mode: int = stat.S_IFREG | 0o644) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return written.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil", "/etc/evil", "a/../../evil", "..\\evil", "C:\\evil", "C:evil", "a/./../../../evil"],
)
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(BadUpload, match="leads outside"):
        unpack(zipped({**INVENTORY, name: b"x"}), "zip", folder)
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_links_doubles_and_files_as_folders_are_refused(tmp_path: Path) -> None:
    cases = [
        zipped({"inventory.toml": b"/etc/passwd"}, stat.S_IFLNK | 0o777),
        zipped({**INVENTORY, "Inventory.toml": b"x"}),
        zipped({**INVENTORY, "a": b"x", "a/b": b"y"}),
        zipped({**INVENTORY, "x/inventory.toml": b"y"}),
        zipped({**INVENTORY, "n" * 300: b"y"}),
        zipped(INVENTORY)[:-30],
    ]
    for number, content in enumerate(cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        with pytest.raises(BadUpload):
            unpack(content, "zip", folder)


def test_bombs_are_stopped_while_they_unpack(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="absurd"):
        unpack(zipped({**INVENTORY, "activities.csv": bytes(20 << 20)}), "zip", tmp_path)
    with pytest.raises(TooLarge, match="absurd"):
        unpack(zipped({"b/inventory.toml": b"", "b/big": bytes(range(256)) * 40}), "zip", tmp_path, 10_000)


def test_a_packed_folder_unpacks_to_the_same_package(tmp_path: Path) -> None:
    package = write_package(tmp_path / "package")
    content = pack(package)
    assert (kind_of(content), pack(package)) == ("zip", content)
    for number, form in enumerate(
        (content, zipped({f"top/{f.name}": f.read_bytes() for f in package.iterdir()}))
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        there = unpack(form, kind_of(form), folder)
        assert {f.name: f.read_bytes() for f in there.iterdir()} == {
            f.name: f.read_bytes() for f in package.iterdir()
        }
    (package / "link").symlink_to("/etc/passwd")
    with pytest.raises(ServiceError, match="is a link"):
        pack(package)
