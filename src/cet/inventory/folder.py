"""The files of a package folder, read as what they must be: plain files, in the folder, UTF-8, of a sane size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.errors import Finding

if TYPE_CHECKING:
    from pathlib import Path

INVENTORY = "inventory.toml"
ACTIVITIES = "activities.csv"
FACTORS = "factors.toml"

MAX_TOML_BYTES = {INVENTORY: 4 << 20, FACTORS: 64 << 20}
MAX_CSV_BYTES = 16 << 30
MAX_ROW_BYTES = 64 << 10
_CHUNK = 1 << 20
_CONTROL = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D} | {0x7F})
_KEPT = bytes(sorted(set(range(256)) - set(_CONTROL)))
_BOM = b"\xef\xbb\xbf"
_BIDI = tuple(chr(code).encode() for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))


@dataclass(frozen=True, slots=True)
class CsvScan:
    """What a scan of the CSV's bytes says: how its lines end, how many there are, whether it begins with a BOM."""

    newline: str
    lines: int
    quoted: bool


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


def read_toml_text(path: Path) -> tuple[str, list[Finding]]:
    """The text of a TOML file; findings when it is too large, not UTF-8 or holds control characters."""
    name = path.name
    limit = MAX_TOML_BYTES[name]
    if path.stat().st_size > limit:
        return "", [
            Finding(name, 0, "", "", f"larger than {limit >> 20} MiB", "split it, or remove what is not used")
        ]
    data = path.read_bytes().removeprefix(_BOM)
    findings = _bytes_problem(name, data, 1)
    return ("", findings) if findings else (data.decode(), [])


def scan_csv(path: Path) -> tuple[CsvScan | None, list[Finding]]:
    """Checks every byte of the CSV in constant memory: UTF-8, no control characters, no row of absurd length."""
    name = path.name
    size = path.stat().st_size
    if size > MAX_CSV_BYTES:
        return None, [
            Finding(
                name, 0, "", "", f"larger than {MAX_CSV_BYTES >> 30} GiB", "split the inventory by period"
            )
        ]
    if size == 0:
        return None, [Finding(name, 0, "", "", "empty", "write the header and one row per activity line")]
    lines, carriage_returns, quoted, rest = 0, 0, False, b""
    with path.open("rb") as file:
        while block := file.read(_CHUNK):
            data = rest + block
            cut = data.rfind(b"\n") + 1
            if cut == 0 and len(data) > MAX_ROW_BYTES:
                return None, [_row_too_long(name, lines + 1)]
            whole, rest = data[:cut], data[cut:]
            if findings := _bytes_problem(name, whole, lines + 1):
                return None, findings
            lines += whole.count(b"\n")
            carriage_returns += whole.count(b"\r\n")
            quoted = quoted or b'"' in whole
            if whole.count(b"\r") != whole.count(b"\r\n"):
                return None, [Finding(name, 0, "", "", "carriage returns alone", "end rows with a line feed")]
        if rest:
            if findings := _bytes_problem(name, rest, lines + 1):
                return None, findings
            lines += 1
            quoted = quoted or b'"' in rest
            if b"\r" in rest.removesuffix(b"\r"):
                return None, [Finding(name, 0, "", "", "carriage returns alone", "end rows with a line feed")]
    mixed = carriage_returns not in (0, lines, lines - 1)
    newline = "mixed" if mixed else "\r\n" if carriage_returns else "\n"
    return CsvScan(newline, lines, quoted), []


def _bytes_problem(name: str, data: bytes, first_row: int) -> list[Finding]:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = first_row + data.count(b"\n", 0, error.start)
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return [Finding(name, row, "", "", "UTF-16, not UTF-8", "save it as UTF-8 text")]
        return [
            Finding(name, row, "", "", "not UTF-8", "save it as UTF-8 text (in a spreadsheet: CSV UTF-8)")
        ]
    if bad := data.translate(None, _KEPT):
        row = first_row + data.count(b"\n", 0, data.index(bad[:1]))
        return [Finding(name, row, "", f"\\x{bad[0]:02x}", "control character", "remove it")]
    if not data.isascii():
        for mark in _BIDI:
            if mark in data:
                row = first_row + data.count(b"\n", 0, data.index(mark))
                return [
                    Finding(
                        name,
                        row,
                        "",
                        "",
                        "invisible direction mark",
                        "remove it: it makes text read otherwise",
                    )
                ]
    if name.endswith(".csv") and len(longest := max(data.split(b"\n"), key=len)) > MAX_ROW_BYTES:
        return [_row_too_long(name, first_row + data.count(b"\n", 0, data.index(longest)))]
    return []


def _row_too_long(name: str, row: int) -> Finding:
    return Finding(
        name, row, "", "", f"row longer than {MAX_ROW_BYTES >> 10} KiB", "check for an unclosed quote"
    )
