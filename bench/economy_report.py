"""What `python -m bench.economy` says: convergence by tier, the credit of negative requirements, and an offset's ripples."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from bench.economy import _FINE, intensities, partial_sums, shares
from bench.economy_data import INTENSITY

if TYPE_CHECKING:
    from bench.economy import Ledgered
    from bench.economy_data import Economy

_ENOUGH = 90
"""Tiers after which nothing is added to a total."""


@dataclass(frozen=True, slots=True)
class Row:
    """After so many tiers: what part of the Leontief total sectors carry by the ledger, median and least, and the median that the
    matrix alone says; `furthest` is the greatest relative distance of any sector's lot from the matrix."""

    tiers: int
    median: float
    least: float
    known: float
    furthest: float


@dataclass(frozen=True, slots=True)
class Convergence:
    """Rows by tier. `by_sector` are the shares of all sectors, ascending, by tier."""

    rows: tuple[Row, ...]
    by_sector: dict[int, list[float]] = field(repr=False)

    def lines(self) -> list[str]:
        head = "tiers   median of total   least sector   known median   furthest from the matrix"
        return [
            head,
            *(
                f"{row.tiers:5}   {100 * row.median:14.4f}%   {100 * row.least:11.4f}%   {100 * row.known:11.4f}%   {row.furthest:.1e}"
                for row in self.rows
            ),
        ]


def convergence(economy: Economy, bought: Economy, ledgered: Ledgered, tiers: list[int]) -> Convergence:
    """The ledger's figures beside the published totals and beside the matrix."""
    last = max(tiers)
    found, known = intensities(ledgered), partial_sums(bought, last)
    published = [total * _FINE for total in economy.total]
    matrix = partial_sums(economy, last)
    rows, by_sector = [], {}
    for tier in range(last + 1):
        by_sector[tier] = sorted(shares(found[tier], published))
        if tier not in tiers:
            continue
        far = max(abs(a - b) / b for a, b in zip(found[tier], known[tier], strict=True) if b > 0)
        rows.append(
            Row(
                tier,
                median(by_sector[tier]),
                by_sector[tier][0],
                median(shares(matrix[tier], published)),
                far,
            )
        )
    return Convergence(tuple(rows), by_sector)


def credited(economy: Economy, bought: Economy) -> list[str]:
    """The memo line: by how much totals without negative requirements are above the published ones, and for whom most."""
    whole, without = partial_sums(economy, _ENOUGH)[-1], partial_sums(bought, _ENOUGH)[-1]
    above = [
        (one / other - 1, name)
        for one, other, name in zip(without, whole, economy.names, strict=True)
        if other > 0
    ]
    most, whose = max(above)
    negative = sum(part < 0 for row in economy.needs for part in row.values())
    return [
        f"{negative} requirements are negative; without them totals are higher by {median(one for one, _ in above):.1e} (median),",
        f"at most {100 * most:.2f} % ({whose}): the credit for what suppliers are spared, a memo line outside the ledger's total",
    ]


def ripples(bought: Economy, ledgered: Ledgered, code: str) -> list[str]:
    """Half of a sector's emissions offset in every year: what every other sector's net moved, beside what the matrix says."""
    place, books = bought.codes.index(code), ledgered.books
    before = intensities(ledgered, net=True)[-1]
    for year in ledgered.sources:
        books.offsets[year[place]] = (books.lots[year[place]].minted or 0) // 2
    after = intensities(ledgered, net=True)[-1]
    offset = [0] * len(bought.codes)
    lot = books.lots[ledgered.sources[0][place]]
    unit = INTENSITY * _FINE // 10**12
    offset[place] = (lot.minted or 0) // 2 * unit // ledgered.outputs[place]
    expected = partial_sums(bought, len(ledgered.products) - 1, offset)[-1]
    moved = [one - other for one, other in zip(before, after, strict=True)]
    far = max(
        abs(got - wanted) / total
        for got, wanted, total in zip(moved, expected, before, strict=True)
        if total > 0
    )
    touched = sum(one > 0 for one in moved)
    return [
        f"half of {bought.names[place]!r} offset in every year: {touched} of {len(moved)} sectors move;",
        f"furthest from the analytic amount {far:.1e} of a sector's total",
    ]
