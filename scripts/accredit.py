"""Accredit verifiers, and end accreditations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click
from eth_utils import to_checksum_address
from scripts._offers import DAY, days_since_1970
from scripts._session import LedgerCommand, connected_ledger, send_operator, sends, show
from scripts._signers import ApeSigner

from cet.ledger.enrolment import Verifier

if TYPE_CHECKING:
    from pathlib import Path

    from ape.api import AccountAPI

SCOPES = ("outside", "1", "2", "3")


@click.group()
def cli() -> None:
    """Decide who may verify statements: until when, and for which scopes. Past opinions stay as they are.

    \b
      ape run accredit add 0x… --name "Verifier" --valid 2024-01-01 2026-12-31 --scope 1 --scope 2 --account TEST::0
      ape run accredit end 0x… --name "Verifier" --account TEST::0
    """


@cli.command(cls=LedgerCommand)
@click.argument("verifier")
@click.option("--name", required=True)
@click.option("--valid", nargs=2, required=True, metavar="FIRST LAST", help="Days, both included.")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice(SCOPES), help="May be repeated; all if left out."
)
@sends
def add(
    verifier: str,
    name: str,
    valid: tuple[str, str],
    scopes: tuple[str, ...],
    account: AccountAPI,
    record: Path,
    **how: Any,
) -> None:
    """Accredit VERIFIER, or change its accreditation."""
    ledger = connected_ledger(record)
    first, last = (date.fromordinal(date(1970, 1, 1).toordinal() + days_since_1970(day)) for day in valid)
    party = Verifier(
        address=to_checksum_address(verifier),
        name=name,
        valid_from=first,
        valid_until=last,
        scopes=scopes or SCOPES,  # type: ignore[arg-type]
    )
    call = ledger.registry.accredit(party.address, *party.seconds, party.name, party.scope_bits)
    done = send_operator(ledger, [call], ApeSigner(account), dry_run=how["dry_run"])
    show({"verifier": party.address, "scopes": list(party.scopes), **done}, as_json=how["as_json"])


@cli.command(cls=LedgerCommand)
@click.argument("verifier")
@click.option("--name", required=True)
@sends
def end(verifier: str, name: str, account: AccountAPI, record: Path, **how: Any) -> None:
    """End the accreditation of VERIFIER. It can still take opinions back."""
    ledger = connected_ledger(record)
    address = to_checksum_address(verifier)
    begin, _, scopes = ledger.registry.accreditation(address)
    # To the day, so that the same call is announced and made.
    over = ledger.chain.now // DAY * DAY
    call = ledger.registry.accredit(address, min(begin, over - 1), over, name, scopes)
    done = send_operator(ledger, [call], ApeSigner(account), dry_run=how["dry_run"])
    show({"verifier": address, **done}, as_json=how["as_json"])
