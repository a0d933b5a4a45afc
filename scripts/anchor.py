"""Anchor many offers of one lot under one root; make them lots, and give back what is left."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import network_option
from eth_utils import to_checksum_address
from scripts._offers import DAY, build_offer
from scripts._session import LedgerCommand, connected_ledger, record_option, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import Acceptance, Anchor, key_text, parse_key
from cet.ledger.anchor_file import ProvenOffers, read_anchor, write_anchor

if TYPE_CHECKING:
    from ape.api import AccountAPI

    from cet.ledger import Ledger, Offer

COLUMNS = ("dependent", "units", "scope", "category", "method", "first", "last", "document")


@click.group()
def cli() -> None:
    """Allocate to any number of dependents with one transaction; each becomes a lot when its dependent wants it.

    \b
    OFFERS is a CSV with the columns dependent, units, scope, category, method, first, last, document.
      ape run anchor make LOT OFFERS --out anchor.jsonl --account TEST::4
      ape run anchor hand anchor.jsonl --to 0x… --out own.json       one dependent's part, to be sent to it
      ape run anchor materialise own.json --account TEST::5
      ape run anchor release anchor.jsonl --account TEST::1          after the deadline; anyone may
    """


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("offers", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The holder's file; keep it.")
@click.option("--days", default=365, show_default=True, help="How long its leaves can become lots.")
@sends
def make(
    lot: str,
    offers: Path,
    out: Path,
    days: int,
    account: AccountAPI,
    record: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Reserve the units of all OFFERS of LOT under one root. The ledger shows neither dependents nor quantities."""
    ledger, key = connected_ledger(record), parse_key(lot)
    domain = ledger.emissions.domain
    tree = Anchor.of(domain, key, read_offers(ledger, lot, offers, days))
    # Written first: without the offers, what was anchored could never become lots.
    write_anchor(out, domain, tree)
    call = ledger.emissions.anchor(tree, ledger.chain.now + days * DAY)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    facts = {"root": "0x" + tree.root.hex(), "offers": len(tree.offers), "units": str(tree.units)}
    show({**facts, "file": str(out), "sent": sent(outcomes)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "dependent", required=True, help="Address of the dependent.")
@click.option("--out", type=click.Path(path_type=Path), required=True)
@network_option()
@record_option
def hand(file: Path, dependent: str, out: Path, record: Path) -> None:
    """Write the part of the holder's FILE that is one dependent's: its offers and their proof. Sends nothing."""
    domain = connected_ledger(record).emissions.domain
    own = ProvenOffers.of(domain, read_anchor(file, domain), to_checksum_address(dependent))
    own.write(out)
    show({"file": str(out), "offers": len(own.batch.offers)}, as_json=False)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--displaces", help="Your own estimate of the same consumption, which they replace.")
@click.option(
    "--max-ancestry", default=1024, show_default=True, help="Most edges you accept above a new lot."
)
@sends
def materialise(
    file: Path,
    displaces: str | None,
    max_ancestry: int,
    account: AccountAPI,
    record: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the anchored offers in FILE lots, as their dependent; or as anybody, for a dependent that opted in."""
    ledger, own = connected_ledger(record), ProvenOffers.read(file)
    emissions = ledger.emissions
    own.require_contract(emissions.domain)
    terms = Acceptance(max_ancestry, parse_key(displaces) if displaces else 0)
    batch = own.batch
    if len(batch.offers) == 1:
        call: Any = emissions.materialise(own.root, batch.offers[0], batch.proof, terms)
    else:
        call = emissions.materialise_batch(own.root, batch, terms)
    lots = [key_text(offer.key) for offer in batch.offers]
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"lots": lots, "sent": sent(outcomes)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def release(file: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool) -> None:
    """Give the lot back what the anchor in FILE reserved and nobody took, after its deadline. Anyone may."""
    ledger = connected_ledger(record)
    tree = read_anchor(file, ledger.emissions.domain)
    call = ledger.emissions.release(tree.parent, tree.root)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"lot": key_text(tree.parent), "sent": sent(outcomes)}, as_json=as_json)


def read_offers(ledger: Ledger, lot: str, file: Path, days: int) -> list[Offer]:
    """The offers of a CSV, one a row. Every row that is none is named."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines)
        missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
        if missing:
            raise click.BadParameter(f"{file} has no column {', '.join(missing)}")
        offers, wrong = [], []
        for row in rows:
            try:
                offers.append(build_offer(ledger, _said(lot, row, days)))
            except (ValueError, KeyError, TypeError, click.BadParameter) as error:
                wrong.append(f"{file}:{rows.line_num}: {error}")
    if wrong:
        raise click.BadParameter("\n".join(wrong))
    return offers


def _said(lot: str, row: dict[str, str], days: int) -> dict[str, Any]:
    return {
        "parent": lot,
        "dependent": row["dependent"],
        "units": int(row["units"]),
        "scope": row["scope"],
        "category": row["category"],
        "method": row["method"],
        "consumed": (row["first"], row["last"]),
        "document": row["document"],
        "days": days,
    }
