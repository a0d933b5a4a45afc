"""The US economy on the ledger: 405 sectors pass their emissions on, tier by tier, and approach what Leontief's inverse says.

An economy has cycles and a ledger has none, so each tier is a year: in year t a sector's product is composed of its own emissions of that year and
of what it received of its suppliers' products of year t − 1. After T years it carries direct · Σ A^k, k = 0 … T, per dollar. Every lot is
evaluated by the mirror as the contracts would, from allocations and compositions, rounded up to the milligram.

    python -m bench.economy                  the table, and docs/pictures/economy.svg
    python -m bench.economy --tiers 5        fewer tiers: 20 hold 3.4 million edges in about 3 GB

60 requirements of 88,693 are negative (eight of them too small to be among the committed facts), mostly of used goods, of which industries sell
more than they buy: the sector supplies the product beside its own. USEEIO keeps them, and so credits the sector with what its
suppliers are spared. A ledger has no negative share, and what is avoided mints nothing: the sector's lots carry what it bought.
The credit is a memo line, the difference to the published totals, and printed.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from bench.economy_data import INTENSITY, PER_DOLLAR, Economy, read
from cet.ledger.mirror import evaluate
from cet.ledger.mirror.books import Books
from cet.ledger.mirror.state import Lot
from cet.scopes import LotCode

TIERS = (1, 2, 3, 5, 10, 20)
PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "economy.svg"
SCOPE_1, PURCHASED, PRODUCT = LotCode.decode(0x4400), LotCode.decode(0xC450), LotCode.decode(0x2050)
"""Own emissions by their mass; purchases and products by items, which are dollars."""
_MG_PER_KT = 10**12
_FINE = 10**12
"""What the independent model carries beyond an intensity's last digit."""


@dataclass(frozen=True, slots=True)
class Ledgered:
    """An economy as lots. `outputs` in USD; by year and sector the keys of source and product, 0 where there is none."""

    books: Books
    outputs: tuple[int, ...]
    sources: tuple[tuple[int, ...], ...]
    products: tuple[tuple[int, ...], ...]


def without_negatives(economy: Economy) -> Economy:
    """What was bought: requirements below zero left out, and final demand that is a sale from stock too."""
    needs = tuple({buyer: part for buyer, part in row.items() if part > 0} for row in economy.needs)
    demand = tuple(max(0, amount) for amount in economy.demand)
    return Economy(economy.codes, economy.names, economy.direct, economy.total, demand, needs)


