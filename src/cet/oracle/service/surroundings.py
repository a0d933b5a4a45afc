"""What a worker and the API are given: database, ledger, key, factors, peers, settings, clock. Nothing here is global."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.oracle.oracle import Oracle
from cet.oracle.service.clock import local_clock
from cet.oracle.service.keeping.subscriptions import require_right_key
from cet.oracle.service.logs import logger
from cet.oracle.service.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from cet.factors import FactorStore
    from cet.ledger import Ledger, Signer
    from cet.oracle.service.database import Database
    from cet.oracle.service.peers import Peer
    from cet.oracle.service.sealing import Seal


@dataclass(frozen=True, slots=True)
class Settings:
    """`depth`: blocks on top of a mint before it counts as confirmed. `watch_blocks`: how long after its receipt a mint is
    still looked at. Times in milliseconds: `lease` until a silent worker counts as dead, `poll` between two looks at the chain,
    `stuck` until a transaction is replaced. `private_webhooks`: whether webhooks may go by http, and into private networks."""

    depth: int = 6
    watch_blocks: int = 64
    lease_ms: int = 120_000
    poll_ms: int = 2_000
    stuck_ms: int = 90_000
    private_webhooks: bool = False


@dataclass(frozen=True)
class Surroundings:
    """`now` is milliseconds since 1970. `seal` keeps secrets, None where no key was given. `mark` is told each labelled point that
    a worker passes: tests stop it there."""

    database: Database
    ledger: Ledger
    signer: Signer
    store: FactorStore | None = None
    peers: tuple[Peer, ...] = ()
    settings: Settings = Settings()
    seal: Seal | None = None
    now: Callable[[], int] = field(default=local_clock)
    log: FilteringBoundLogger = field(default_factory=logger)
    metrics: Metrics = field(default_factory=Metrics)
    mark: Callable[[str], None] = field(default=lambda _point: None)

    @property
    def oracle(self) -> Oracle:
        """The oracle that recomputes and attests with this key and these factors."""
        return Oracle(self.ledger, self.signer, self.store)

    def require_secrets(self) -> None:
        """Raises NoSecretKey or SecretUnreadable unless the newest secret in the database opens."""
        with self.database.read() as connection:
            require_right_key(connection, self.seal)
