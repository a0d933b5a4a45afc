"""What the store is asked: a participant's inventory, its suppliers and dependents, and where a lot comes from and goes.

Each function takes a transaction of `Store.read`, so that several answers are of one block. Figures are those of the last
`evaluate`; masses in mg CO2e.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, or_, select

from cet.ledger.errors import LedgerError, UnknownLot
from cet.ledger.keys import key_text
from cet.ledger.lots import Figures
from cet.ledger.mirror.evaluation import ceil_div
from cet.ledger.store.shelves import EDGES, LOTS, TABLES
from cet.ledger.store.tables import FIGURES
from cet.scopes import LotCode, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Select

K = TypeVar("K")
Period = tuple[int, int]
"""First and last day, both included, as days since 1970-01-01."""

_AT_ONCE = 10_000
_HOLDERS, _DISPLACED, _OFFSETS = TABLES["holders"], TABLES["displaced"], TABLES["offsets"]
_STATEMENTS, _PARTICIPANTS = TABLES["statements"], TABLES["participants"]


@dataclass(frozen=True, slots=True)
class InventoryLine:
    """Live figures of one period, scope, category and method. Net is another series: own and inherited offsets inside."""

    period: Period
    scope: Scope
    category: int
    method: Method
    gross: int
    net: int
    own_offset: int
    lots: int


@dataclass(frozen=True, slots=True)
class Partner:
    """Who supplies, or depends: what of its lots, or of one's own, the other received."""

    address: str
    name: str
    lots: int
    gross: int
    net: int


@dataclass(frozen=True, slots=True)
class Step:
    """A lot on a trail, `distance` edges away at least; `edges` are (parent, units)."""

    lot: int
    holder: str
    code: LotCode
    statement: int
    distance: int
    figures: Figures
    edges: tuple[tuple[int, int], ...]


def participant(connection: Connection, given: str) -> str:
    """The address of an enrolled name or of an address in any case. Raises LedgerError for none, or for several."""
    lowered = given.lower()
    named = select(_PARTICIPANTS.c.participant).where(
        or_(func.lower(_PARTICIPANTS.c.name) == lowered, func.lower(_PARTICIPANTS.c.participant) == lowered)
    )
    found = list(connection.execute(named).scalars())
    if not found:
        holding = select(_HOLDERS.c.holder).where(func.lower(_HOLDERS.c.holder) == lowered).limit(1)
        found = list(connection.execute(holding).scalars())
    if len(found) == 1:
        return str(found[0])
    if found:
        raise LedgerError(
            f"{len(found)} participants are called {given!r}", f"give an address: {', '.join(found)}"
        )
    enrolled = sorted(connection.execute(select(_PARTICIPANTS.c.name)).scalars())
    near = [name for name in enrolled if lowered in name.lower()] or get_close_matches(given, enrolled)
    remedy = f"did you mean {' or '.join(near[:3])}?" if near else "give an enrolled name or an address"
    raise LedgerError(f"no participant {given!r}", remedy)


def names(connection: Connection, addresses: Iterable[str]) -> dict[str, str]:
    """Enrolled names of those of the addresses that have one."""
    asked = select(_PARTICIPANTS.c.participant, _PARTICIPANTS.c.name)
    return {
        row.participant: row.name
        for part in _parts(sorted(set(addresses)))
        for row in connection.execute(asked.where(_PARTICIPANTS.c.participant.in_(part)))
    }


def holder_and_code(connection: Connection, lot: int) -> tuple[str, LotCode] | None:
    """Who holds a lot, and what it is; None if there is none."""
    asked = select(_HOLDERS.c.holder, LOTS.c.code).join(LOTS, LOTS.c.lot == _HOLDERS.c.lot)
    row = connection.execute(asked.where(_HOLDERS.c.lot == lot)).one_or_none()
    return None if row is None else (row.holder, LotCode.decode(row.code))


def inventory(connection: Connection, holder: str, period: Period | None = None) -> list[InventoryLine]:
    """A participant's live inventory by period, scope, category and method; of lots inside a period, if one is given.

    Whole gross whatever was passed on, less what primary data displaced; products are in none (laws 7 and 11).
    """
    sums: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for row in connection.execute(_lots_of(holder)):
        code = LotCode.decode(row.code)
        if code.is_product:
            continue
        days = (row.consumed_from, row.consumed_to)
        if row.consumed_from is None:
            days = (row.period_start, row.period_end)
        if period is not None and not (period[0] <= days[0] and days[1] <= period[1]):
            continue
        standing = row.basis - (row.displaced or 0)
        own = sums[days, code.scope, code.category, code.method]
        own[0] += ceil_div(row.gross * standing, row.basis)
        own[1] += ceil_div(row.net * standing, row.basis)
        own[2] += row.own_offset or 0
        own[3] += 1
    return [InventoryLine(*series, *values) for series, values in sorted(sums.items())]


def suppliers(connection: Connection, holder: str) -> list[Partner]:
    """Whose lots the participant received parts of, the largest gross first."""
    theirs, own = _HOLDERS.alias("theirs"), _HOLDERS.alias("own")
    return _partners(connection, theirs.c.holder, theirs, own, own.c.holder == holder)


