"""A keeper on anvil for tests: a supply chain to move, budgets, and short ways to subscribe."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cet.ledger import Composition
from cet.ledger.mirror import evaluate, stale
from cet.ledger.store import SPARING, Store
from cet.oracle.service.keeping import subscriptions
from cet.oracle.service.keeping.notifier import Patience
from cet.oracle.service.keeping.running import KeeperOptions, Keeping
from cet.oracle.service.keeping.subscriptions import Wish
from cet.oracle.service.keeping.webhook import Limits
from oracle_service import Service
from world import MWH, POWER, PURCHASED, SERVICE, STATIONARY, TONNE

if TYPE_CHECKING:
    from cet.ledger.mirror import State
    from cet.oracle.service.keeping.keeper import Budget
    from cet.oracle.service.surroundings import Surroundings
    from world import World

_OPENED: list[Store] = []

LOCAL = KeeperOptions(limits=Limits(connect_seconds=1, seconds=2, private=True), patience=Patience())


@dataclass
class Chain:
    """Lots of a supply chain, top to bottom, and the source that an offset moves."""

    source: int
    below: list[int]


def a_chain(world: World, links: int = 3) -> Chain:
    """A source, a share of it with the dependent, and products composed one of the other."""
    (source,) = world.mint(world.supplier, (STATIONARY, 10 * TONNE, 10 * TONNE))
    below = [world.allocate(source, world.supplier, world.dependent, 5 * TONNE, PURCHASED)]
    for number in range(links - 1):
        made = Composition(SERVICE, TONNE, ((below[-1], TONNE // 2),), bytes([number + 1]) * 32)
        below.append(world.ledger.send(world.ledger.emissions.compose(made), world.dependent).result)
    return Chain(source, below)


def offset(world: World, lot: int, tonnes: int) -> None:
    batch = world.issue(tonnes, world.supplier)
    world.ledger.send(world.ledger.offsets.apply_to(batch, lot, tonnes * TONNE), world.supplier)


def settle(world: World) -> None:
    """Waits until the node has put what it was handed into a block: it answers before it has."""
    for _ in range(500):
        answer = world.ledger.chain.w3.provider.make_request("txpool_status", [])  # type: ignore[arg-type]
        if int(answer["result"]["pending"], 16) == 0:
            return
        time.sleep(0.01)
    raise AssertionError("transactions stay in the pool")


def stale_of(world: World) -> list[int]:
    settle(world)
    state: State = world.mirrored()
    return stale(state, evaluate(state))


def keeping(service: Service | Surroundings, budget: Budget | None = None, **changes: Any) -> Keeping:
    """A keeper on the service's database and chain, with the stranger's key; its mirror is beside the database."""
    around = service.around if isinstance(service, Service) else service
    options = replace(LOCAL, **changes)
    return Keeping(around, mirror_of(around), replace(options, budget=budget) if budget else options)


def mirror_of(around: Surroundings) -> Store:
    """The store of all keepers on the same database: in it, or beside its file."""
    url = around.database.engine.url
    if url.get_backend_name() == "sqlite":
        url = url.set(database=f"{url.database}.mirror")
    store = Store.open(url.render_as_string(hide_password=False), around.ledger.deployment, SPARING)
    _OPENED.append(store)
    return store


def close_mirrors() -> None:
    """Closes what `mirror_of` opened."""
    while _OPENED:
        _OPENED.pop().close()


def subscribe(service: Service, url: str, organisation: str = "acme", **wish: Any) -> tuple[str, str]:
    """Id and secret of a new subscription."""
    with service.around.database.write() as connection:
        made, secret = subscriptions.create(
            connection, organisation, Wish(url, **wish), "test", service.clock.now, service.around.seal
        )
    return made.id, secret


__all__ = ["MWH", "POWER", "Chain", "a_chain", "keeping", "offset", "settle", "stale_of", "subscribe"]
