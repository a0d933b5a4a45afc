"""Options that the oracle's commands share, and how a signer is opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cet.cli.options import needed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cet.ledger import Signer
    from cet.oracle.service.sealing import Seal

F = TypeVar("F", bound="Callable[..., Any]")

PASSWORD = "CET_KEYSTORE_PASSWORD"  # noqa: S105 - the variable's name
SECRET_KEYS = "CET_ORACLE_SECRET_KEYS"  # noqa: S105 - the variable's name


def database_option(function: F) -> F:
    """`--database`."""
    return click.option(
        "--database",
        envvar="CET_ORACLE_DATABASE",
        show_envvar=True,
        default="sqlite:///oracle.db",
        show_default=True,
        metavar="URL",
        help="sqlite:///FILE, or postgresql://USER@HOST/NAME; give one with a password in the environment.",
    )(function)


def secret_keys_option(function: F) -> F:
    """`--secret-keys`."""
    return click.option(
        "--secret-keys",
        envvar="CET_ORACLE_SECRET_KEYS_FILE",
        show_envvar=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="File (mode 0600) of the keys that webhooks' secrets are sealed with, one a line, the first seals; "
        f"else the keys themselves in {SECRET_KEYS}. `cet oracle secrets new-key` makes one.",
    )(function)


def open_seal(file: Path | None) -> Seal | None:
    """The seal of the keys in the file, else in the environment; None where there are none. Raises NoSecretKey."""
    from cet.oracle.service.sealing import parse_keys, read_keys

    if file is not None:
        return read_keys(file)
    given = os.environ.get(SECRET_KEYS, "")
    return parse_keys(given) if given.strip() else None


def signer_options(function: F) -> F:
    """`--signer` and `--password-file`."""
    signer = click.option(
        "--signer",
        envvar="CET_SIGNER",
        show_envvar=True,
        callback=needed,
        metavar="WHERE",
        help="keystore:FILE, ape:NAME, or remote:URL#0xADDRESS (a service in web3signer's shape).",
    )
    password = click.option(
        "--password-file",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"File with the keystore's password; else {PASSWORD}, else you are asked.",
    )
    return signer(password(function))


def deployment_option(function: F) -> F:
    """`--deployment`."""
    return click.option(
        "--deployment",
        envvar="CET_DEPLOYMENT",
        show_envvar=True,
        callback=needed,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Record of the deployment: which contracts, on which chain.",
    )(function)


def service_options(function: F) -> F:
    """What `serve`, `work` and `doctor` need."""
    own = [
        click.option(
            "--factors",
            multiple=True,
            type=click.Path(path_type=Path, file_okay=False),
            metavar="DIR",
            help="Folder of factor packs of the oracle's own, beside the starter packs.",
        ),
        click.option(
            "--peers",
            type=click.Path(path_type=Path, dir_okay=False),
            metavar="FILE",
            help="TOML with a [[peer]] url and token for each other oracle to ask for attestations.",
        ),
    ]
    return _with([*_place_options(), *own, *_chain_options(), _PRIVATE, secret_keys_option], function)


def keeper_options(function: F) -> F:
    """What `keep` needs: the same database and chain, no factors and no peers."""
    return _with([*_place_options(), *_chain_options(), _PRIVATE, secret_keys_option], function)


_PRIVATE = click.option(
    "--private-webhooks",
    is_flag=True,
    help="Allow webhooks by http and into private networks: for a devnet, or where all subscribers are your own.",
)


def _place_options() -> list[Callable[[F], F]]:
    rpc = click.option(
        "--rpc",
        envvar="CET_RPC",
        show_envvar=True,
        multiple=True,
        required=True,
        metavar="URL",
        help="HTTP endpoint of a node; several, and the next is asked when one fails.",
    )
    return [database_option, rpc, deployment_option, signer_options]


def _chain_options() -> list[Callable[[F], F]]:
    return [
        click.option(
            "--depth",
            type=click.IntRange(0),
            default=6,
            show_default=True,
            help="Blocks on a mint until it is confirmed.",
        ),
        click.option(
            "--watch-blocks",
            type=click.IntRange(0),
            default=64,
            show_default=True,
            help="Blocks until a mint is looked after no more: no reorganisation is expected that deep.",
        ),
        click.option(
            "--poll",
            type=click.FloatRange(0.1, 600),
            default=2.0,
            show_default=True,
            help="Seconds between looks at the chain.",
        ),
        click.option(
            "--stuck",
            type=click.FloatRange(1),
            default=90.0,
            show_default=True,
            help="Seconds until a higher fee is offered.",
        ),
        click.option(
            "--lease",
            type=click.FloatRange(1),
            default=120.0,
            show_default=True,
            help="Seconds until a silent worker counts as dead.",
        ),
    ]


def _with(options: list[Callable[[F], F]], function: F) -> F:
    for option in reversed(options):
        function = option(function)
    return function


def open_named_signer(where: str, password_file: Path | None) -> Signer:
    """The signer; a keystore's password from the file, the environment, or asked for. Raises SignerError."""
    from cet.ledger.keystore import open_signer

    def password() -> str:
        if password_file is not None:
            return password_file.read_text(encoding="utf-8").rstrip("\r\n")
        if (given := os.environ.get(PASSWORD)) is not None:
            return given
        return str(click.prompt("Password of the keystore", hide_input=True, err=True))

    return open_signer(where, password)
