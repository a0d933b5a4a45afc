"""Announce what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from scripts._session import LedgerCommand, connected_ledger, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import key_text, parse_key
from cet.ledger.mirror import evaluate, stale

if TYPE_CHECKING:
    from pathlib import Path

    from ape.api import AccountAPI


@click.command(cls=LedgerCommand)
@click.argument("lots", nargs=-1)
@click.option(
    "--at-once", default=50, show_default=True, type=click.IntRange(1), help="Lots of one transaction."
)
@sends
def cli(
    lots: tuple[str, ...], at_once: int, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool
) -> None:
    """Announce the live net of LOTS, or of every lot whose net moved since it was announced, and call their holders' hooks.

    Figures are right without it: a cascade only tells. Anyone may.
    """
    ledger = connected_ledger(record)
    state = ledger.mirror().refresh()
    keys = [parse_key(lot) for lot in lots] or stale(state, evaluate(state))
    calls = [ledger.emissions.cascade(keys[at : at + at_once]) for at in range(0, len(keys), at_once)]
    outcomes = send_each(ledger, calls, ApeSigner(account), dry_run=dry_run)
    show({"moved": [key_text(key) for key in keys], "sent": sent(outcomes)}, as_json=as_json)
