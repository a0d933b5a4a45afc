"""Looks at everything the service stands on, and at what it has done: each finding says what is wrong and what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from cet.errors import CetError
from cet.oracle.service import audit, recomputing, requests
from cet.oracle.service.findings import Finding
from cet.oracle.service.keeping.examining import keeper_findings
from cet.oracle.service.keeping.resealing import look
from cet.oracle.service.states import State
from cet.oracle.service.tables import receipts
from cet.oracle.service.tables import requests as request_table
from cet.oracle.steps import is_done

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cet.oracle.service.surroundings import Surroundings

_MOST_SKEW_SECONDS = 60
_LATE_MS = 15 * 60_000
_ENOUGH_GAS = 5_000_000


def examine(around: Surroundings) -> list[Finding]:
    """Everything, in the order in which one would mend it. Raises nothing: what fails is a finding."""
    checks: list[tuple[str, str, Callable[[Surroundings], Iterator[Finding]]]] = [
        ("database", "see that it runs; `cet oracle migrate`; the audit log must be whole", _database),
        ("chain", "see that the node runs and is the deployment's", _chain),
        ("key", "an operator of the registry trusts it with setOracle; send it funds", _key),
        ("queue", "see the log for the requests named", _queue),
        ("keeper", "see docs/keeper.md", keeper_findings),
        ("secrets", "see docs/keeper.md", _secrets),
        ("receipts", "the requests named are minted again by the worker; see docs/oracle.md", _receipts),
    ]
    findings: list[Finding] = []
    for what, remedy, check in checks:
        try:
            findings += check(around)
        except (CetError, SQLAlchemyError, OSError) as error:
            text = str(error) if isinstance(error, CetError) else type(error).__name__
            findings.append(Finding(what, fine=False, found=text, remedy=remedy))
    return findings


def _database(around: Surroundings) -> Iterator[Finding]:
    around.database.require_schema()
    yield Finding("schema", fine=True, found=around.database.newest)
    with around.database.read() as connection:
        count, last = audit.verify(connection)
    yield Finding("audit log", fine=True, found=f"{count} entries, last {last}")


def _chain(around: Surroundings) -> Iterator[Finding]:
    chain = around.ledger.chain
    yield Finding("chain", fine=True, found=f"chain {chain.chain_id}, block {chain.head}")
    # A devnet's blocks come when something happens: only a block from the future is wrong for certain.
    ahead = chain.now - around.now() // 1_000
    yield Finding(
        "clock",
        fine=ahead <= _MOST_SKEW_SECONDS,
        found=f"the newest block is {abs(ahead)} s {'ahead of' if ahead > 0 else 'behind'} this clock",
        remedy="set this machine's clock; nothing is decided by it but when to look again",
    )


def _key(around: Surroundings) -> Iterator[Finding]:
    own, registry, chain = around.signer.address, around.ledger.registry, around.ledger.chain
    trusted, required = registry.is_oracle(own), registry.attestations_required()
    reachable = trusted + len(around.peers)
    yield Finding(
        "attestations",
        fine=trusted and reachable >= required,
        found=f"{own} is {'' if trusted else 'not '}trusted; {required} required, {len(around.peers)} peers",
        remedy="have the registry's operator trust this key (setOracle), or name more peers",
    )
    balance = chain.balance(own)
    needed = _ENOUGH_GAS * int(chain.fees()["maxFeePerGas"])
    yield Finding(
        "funds",
        fine=balance >= needed,
        found=f"{balance} wei, {balance // max(1, needed)} times {_ENOUGH_GAS:,} gas at the present fee",
        remedy=f"send {own} funds",
    )


def _queue(around: Surroundings) -> Iterator[Finding]:
    now = around.now()
    with around.database.read() as connection:
        counts = requests.counts(connection)
        late = connection.execute(
            select(request_table.c.id).where(request_table.c.due <= now - _LATE_MS).limit(5)
        ).scalars()
        waiting = connection.execute(
            select(request_table.c.id, request_table.c.reason)
            .where(request_table.c.attempts >= 5, request_table.c.due.is_not(None))
            .limit(5)
        ).all()
        overdue = list(late)
    shown = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "empty"
    yield Finding("queue", fine=True, found=shown)
    yield Finding(
        "workers",
        fine=not overdue,
        found=f"due for more than 15 minutes: {', '.join(overdue) or 'none'}",
        remedy="start a worker: `cet oracle serve` or `cet oracle work`",
    )
    for identity, reason in waiting:
        yield Finding("request", fine=False, found=f"{identity}: {reason}", remedy="see docs/oracle.md")


def _secrets(around: Surroundings) -> Iterator[Finding]:
    """Whether webhooks' secrets are sealed, and open with the keys given."""
    with around.database.read() as connection:
        found = look(connection, around.seal)
    if found.unreadable:
        remedy = "give the key they were sealed with (--secret-keys)"
        if around.seal is not None:
            remedy += "; if it is lost: `cet oracle secrets seal --replace-lost`"
        shown = ", ".join(found.unreadable[:5])
        text = f"none of the keys given opens the secrets of {len(found.unreadable)} subscriptions: {shown}"
        yield Finding("secrets", fine=False, found=text, remedy=remedy)
    keys = (
        "no key is given"
        if around.seal is None
        else f"{found.newest} sealed, {found.older} with an older key"
    )
    yield Finding(
        "secrets" if not found.unreadable else "plain secrets",
        fine=not found.plain,
        found=f"{keys}, {found.plain} plain",
        remedy="`cet oracle secrets new-key FILE`, then `cet oracle secrets seal --secret-keys FILE`",
    )


def _receipts(around: Surroundings) -> Iterator[Finding]:
    """Every receipt against the ledger: what the database says is minted must be."""
    missing, count = [], 0
    with around.database.read() as connection:
        rows = connection.execute(
            select(receipts.c.request, receipts.c.receipt)
            .join(request_table, request_table.c.id == receipts.c.request)
            .where(request_table.c.state == State.RECEIPTED.value)
        ).all()
        for identity, text in rows:
            count += 1
            found = recomputing.kept(connection, identity)
            record = around.ledger.registry.record(found.statement.id)
            same = record is not None and record.number == json.loads(text)["number"]
            if not same or not all(is_done(around.ledger, found.statement, step) for step in found.steps):
                missing.append(identity)
    yield Finding(
        "receipts",
        fine=not missing,
        found=f"{count - len(missing)} of {count} as on the ledger"
        + (f"; not: {', '.join(missing)}" if missing else ""),
        remedy="a reorganisation deeper than watched: `cet oracle doctor --repair` puts them back to work",
    )


def repair(around: Surroundings) -> list[str]:
    """Makes every receipted request due again: a worker finds out by itself what vanished. Their ids."""
    now = around.now()
    with around.database.write() as connection:
        wanted = select(request_table.c.id).where(
            request_table.c.state == State.RECEIPTED.value, request_table.c.due.is_(None)
        )
        found = list(connection.execute(wanted).scalars())
        connection.execute(
            request_table.update()
            .where(request_table.c.id.in_(found))
            .values(due=now, version=request_table.c.version + 1)
        )
    return found
