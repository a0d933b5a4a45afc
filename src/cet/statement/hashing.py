"""keccak256, the hash of everything on the chain, and SHA-256, the hash of an inventory's lines.

Lines are hashed by the million, so theirs is the hash that databases and libraries compute fast; on the chain it is a
precompile.
"""

from __future__ import annotations

import hashlib

from eth_hash.auto import keccak

WORD = 32


def keccak256(data: bytes) -> bytes:
    """32 bytes."""
    return bytes(keccak(data))


def sha256(data: bytes) -> bytes:
    """32 bytes."""
    return hashlib.sha256(data).digest()


def word(value: int) -> bytes:
    """An unsigned integer as an EVM word, big-endian."""
    return value.to_bytes(WORD, "big")
