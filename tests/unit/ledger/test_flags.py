"""Flags of the mirror: whether a figure speaks for the days it was received for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger import Composition
from cet.ledger.mirror import Doubt, flags_of
from world import DAY_2021, ELECTRICITY, MARKET, POWER

if TYPE_CHECKING:
    from world import World

YEAR, MWH = 365, 10**6


def _proxies(world: World, key: int) -> list[int]:
    return [flag.lot for flag in flags_of(world.mirrored(), key) if flag.doubt is Doubt.PROXY]


def test_consumption_inside_the_suppliers_period_is_no_proxy(world: World) -> None:
    (plant,) = world.mint(world.supplier, (POWER, 9 * MWH, 10**9))
    month = {"consumed_from": DAY_2021 + 334, "consumed_to": DAY_2021 + 364}
    lot = world.allocate(plant, world.supplier, world.dependent, MWH, MARKET, **month)
    assert _proxies(world, lot) == []


def test_consumption_outside_the_suppliers_period_is_a_proxy_and_flags_every_lot_below(world: World) -> None:
    (plant,) = world.mint(world.supplier, (POWER, 9 * MWH, 10**9))
    late = {"consumed_from": DAY_2021 + 364, "consumed_to": DAY_2021 + YEAR}
    early = {"consumed_from": DAY_2021 - 1, "consumed_to": DAY_2021}
    lot = world.allocate(plant, world.supplier, world.dependent, MWH, MARKET, **late)
    assert _proxies(world, lot) == [lot]
    assert _proxies(world, world.allocate(plant, world.supplier, world.dependent, MWH, MARKET, **early)) != []
    # What is passed on for the same days is no proxy of its own; the one above it stays visible.
    below = world.allocate(lot, world.dependent, world.customer, MWH // 2, MARKET, **late)
    assert _proxies(world, below) == [lot]
    assert _proxies(world, plant) == []


def test_a_products_parts_speak_for_their_days_together(world: World) -> None:
    """Two half years cover the year; a gap between them does not."""
    halves = [
        world.mint(world.supplier, (POWER, 9 * MWH, 10**9), first_day=DAY_2021 + start, days=days)[0]
        for start, days in ((0, 181), (181, 184), (YEAR + 30, 30))
    ]

    def product(*parts: int) -> int:
        emissions = world.ledger.emissions
        edges = tuple((key, MWH) for key in sorted(parts))
        call = emissions.compose(
            Composition(ELECTRICITY, 2 * MWH, edges, bytes([len(parts), parts[-1] & 0xFF]) * 16)
        )
        return world.ledger.send(call, world.supplier).result

    whole, gap = product(*halves[:2]), product(halves[0], halves[2])
    covered = world.allocate(whole, world.supplier, world.dependent, MWH, MARKET)
    assert _proxies(world, covered) == []
    open_ = world.allocate(gap, world.supplier, world.dependent, MWH, MARKET)
    assert _proxies(world, open_) == [open_]
