"""Values that are a word of 32 bytes, or a list of such, read without eth_abi's generality: a mirror reads millions of events.

Anything else, and any word that is not as the ABI wants it, is left to eth_abi, which reads it or says what is wrong.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WORD = 32
_LIST = "[]"
_KIND = re.compile(r"(uint|bytes)(\d+)")


class _OddError(Exception):
    """A word that is not as expected."""


@lru_cache(maxsize=1 << 17)
def checksummed(address: bytes) -> str:
    """20 bytes as an address with its checksum; the same few come again and again."""
    return to_checksum_address(address)


def read_words(kinds: Sequence[str], data: bytes) -> tuple[Any, ...] | None:
    """The values of these types in ABI-encoded data, addresses checksummed; None where eth_abi must read it."""
    plan = _plan(tuple(kinds))
    if plan is None or len(data) < _WORD * len(plan):
        return None
    found: list[Any] = []
    try:
        for place, (read, many) in enumerate(plan):
            word = data[_WORD * place : _WORD * place + _WORD]
            found.append(_listed(read, data, int.from_bytes(word, "big")) if many else read(word))
    except _OddError:
        return None
    return tuple(found)


@lru_cache
def _plan(kinds: tuple[str, ...]) -> tuple[tuple[Callable[[bytes], Any], bool], ...] | None:
    plan = []
    for kind in kinds:
        read = _reader(kind.removesuffix(_LIST))
        if read is None:
            return None
        plan.append((read, kind.endswith(_LIST)))
    return tuple(plan)


def _reader(kind: str) -> Callable[[bytes], Any] | None:
    if kind == "address":
        return _address
    if kind == "bool":
        return _bool
    matched = _KIND.fullmatch(kind)
    if matched is None:
        return None
    size = int(matched[2])
    return _number(size) if matched[1] == "uint" else _bytes(size)


def _number(bits: int) -> Callable[[bytes], int]:
    def read(word: bytes) -> int:
        value = int.from_bytes(word, "big")
        if value >> bits:
            raise _OddError
        return value

    return read


def _bytes(size: int) -> Callable[[bytes], bytes]:
    rest = bytes(_WORD - size)

    def read(word: bytes) -> bytes:
        if word[size:] != rest:
            raise _OddError
        return word[:size]

    return read


def _address(word: bytes) -> str:
    if any(word[:12]):
        raise _OddError
    return checksummed(word[12:])


def _bool(word: bytes) -> bool:
    value = int.from_bytes(word, "big")
    if value > 1:
        raise _OddError
    return value == 1


def _listed(read: Callable[[bytes], Any], data: bytes, start: int) -> tuple[Any, ...]:
    if start + _WORD > len(data):
        raise _OddError
    count = int.from_bytes(data[start : start + _WORD], "big")
    first, last = start + _WORD, start + _WORD + _WORD * count
    if last > len(data):
        raise _OddError
    return tuple(read(data[place : place + _WORD]) for place in range(first, last, _WORD))
