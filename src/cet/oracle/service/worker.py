"""A worker: takes the request that has been due longest one transition further, and again. Safe to kill at any instant."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from structlog.contextvars import bound_contextvars

from cet.errors import CetError, PackageError, StatementError
from cet.ledger.errors import NotReachable
from cet.oracle.errors import CertificatesUnfounded, ReceivedUnfounded, RecomputationDiffers
from cet.oracle.service import comparing, recomputing, requests
from cet.oracle.service.attesting import attest, attest_early, corrected_packages, keep_own
from cet.oracle.service.citing import Citing
from cet.oracle.service.errors import BadUpload, Overtaken, TooLarge
from cet.oracle.service.requests import Act
from cet.oracle.service.states import Event, State, backoff_ms, moved, postponed
from cet.oracle.service.submitting import Submitter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from cet.oracle.service.recomputing import Recomputed
    from cet.oracle.service.states import Request
    from cet.oracle.service.surroundings import Surroundings

_MOST_ATTEMPTS = 5
_MOST_REASON = 20_000
_AWAY = (NotReachable, OSError)
"""No node, or no room on this disk."""
_AWAY_MS = 10_000
_WRONG = (
    PackageError,
    StatementError,
    RecomputationDiffers,
    ReceivedUnfounded,
    CertificatesUnfounded,
    BadUpload,
    TooLarge,
)


class Worker:
    """`step` does one thing; `run` goes on until told to stop."""

    def __init__(self, around: Surroundings, name: str = "") -> None:
        self._around = around
        self.name = name or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        submitter = Submitter(around)
        self._acts: dict[State, Callable[[Request], None]] = {
            State.RECEIVED: self._recompute,
            State.SIGNED: lambda request: attest(around, request),
            State.ATTESTED: submitter.begin,
            State.SUBMITTING: submitter.submit,
            State.SUBMITTED: submitter.confirm,
            State.CONFIRMED: submitter.receipt,
            State.RECEIPTED: submitter.watch,
        }

    def step(self) -> bool:
        """Takes up one due request; False if none is. Raises SQLAlchemyError when the database fails."""
        around = self._around
        request = requests.claim(around.database, self.name, around.now(), around.settings.lease_ms)
        if request is None:
            return False
        with bound_contextvars(request=request.id, worker=self.name):
            around.mark(f"leased in {request.state}")
            try:
                self._acts[request.state](request)
            except Overtaken:
                around.log.info("overtaken", state=request.state)
            except SQLAlchemyError:
                # A database that restarts, or a full disk: nothing was changed; the lease ends by itself.
                around.log.warning("database failed", state=request.state)
                raise
            except Exception as error:  # noqa: BLE001 - whatever it was, the request is tried again, and it is said
                self._failed(request, error)
            else:
                around.log.info("done", state=request.state)
                around.mark(f"done in {request.state}")
        return True

    def run(self, stop: threading.Event, idle_seconds: float = 0.5) -> None:
        """Works until told to stop; finishes what it began. Waits, ever longer, where the database fails."""
        failures = 0
        while not stop.is_set():
            try:
                busy = self.step()
                failures = 0
            except SQLAlchemyError as error:
                failures += 1
                self._around.log.warning("the database fails", error=type(error).__name__)
                stop.wait(min(30.0, 0.5 * 2**failures))
                continue
            if not busy:
                stop.wait(idle_seconds)

    def _recompute(self, request: Request) -> None:
        around = self._around
        if request.attempts >= _MOST_ATTEMPTS:
            last = f", the last time: {request.reason}" if request.reason else ""
            self._refuse(
                request, f"recomputing failed {request.attempts} times{last}; ask the operator for the log"
            )
            return
        with around.database.read() as connection:
            package = recomputing.package_of(connection, request.package)
        try:
            # Read before anything is computed: only a correction's package says what it corrects.
            place = recomputing.place_of(package) if request.corrects else None
            with around.database.read() as connection:
                corrected = corrected_packages(connection, request, place)
            with around.metrics.recomputing.time():
                draft = recomputing.draft_of(around.oracle, request, package, corrected)
            citing = Citing(around, draft.statement, draft.inventory)
        except _WRONG as error:
            self._refuse(request, str(error))
            return
        signature = attest_early(around, request, draft)
        around.mark("recomputed, not stored")
        lines = recomputing.lines_of(draft.inventory)
        try:
            with around.database.write() as connection:
                found = recomputing.recomputed(draft)
                if self._store(connection, request, found, lines, signature) is Event.RECOMPUTED:
                    citing.keep(connection, request.id)
        except ReceivedUnfounded as error:
            self._refuse(request, str(error))
        except IntegrityError:
            # Another request with the same statement was a moment faster: next time it is found.
            around.log.info("same statement at the same time")
            self._postpone(request, "the same statement arrived twice")

    def _store(
        self,
        connection: Connection,
        request: Request,
        found: Recomputed,
        lines: Sequence[Mapping[str, Any]],
        signature: bytes | None,
    ) -> Event:
        now, statement = self._around.now(), found.statement.id.hex()
        other = requests.holder_of_statement(connection, statement)
        asserted = comparing.kept_figures(connection, request.id)
        differing = [one.line for one in comparing.compare(lines, asserted) if one.differs]
        if other is not None:
            event, reason = Event.REFUSED, f"statement 0x{statement} is in hand already"
        elif request.asserted not in (None, statement):
            event, reason = Event.DIFFERED, f"asserted 0x{request.asserted}, recomputed 0x{statement}"
        elif differing:
            event, reason = Event.DIFFERED, f"{len(differing)} lines differ, first {differing[0]}"
        else:
            event, reason = Event.RECOMPUTED, ""
            if signature is not None:
                keep_own(connection, self._around, request.id, signature)
        recomputing.keep(connection, request.id, found, lines)
        after = moved(request, event, now, due=None, reason=reason, statement=statement)
        detail = {"statement": "0x" + statement, **({"reason": reason} if reason else {})}
        requests.save(connection, request, after, Act(self.name, event, detail))
        self._around.metrics.moves.labels(event).inc()
        return event

    def _refuse(self, request: Request, reason: str) -> None:
        now, short = self._around.now(), reason[:_MOST_REASON]
        with self._around.database.write() as connection:
            after = moved(request, Event.REFUSED, now, due=None, reason=short)
            requests.save(connection, request, after, Act(self.name, Event.REFUSED, {"reason": short}))
        self._around.metrics.moves.labels(Event.REFUSED).inc()

    def _failed(self, request: Request, error: Exception) -> None:
        """Says what happened and puts the request off. A package that gives something else than before ends it."""
        around = self._around
        around.metrics.failures.labels(request.state).inc()
        expected = isinstance(error, CetError)
        around.log.warning(
            "failed", state=request.state, error=type(error).__name__, what=str(error), exc_info=not expected
        )
        try:
            if isinstance(error, (RecomputationDiffers, ReceivedUnfounded, CertificatesUnfounded)):
                self._refuse(request, str(error))
            elif isinstance(error, _AWAY):
                self._wait(request, str(error) if expected else type(error).__name__)
            else:
                what = str(error) if expected else f"unexpected {type(error).__name__}"
                self._postpone(request, what)
        except Overtaken:
            around.log.info("overtaken", state=request.state)

    def _wait(self, request: Request, reason: str) -> None:
        """Puts off what says nothing of the request: it may take as long as it takes, and never refuses a package."""
        now = self._around.now()
        after = replace(
            postponed(request, now, now + _AWAY_MS, reason[:_MOST_REASON]), attempts=request.attempts
        )
        with self._around.database.write() as connection:
            requests.save(connection, request, after)

    def _postpone(self, request: Request, reason: str) -> None:
        now = self._around.now()
        after = postponed(request, now, now + backoff_ms(request.attempts), reason[:_MOST_REASON])
        with self._around.database.write() as connection:
            requests.save(connection, request, after)
