"""Text files read as what they must be: UTF-8 of a sane size, without control characters and invisible marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.errors import Finding

if TYPE_CHECKING:
    from pathlib import Path

MAX_TABLE_BYTES = 512 << 20
MAX_ROW_BYTES = 64 << 10
_CONTROL = bytes(set(range(0x20)) - {0x09, 0x0A, 0x0D} | {0x7F})
_KEPT = bytes(sorted(set(range(256)) - set(_CONTROL)))
_BOM = b"\xef\xbb\xbf"
BIDI_MARKS = "".join(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F))
_BIDI = tuple(mark.encode() for mark in BIDI_MARKS)


def read_text(path: Path, limit: int = MAX_TABLE_BYTES) -> tuple[str, list[Finding]]:
    """The text of a file of at most so many bytes; findings when it is larger, not UTF-8 or holds control characters."""
    name = path.name
    if path.stat().st_size > limit:
        return "", [
            Finding(name, 0, "", "", f"larger than {limit >> 20} MiB", "split it, or remove what is not used")
        ]
    data = path.read_bytes().removeprefix(_BOM)
    findings = bytes_problem(name, data, 1)
    return ("", findings) if findings else (data.decode(), [])


def bytes_problem(name: str, data: bytes, first_row: int) -> list[Finding]:
    """Findings of a file's bytes that begin in row `first_row`: not UTF-8, control characters, invisible direction marks."""
    if name.endswith(".csv") and _may_hold_a_long_row(data):
        longest = max(data.split(b"\n"), key=len)
        if len(longest) > MAX_ROW_BYTES:
            return [_row_too_long(name, first_row + data.count(b"\n", 0, data.index(longest)))]
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
    return []


def _may_hold_a_long_row(data: bytes) -> bool:
    """A row too long covers a whole block of half its length that has no line feed in it."""
    block = MAX_ROW_BYTES // 2
    return any(data.find(b"\n", at, at + block) < 0 for at in range(0, len(data), block))


def _row_too_long(name: str, row: int) -> Finding:
    return Finding(
        name, row, "", "", f"row longer than {MAX_ROW_BYTES >> 10} KiB", "check for an unclosed quote"
    )
