"""Opens what `cet oracle serve|work|doctor|keep` work with, of the options they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.cli.opening import opening
from cet.cli.oracle_options import open_named_signer, open_seal

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.surroundings import Surroundings


def surroundings(
    doing: str,
    *,
    database: str,
    rpc: tuple[str, ...],
    deployment: Path,
    signer: str,
    password_file: Path | None,
    depth: int,
    watch_blocks: int,
    poll: float,
    stuck: float,
    lease: float,
    private_webhooks: bool,
    secret_keys: Path | None,
    factors: tuple[Path, ...] = (),
    peers: Path | None = None,
) -> Surroundings:
    """What a service, or a keeper, works with, of the options given. Raises SurroundingsError, NoSecretKey."""
    from cet.oracle.service.serving import Options, surround
    from cet.oracle.service.surroundings import Settings

    settings = Settings(
        depth=depth,
        watch_blocks=max(depth, watch_blocks),
        lease_ms=int(lease * 1_000),
        poll_ms=int(poll * 1_000),
        stuck_ms=int(stuck * 1_000),
        private_webhooks=private_webhooks,
    )
    options = Options(database, rpc, deployment, factors, peers, settings, open_seal(secret_keys))
    key = open_named_signer(signer, password_file)
    with opening(rpc[0], deployment, doing):
        return surround(options, key)
