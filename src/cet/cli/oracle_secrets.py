"""`cet oracle secrets`: keys for what the database must keep readable, and sealing with them."""

from __future__ import annotations

import time
from pathlib import Path

import click
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from cet.cli.failures import REFUSED
from cet.cli.options import json_option
from cet.cli.oracle_options import database_option, open_seal, secret_keys_option
from cet.cli.screen import print_json, show


@click.group()
def secrets() -> None:
    """Webhooks' secrets sign, so they are kept readable: sealed (Fernet) with keys that are not in the database.

    \b
    A first key:
      cet oracle secrets new-key /etc/cet/secret-keys
      cet oracle serve --secret-keys /etc/cet/secret-keys …      # and keep
    Another key, without a pause:
      cet oracle secrets new-key /etc/cet/secret-keys --rotate   # the new one first, the old one after it
      (start serve and keep again, wherever they run)
      cet oracle secrets seal --secret-keys /etc/cet/secret-keys
      (take the old line out of the file)
    """


@secrets.command("new-key", short_help="Write a new key into a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--rotate", is_flag=True, help="FILE is there: put the new key before those it has.")
@database_option
@json_option
def new_key(file: Path, database: str, *, rotate: bool, as_json: bool) -> None:
    """Write a new key into FILE, which its owner alone may read (0600). It is not shown.

    Not in the database's folder: whoever copies that must not have both. Keep a copy of FILE where you keep no backup of
    the database; without it the secrets are lost, and every subscriber needs a new one.

    \b
    Exit code 1: FILE is there already, lies beside the database, or holds no keys to rotate.
    """
    from cet.oracle.service.errors import NoSecretKey
    from cet.oracle.service.sealing import add_key

    folder = _folder_of(database)
    if folder is not None and file.absolute().parent.resolve().is_relative_to(folder):
        raise NoSecretKey(
            f"{file} would lie in the database's folder",
            "name a place that no copy of the database takes along",
        )
    count = add_key(file, rotate=rotate)
    if as_json:
        print_json({"file": str(file), "keys": count})
    else:
        click.echo(f"{file} has {count} key{'s' if count > 1 else ''}; the first seals")


@secrets.command(short_help="Seal every secret with the first key.")
@click.option("--dry-run", is_flag=True, help="Say what there is, and change nothing.")
@click.option(
    "--replace-lost",
    is_flag=True,
    help="Where no key opens a secret, put one that nobody knows: its owner then asks for a new one (POST …/secret).",
)
@secret_keys_option
@database_option
@json_option
def seal(
    secret_keys: Path | None, database: str, *, dry_run: bool, replace_lost: bool, as_json: bool
) -> None:
    """Seal what is plain, or sealed with an older key, with the first key. While the service runs, too.

    What was plain is also taken out of the database's files: of SQLite's whole, of PostgreSQL's table; not out of backups and
    archived logs that were made before. Where somebody may have those, let subscribers make new secrets.

    \b
    Exit code 1: no key is given, some secrets do not open, or the database was too busy to clean its files.
    """
    from cet.oracle.service.database import Database
    from cet.oracle.service.keeping.resealing import look, scrub, seal_anew
    from cet.oracle.service.sealing import needed

    sealing = needed(open_seal(secret_keys))
    opened = Database.open(database)
    opened.require_schema()
    if dry_run:
        with opened.read() as connection:
            found = look(connection, sealing)
    else:
        found = seal_anew(
            opened,
            sealing,
            time.time_ns() // 1_000_000,
            actor="cet oracle secrets",
            replace_lost=replace_lost,
        )
    clean = not found.plain or (not dry_run and scrub(opened))
    lost = [] if replace_lost and not dry_run else list(found.unreadable)
    told = {
        "dry_run": dry_run,
        "plain": found.plain,
        "sealed_with_older_keys": found.older,
        "sealed_with_the_first_key": found.newest,
        "unreadable": list(found.unreadable),
        "replaced": len(found.unreadable) - len(lost),
        "files_clean": clean,
    }
    opened.close()
    if as_json:
        print_json(told)
    else:
        _show(told)
    if lost or (not clean and not dry_run):
        raise click.exceptions.Exit(REFUSED)


def _show(told: dict[str, object]) -> None:
    from cet.report.tables import facts

    verb = "would be sealed" if told["dry_run"] else "sealed"
    rows = [
        (f"plain, {verb}", str(told["plain"])),
        (f"with an older key, {verb} anew", str(told["sealed_with_older_keys"])),
        ("with the first key already", str(told["sealed_with_the_first_key"])),
    ]
    unreadable = told["unreadable"]
    if isinstance(unreadable, list) and unreadable:
        rows.append(("do not open", f"{', '.join(unreadable)}; replaced: {told['replaced']}"))
    if not told["files_clean"] and not told["dry_run"]:
        rows.append(("files", "busy: run it again, or the plain secrets may still be read in them"))
    show([facts(rows)])


def _folder_of(database: str) -> Path | None:
    try:
        url = make_url(database)
    except ArgumentError:
        return None
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(url.database).absolute().parent.resolve()
