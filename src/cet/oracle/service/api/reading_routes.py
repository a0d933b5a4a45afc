"""Looking: requests, comparisons, what to sign, receipts, the log."""

import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import select

from cet.ledger import Opinion
from cet.oracle.service import audit, comparing, recomputing, requests, signing
from cet.oracle.service.api.access import known, visible
from cet.oracle.service.api.guard import Admitted, AdmittedRoute, Around
from cet.oracle.service.api.views import (
    ComparedLine,
    Comparison,
    LogEntry,
    RequestDetail,
    RequestView,
)
from cet.oracle.service.errors import NoSuchRequest, NotAllowed
from cet.oracle.service.tables import receipts
from cet.oracle.service.tokens import Scope

router = APIRouter(prefix="/v1", route_class=AdmittedRoute)
_MOST_LINES = 5_000
_MOST_REQUESTS = 200


class Role(StrEnum):
    """Which of the two signatures."""

    ASSERTION = "assertion"
    OPINION = "opinion"


@router.get("/requests")
def list_requests(
    around: Around,
    token: Admitted,
    before: Annotated[int | None, Query(ge=0, lt=2**40, description="Created before, s since 1970.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST_REQUESTS)] = 50,
) -> list[RequestView]:
    """Newest first: the organisation's own, those that name the verifier, all for an operator."""
    everything = Scope.OPERATE in token.scopes
    own = bool(token.scopes & {Scope.READ, Scope.SUBMIT})
    verifies = Scope.VERIFY in token.scopes
    if not (everything or own or verifies):
        raise NotAllowed("the token lacks scope read", "ask the operator: `cet oracle token new`")
    with around.database.read() as connection:
        found = requests.listed(
            connection,
            organisation=token.organisation if own and not everything else None,
            verifier=token.address if verifies and not everything else None,
            before=before * 1_000 if before is not None else None,
            limit=limit,
        )
    return [
        RequestView.of(
            one,
            lines_visible=(own and one.organisation == token.organisation)
            or (verifies and one.verifier == token.address),
        )
        for one in found
    ]


@router.get("/requests/{identity}")
def show(identity: str, around: Around, token: Admitted) -> RequestDetail:
    """A request: its state, who has signed, what its package gives."""
    request, lines = known(around, token, identity)
    with around.database.read() as connection:
        signed = signing.roles_signed(connection, identity)
        try:
            summary = recomputing.kept(connection, identity).summary if lines else None
        except NoSuchRequest:
            summary = None
    view = RequestView.of(request, lines_visible=lines)
    return RequestDetail(**view.model_dump(), signed=list(signed), summary=dict(summary) if summary else None)


@router.get("/requests/{identity}/comparison")
def compare(
    identity: str,
    around: Around,
    token: Admitted,
    offset: Annotated[int, Query(ge=0, lt=2**31)] = 0,
    limit: Annotated[int, Query(ge=1, le=_MOST_LINES)] = 1_000,
    differing_only: Annotated[bool, Query(description="Leave out lines that agree.")] = False,
) -> Comparison:
    """The participant's figures beside the oracle's, line by line."""
    visible(around, token, identity)
    with around.database.read() as connection:
        lines = recomputing.kept_lines(connection, identity)
        asserted = comparing.kept_figures(connection, identity)
    claims = {line["line"] for line in lines if line["claim_differs"]}
    compared = comparing.compare(lines, asserted)
    shown = [one for one in compared if one.differs or one.line in claims] if differing_only else compared
    return Comparison(
        total=len(compared),
        differing=sum(one.differs for one in compared),
        claims_that_differ=len(claims),
        lines=[
            ComparedLine(
                line=one.line,
                asserted_mg=list(one.asserted),
                recomputed_mg=list(one.recomputed),
                claimed_t=one.claimed_t,
                recomputed_t=one.recomputed_t,
                claim_differs=one.line in claims,
                differs=one.differs,
            )
            for one in shown[offset : offset + limit]
        ],
    )


@router.get("/requests/{identity}/typed-data")
def typed_data(
    identity: str,
    around: Around,
    token: Admitted,
    role: Role,
    standard: Annotated[str, Query(min_length=1, max_length=32)] = "ISO 14064-3",
    level: Annotated[str, Query(pattern="^(limited|reasonable)$")] = "limited",
    coverage: Annotated[int, Query(ge=0, le=10_000)] = 10_000,
) -> dict[str, Any]:
    """EIP-712 data for the participant (`assertion`) or the verifier (`opinion`) to sign; bytes as hex."""
    visible(around, token, identity)
    with around.database.read() as connection:
        statement = recomputing.kept(connection, identity).statement
    opinion = Opinion(standard, level, coverage) if role is Role.OPINION else None
    shown: dict[str, Any] = _as_json(dict(signing.typed_data(around, statement, opinion)))
    return shown


@router.get("/requests/{identity}/receipt")
def receipt(identity: str, around: Around, token: Admitted) -> dict[str, Any]:
    """Number, lots, transactions and block, once the mint is confirmed."""
    visible(around, token, identity)
    with around.database.read() as connection:
        text = connection.execute(
            select(receipts.c.receipt).where(receipts.c.request == identity)
        ).scalar_one_or_none()
    if text is None:
        raise NoSuchRequest(f"no receipt of {identity}", "ask again once the request is receipted")
    found: dict[str, Any] = json.loads(text)
    return found


@router.get("/requests/{identity}/log")
def log(identity: str, around: Around, token: Admitted) -> list[LogEntry]:
    """Everything that happened to the request, each entry hash-chained to the service's log."""
    visible(around, token, identity)
    with around.database.read() as connection:
        entries = audit.entries_of(connection, identity)
    return [
        LogEntry(
            seq=entry.seq,
            at=entry.at // 1_000,
            event=entry.event,
            detail=json.loads(entry.detail),
            hash=entry.hash,
        )
        for entry in entries
    ]


def _as_json(value: Any) -> Any:
    """Bytes as hex, whole numbers above what JSON readers keep as text."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and value >= 2**53:
        return str(value)
    return value
