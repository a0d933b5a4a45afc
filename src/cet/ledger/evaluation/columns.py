"""A column of whole numbers of up to 128 bits: a sum over a thousand lots of 2^64 − 1 mg each needs 74."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

_M64 = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Column:
    """`high` and `low` 64 bits of each number. The arrays are written in place."""

    high: Words
    low: Words

    @classmethod
    def zeros(cls, length: int) -> Column:
        return cls(np.zeros(length, np.uint64), np.zeros(length, np.uint64))

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Column:
        kept = list(numbers)
        return cls(
            np.array([number >> 64 for number in kept], np.uint64),
            np.array([number & _M64 for number in kept], np.uint64),
        )

    def __len__(self) -> int:
        return len(self.low)

    def __getitem__(self, place: int) -> int:
        return int(self.high[place]) << 64 | int(self.low[place])

    def __iter__(self) -> Iterator[int]:
        return (int(high) << 64 | int(low) for high, low in zip(self.high, self.low, strict=True))

    def at(self, places: Any) -> Column:
        """The numbers at a slice, mask or array of places; of a slice, a view."""
        return Column(self.high[places], self.low[places])

    def put(self, places: Any, values: Column) -> NDArray[np.bool_]:
        """Writes values, and says which differ from what was there."""
        differs: NDArray[np.bool_] = (self.low[places] != values.low) | (self.high[places] != values.high)
        self.high[places], self.low[places] = values.high, values.low
        return differs

    def less(self, amounts: Words) -> tuple[Column, Column]:
        """max(0, number − amount) and max(0, amount − number), amounts of 64 bits."""
        above = (self.high > 0) | (self.low >= amounts)
        borrow = (self.low < amounts) & above
        zero = np.uint64(0)
        left = Column(np.where(above, self.high - borrow, zero), np.where(above, self.low - amounts, zero))
        return left, Column(np.zeros_like(self.high), np.where(above, zero, amounts - self.low))
