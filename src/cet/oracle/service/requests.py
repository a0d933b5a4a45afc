"""Requests in the database: taken in, leased to a worker, saved with their entry in the audit log.

A lease is a version: whoever takes a request up raises its version, and what another worker still holds can no longer be
saved. So an expired lease, a skewed clock or a worker thought dead cost work, never correctness.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, or_, select, update

from cet.oracle.service import audit
from cet.oracle.service.errors import NoSuchRequest, Overtaken
from cet.oracle.service.states import Request, State
from cet.oracle.service.tables import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from cet.oracle.service.database import Database
    from cet.oracle.service.states import Event

_FIELDS = tuple(field.name for field in fields(Request))
_FARTHEST_MS = 15 * 60_000
_ENDED = tuple(state.value for state in State if state.ended)


@dataclass(frozen=True, slots=True)
class Act:
    """What is written beside a change: who did it, what it was, and what it was about."""

    actor: str
    event: Event | str
    detail: Mapping[str, Any]


def create(connection: Connection, request: Request, actor: str) -> None:
    """Takes a new request in."""
    connection.execute(insert(requests).values(_row(request)))
    detail = {"organisation": request.organisation, "package": request.package}
    audit.append(
        connection, at=request.created, request=request.id, actor=actor, event="received", detail=detail
    )


def find(connection: Connection, identity: str) -> Request:
    """Raises NoSuchRequest."""
    row = connection.execute(select(requests).where(requests.c.id == identity)).mappings().one_or_none()
    if row is None:
        raise NoSuchRequest(f"no request {identity}", "see the list of requests")
    return _request(row)


def open_request_of(
    connection: Connection, organisation: str, package: str, parties: tuple[str, str]
) -> Request | None:
    """The organisation's request about this very package and these parties that is not ended."""
    wanted = select(requests).where(
        requests.c.organisation == organisation,
        requests.c.package == package,
        requests.c.participant == parties[0],
        requests.c.verifier == parties[1],
        requests.c.state.not_in(_ENDED),
    )
    row = connection.execute(wanted.order_by(requests.c.created)).mappings().first()
    return None if row is None else _request(row)


def holder_of_statement(connection: Connection, statement: str) -> str | None:
    """Id of the request that handles the statement, None if none does."""
    return connection.execute(
        select(requests.c.id).where(requests.c.identity == statement)
    ).scalar_one_or_none()


def listed(
    connection: Connection,
    *,
    organisation: str | None = None,
    verifier: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Request]:
    """Newest first; of an organisation, or (also) of those that name a verifier. Neither: all."""
    wanted = select(requests).order_by(requests.c.created.desc(), requests.c.id).limit(limit)
    mine = []
    if organisation is not None:
        mine.append(requests.c.organisation == organisation)
    if verifier is not None:
        mine.append(requests.c.verifier == verifier)
    if mine:
        wanted = wanted.where(or_(*mine))
    if before is not None:
        wanted = wanted.where(requests.c.created < before)
    return [_request(row) for row in connection.execute(wanted).mappings()]


def claim(database: Database, owner: str, now: int, lease_ms: int) -> Request | None:
    """Leases the request that has been due longest, None if none is due. Its version is the lease.

    What is due, or leased, for longer than anybody puts off or leases was so by a clock that was wrong: it counts for nothing.
    """
    nonsense = now + max(2 * lease_ms, _FARTHEST_MS)
    with database.write() as connection:
        wanted = (
            select(requests)
            .where(
                or_(requests.c.due <= now, requests.c.due > nonsense),
                or_(
                    requests.c.lease_until.is_(None),
                    requests.c.lease_until <= now,
                    requests.c.lease_until > nonsense,
                ),
            )
            .order_by(requests.c.due, requests.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = connection.execute(wanted).mappings().one_or_none()
        if row is None:
            return None
        # A lease that expired is a worker that died, perhaps of this very request: that counts as a failure.
        fresh = {"version": row["version"] + 1, "attempts": row["attempts"] + bool(row["lease_until"])}
        connection.execute(
            update(requests)
            .where(requests.c.id == row["id"])
            .values(**fresh, lease_owner=owner, lease_until=now + lease_ms)
        )
        return replace(_request(row), **fresh)


def save(connection: Connection, before: Request, after: Request, act: Act | None = None) -> None:
    """Writes a request that was moved or postponed, ends its lease, and says so in the log.

    Raises Overtaken, and the transaction must not be committed, if it is another by now.
    """
    changed = connection.execute(
        update(requests)
        .where(requests.c.id == before.id, requests.c.version == before.version)
        .values({**_row(after), "lease_owner": None, "lease_until": None})
    )
    if changed.rowcount != 1:
        raise Overtaken(f"request {before.id} was moved by another", "it is in good hands; look at it again")
    if act is not None:
        moved = {"from": before.state, "to": after.state}
        detail = {**(moved if before.state != after.state else {}), **act.detail}
        audit.append(
            connection, at=after.changed, request=after.id, actor=act.actor, event=act.event, detail=detail
        )


def counts(connection: Connection) -> dict[str, int]:
    """Requests by state."""
    rows = connection.execute(select(requests.c.state, func.count()).group_by(requests.c.state))
    return dict(rows.all())


def _row(request: Request) -> dict[str, Any]:
    # A statement may be handed in again once the request about it is ended.
    identity = None if request.state.ended else request.statement
    return {**asdict(request), "state": request.state.value, "identity": identity}


def _request(row: RowMapping) -> Request:
    return Request(**{name: row[name] for name in _FIELDS if name != "state"}, state=State(row["state"]))
