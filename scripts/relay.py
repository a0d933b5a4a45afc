"""Carry out for participants what they signed, so that they need no ether."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from scripts._session import LedgerCommand, connected_ledger, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger.signed_file import SignedRequest

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.group()
def cli() -> None:
    """Submit requests that participants signed and somebody else pays for.

    \b
    Every script that sends takes --relay FILE: it then signs a request, writes it there and sends nothing.
      ape run allocate accept offer.json --relay request.json --account TEST::5
      ape run relay submit request.json --account TEST::1
    """


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def submit(file: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool) -> None:
    """Carry out the request in FILE, whoever signed it. Each is carried out once, in the order of its sender's numbers."""
    ledger, signed = connected_ledger(record), SignedRequest.read(file)
    signed.require_contract(ledger.relay.domain)
    call = ledger.relay.execute(signed.request, signed.signature)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"for": signed.request.sender, "sent": sent(outcomes)}, as_json=as_json)
