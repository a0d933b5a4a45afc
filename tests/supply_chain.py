"""Lots, credits and disputes of every kind on a deployment, for tests that read the ledger afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger import BatchStatus, Composition, Operation, OptIn, Retirement
from world import (
    DAY_2021,
    ELECTRICITY,
    FOREVER,
    LOCATION,
    MARKET,
    POWER,
    PURCHASED,
    SERVICE,
    STATIONARY,
    TONNE,
)

if TYPE_CHECKING:
    from world import World

MWH = 10**6


def a_supply_chain(world: World) -> dict[str, int]:
    """Two plants composed into a mix, part of it allocated, composed again and passed on; credits moved and revoked."""
    ledger, supplier, dependent, customer = world.ledger, world.supplier, world.dependent, world.customer
    coal, gas = world.mint(supplier, (POWER, 7 * MWH + 1, 6_959_270 * TONNE + 7), (POWER, 3 * MWH, 13))
    estimate, location, fuel = world.mint(
        dependent,
        (MARKET, 2 * MWH, 900 * TONNE),
        (LOCATION, 2 * MWH, 950 * TONNE),
        (STATIONARY, 77 * TONNE + 3, 77 * TONNE + 3),
    )
    mix = ledger.send(
        ledger.emissions.compose(Composition(ELECTRICITY, 9 * MWH, ((coal, 7 * MWH), (gas, 2 * MWH + 1)))),
        supplier,
    ).result
    received = world.allocate(mix, supplier, dependent, 1 * MWH + 11, MARKET, displaces=estimate)
    service = ledger.send(
        ledger.emissions.compose(Composition(SERVICE, 1000, ((received, 5 * MWH // 7), (fuel, 31 * TONNE)))),
        dependent,
    ).result
    bought = world.allocate(service, dependent, customer, 333, PURCHASED)
    terms = OptIn(until=FOREVER, max_ancestry=100, categories=1, gross=10**18)
    ledger.send(ledger.emissions.opt_in(supplier.address, terms), customer)
    direct = ledger.send(ledger.emissions.allocate(world.offer(coal, customer, 1, MARKET)), supplier).result
    return {
        "coal": coal,
        "gas": gas,
        "estimate": estimate,
        "location": location,
        "fuel": fuel,
        "mix": mix,
        "received": received,
        "service": service,
        "bought": bought,
        "direct": direct,
    }


def credits_used(world: World, lots: dict[str, int]) -> tuple[int, int]:
    """Credits applied at every level, moved as surplus, transferred, retired, frozen; one batch revoked and voided."""
    ledger, supplier, dependent = world.ledger, world.supplier, world.dependent
    kept, revoked = world.issue(800_000, supplier), world.issue(9_000_000, supplier)
    offsets, emissions = ledger.offsets, ledger.emissions
    ledger.send(offsets.transfer(supplier.address, dependent.address, kept, 700_000 * TONNE), supplier)
    ledger.send(offsets.apply_to(kept, lots["received"], 500_000 * TONNE), dependent)
    ledger.send(offsets.apply_to(revoked, lots["coal"], 6_000_000 * TONNE), supplier)
    surplus = emissions.figures(lots["received"]).surplus
    assert surplus > 0, "the offset above made part of the dependent's own superfluous"
    ledger.send(
        offsets.move_surplus(kept, lots["received"], lots["fuel"], min(surplus, 70 * TONNE)), dependent
    )
    details = Retirement("Dependent", "2021 footprint", DAY_2021, DAY_2021 + 364)
    ledger.send(offsets.retire(kept, 5 * TONNE, details), dependent)
    ledger.send(offsets.set_frozen(dependent.address, kept, 2**200), world.operator)
    ledger.send(emissions.cascade([lots[name] for name in ("mix", "received", "bought")]), world.stranger)
    ledger.send(offsets.set_status(revoked, BatchStatus.SUSPENDED, "under review"), world.issuer)
    ledger.send(offsets.set_status(revoked, BatchStatus.REVOKED, "reversal"), world.issuer)
    ledger.send(offsets.void_application(revoked, lots["coal"]), world.stranger)
    ledger.send(offsets.void_holding(revoked, supplier.address), world.stranger)
    ledger.send(emissions.set_frozen(customer_of(world), lots["bought"], 100), world.operator)
    ledger.send(emissions.accept_succession(lots["fuel"], FOREVER), world.stranger)
    ledger.send(
        emissions.succeed(dependent.address, world.stranger.address, lots["fuel"], 77 * TONNE + 3),
        world.operator,
    )
    ledger.send(emissions.set_closed(Operation.COMPOSE | Operation.CASCADE), world.operator)
    return kept, revoked


def customer_of(world: World) -> str:
    return world.customer.address
