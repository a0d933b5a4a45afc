"""`cet oracle migrate|token|backup|restore`: what an operator does with the database."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cet.cli.options import Address, json_option
from cet.cli.oracle_options import database_option
from cet.cli.screen import print_json, show

if TYPE_CHECKING:
    from cet.oracle.service.database import Database

_SCOPES = ("submit", "read", "verify", "attest", "subscribe", "operate")


@click.command(short_help="Bring the schema up to date.")
@database_option
@json_option
def migrate(database: str, *, as_json: bool) -> None:
    """Make or migrate the database's schema; `serve` and `work` do it by themselves. Take a backup first."""
    revision = _open(database).migrate()
    _tell({"schema": revision}, as_json=as_json)


@click.group()
def token() -> None:
    """API tokens: who may hand in, look, verify, attest. The database keeps their hashes only."""


@token.command("new", short_help="Make a token; shown once.")
@click.argument("organisation")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(_SCOPES),
    multiple=True,
    required=True,
    help="What it allows; give several.",
)
@click.option("--address", type=Address(), help="With scope verify: the verifier's address.")
@database_option
@json_option
def token_new(
    organisation: str, scopes: tuple[str, ...], address: str | None, database: str, *, as_json: bool
) -> None:
    """Make a token for ORGANISATION (a-z, 0-9, dot, dash, underscore). It is printed once and can't be shown again.

    \b
    submit   hand in packages and figures, post signatures
    read     see the organisation's requests, lines, receipts
    verify   see and sign requests that name --address as verifier
    attest   as another oracle: have packages attested, hand attestations in
    subscribe  be told by webhook of figures announced on the ledger
    operate  see every request's state, never its lines

    \b
    Examples:
      cet oracle token new acme --scope submit --scope read
      cet oracle token new auditor --scope verify --address 0x70997970C51812dc3A010C7d01b50e0d17dc79C8
    """
    from eth_utils.address import to_checksum_address

    from cet.oracle.service import tokens

    opened = _migrated(database)
    with opened.write() as connection:
        text = tokens.new(
            connection,
            organisation,
            [tokens.Scope(scope) for scope in scopes],
            to_checksum_address(address) if address else "",
            _now(),
        )
    if as_json:
        print_json({"token": text})
    else:
        click.echo(text)


@token.command("list", short_help="Every token, without the token itself.")
@database_option
@json_option
def token_list(database: str, *, as_json: bool) -> None:
    """List tokens: id, organisation, scopes, address, when made and revoked (ms since 1970)."""
    from cet.oracle.service import tokens

    with _migrated(database).read() as connection:
        found = tokens.listed(connection)
    if as_json:
        print_json({"tokens": found})
        return
    for one in found:
        click.echo("  ".join(str(value) for value in one.values() if value not in (None, "")))


@token.command("revoke", short_help="End a token.")
@click.argument("identity", metavar="ID")
@database_option
def token_revoke(identity: str, database: str) -> None:
    """End the token whose ID `list` shows; it is the part after the first underscore."""
    from cet.oracle.service import tokens

    with _migrated(database).write() as connection:
        tokens.revoke(connection, identity, _now())


@click.command(short_help="Write the whole database as one file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@json_option
def backup(file: Path, database: str, *, as_json: bool) -> None:
    """Write a snapshot of the database to FILE while the service runs. It holds packages: keep it as you keep them.

    It ends with the audit log's last hash: note it elsewhere, and nobody can rewrite the log unnoticed.
    """
    from cet.oracle.service.backup import back_up

    _tell(back_up(_open(database), file), as_json=as_json)


@click.command(short_help="Fill a new database from a backup.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@database_option
@json_option
def restore(file: Path, database: str, *, as_json: bool) -> None:
    """Fill an empty database from FILE, SQLite or PostgreSQL alike. Start workers after it, not before."""
    from cet.oracle.service.backup import restore as fill

    _tell(fill(_open(database), file), as_json=as_json)


def _open(url: str) -> Database:
    from cet.oracle.service.database import Database

    return Database.open(url)


def _migrated(url: str) -> Database:
    opened = _open(url)
    opened.migrate()
    return opened


def _now() -> int:
    return time.time_ns() // 1_000_000


def _tell(about: dict[str, Any], *, as_json: bool) -> None:
    from cet.report.tables import facts

    if as_json:
        print_json(about)
        return
    rows = [
        (
            name.replace("_", " "),
            ", ".join(f"{n} {k}" for k, n in value.items()) if isinstance(value, dict) else str(value),
        )
        for name, value in about.items()
    ]
    show([facts(rows)])
