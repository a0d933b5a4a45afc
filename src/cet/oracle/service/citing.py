"""No unit of a received lot is cited twice: what live statements that this service knows cite of it counts together (laws 10, 11).

A line that cites what was received forms no lot, so units cited in two statements would be reported twice and minted once. Known is
what was recomputed here, of whichever organisation; of an entity's period one statement counts, the largest, because corrections
replace each other. What the ledger says is superseded or withdrawn counts no longer.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from cet.oracle.errors import ReceivedUnfounded
from cet.oracle.received_lots import citations_of
from cet.oracle.service import audit
from cet.oracle.service.states import State
from cet.oracle.service.tables import citations, requests, stated
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from cet.inventory import Inventory
    from cet.oracle.received_lots import Cited
    from cet.oracle.service.surroundings import Surroundings
    from cet.statement import Statement

_ENDED = tuple(state.value for state in State if state.ended)


class Citing:
    """What one inventory cites, held to what others cite. The ledger is asked here, before the database is locked."""

    def __init__(self, around: Surroundings, statement: Statement, inventory: Inventory) -> None:
        self._statement = statement
        self._cited = citations_of(around.ledger, inventory)
        self._dead: Collection[str] = ()
        if self._cited:
            with around.database.read() as connection:
                others = {row.statement for row in _others(connection, self._cited)}
            self._dead = {one for one in others if _is_dead(around, bytes.fromhex(one))}

    def require_room(self, connection: Connection) -> None:
        """Raises ReceivedUnfounded, with every lot of which more would be cited than there is."""
        if not self._cited:
            return
        said = self._statement
        mine = (said.entity.hex(), said.period_start, said.period_end)
        largest: dict[str, dict[tuple[str, int, int], Fraction]] = defaultdict(dict)
        for row in _others(connection, self._cited):
            place = (row.entity, row.period_start, row.period_end)
            if place != mine and row.statement not in self._dead:
                of_lot = largest[row.lot]
                of_lot[place] = max(of_lot.get(place, Fraction(0)), Fraction(row.units))
        problems = [
            f"received {one.lot}: {exact_text(others)} {one.unit} of it are cited by other statements already, "
            f"{exact_text(one.units)} here, it has {one.most}"
            for one in self._cited
            if (others := sum(largest[one.lot].values(), Fraction(0))) and others + one.units > one.most
        ]
        if problems:
            raise ReceivedUnfounded(
                "\n".join(problems), "cite each unit in one statement, or correct the other statement first"
            )

    def keep(self, connection: Connection, request: str) -> None:
        """Writes down what the request cites, for those after it. Raises ReceivedUnfounded."""
        if not self._cited:
            return
        # Two that cite the same lot are written one after the other.
        audit.lock(connection)
        self.require_room(connection)
        connection.execute(delete(citations).where(citations.c.request == request))
        rows = [{"request": request, "lot": one.lot, "units": exact_text(one.units)} for one in self._cited]
        connection.execute(insert(citations), rows)


def _others(connection: Connection, cited: Iterable[Cited]) -> list[Any]:
    """Everything cited of these lots by requests that are not ended, the asking one included."""
    wanted = (
        select(
            citations.c.lot,
            citations.c.units,
            requests.c.statement,
            stated.c.entity,
            stated.c.period_start,
            stated.c.period_end,
        )
        .join(requests, requests.c.id == citations.c.request)
        .join(stated, stated.c.request == citations.c.request)
        .where(citations.c.lot.in_([one.lot for one in cited]), requests.c.state.not_in(_ENDED))
    )
    return list(connection.execute(wanted).all())


def _is_dead(around: Surroundings, statement: bytes) -> bool:
    record = around.ledger.registry.record(statement)
    return record is not None and (record.superseded_by != 0 or record.withdrawn)
