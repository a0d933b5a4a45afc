"""What `cet oracle doctor` looks at of the keeper: its lease, its batches, the notices, the deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from cet.oracle.service.findings import Finding
from cet.oracle.service.keeping import cascades, deliveries
from cet.oracle.service.keeping.deliveries import DeliveryState
from cet.oracle.service.tables import cascades as batches
from cet.oracle.service.tables import cursors, keepers, subscriptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.oracle.service.surroundings import Surroundings

_LATE_MS = 15 * 60_000
_LATE_BLOCKS = 1_000
_PAGE = "see docs/keeper.md"


def keeper_findings(around: Surroundings) -> Iterator[Finding]:
    """Nothing but that there is none, where no keeper ever ran."""
    now = around.now()
    with around.database.read() as connection:
        held = connection.execute(select(keepers)).mappings().one_or_none()
        reached = connection.execute(select(cursors.c.block)).scalar_one_or_none()
        states = cascades.counts(connection)
        waiting = deliveries.counts(connection)
        open_states = [state.value for state in (cascades.CascadeState.OPEN, cascades.CascadeState.YIELDED)]
        oldest = connection.execute(
            select(func.min(batches.c.created)).where(batches.c.state.in_(open_states))
        ).scalar_one()
        down = connection.execute(
            select(subscriptions.c.id)
            .where(subscriptions.c.ended.is_(None), subscriptions.c.failures >= 3)
            .limit(5)
        ).scalars()
        unreached = list(down)
    if held is None and reached is None:
        yield Finding("keeper", fine=True, found="none has run on this database")
        return
    if held is not None:
        silent = now - held["lease_until"]
        yield Finding(
            "keeper",
            fine=silent < _LATE_MS,
            found=f"{held['owner']}, lease {'ended' if silent > 0 else 'ends in'} {abs(silent) // 1_000} s"
            + (" ago" if silent > 0 else ""),
            remedy="start it: `cet oracle keep`",
        )
    yield Finding(
        "cascades",
        fine=oldest is None or now - oldest < _LATE_MS,
        found=", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none",
        remedy="a batch is in no block for more than 15 minutes: see the keeper's funds, and its log",
    )
    behind = around.ledger.chain.head - (reached or 0)
    yield Finding(
        "notices",
        fine=reached is None or behind < _LATE_BLOCKS,
        found="none yet" if reached is None else f"told up to block {reached}, {behind} behind the newest",
        remedy="start the keeper, or see why it fails in its log",
    )
    dead = waiting.get(DeliveryState.DEAD.value, 0)
    yield Finding(
        "deliveries",
        fine=not dead and not unreached,
        found=", ".join(f"{count} {state}" for state, count in sorted(waiting.items())) or "none",
        remedy=f"tell the receivers of {', '.join(unreached) or 'the dead ones'}; {_PAGE}",
    )
