"""Three sectors of the US economy on anvil: the contracts say of every lot what the mirror's model says, offset or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.economy import ledger_of, part_of, without_negatives
from bench.economy_data import read

from cet.ledger import Composition
from cet.ledger.mirror import evaluate
from world import DAY_2021, TONNE

if TYPE_CHECKING:
    from bench.economy import Ledgered

    from world import World

SECTORS = ("221100", "331110", "336112")
"""Electricity, iron and steel, light trucks."""
YEARS = 3


def carry_out(world: World, ledgered: Ledgered) -> dict[int, int]:
    """Mints, allocates and composes on the chain; the chain's key by the model's."""
    keys: dict[int, int] = {}
    year_of = {key: year for year, row in enumerate(ledgered.sources) for key in row}
    parties = world.participants
    for lot in ledgered.books.lots.values():
        holder = parties[int(ledgered.books.holders[lot.key])]
        if lot.minted is not None:
            first = DAY_2021 + 365 * year_of[lot.key]
            (keys[lot.key],) = world.mint(holder, (lot.code, lot.basis, lot.minted), first_day=first)
        elif lot.code.is_product:
            edges = tuple((keys[parent], units) for parent, units in lot.edges)
            made = Composition(lot.code, lot.basis, edges, lot.key.to_bytes(32))
            keys[lot.key] = world.ledger.send(world.ledger.emissions.compose(made), holder).result
        else:
            ((parent, units),) = lot.edges
            supplier = parties[int(ledgered.books.holders[parent])]
            keys[lot.key] = world.allocate(keys[parent], supplier, holder, units, lot.code)
    return keys


def test_three_sectors_over_four_years_are_on_the_chain_as_in_the_model(world: World) -> None:
    economy = read()
    places = tuple(sorted(economy.codes.index(code) for code in SECTORS))
    ledgered = ledger_of(part_of(without_negatives(economy), places), YEARS)
    keys = carry_out(world, ledgered)
    figures = evaluate(ledgered.books.frozen_at(0))
    assert {key: world.ledger.emissions.figures(keys[key]) for key in keys} == figures
    source = ledgered.sources[0][0]
    offset = 1_000_000 * TONNE
    batch = world.issue(1_000_000, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, keys[source], offset), world.supplier)
    ledgered.books.offsets[source] = offset
    after = evaluate(ledgered.books.frozen_at(0))
    assert {key: world.ledger.emissions.figures(keys[key]) for key in keys} == after
    last = ledgered.products[-1]
    assert all(after[key].net < figures[key].net for key in last), "three years later it reached everybody"
    assert all(after[key].gross == figures[key].gross for key in last)
