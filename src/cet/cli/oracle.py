"""`cet oracle`: a service that recomputes, attests and mints, and its clients. Commands are imported when they run."""

from __future__ import annotations

import click

from cet.cli.lazy import LazyGroup, Place

_SERVICE, _DATABASE, _CLIENT = "cet.cli.oracle_service", "cet.cli.oracle_database", "cet.cli.oracle_client"

_PLACES = {
    "serve": Place(_SERVICE, "serve", "Serve the API and work: recompute, attest, mint, confirm."),
    "work": Place(_SERVICE, "work", "Work without the API: another worker on the same database."),
    "keep": Place(
        "cet.cli.oracle_keep", "keep", "Announce stale lots within a gas budget, and tell subscribers."
    ),
    "doctor": Place(_SERVICE, "doctor", "Look at database, chain, key, queue and receipts; say what to do."),
    "migrate": Place(_DATABASE, "migrate", "Bring the database's schema up to date."),
    "token": Place(_DATABASE, "token", "Make, list and revoke API tokens."),
    "secrets": Place(
        "cet.cli.oracle_secrets", "secrets", "Make keys for webhooks' secrets, and seal with them."
    ),
    "backup": Place(_DATABASE, "backup", "Write the whole database as one file."),
    "restore": Place(_DATABASE, "restore", "Fill a new database from a backup."),
    "submit": Place(_CLIENT, "submit", "Hand a package in."),
    "show": Place(_CLIENT, "show_command", "Requests, one request with its comparison, its receipt."),
    "sign": Place(
        _CLIENT, "sign", "Recompute a request's package yourself and sign: participant or verifier."
    ),
}


@click.group(cls=LazyGroup, places=_PLACES)
def oracle() -> None:
    """Run an oracle: packages in, recomputed, signed by three parties, minted once, confirmed, receipted.

    \b
    The operator, on one machine:
      cet oracle serve --rpc http://127.0.0.1:8545 --deployment deployments/local.json --signer ape:oracle
      cet oracle token new acme --scope submit --scope read
    A participant, anywhere; its key stays with it:
      cet oracle submit my-package --participant 0x… --verifier 0x…
      cet oracle sign REQUEST --as participant --package my-package --signer ape:me

    docs/oracle.md says what to do when something fails.
    """
