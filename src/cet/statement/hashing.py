"""keccak256, the hash of everything on the chain."""

from __future__ import annotations

from eth_hash.auto import keccak

WORD = 32


def keccak256(data: bytes) -> bytes:
    """32 bytes."""
    return bytes(keccak(data))


def word(value: int) -> bytes:
    """An unsigned integer as an EVM word, big-endian."""
    return value.to_bytes(WORD, "big")
