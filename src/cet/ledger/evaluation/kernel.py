"""What passes down an edge, exactly, for arrays of edges: no binary floating point anywhere.

    carry(x) = ceil(x · units · 2^64 / basis),  x < 2^64,  units ≤ basis < 2^63

An edge keeps its ratio r = floor(units · 2^128 / basis), at most 2^128 − 1, in four limbs of 32 bits. Then
c = floor(x · r / 2^64) is the carry less 0, 1 or 2, and what is left, x · units · 2^64 − c · basis, is in [0, 2 · basis): it
fits 64 bits, and is −c · basis modulo 2^64, because 2^64 divides the first term. So the carry is c, plus one if anything is
left, plus one more if it is above the basis. The only divisions are made once an edge, when it is born.

Edges outside those bounds (a basis of 2^63 and more, a figure of 2^64 and more) are calculated by Python's integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Limbs = NDArray[np.uint32]

_LOW = np.uint64(0xFFFF_FFFF)
_HALF = np.uint64(32)
_MOST_BASIS = np.uint64(2**63 - 1)
_BLOCK = 1 << 14
"""Edges at a time: what lies between two steps stays in the processor's cache."""


def is_plain(units: Words, basis: Words) -> NDArray[np.bool_]:
    """Edges that `carries` takes."""
    return (basis <= _MOST_BASIS) & (units <= basis) & (basis > 0)


def ratios(units: Words, basis: Words) -> Limbs:
    """floor(units · 2^128 / basis) in four limbs, the lowest first, at most 2^128 − 1. Of edges that are not plain, nonsense."""
    found = np.empty((4, len(units)), np.uint32)
    for start in range(0, len(units), _BLOCK):
        part = slice(start, start + _BLOCK)
        _ratios(units[part], basis[part], found[:, part])
    return found


def _ratios(units: Words, basis: Words, found: Limbs) -> None:
    """Long division in base 2^32 (Knuth, volume 2, 4.3.1, algorithm D), the divisor shifted until its top bit is set."""
    whole = units >= basis
    left = np.where(whole, 0, units).astype(np.uint64)
    divisor = basis.copy()
    for bits in (32, 16, 8, 4, 2, 1):
        short = divisor < np.uint64(1 << (64 - bits))
        shift = np.where(short, np.uint64(bits), np.uint64(0))
        divisor <<= shift
        left <<= shift
    high, low = divisor >> _HALF, divisor & _LOW
    high[high == 0] = 1  # A basis of 0 is no lot's; its edge is not plain.
    for limb in (3, 2, 1, 0):
        digit = left // high
        rest = left - digit * high
        for _ in range(2):
            above = (rest <= _LOW) & ((digit > _LOW) | (digit * low > (rest << _HALF)))
            digit -= above
            rest += above * high
        left = (left << _HALF) - digit * divisor
        found[limb] = np.where(whole, _LOW, digit)


def carries(figure: Words, ratio: Limbs, basis: Words) -> tuple[Words, Words]:
    """The carries of plain edges: whole milligrams, and parts of 2^-64 mg."""
    wholes, parts = np.empty_like(figure), np.empty_like(figure)
    for start in range(0, len(figure), _BLOCK):
        piece = slice(start, start + _BLOCK)
        wholes[piece], parts[piece] = _carries(figure[piece], ratio[:, piece], basis[piece])
    return wholes, parts


def _carries(figure: Words, ratio: Limbs, basis: Words) -> tuple[Words, Words]:
    low, high = figure & _LOW, figure >> _HALF
    limbs = ratio.astype(np.uint64)
    # Schoolbook multiplication; every sum of a product and two halves fits 64 bits.
    above = low * limbs[0]
    above >>= _HALF
    _, above = _column(low * limbs[1], high * limbs[0], above)
    third, above = _column(low * limbs[2], high * limbs[1], above)
    fourth, above = _column(low * limbs[3], high * limbs[2], above)
    whole = high * limbs[3]
    whole += above
    fourth <<= _HALF
    part = fourth
    part |= third
    left = part * basis
    np.negative(left, out=left)
    more = (left > 0).astype(np.uint64)
    more += left > basis
    part += more
    whole += part < more
    return whole, part


def _column(first: Words, second: Words, above: Words) -> tuple[Words, Words]:
    """The lower half of two products and what came from the column below, and what goes to the one above."""
    first += above
    second += first & _LOW
    first >>= _HALF
    here = second & _LOW
    second >>= _HALF
    first += second
    return here, first


def settle(wholes: Words, parts: Words, starts: NDArray[np.intp]) -> tuple[Words, Words]:
    """ceil(Σ carries / 2^64) of each run of edges, as high and low 64 bits: rounded up once, over all edges of a lot."""
    if len(starts) == len(wholes):
        low = wholes + (parts > 0)
        return (low < wholes).astype(np.uint64), low
    fine = np.add.reduceat(parts & _LOW, starts)
    middle = np.add.reduceat(parts >> _HALF, starts) + (fine >> _HALF)
    rounded = ((fine & _LOW) | (middle & _LOW)) > 0
    low = np.add.reduceat(wholes & _LOW, starts) + (middle >> _HALF) + rounded
    high = np.add.reduceat(wholes >> _HALF, starts) + (low >> _HALF)
    return high >> _HALF, (high << _HALF) | (low & _LOW)
