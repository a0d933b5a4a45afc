"""After a crash run: every package minted exactly once or refused with a reason, and chain, database and mirror one."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from cet.ledger import LotWord
from cet.ledger.mirror import evaluate
from cet.oracle.service import audit, recomputing, requests
from cet.oracle.service.doctor import examine
from cet.oracle.service.states import State
from cet.oracle.service.tables import attempts, outbox, receipts
from cet.oracle.service.tables import audit as audit_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from cet.ledger.mirror import State as Books
    from cet.oracle.service.states import Request
    from cet.oracle.service.surroundings import Surroundings
    from crash_packages import Planned
    from crash_run import Told
    from world import World


def audit_run(around: Surroundings, world: World, packages: Sequence[Planned], told: Told) -> None:
    """Fills in what a run came to; each contradiction found stands in `told.wrong`."""
    books = world.mirrored()
    with around.database.read() as connection:
        found = list(requests.listed(connection, limit=10**6))
        told.states = requests.counts(connection)
        rows = connection.execute(select(audit_table.c.event, func.count()).group_by(audit_table.c.event))
        told.events = dict(rows.all())
        audit.verify(connection)
        told.wrong += _stories(found, packages)
        told.wrong += _database_against_mirror(connection, around, found, books)
        told.wrong += _nonces(connection, around)
    told.wrong += _chain_against_mirror(around, books)
    told.wrong += [
        f"doctor: {one.what}: {one.found}" for one in examine(around) if not one.fine and one.what != "funds"
    ]
    told.mints, told.lots = len(books.statements), len(books.lots)


def _stories(found: Sequence[Request], packages: Sequence[Planned]) -> Iterator[str]:
    """Each story as often minted as it must be, each other request ended with a reason."""
    of = {(one.organisation, hashlib.sha256(one.content).hexdigest()): one for one in packages}
    mints: Counter[str] = Counter()
    for request in found:
        story = of[request.organisation, request.package].story
        if request.state is State.RECEIPTED:
            mints[story] += 1
        elif not request.state.ended:
            yield f"{request.id} of story {story} is still {request.state}: {request.reason}"
        elif not request.reason:
            yield f"{request.id} of story {story} is {request.state} without a reason"
    for package in packages:
        if mints[package.story] != package.mints:
            about = [
                (r.state.value, r.reason[:200])
                for r in found
                if of[r.organisation, r.package].story == package.story
            ]
            yield f"story {package.story}: {mints[package.story]} receipts, {package.mints} due: {about}"


def _database_against_mirror(
    connection: Connection, around: Surroundings, found: Sequence[Request], books: Books
) -> Iterator[str]:
    """A receipt for every statement of the chain and a statement for every receipt, with the very lots of its package."""
    recorded = {one.id: number for number, one in books.statements.items()}
    if len(recorded) != len(books.statements):
        yield "a statement is recorded twice"
    lots_of: dict[int, set[int]] = defaultdict(set)
    for key, lot in books.lots.items():
        lots_of[lot.statement].add(key)
    receipted = set()
    for request in found:
        if request.state is not State.RECEIPTED:
            continue
        kept = recomputing.kept(connection, request.id)
        receipted.add(kept.statement.id)
        number = recorded.get(kept.statement.id)
        if number is None:
            yield f"{request.id} is receipted and not recorded"
            continue
        text = connection.execute(
            select(receipts.c.receipt).where(receipts.c.request == request.id)
        ).scalar_one()
        receipt = json.loads(text)
        words = [LotWord.decode(word) for step in kept.steps for word in step.words]
        keys = {word.key(number) for word in words}
        if receipt["number"] != number or {int(key, 16) for key in receipt["lots"]} != keys:
            yield f"{request.id}: the receipt says {receipt['number']}, {receipt['lots']}, the chain {number}"
        if lots_of[number] != keys:
            yield f"{request.id}: lots {lots_of[number]} on the chain, {keys} in the package"
        if any(
            books.lots[word.key(number)].minted != word.gross
            for word in words
            if word.key(number) in books.lots
        ):
            yield f"{request.id}: another gross than the package's"
    for statement in recorded.keys() - receipted:
        yield f"statement 0x{statement.hex()} is on the chain and no request has a receipt of it"


def _chain_against_mirror(around: Surroundings, books: Books) -> Iterator[str]:
    """`eth_call` of every lot, to the milligram."""
    figures = evaluate(books)
    for key in books.lots:
        live = around.ledger.emissions.figures(key)
        if (live.gross, live.net) != (figures[key].gross, figures[key].net):
            yield f"lot {key:#x}: chain {live}, mirror {figures[key]}"
        if around.ledger.emissions.holder_of(key) != books.holders[key]:
            yield f"lot {key:#x}: another holder than in the mirror"


def _nonces(connection: Connection, around: Surroundings) -> Iterator[str]:
    """Every nonce the key used has its stored transaction, and every one that was taken came into a block."""
    sender = around.signer.address
    used = around.ledger.chain.nonce(sender)
    taken = set(connection.execute(select(outbox.c.nonce).where(outbox.c.sender == sender)).scalars())
    signed = set(connection.execute(select(attempts.c.nonce).where(attempts.c.sender == sender)).scalars())
    if taken != signed or not set(range(used)) <= taken:
        yield f"{used} nonces used, {len(taken)} taken, {len(signed)} signed"
