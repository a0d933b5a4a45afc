"""The keeper's process: rounds, notices and webhooks, each repeated until told to stop."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prometheus_client import start_http_server
from sqlalchemy.exc import SQLAlchemyError

from cet.errors import CetError
from cet.oracle.service.keeping import deliveries
from cet.oracle.service.keeping.collecting import Collector
from cet.oracle.service.keeping.following import FollowingInStore
from cet.oracle.service.keeping.keeper import Budget, Keeper
from cet.oracle.service.keeping.notifier import Notifier, Patience
from cet.oracle.service.keeping.webhook import Limits
from cet.oracle.service.states import backoff_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.ledger.store import Store
    from cet.oracle.service.keeping.keeper import Round
    from cet.oracle.service.surroundings import Surroundings

_KEEP_MS = 30 * 24 * 3_600_000
"""How long what was delivered can be looked at."""


@dataclass(frozen=True, slots=True)
class KeeperOptions:
    """The budget, the limits of a webhook, the patience with its receiver, and whether lots are announced at all."""

    budget: Budget = field(default_factory=Budget)
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    cascade: bool = True


class Keeping:
    """A keeper and what tells of its work. The store is the ledger's mirror, which it follows itself, beside whoever else does."""

    def __init__(self, around: Surroundings, store: Store, options: KeeperOptions) -> None:
        self._around = around
        self._options = options
        self._store = store
        self._following = FollowingInStore(store, around.ledger.chain)
        self.keeper = Keeper(around, self._following, options.budget)
        self.collector = Collector(around)
        self.notifier = Notifier(around, options.limits, options.patience)

    def once(self, *, dry_run: bool = False) -> tuple[Round | None, int, int]:
        """One round, the notices of what is deep enough, and every webhook that is due: the round, notices made, turns taken."""
        done = self.keeper.round(dry_run=dry_run or not self._options.cascade)
        if dry_run:
            return done, 0, 0
        made, turns = self.collect(), 0
        while self.notifier.step():
            turns += 1
        return (done if self._options.cascade else None), made, turns

    def collect(self) -> int:
        """Notices made of what is new; and forgets what was delivered long ago."""
        made = self.collector.collect(self._following.refresh())
        with self._around.database.write() as connection:
            deliveries.forget(connection, self._around.now() - _KEEP_MS)
        return made

    def run(self, stop: threading.Event, notifiers: int = 2) -> None:
        """Keeps until told to stop; then every part finishes what it began, and the lease is given back."""
        tasks: list[Callable[[], object]] = [self.collect]
        if self._options.cascade:
            tasks.append(self.keeper.round)
        threads = [threading.Thread(target=self._repeat, args=(task, stop)) for task in tasks]
        threads += [threading.Thread(target=self._notify, args=(stop,)) for _ in range(notifiers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.keeper.stop()

    def close(self) -> None:
        """Lets go of the store."""
        self._store.close()

    def serve_metrics(self, port: int) -> None:
        """For Prometheus, on the loopback interface. Raises OSError if something else listens there."""
        start_http_server(port, "127.0.0.1", self._around.metrics.registry)

    def _notify(self, stop: threading.Event) -> None:
        def all_due() -> None:
            while not stop.is_set() and self.notifier.step():
                pass

        self._repeat(all_due, stop)

    def _repeat(self, task: Callable[[], object], stop: threading.Event) -> None:
        around, failures = self._around, 0
        while not stop.is_set():
            try:
                task()
                failures = 0
            except (CetError, SQLAlchemyError, OSError) as error:
                failures += 1
                what = str(error) if isinstance(error, CetError) else type(error).__name__
                around.log.warning("keeping failed", what=what)
            except Exception as error:
                # Whatever it was, it is tried again, and it is said.
                failures += 1
                around.log.warning("keeping failed", error=type(error).__name__, exc_info=True)
            stop.wait((around.settings.poll_ms if not failures else backoff_ms(failures)) / 1_000)
