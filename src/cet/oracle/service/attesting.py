"""m of n: this oracle attests what it recomputes, asks the others, and counts only those the registry trusts.

An attestation is over the statement's id, so a wrong or stolen oracle can withhold its own or waste a request's time, and
nothing else: what it signs for another statement, or as nobody trusted, is thrown away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from cet.errors import CetError
from cet.ledger.wallets import signer_of
from cet.oracle.errors import RecomputationDiffers
from cet.oracle.evidence import gather_evidence
from cet.oracle.service import recomputing, requests, signing
from cet.oracle.service.citing import Citing
from cet.oracle.service.peers import Question
from cet.oracle.service.requests import Act
from cet.oracle.service.states import Event, State, backoff_ms, moved, postponed
from cet.oracle.service.tables import attestations, stated
from cet.oracle.service.tables import requests as request_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from cet.ledger import Evidence
    from cet.oracle.service.recomputing import Kept, Recomputed
    from cet.oracle.service.states import Request
    from cet.oracle.service.surroundings import Surroundings
    from cet.statement import Statement, StatementDraft

_FRESH_MS = 24 * 3_600_000
"""For so long an attestation made when the package was recomputed counts; then it is recomputed again."""


def attest(around: Surroundings, request: Request) -> None:
    """Gathers attestations until there are enough; then the request is attested."""
    with around.database.read() as connection:
        found = recomputing.kept(connection, request.id)
        package = recomputing.package_of(connection, request.package)
        corrected = corrected_packages(connection, request, _place(found.statement))
        have = dict(_stored(connection, request.id))
        fresh = _own_is_fresh(connection, around, request.id, found.statement)
    own = around.signer.address
    registry = around.ledger.registry
    if not fresh and registry.is_oracle(own):
        have[own] = _own(around, request, found.statement, package, corrected)
        with around.database.write() as connection:
            keep_own(connection, around, request.id, have[own])
        around.mark("attested by itself")
    required = registry.attestations_required()
    trusted = _trusted(around, have)
    if len(trusted) < required:
        _ask_peers(around, request, Question(found.statement, package, corrected, request.instruments), have)
        trusted = _trusted(around, have)
    now = around.now()
    with around.database.write() as connection:
        if len(trusted) < required:
            reason = f"{len(trusted)} of {required} attestations"
            after = postponed(request, now, now + backoff_ms(request.attempts), reason)
            requests.save(connection, request, after)
        else:
            detail = {"oracles": sorted(trusted)}
            after = moved(request, Event.ATTESTED, now, due=now)
            requests.save(connection, request, after, Act(own, Event.ATTESTED, detail))
            around.metrics.moves.labels(Event.ATTESTED).inc()


def attest_early(around: Surroundings, request: Request, draft: StatementDraft) -> bytes | None:
    """This oracle's attestation of what it has just recomputed, so that it need not do so again once the parties have signed.

    None where the ledger decides what is right, and may decide otherwise by then: corrections, and lines that cite what was
    received. None too while the key can't sign: then the request is recomputed again.
    """
    if request.corrects or draft.inventory.received:
        return None
    try:
        return around.signer.sign_typed_data(around.ledger.registry.attestation(draft.statement.id))
    except (CetError, OSError):
        return None


def keep_own(connection: Connection, around: Surroundings, request_id: str, signature: bytes) -> None:
    """Stores this oracle's attestation with the factors it is of, in place of an earlier one."""
    own = around.signer.address
    connection.execute(
        delete(attestations).where(attestations.c.request == request_id, attestations.c.oracle == own)
    )
    factors = around.oracle.factors.digest
    connection.execute(
        insert(attestations).values(
            request=request_id, oracle=own, signature=signature, created=around.now(), factors=factors
        )
    )


def _own_is_fresh(
    connection: Connection, around: Surroundings, request_id: str, statement: Statement
) -> bool:
    """Whether this oracle attested this very statement within a day, with the factors it has now.

    Its signature proves it: nobody who writes to the database can make one for another statement.
    """
    own = around.signer.address
    row = connection.execute(
        select(attestations.c.signature, attestations.c.created, attestations.c.factors).where(
            attestations.c.request == request_id, attestations.c.oracle == own
        )
    ).one_or_none()
    return (
        row is not None
        and row.factors == around.oracle.factors.digest
        and abs(around.now() - row.created) < _FRESH_MS
        and signer_of(around.ledger.registry.attestation(statement.id), row.signature) == own
    )


