"""Sorted leaves in a file: 64 hexadecimal digits and a line feed each, as DuckDB writes them."""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_DIGITS = 64
_RECORD = _DIGITS + 1
_LEAF = 32


class LeafFile:
    """Leaves read where they lie; the file may be deleted once it is open, and is closed when nothing refers to it."""

    def __init__(self, path: Path) -> None:
        """`path` holds whole records, ascending."""
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        self._count, rest = divmod(os.fstat(self._file).st_size, _RECORD)
        if rest:
            raise ValueError(f"{path} is no file of leaves")

    def __len__(self) -> int:
        """How many."""
        return self._count

    def __getitem__(self, at: int) -> bytes:
        """The leaf at that place."""
        if not 0 <= at < self._count:
            raise IndexError(at)
        return bytes.fromhex(os.pread(self._file, _DIGITS, at * _RECORD).decode())

    def block(self, start: int, stop: int) -> Sequence[bytes]:
        """The leaves from `start` to before `stop`, or as many as there are."""
        data = bytes.fromhex(os.pread(self._file, (stop - start) * _RECORD, start * _RECORD).decode())
        return [data[at : at + _LEAF] for at in range(0, len(data), _LEAF)]
