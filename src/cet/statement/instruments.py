"""Instruments that a statement uses: cancelled energy certificates, claimed transport bookings, each use once (law 10)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from eth_utils.address import is_hex_address, to_checksum_address

from cet.errors import StatementError
from cet.statement.model import chunked

if TYPE_CHECKING:
    from collections.abc import Iterable

_USE_BITS = 96


@dataclass(frozen=True, slots=True)
class InstrumentUse:
    """A use of an instrument as its registry numbers it: a cancellation, a claim. `instrument` is the registry's address."""

    instrument: str
    use: int

    @property
    def word(self) -> int:
        """`instrument 160 | use 96`, as the statement registry takes it. Raises StatementError."""
        if not is_hex_address(self.instrument) or int(self.instrument, 16) == 0:
            raise StatementError(f"no instrument registry at {self.instrument!r}", "give its address")
        if not 0 <= self.use < 2**_USE_BITS:
            raise StatementError(f"use {self.use} of {self.instrument}", "give its number in the registry")
        return int(self.instrument, 16) << _USE_BITS | self.use

    @classmethod
    def of(cls, word: int) -> InstrumentUse:
        """The use that a word names."""
        address = (word >> _USE_BITS).to_bytes(20, "big")
        return cls(str(to_checksum_address(address)), word & (2**_USE_BITS - 1))


def instrument_chunks(uses: Iterable[InstrumentUse]) -> tuple[tuple[int, ...], ...]:
    """Words of the uses, ascending, in chunks. Raises StatementError when one is named twice."""
    words = sorted(use.word for use in uses)
    for word, following in pairwise(words):
        if word == following:
            use = InstrumentUse.of(word)
            raise StatementError(
                f"use {use.use} of {use.instrument} is named twice",
                "one use backs one line, once: name it once",
            )
    return chunked(words)