def part_of(economy: Economy, sectors: tuple[int, ...]) -> Economy:
    """Some sectors that buy of each other alone; the totals are another economy's, so they are left out."""
    place = {sector: number for number, sector in enumerate(sectors)}

    def pick(values: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(values[sector] for sector in sectors)

    needs = tuple(
        {place[buyer]: part for buyer, part in economy.needs[sector].items() if buyer in place}
        for sector in sectors
    )
    names = tuple(economy.names[sector] for sector in sectors)
    codes = tuple(economy.codes[sector] for sector in sectors)
    return Economy(codes, names, pick(economy.direct), (), pick(economy.demand), needs)


def carried(needs: tuple[dict[int, int], ...], row: list[int]) -> list[int]:
    """The row times A: what each sector's suppliers pass on to it. Rounded down in the last of many digits."""
    found = [0] * len(row)
    for supplier, buyers in enumerate(needs):
        if value := row[supplier]:
            for buyer, part in buyers.items():
                found[buyer] += value * part
    return [value // PER_DOLLAR for value in found]


def partial_sums(economy: Economy, tiers: int, first: list[int] | None = None) -> list[list[int]]:
    """first · Σ A^k for k up to 0, 1, … tiers; by itself the direct intensities, in 1/(INTENSITY · _FINE) kt CO2e per USD.

    The independent model: no lots, no shares of outputs, only the matrix.
    """
    term = first if first is not None else [value * _FINE for value in economy.direct]
    sums = [list(term)]
    for _ in range(tiers):
        term = carried(economy.needs, term)
        sums.append([before + more for before, more in zip(sums[-1], term, strict=True)])
    return sums


def outputs_of(economy: Economy, rounds: int = 200) -> tuple[int, ...]:
    """USD each sector sells in all, rounded up: the sum of A^k · demand, until nothing is added.

    Rounding up by a dollar makes every buyer want a little more: so much is added to the demand of each, and nobody sells more
    than it has.
    """
    room = [-(-sum(buyers.values()) // PER_DOLLAR) + 1 for buyers in economy.needs]
    total = term = [(amount + more) * PER_DOLLAR for amount, more in zip(economy.demand, room, strict=True)]
    for _ in range(rounds):
        term = [
            sum(part * term[buyer] for buyer, part in buyers.items()) // PER_DOLLAR
            for buyers in economy.needs
        ]
        if not any(term):
            break
        total = [before + more for before, more in zip(total, term, strict=True)]
    return tuple(-(-amount // PER_DOLLAR) for amount in total)


def ledger_of(economy: Economy, tiers: int) -> Ledgered:
    """Mints, allocates and composes year by year: law 1 holds, nobody passes on more than its output."""
    books, outputs = Books(), outputs_of(economy)
    sources, products, next_key = [], [], 1

    def born(
        code: LotCode, basis: int, minted: int | None, edges: tuple[tuple[int, int], ...], holder: int
    ) -> int:
        nonlocal next_key
        key = next_key if minted is not None else next_key | 1 << 63
        next_key += 1
        books.lots[key] = Lot(key, code, basis, minted, edges, 0, 0, "")
        books.holders[key] = str(holder)
        for parent, units in edges:
            books.allocated[parent] = books.allocated.get(parent, 0) + units
            assert books.allocated[parent] <= books.lots[parent].basis, economy.codes[holder]
        return key

    inputs: list[list[tuple[int, int]]] = [[] for _ in outputs]
    for supplier, buyers in enumerate(economy.needs):
        for buyer, part in buyers.items():
            if units := part * outputs[buyer] // PER_DOLLAR:
                inputs[buyer].append((supplier, units))
    before: tuple[int, ...] = ()
    for year in range(tiers + 1):
        row, made = [], []
        for sector, output in enumerate(outputs):
            gross = -(-economy.direct[sector] * output * _MG_PER_KT // INTENSITY)
            source = born(SCOPE_1, max(1, gross), gross, (), sector)
            parts = [(source, max(1, gross))]
            for supplier, units in inputs[sector] if year else ():
                part = before[supplier]
                if supplier != sector:
                    # Nobody allocates to itself: what a sector needs of its own product it composes at once.
                    part = born(PURCHASED, units, None, ((part, units),), sector)
                parts.append((part, units))
            row.append(source)
            made.append(born(PRODUCT, output, None, tuple(parts), sector))
        before = tuple(made)
        sources.append(tuple(row))
        products.append(before)
    return Ledgered(books, outputs, tuple(sources), tuple(products))


def intensities(ledgered: Ledgered, *, net: bool = False) -> list[list[int]]:
    """By year and sector what the product carries, evaluated by the mirror, in 1/(INTENSITY · _FINE) kt CO2e per USD."""
    figures = evaluate(ledgered.books.frozen_at(0))
    unit = INTENSITY * _FINE // _MG_PER_KT
    return [
        [
            (figures[key].net if net else figures[key].gross) * unit // output
            for key, output in zip(year, ledgered.outputs, strict=True)
        ]
        for year in ledgered.products
    ]


def shares(found: list[int], totals: list[int]) -> list[float]:
    """What part of the total each sector's figure is, for those that have one: for reading only."""
    return [one / total for one, total in zip(found, totals, strict=True) if total > 0]


def main() -> int:
    """Prints the tables and draws the picture."""
    from bench.economy_plot import picture
    from bench.economy_report import convergence, credited, ripples

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--tiers", type=int, default=max(TIERS), help="how many; the published shares are of 1 to 20"
    )
    parser.add_argument(
        "--offset-in", default="221100", metavar="CODE", help="sector whose every year is offset by half"
    )
    arguments = parser.parse_args()
    economy = read()
    bought = without_negatives(economy)
    ledgered = ledger_of(bought, arguments.tiers)
    rows = convergence(economy, bought, ledgered, [tier for tier in TIERS if tier <= arguments.tiers])
    say = sys.stdout.write
    say(
        f"{len(ledgered.books.lots):,} lots, {sum(len(lot.edges) for lot in ledgered.books.lots.values()):,} edges\n"
    )
    for line in (
        *rows.lines(),
        "",
        *credited(economy, bought),
        "",
        *ripples(bought, ledgered, arguments.offset_in),
    ):
        say(line + "\n")
    if arguments.tiers >= max(TIERS):
        PICTURE.write_text(picture(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
