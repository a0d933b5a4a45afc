"""Handing in: packages, figures, signatures, attestations."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from cet.ledger import Opinion
from cet.oracle.service import attesting, comparing, recomputing, requests, signing
from cet.oracle.service.api.access import mine, visible
from cet.oracle.service.api.guard import Admitted, AdmittedRoute, Around
from cet.oracle.service.api.views import (
    Attestation,
    AttestationBody,
    RequestView,
    SignatureBody,
)
from cet.oracle.service.citing import Citing
from cet.oracle.service.errors import BadUpload, IllegalMove
from cet.oracle.service.intake import Handed, take
from cet.oracle.service.peers import Question
from cet.oracle.service.requests import Act
from cet.oracle.service.states import Event, State, moved
from cet.oracle.service.surroundings import Surroundings
from cet.oracle.service.tokens import Scope, Token
from cet.statement.model import NO_STATEMENT

router = APIRouter(prefix="/v1", route_class=AdmittedRoute)
ADDRESS = r"^0x[0-9a-fA-F]{40}$"
STATEMENT = r"^0x[0-9a-fA-F]{64}$"
_BINARY = {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
_JSON = {"content": {"application/json": {"schema": {"type": "object"}}}}


@router.post("/requests", status_code=201, openapi_extra={"requestBody": {"required": True, **_BINARY}})
async def hand_in(
    call: Request,
    response: Response,
    around: Around,
    token: Admitted,
    participant: Annotated[str, Query(pattern=ADDRESS, description="Who asserts the statement.")],
    verifier: Annotated[str, Query(pattern=ADDRESS, description="Who gives an opinion on it.")],
    statement: Annotated[
        str | None, Query(pattern=STATEMENT, description="Id of the statement it is meant to give.")
    ] = None,
    corrects: Annotated[bool, Query(description="Whether it corrects what stands for its period.")] = False,
    inflation: Annotated[int, Query(ge=0, le=10_000, description="Of a correction, basis points.")] = 0,
    instrument: Annotated[
        list[str] | None,
        Query(description="A use the statement consumes, 0x…:number: the instrument registry and its use."),
    ] = None,
) -> RequestView:
    """Hand in a package: the body is a zip of its folder, or its .xlsx. 200 if the same is in hand already."""
    token.require(Scope.SUBMIT)
    content = await call.body()
    asserted = bytes.fromhex(statement[2:]) if statement else None
    uses = " ".join(instrument or ())
    recomputing.read_uses(uses)
    handed = Handed(content, participant, verifier, asserted, corrects, inflation, instruments=uses)
    request, new = await run_in_threadpool(take, around, token.organisation, handed, f"token {token.id}")
    call.state.request_id = request.id
    response.status_code = 201 if new else 200
    return RequestView.of(request)


@router.put("/requests/{identity}/figures", openapi_extra={"requestBody": {"required": True, **_JSON}})
async def put_figures(identity: str, call: Request, around: Around, token: Admitted) -> RequestView:
    """The participant's own figures, as `cet inventory compute PACKAGE --lines --json` prints them. One that differs in
    any digit ends the request as `differs`."""
    token.require(Scope.SUBMIT)
    try:
        document = json.loads(await call.body())
    except (ValueError, RecursionError) as error:
        raise BadUpload(
            "the body is no JSON", "send what `cet inventory compute --lines --json` prints"
        ) from error
    return await run_in_threadpool(_put_figures, around, token, identity, document)


@router.post("/requests/{identity}/signatures")
def sign(identity: str, body: SignatureBody, around: Around, token: Admitted) -> RequestView:
    """Post the participant's assertion, or the verifier's opinion. With the second one the request goes on."""
    token.require(Scope.SUBMIT, Scope.VERIFY)
    visible(around, token, identity)
    opinion = Opinion(**body.opinion.model_dump()) if body.opinion else None
    signature = bytes.fromhex(body.signature[2:])
    after = signing.add_signature(around, identity, signature, opinion, f"token {token.id}")
    return RequestView.of(after)


@router.post("/requests/{identity}/attestations")
def hand_attestation_in(
    identity: str, body: AttestationBody, around: Around, token: Admitted
) -> dict[str, bool]:
    """Another oracle's attestation that came by another way. `counts` is false for what no trusted oracle signed."""
    token.require(Scope.ATTEST, Scope.SUBMIT)
    if Scope.ATTEST not in token.scopes:
        mine(around, token, identity)
    counts = attesting.add_attestation(around, identity, bytes.fromhex(body.signature[2:]))
    return {"counts": counts}


@router.post("/attestations")
def attest(question: Annotated[Any, Body()], around: Around, token: Admitted) -> Attestation:
    """For other oracles: recompute the package, and attest the statement if it is the same to the last bit."""
    token.require(Scope.ATTEST)
    asked = Question.decode(question)
    statement, uses = asked.statement, recomputing.read_uses(asked.instruments)
    oracle, parties = around.oracle, (statement.participant, statement.verifier)
    with recomputing.on_disk(asked.package, asked.corrected) as (path, earlier):
        if asked.statement.supersedes == NO_STATEMENT:
            draft = oracle.recompute(path, *parties, uses)
        else:
            draft = oracle.recompute_correction(path, earlier, *parties, statement.inflation, uses)
        citing = Citing(around, draft.statement, draft.inventory)
        with around.database.read() as connection:
            citing.require_room(connection)
        signature = oracle.sign_if_same(statement, draft.statement)
    around.log.info("attested for another oracle", statement="0x" + statement.id.hex())
    return Attestation(oracle=around.signer.address, signature="0x" + signature.hex())


def _put_figures(around: Surroundings, token: Token, identity: str, document: Any) -> RequestView:
    mine(around, token, identity)
    asserted = comparing.read_figures(document)
    now = around.now()
    with around.database.write() as connection:
        request = requests.find(connection, identity)
        if request.state not in (State.RECEIVED, State.RECOMPUTED):
            raise IllegalMove(
                f"the request is {request.state}", "send figures before both parties have signed"
            )
        comparing.keep_figures(connection, identity, asserted)
        if request.state is State.RECOMPUTED:
            lines = recomputing.kept_lines(connection, identity)
            differing = [one.line for one in comparing.compare(lines, asserted) if one.differs]
            if differing:
                reason = f"{len(differing)} lines differ, first {differing[0]}"
                after = moved(request, Event.DIFFERED, now, due=None, reason=reason)
                act = Act(f"token {token.id}", Event.DIFFERED, {"reason": reason})
                requests.save(connection, request, after, act)
                request = after
    return RequestView.of(request)
