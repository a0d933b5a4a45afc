"""Offer, accept and allocate shares of lots."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import account_option, network_option
from eth_utils import to_checksum_address
from scripts._offers import DAY, build_offer, offer_options
from scripts._session import LedgerCommand, connected_ledger, record_option, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import Acceptance, OptIn, key_text, parse_key
from cet.ledger.offer_file import SignedOffer

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.group()
def cli() -> None:
    """Allocate shares of lots to dependents: by an offer they accept, or directly where they opted in.

    \b
      ape run allocate offer 0x… --to 0x… --units 311285799000 --scope 2 --category electricity --method market-based
                       --consumed 2021-01-01 2021-12-31 --document "invoice 77, salt 91f3" --out offer.json --account TEST::4
      ape run allocate accept offer.json --account TEST::5
    """


@cli.command(cls=LedgerCommand)
@offer_options
@network_option()
@account_option()
@record_option
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the signed offer.")
def offer(account: AccountAPI, record: Path, out: Path, **said: Any) -> None:
    """Sign an offer of a share of PARENT and write it to a file for the dependent. Sends nothing."""
    ledger, signer = connected_ledger(record), ApeSigner(account)
    made, domain = build_offer(ledger, said), ledger.emissions.domain
    signature = signer.sign_typed_data(ledger.emissions.offer(made))
    SignedOffer(made, domain.chain_id, domain.contract, signature).write(out)
    until = datetime.fromtimestamp(made.deadline, UTC).isoformat()
    show({"offer": str(out), "lot_it_makes": key_text(made.key), "stands_until": until}, as_json=False)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--displaces", help="Your own estimate of the same consumption, which it replaces unit for unit."
)
@click.option(
    "--max-ancestry", default=1024, show_default=True, help="Most edges you accept above the new lot."
)
@sends
def accept(
    file: Path,
    displaces: str | None,
    max_ancestry: int,
    account: AccountAPI,
    record: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Accept the offer in FILE as its dependent."""
    ledger, signed = connected_ledger(record), SignedOffer.read(file)
    signed.require_contract(ledger.emissions)
    terms = Acceptance(max_ancestry, parse_key(displaces) if displaces else 0)
    call = ledger.emissions.accept(signed.offer, signed.signature, terms)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"lot": key_text(signed.offer.key), "sent": sent(outcomes)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def cancel(file: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool) -> None:
    """Withdraw the offer in FILE for ever, as its supplier."""
    ledger, signed = connected_ledger(record), SignedOffer.read(file)
    signed.require_contract(ledger.emissions)
    outcomes = send_each(ledger, [ledger.emissions.cancel(signed.offer)], ApeSigner(account), dry_run=dry_run)
    show({"withdrawn": key_text(signed.offer.key), "sent": sent(outcomes)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@offer_options
@sends
def direct(account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool, **said: Any) -> None:
    """Allocate a share of PARENT to a dependent that opted in; no signature of it is needed."""
    ledger = connected_ledger(record)
    made = build_offer(ledger, said)
    outcomes = send_each(ledger, [ledger.emissions.allocate(made)], ApeSigner(account), dry_run=dry_run)
    show({"lot": key_text(made.key), "sent": sent(outcomes)}, as_json=as_json)


@cli.command("opt-in", cls=LedgerCommand)
@click.argument("supplier")
@click.option("--days", default=365, show_default=True, help="How long; 0 ends an agreement.")
@click.option("--scope-2", is_flag=True, help="Accept scope 2.")
@click.option(
    "--scope-3", multiple=True, type=click.IntRange(1, 15), help="Accept a scope 3 category; may be repeated."
)
@click.option("--tonnes", type=int, required=True, help="Most gross that may be received, t CO2e.")
@click.option("--max-ancestry", default=1024, show_default=True)
@click.option("--displaces", help="Your own estimate, which what you receive replaces unit for unit.")
@sends
def opt_in(
    supplier: str,
    days: int,
    scope_2: bool,  # noqa: FBT001 - click passes it by name
    scope_3: tuple[int, ...],
    tonnes: int,
    max_ancestry: int,
    displaces: str | None,
    account: AccountAPI,
    record: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Agree to receive from SUPPLIER (an address) without signing each time."""
    ledger = connected_ledger(record)
    terms = OptIn(
        until=ledger.chain.now + days * DAY if days else 0,
        max_ancestry=max_ancestry,
        categories=int(scope_2) | sum(1 << category for category in set(scope_3)),
        gross=tonnes * 10**9,
        displaces=parse_key(displaces) if displaces else 0,
    )
    call = ledger.emissions.opt_in(to_checksum_address(supplier), terms)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"terms": str(terms), "sent": sent(outcomes)}, as_json=as_json)
