"""The US economy on the ledger: published facts, the known shares by tier, and offsets that move everybody by the known amount."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import pytest
from bench.economy import (
    Ledgered,
    intensities,
    ledger_of,
    part_of,
    partial_sums,
    shares,
    without_negatives,
)
from bench.economy_data import FILE, PER_DOLLAR, Economy, read

from cet.ledger.mirror import evaluate, not_passed_on

FINE = 10**12
PUBLISHED = {0: 0.0753, 1: 0.396, 2: 0.671, 3: 0.827, 5: 0.954, 10: 0.9984}
"""Median share of the total that a sector and so many tiers of its suppliers explain."""


@pytest.fixture(scope="module")
def economy() -> Economy:
    return read()


@pytest.fixture(scope="module")
def biggest(economy: Economy) -> Economy:
    """The twelve sectors that emit most for the final demand, buying of each other."""
    emitted = [rate * amount for rate, amount in zip(economy.direct, economy.demand, strict=True)]
    order = sorted(range(len(emitted)), key=emitted.__getitem__, reverse=True)
    return part_of(without_negatives(economy), tuple(sorted(order[:12])))


@pytest.fixture(scope="module")
def ledgered(biggest: Economy) -> Ledgered:
    return ledger_of(biggest, 20)


def test_the_facts_are_the_published_ones(economy: Economy) -> None:
    assert FILE.stat().st_size < 300_000
    assert len(economy.codes) == len(set(economy.codes)) == 405
    assert economy.names[economy.codes.index("221100")] == "Electricity"
    assert sum(len(row) for row in economy.needs) == 84_775
    assert sum(part < 0 for row in economy.needs for part in row.values()) == 52


def test_the_matrix_gives_the_published_totals_and_shares(economy: Economy) -> None:
    """Leontief by repeated multiplication: no lots yet."""
    sums = partial_sums(economy, 60)
    published = [total * FINE for total in economy.total]
    for found, total in zip(sums[-1], published, strict=True):
        # Requirements are rounded to 10^-7: 3 parts in 10^5 at most.
        assert abs(found - total) <= max(total, found) * 3 // 10**5 + FINE
    for tiers, share in PUBLISHED.items():
        assert median(shares(sums[tiers], published)) == pytest.approx(share, abs=0.0006), tiers


@pytest.mark.parametrize("tiers", [1])
def test_all_sectors_on_the_ledger_carry_what_the_matrix_says(economy: Economy, tiers: int) -> None:
    bought = without_negatives(economy)
    whole = ledger_of(bought, tiers)
    found, known = intensities(whole)[tiers], partial_sums(bought, tiers)[tiers]
    for one, other in zip(found, known, strict=True):
        assert one == pytest.approx(other, rel=1e-6)
    published = [total * FINE for total in economy.total]
    assert median(shares(found, published)) == pytest.approx(PUBLISHED[tiers], abs=0.0006)


def test_twenty_tiers_approach_the_inverse_from_below(biggest: Economy, ledgered: Ledgered) -> None:
    found, known = intensities(ledgered), partial_sums(biggest, 200)
    for tier, row in enumerate(found):
        for one, other in zip(row, known[tier], strict=True):
            assert one == pytest.approx(other, rel=1e-6)
    for earlier, later in pairwise(found):
        assert all(one * 10**6 <= other * (10**6 + 1) for one, other in zip(earlier, later, strict=True))
    assert all(one == pytest.approx(whole, rel=1e-4) for one, whole in zip(found[-1], known[-1], strict=True))


def test_nothing_is_lost_on_the_way(ledgered: Ledgered) -> None:
    """Law 1: what is passed on to nobody sums to what was emitted, within a milligram an edge."""
    state = ledgered.books.frozen_at(0)
    emitted = sum(lot.minted or 0 for lot in state.lots.values())
    kept = sum(not_passed_on(state, evaluate(state)).values())
    edges = sum(len(lot.edges) for lot in state.lots.values())
    assert 0 <= kept - emitted <= edges + len(state.lots)


@pytest.mark.parametrize(
    "years", [range(21), [20], [17], [0]], ids=["every year", "the last", "three before", "the first"]
)
def test_an_offset_in_one_sector_moves_every_other_by_the_analytic_amount(
    biggest: Economy, ledgered: Ledgered, years: list[int]
) -> None:
    """Half a sector's emissions of a year reach the last year's products by A to the power of the years between."""
    place, last = biggest.codes.index("221100"), len(ledgered.products) - 1
    books = ledgered.books
    before = intensities(ledgered, net=True)[last]
    try:
        for year in years:
            books.offsets[ledgered.sources[year][place]] = (
                books.lots[ledgered.sources[year][place]].minted or 0
            ) // 2
        after = intensities(ledgered, net=True)[last]
        gross = intensities(ledgered)[last]
    finally:
        books.offsets.clear()
    assert gross == before, "an offset moves no gross figure"
    half = [0] * len(before)
    half[place] = biggest.direct[place] * FINE // 2
    sums = [[0] * len(before), *partial_sums(biggest, last, half)]
    expected = [
        sum(sums[last - year + 1][sector] - sums[last - year][sector] for year in years)
        for sector in range(len(before))
    ]
    for one, other, known, total in zip(before, after, expected, before, strict=True):
        # Units are whole dollars and masses whole milligrams: a part in 10^6 of the sector's total.
        assert abs(one - other - known) <= total // 10**6
    if len(years) > 1:
        assert all(one > other for one, other in zip(before, after, strict=True))


def test_a_negative_requirement_is_a_memo_and_never_lowers_a_lot(economy: Economy) -> None:
    """Without them no total is lower; for no sector by more than 1.7 %, for half of them by less than 3 in 10^6."""
    with_them, without = partial_sums(economy, 60)[-1], partial_sums(without_negatives(economy), 60)[-1]
    above = [one / other - 1 for one, other in zip(without, with_them, strict=True) if other > 0]
    assert min(above) >= 0
    assert max(above) == pytest.approx(0.0168, abs=0.0002)
    assert median(above) < 3e-6
    assert PER_DOLLAR == 10**7
