"""The files of a package folder, read as what they must be: plain files, in the folder, UTF-8, of a sane size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.texts import MAX_ROW_BYTES, bytes_problem, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INVENTORY = "inventory.toml"
ACTIVITIES = "activities.csv"
PARQUET = "activities.parquet"
FACTORS = "factors.toml"

MAX_TOML_BYTES = {INVENTORY: 4 << 20, FACTORS: 64 << 20}
MAX_CSV_BYTES = 16 << 30
_CHUNK = 1 << 20
_LOOSE_QUOTES = (b' "', b'" ', b'\t"', b'"\t')


@dataclass(frozen=True, slots=True)
class CsvScan:
    """What a scan of the CSV's bytes says: how its lines end ("mixed" if not alike), how many there are, and whether
    there is white space beside a quote, which readers of CSV treat differently."""

    newline: str
    lines: int
    loose_quotes: bool


def locate(folder: Path, name: str) -> tuple[Path | None, list[Finding]]:
    """The plain file of that name in the folder; None with a finding when it is missing, a link or no file."""
    path = folder / name
    if path.is_symlink() or (path.exists() and path.resolve().parent != folder.resolve()):
        return None, [
            Finding(name, 0, "", "", "a link, not a file", "put the file itself into the package folder")
        ]
    if not path.exists():
        return None, [Finding(name, 0, "", "", "missing", f"add {name} to the package folder")]
    if not path.is_file():
        return None, [Finding(name, 0, "", "", "not a plain file", "put a plain file there")]
    return path, []


def locate_activities(folder: Path) -> tuple[Path | None, list[Finding]]:
    """The activity lines, as CSV or as Parquet; a finding when both are there, since one of them would be ignored."""
    parquet = folder / PARQUET
    if not parquet.exists() and not parquet.is_symlink():
        return locate(folder, ACTIVITIES)
    if (folder / ACTIVITIES).exists() or (folder / ACTIVITIES).is_symlink():
        return None, [Finding(PARQUET, 0, "", "", f"beside {ACTIVITIES}", "keep one of the two")]
    return locate(folder, PARQUET)


def read_toml_text(path: Path) -> tuple[str, list[Finding]]:
    """The text of a TOML file; findings when it is too large, not UTF-8 or holds control characters."""
    return read_text(path, MAX_TOML_BYTES.get(path.name, MAX_TOML_BYTES[FACTORS]))


def scan_csv(path: Path) -> tuple[CsvScan | None, list[Finding]]:
    """Checks every byte of the CSV in constant memory: UTF-8, no control characters, no row of absurd length."""
    name = path.name
    size = path.stat().st_size
    if size > MAX_CSV_BYTES:
        problem = f"larger than {MAX_CSV_BYTES >> 30} GiB"
        return None, [Finding(name, 0, "", "", problem, "split the inventory by facility")]
    if size == 0:
        return None, [Finding(name, 0, "", "", "empty", "write the header and one row per activity line")]
    lines = carriage_returns = 0
    loose = False
    for rows in _whole_rows(path):
        if findings := bytes_problem(name, rows, lines + 1):
            return None, findings
        lines += rows.count(b"\n") + (not rows.endswith(b"\n"))
        # Looked for in this order: one byte is found many times faster than two.
        loose = loose or (b'"' in rows and any(pair in rows for pair in _LOOSE_QUOTES))
        if b"\r" in rows:
            ends = rows.count(b"\r\n")
            carriage_returns += ends
            if rows.count(b"\r") != ends:
                return None, [Finding(name, 0, "", "", "carriage returns alone", "end rows with a line feed")]
    mixed = carriage_returns not in (0, lines, lines - 1)
    return CsvScan("mixed" if mixed else "\r\n" if carriage_returns else "\n", lines, loose), []


def _whole_rows(path: Path) -> Iterator[bytes]:
    """The file in blocks that end where a row ends, or where a row has become too long."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            data = rest + block
            cut = data.rfind(b"\n") + 1 or (len(data) if len(data) > MAX_ROW_BYTES else 0)
            if cut:
                yield data[:cut]
            rest = data[cut:]
    if rest:
        yield rest