def add_attestation(around: Surroundings, request_id: str, signature: bytes) -> bool:
    """Takes an attestation that came by another way; False for one that is worth nothing."""
    with around.database.read() as connection:
        statement = recomputing.kept(connection, request_id).statement
    oracle = signer_of(around.ledger.registry.attestation(statement.id), signature)
    if oracle is None or not around.ledger.registry.is_oracle(oracle):
        around.metrics.worthless.inc()
        around.log.warning("worthless attestation", request=request_id, oracle=oracle)
        return False
    _keep(around, request_id, oracle, signature)
    return True


def evidence_of(around: Surroundings, request: Request, found: Recomputed) -> Evidence:
    """The evidence as the registry takes it now: as many trusted attestations as are required, the period's neighbour."""
    with around.database.read() as connection:
        both = signing.signed(connection, request.id)
        have = dict(_stored(connection, request.id))
    trusted = _trusted(around, have)
    required = around.ledger.registry.attestations_required()
    return gather_evidence(
        around.ledger,
        found.statement,
        assertion=both.assertion,
        opinion=both.opinion,
        opinion_signature=both.opinion_signature,
        attestations=[trusted[oracle] for oracle in sorted(trusted)[:required]],
    )


def corrected_packages(
    connection: Connection, request: Request, place: tuple[str, int, int] | None
) -> Mapping[bytes, Kept]:
    """Packages of the organisation's statements of this entity and period, by statement id: what a correction is computed from.

    None, where a package does not say which: it is refused for that.
    """
    if not request.corrects or place is None:
        return {}
    entity, first, last = place
    rows = connection.execute(
        select(request_table.c.statement, request_table.c.package)
        .join(stated, stated.c.request == request_table.c.id)
        .where(
            stated.c.entity == entity,
            stated.c.period_start == first,
            stated.c.period_end == last,
            request_table.c.organisation == request.organisation,
            request_table.c.state == State.RECEIPTED.value,
        )
    )
    return {
        bytes.fromhex(statement): recomputing.package_of(connection, digest)
        for statement, digest in rows.all()
    }


def _place(statement: Statement) -> tuple[str, int, int]:
    return statement.entity.hex(), statement.period_start, statement.period_end


def _own(
    around: Surroundings,
    request: Request,
    statement: Statement,
    package: Kept,
    corrected: Mapping[bytes, Kept],
) -> bytes:
    """Recomputed once more from the raw package: what stands in the database alone is never attested."""
    draft = recomputing.draft_of(around.oracle, request, package, corrected)
    own = draft.statement
    citing = Citing(around, own, draft.inventory)
    with around.database.read() as connection:
        citing.require_room(connection)
    if own.id != statement.id:
        raise RecomputationDiffers(
            "the package gives another statement than it did",
            "factors or ledger changed since: hand the package in again",
        )
    return around.signer.sign_typed_data(around.ledger.registry.attestation(own.id))


def _ask_peers(around: Surroundings, request: Request, question: Question, have: dict[str, bytes]) -> None:
    typed = around.ledger.registry.attestation(question.statement.id)
    for place, peer in enumerate(around.peers):
        signature = peer.attestation(question)
        if signature is None:
            around.metrics.peer_failures.labels(str(place)).inc()
            around.log.warning("no attestation", request=request.id, peer=place)
            continue
        oracle = signer_of(typed, signature)
        if oracle is None or not around.ledger.registry.is_oracle(oracle):
            around.metrics.worthless.inc()
            around.log.warning("worthless attestation", request=request.id, peer=place, oracle=oracle)
            continue
        have[oracle] = signature
        _keep(around, request.id, oracle, signature)
        around.mark("attested by a peer")


def _trusted(around: Surroundings, have: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of oracles the registry trusts now."""
    registry = around.ledger.registry
    return {oracle: signature for oracle, signature in have.items() if registry.is_oracle(oracle)}


def _keep(around: Surroundings, request_id: str, oracle: str, signature: bytes) -> None:
    with around.database.write() as connection:
        if oracle not in _stored(connection, request_id):
            connection.execute(
                insert(attestations).values(
                    request=request_id, oracle=oracle, signature=signature, created=around.now()
                )
            )


def _stored(connection: Connection, request_id: str) -> dict[str, bytes]:
    rows = connection.execute(
        select(attestations.c.oracle, attestations.c.signature).where(attestations.c.request == request_id)
    )
    return dict(rows.all())
