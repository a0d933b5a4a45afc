"""Enrol who takes part."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from scripts._session import LedgerCommand, connected_ledger, send_operator, sends, show
from scripts._signers import ApeSigner

from cet.ledger.enrolment import Parties, missing

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.command(cls=LedgerCommand)
@click.argument(
    "parties",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    default=Path("deployments/params/devnet-parties.toml"),
)
@sends
def cli(parties: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool) -> None:
    """Make participants, entities, verifiers, oracles, offset programmes and tracking systems known, from a TOML file.

    \b
    Only what the ledger does not know yet is sent; the account must be the operator.
      ape run enrol deployments/params/devnet-parties.toml --account TEST::0 --dry-run
    """
    ledger = connected_ledger(record)
    calls = list(missing(ledger, Parties.read(parties)))
    done = send_operator(ledger, calls, ApeSigner(account), dry_run=dry_run)
    show({"missing": [ledger.describe(call) for call in calls], **done}, as_json=as_json)