def dependents(connection: Connection, holder: str) -> list[Partner]:
    """Who received parts of the participant's lots, the largest gross first."""
    theirs, own = _HOLDERS.alias("theirs"), _HOLDERS.alias("own")
    return _partners(connection, own.c.holder, theirs, own, theirs.c.holder == holder)


def ancestors(connection: Connection, lot: int) -> list[Step]:
    """The lot and all it comes from, the nearest first. Raises UnknownLot."""
    return _trail(connection, lot, EDGES.c.child, EDGES.c.parent)


def descendants(connection: Connection, lot: int) -> list[Step]:
    """The lot and all that comes from it, the nearest first. Raises UnknownLot."""
    return _trail(connection, lot, EDGES.c.parent, EDGES.c.child)


def _lots_of(holder: str) -> Select[Any]:
    columns = (
        LOTS.c.code,
        LOTS.c.basis,
        LOTS.c.consumed_from,
        LOTS.c.consumed_to,
        FIGURES.c.gross,
        FIGURES.c.net,
        _DISPLACED.c.units.label("displaced"),
        _OFFSETS.c.mg.label("own_offset"),
        _STATEMENTS.c.period_start,
        _STATEMENTS.c.period_end,
    )
    joined = (
        LOTS.join(_HOLDERS, _HOLDERS.c.lot == LOTS.c.lot)
        .join(FIGURES, FIGURES.c.lot == LOTS.c.lot)
        .outerjoin(_DISPLACED, _DISPLACED.c.lot == LOTS.c.lot)
        .outerjoin(_OFFSETS, _OFFSETS.c.lot == LOTS.c.lot)
        .outerjoin(_STATEMENTS, _STATEMENTS.c.statement == LOTS.c.statement)
    )
    return select(*columns).select_from(joined).where(_HOLDERS.c.holder == holder)


def _partners(connection: Connection, who: Any, theirs: Any, own: Any, condition: Any) -> list[Partner]:
    """Over the edges between lots of two holders: `theirs` is the parent's, `own` the child's."""
    joined = (
        EDGES.join(theirs, theirs.c.lot == EDGES.c.parent)
        .join(own, own.c.lot == EDGES.c.child)
        .join(FIGURES, FIGURES.c.lot == EDGES.c.child)
        .outerjoin(_PARTICIPANTS, _PARTICIPANTS.c.participant == who)
    )
    asked = select(who, _PARTICIPANTS.c.name, FIGURES.c.gross, FIGURES.c.net).select_from(joined)
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    # An edge between two holders is an allocation: its lot has no other edge.
    for address, name, gross, net in connection.execute(
        asked.where(condition, theirs.c.holder != own.c.holder)
    ):
        one = sums[address, name or ""]
        one[0] += 1
        one[1] += gross
        one[2] += net
    found = [Partner(address, name, *values) for (address, name), values in sums.items()]
    return sorted(found, key=lambda one: (-one.gross, one.address))


def _trail(connection: Connection, lot: int, here: Any, there: Any) -> list[Step]:
    distances = {lot: 0}
    reached, distance = [lot], 0
    while reached:
        distance += 1
        further: dict[int, None] = {}
        for part in _parts(reached):
            found = connection.execute(select(there).where(here.in_(part)).distinct()).scalars()
            further.update(dict.fromkeys(key for key in found if key not in distances))
        distances.update(dict.fromkeys(further, distance))
        reached = list(further)
    steps = {
        step.lot: step for part in _parts(list(distances)) for step in _steps(connection, part, distances)
    }
    if lot not in steps:
        raise UnknownLot(f"no lot {key_text(lot)} in the store", "check the key, or follow the chain further")
    return [steps[key] for key in distances]


def _steps(connection: Connection, lots: list[int], distances: dict[int, int]) -> Iterator[Step]:
    edges: dict[int, list[tuple[int, int]]] = defaultdict(list)
    asked = select(EDGES).where(EDGES.c.child.in_(lots)).order_by(EDGES.c.child, EDGES.c.ordinal)
    for row in connection.execute(asked):
        edges[row.child].append((row.parent, row.units))
    joined = LOTS.join(_HOLDERS, _HOLDERS.c.lot == LOTS.c.lot).join(FIGURES, FIGURES.c.lot == LOTS.c.lot)
    columns = (LOTS.c.lot, LOTS.c.code, LOTS.c.statement, _HOLDERS.c.holder, *FIGURES.c[1:])
    for row in connection.execute(select(*columns).select_from(joined).where(LOTS.c.lot.in_(lots))):
        figures = Figures(row.gross, row.inherited, row.net, row.surplus)
        code = LotCode.decode(row.code)
        yield Step(
            row.lot, row.holder, code, row.statement, distances[row.lot], figures, tuple(edges[row.lot])
        )


def _parts(keys: list[K]) -> Iterable[list[K]]:
    return (keys[start : start + _AT_ONCE] for start in range(0, len(keys), _AT_ONCE))
