"""Collecting the participant's assertion and the verifier's opinion: signatures come in, keys never do."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from cet.ledger import Opinion
from cet.ledger.wallets import is_signed_by
from cet.oracle.service import recomputing, requests
from cet.oracle.service.errors import BadSignature, IllegalMove
from cet.oracle.service.requests import Act
from cet.oracle.service.states import Event, State, moved
from cet.oracle.service.tables import signatures

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cet.ledger.signing import TypedData
    from cet.oracle.service.states import Request
    from cet.oracle.service.surroundings import Surroundings
    from cet.statement import Statement

ASSERTION, OPINION = "assertion", "opinion"


@dataclass(frozen=True, slots=True)
class Signed:
    """Both parties' signatures."""

    assertion: bytes
    opinion: Opinion
    opinion_signature: bytes


def typed_data(around: Surroundings, statement: Statement, opinion: Opinion | None) -> TypedData:
    """What is signed: the statement by its participant, or the opinion by its verifier."""
    registry = around.ledger.registry
    return registry.assertion(statement) if opinion is None else registry.opinion(statement.id, opinion)


def add_signature(
    around: Surroundings, request_id: str, signature: bytes, opinion: Opinion | None, actor: str
) -> Request:
    """Takes a signature; with the second one the request is signed. The same again changes nothing.

    Raises NoSuchRequest, IllegalMove unless the request waits for signatures, BadSignature unless it is the party's.
    """
    with around.database.read() as connection:
        request = requests.find(connection, request_id)
        if request.state is not State.RECOMPUTED:
            if _stored(connection, request_id).get(_role(opinion)) == (signature, opinion):
                return request
            raise IllegalMove(
                f"the request is {request.state}",
                "signatures are taken while it is recomputed, not before or after",
            )
        statement = recomputing.kept(connection, request_id).statement
    account = statement.participant if opinion is None else statement.verifier
    if not is_signed_by(around.ledger.chain, account, typed_data(around, statement, opinion), signature):
        raise BadSignature(
            f"no signature of {account} for this {_role(opinion)}",
            "sign the typed data as given, with that account, for this chain and registry",
        )
    return _store(around, request, signature, opinion, account, actor)


def signed(connection: Connection, request_id: str) -> Signed:
    """Both signatures of a signed request."""
    found = _stored(connection, request_id)
    (assertion, _), (opinion_signature, opinion) = found[ASSERTION], found[OPINION]
    if opinion is None:
        raise IllegalMove("the opinion is missing", "post it")
    return Signed(assertion, opinion, opinion_signature)


def roles_signed(connection: Connection, request_id: str) -> tuple[str, ...]:
    """Which of the two signatures are there."""
    return tuple(sorted(_stored(connection, request_id)))


def _store(
    around: Surroundings,
    request: Request,
    signature: bytes,
    opinion: Opinion | None,
    account: str,
    actor: str,
) -> Request:
    now, role = around.now(), _role(opinion)
    with around.database.write() as connection:
        there = _stored(connection, request.id)
        if there.get(role) == (signature, opinion):
            return request
        connection.execute(
            delete(signatures).where(signatures.c.request == request.id, signatures.c.role == role)
        )
        connection.execute(
            insert(signatures).values(
                request=request.id,
                role=role,
                signer=account,
                signature=signature,
                opinion=json.dumps(asdict(opinion)) if opinion else "",
                created=now,
            )
        )
        whole = {*there, role} == {ASSERTION, OPINION}
        after = (
            moved(request, Event.SIGNED, now, due=now)
            if whole
            else replace(request, version=request.version + 1, changed=now)
        )
        detail = {"signer": account, "role": role}
        requests.save(connection, request, after, Act(actor, Event.SIGNED if whole else role, detail))
    around.log.info("signed", request=request.id, role=role, state=after.state)
    if whole:
        around.metrics.moves.labels(Event.SIGNED).inc()
    return after


def _stored(connection: Connection, request_id: str) -> dict[str, tuple[bytes, Opinion | None]]:
    rows = connection.execute(select(signatures).where(signatures.c.request == request_id)).mappings()
    return {
        row["role"]: (row["signature"], Opinion(**json.loads(row["opinion"])) if row["opinion"] else None)
        for row in rows
    }


def _role(opinion: Opinion | None) -> str:
    return ASSERTION if opinion is None else OPINION
