"""An .xlsx file opened with suspicion: a zip of sane size whose parts are plain XML.

Nothing is unpacked to disk and nothing is trusted that the zip's directory says: parts are inflated in pieces, and a piece
too many ends the reading. XML with a document type (where entities are declared) is refused.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat

from cet.errors import ExplainedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

MAX_WORKBOOK_BYTES = 512 << 20
MAX_PART_BYTES = 4 << 30
MAX_STRINGS_BYTES = 256 << 20
MAX_SMALL_BYTES = 64 << 20
MAX_PARTS = 5_000
MAX_RATIO = 400
"""A sheet of equal rows deflates to a hundredth; a bomb to a thousandth."""

_RATIO_FROM = 1 << 20
_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0"
_MACROS = ("vbaproject.bin", "vbaprojectsignature.bin", "xl/macrosheets/", "xl/activex/", "xl/dialogsheets/")
_ELSEWHERE = ("xl/externallinks/", "xl/connections.xml", "xl/embeddings/", "customdata/")


class SheetError(ExplainedError):
    """A workbook, or a part of it, that can't be read."""


def _damaged(what: str) -> SheetError:
    return SheetError(
        f"damaged workbook: {what}", "open it in a spreadsheet program and save it again as .xlsx"
    )


def _absurd(part: str) -> SheetError:
    return SheetError(
        f"{part[:80]} unpacks to absurd size",
        "remove what is not used; big data belongs in a folder of files",
    )


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part points: its kind (the last word of its type) and the part's name in the zip."""

    kind: str
    target: str


class Container:
    """The parts of a workbook. Raises SheetError when the file is none or is absurd, OSError where it can't be opened."""

    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MAX_WORKBOOK_BYTES:
            raise SheetError(
                f"larger than {MAX_WORKBOOK_BYTES >> 20} MiB", "use a folder with activities.csv or .parquet"
            )
        with path.open("rb") as file:
            start = file.read(4)
        if start == _OLE:
            raise SheetError("encrypted, or the old .xls format", "save it without a password as .xlsx")
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
            raise SheetError("not an .xlsx workbook", "save it as .xlsx (Office Open XML)") from error
        try:
            self._parts = self._examined(self._zip.infolist())
        except SheetError:
            self._zip.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._zip.close()

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def refuse_active_content(self) -> None:
        """Raises SheetError for macros, and for links to other files and data sources."""
        for name in map(str.lower, self._parts):
            if any(mark in name for mark in _MACROS):
                raise SheetError("a workbook with macros", "save it as .xlsx, which holds none")
            if name.startswith(_ELSEWHERE):
                raise SheetError(
                    "links to other files or data sources",
                    "break the links, so that the values stand in the workbook",
                )

    def parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
        limit: int = MAX_PART_BYTES,
    ) -> Iterator[None]:
        """Feeds a part's XML to the handlers, in pieces, with local names; yields after each piece."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: start(
            name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        )
        parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            for piece in self._pieces(part, limit):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise _damaged(f"{part} is no XML (line {error.lineno})") from error
        yield

    def read(
        self, part: str, start: Callable[[str, dict[str, str]], None], limit: int = MAX_SMALL_BYTES
    ) -> None:
        """A small part's elements, one after the other."""
        for _ in self.parse(part, start, lambda _: None, lambda _: None, limit):
            pass

    def relations(self, part: str) -> Mapping[str, Relation]:
        """What a part points at, by relation id."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", name + ".rels")
        found: dict[str, Relation] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                absolute = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = Relation(kind, posixpath.normpath(absolute))

        if rels in self._parts:
            self.read(rels, start)
        return found

    def _pieces(self, part: str, limit: int) -> Iterator[bytes]:
        info = self._parts.get(part)
        if info is None:
            raise _damaged(f"it lacks {part}")
        total = 0
        try:
            with self._zip.open(info) as opened:
                while piece := opened.read(_CHUNK):
                    total += len(piece)
                    if total > limit or (
                        total > _RATIO_FROM and total > MAX_RATIO * max(info.compress_size, 1)
                    ):
                        raise _absurd(part)
                    yield piece
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise _damaged(f"{part} can't be inflated") from error

    @staticmethod
    def _examined(infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        if len(infos) > MAX_PARTS:
            raise SheetError(f"more than {MAX_PARTS} parts", "remove what is not used, or use a folder")
        parts: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/")
            if name.startswith("/") or ".." in name.split("/") or ":" in name:
                raise SheetError(f"a part outside the workbook, {name[:80]!r}", "save it again as .xlsx")
            if info.flag_bits & 1:
                raise SheetError("encrypted", "save it without a password as .xlsx")
            if name in parts:
                raise _damaged(f"it has two parts {name[:80]!r}")
            if info.file_size > max(_RATIO_FROM, MAX_RATIO * info.compress_size):
                raise _absurd(name)
            parts[name] = info
        return parts


def _refuse_doctype(*_: object) -> None:
    raise SheetError("XML with a document type", "save it again as .xlsx in a spreadsheet program")
