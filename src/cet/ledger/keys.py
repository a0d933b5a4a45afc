"""Lot keys and lot words, as docs/architecture.md packs them.

A source lot's key is `0 | statement 31 | code 16 | index 16`; a derived lot's has the top bit set over 63 bits of the hash of
the offer or composition that made it. A lot word is `code 16 | index 16 | basis 64 | gross 64`.
"""

from __future__ import annotations

from dataclasses import dataclass

from cet.ledger.errors import LedgerError
from cet.scopes import LotCode

_DERIVED = 1 << 63
_M16, _M64 = (1 << 16) - 1, (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class SourceKey:
    """What a source lot's key says: the statement's number, the code, and which of the statement's lots of that code."""

    statement: int
    code: LotCode
    index: int

    def encode(self) -> int:
        return self.statement << 32 | self.code.encode() << 16 | self.index


@dataclass(frozen=True, slots=True)
class LotWord:
    """A lot as a statement mints it. `basis` is in the code's unit, `gross` in mg CO2e."""

    code: LotCode
    index: int
    basis: int
    gross: int

    def __post_init__(self) -> None:
        """Raises LedgerError for a value its field cannot hold."""
        if not (0 <= self.index <= _M16 and 0 < self.basis < _DERIVED and 0 <= self.gross <= _M64):
            raise LedgerError(
                f"lot {self.code}, index {self.index}, basis {self.basis}, gross {self.gross} does not fit a lot word",
                "index below 2^16, basis from 1 to 2^63 − 1, gross below 2^64",
            )

    def encode(self) -> int:
        return self.code.encode() << 144 | self.index << 128 | self.basis << 64 | self.gross

    @classmethod
    def decode(cls, word: int) -> LotWord:
        code = LotCode.decode(word >> 144 & _M16)
        return cls(code, word >> 128 & _M16, word >> 64 & _M64, word & _M64)

    def key(self, statement: int) -> int:
        """The lot's key once the statement has its number."""
        return SourceKey(statement, self.code, self.index).encode()


def is_derived(key: int) -> bool:
    """Whether the lot came from an offer or a composition rather than a statement."""
    return bool(key & _DERIVED)


def derived_key(origin: bytes) -> int:
    """The key of what was made from the 32-byte hash of an offer or composition."""
    return int.from_bytes(origin[-8:], "big") | _DERIVED


def source_key(key: int) -> SourceKey:
    """What the key of a source lot says. Raises LedgerError for a derived lot's."""
    if is_derived(key):
        raise LedgerError(f"lot {key_text(key)} is derived", "ask for the parents instead")
    return SourceKey(key >> 32, LotCode.decode(key >> 16 & _M16), key & _M16)


def key_text(key: int) -> str:
    """The key as everybody writes it: 0x and 16 hex digits."""
    return f"{key:#018x}"


def parse_key(text: str) -> int:
    """A key from its hex text, or from a plain number. Raises LedgerError for anything else."""
    try:
        key = int(text, 16) if text.lower().startswith("0x") else int(text)
    except ValueError as error:
        raise LedgerError(f"{text!r} is no lot key", "write 0x and 16 hex digits") from error
    if not 0 < key <= _M64:
        raise LedgerError(f"{text!r} is no lot key", "keys have 64 bits and are not 0")
    return key
