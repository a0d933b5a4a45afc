"""Certificated generation: which lots certificates were issued for, and which cancellations stand for what was allocated of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from eth_utils.crypto import keccak
from scripts._energy import number_of, number_text, run, watt_hours
from scripts._offers import DAY
from scripts._session import LedgerCommand, connected_ledger, reads, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import Correction, key_text, parse_key
from cet.ledger.offer_file import SignedOffer
from cet.ledger.signed_file import SignedCorrection

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.group()
def cli() -> None:
    """Energy from certificated generation goes with its certificates cancelled for whoever takes it, each once.

    Without them the emissions token refuses the allocation. What was allocated before its generation was certified stays; it is flagged,
    and oracles refuse the dependent's package, until its certificates are there.

    \b
      ape run generation certify PLANT_LOT BATCH --account TEST::4
      ape run allocate offer PLANT_LOT --to 0x… … --out offer.json --account TEST::4
      ape run certificates cancel BATCH 25 --for 0x… … --account TEST::4
      ape run generation cover offer.json CANCELLATION --account TEST::4
      ape run allocate accept offer.json --account TEST::5
      ape run generation status LOT
    """


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("batch")
@sends
def certify(lot: str, batch: str, record: Path, **session: Any) -> None:
    """Say that certificates of BATCH were issued for the energy of LOT, as its holder or as the tracking system's operator."""
    ledger = connected_ledger(record)
    run(ledger, ledger.generation.certify(parse_key(lot), parse_key(batch)), session, lot=lot)


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("batch")
@sends
def uncertify(lot: str, batch: str, record: Path, **session: Any) -> None:
    """End it, once all of BATCH is withdrawn. Anyone may."""
    ledger = connected_ledger(record)
    run(ledger, ledger.generation.uncertify(parse_key(lot), parse_key(batch)), session, lot=lot)


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@sends
def mark(lot: str, record: Path, **session: Any) -> None:
    """Have certificates asked for of the product LOT, some part of which was certified after LOT was made. Anyone may.

    Takes a mark off again whose reason is gone. What is made of marked lots is marked from the start.
    """
    ledger = connected_ledger(record)
    run(ledger, ledger.generation.mark(parse_key(lot)), session, lot=lot)


@cli.command(cls=LedgerCommand)
@click.argument("what", metavar="LOT|OFFER.JSON")
@click.argument("cancellation")
@sends
def cover(what: str, cancellation: str, record: Path, **session: Any) -> None:
    """Let CANCELLATION stand for an allocated LOT, or for the lot that the offer in a file makes, as either party to it."""
    ledger, number = connected_ledger(record), number_of(cancellation)
    if Path(what).is_file():
        signed = SignedOffer.read(Path(what))
        signed.require_contract(ledger.emissions)
        call, key = ledger.generation.cover_offer(signed.offer, number), signed.offer.key
    else:
        key = parse_key(what)
        call = ledger.generation.cover(key, number)
    run(ledger, call, session, lot=key_text(key), cancellation=number_text(number))


@cli.command(cls=LedgerCommand)
@click.argument("cancellation")
@sends
def uncover(cancellation: str, record: Path, **session: Any) -> None:
    """Free CANCELLATION, as its beneficiary, while no statement used it: of an offer not taken up, or more than its lot needs."""
    ledger = connected_ledger(record)
    run(ledger, ledger.generation.uncover(number_of(cancellation)), session)


@cli.command("give-back", cls=LedgerCommand)
@click.argument("lot")
@click.argument("mwh")
@click.option("--document", required=True, help="What displaced it, with a salt; only its hash is shown.")
@click.option("--days", default=30, show_default=True, help="How long the supplier may sign.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the supplier.")
@sends
def give_back(
    lot: str, mwh: str, document: str, days: int, out: Path, account: AccountAPI, record: Path, **session: Any
) -> None:
    """Give MWH of an allocated LOT back, as its holder: certificates or a contract took its place.

    Says so on the ledger, which flags LOT until the units are back, and signs the correction into a file: the supplier
    carries it out by `ape run correct agree FILE`.
    """
    ledger, signer, key = connected_ledger(record), ApeSigner(account), parse_key(lot)
    kept, units = ledger.emissions.lot_of(key), watt_hours(mwh)
    left = kept.basis - ledger.generation.to_return(key) - units
    if left < 0:
        raise click.BadParameter(f"{mwh} MWh: {key_text(key)} has {kept.basis} Wh, give back at most that")
    said = Correction(key, left, kept.basis, ledger.chain.now + days * DAY, keccak(text=document))
    if not session["dry_run"]:
        domain = ledger.emissions.domain
        signature = signer.sign_typed_data(ledger.emissions.correction(said))
        SignedCorrection(said, domain.chain_id, domain.contract, signer.address, signature).write(out)
    call = ledger.generation.count(key, left)
    outcomes = send_each(ledger, [call], signer, dry_run=session["dry_run"])
    supplier = ledger.emissions.lot_of(ledger.emissions.edges_of(key)[0][0]).holder
    facts = {"lot": key_text(key), "from": str(kept.basis), "to": str(left), "supplier": supplier}
    show({**facts, "file": str(out), "sent": sent(outcomes)}, as_json=session["as_json"])


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@reads
def status(lot: str, record: Path, *, as_json: bool) -> None:
    """Show whether certificates were issued for LOT and are asked for, what an allocated LOT has, and which allocations above it lack theirs."""
    ledger, key = connected_ledger(record), parse_key(lot)
    generation = ledger.generation
    short = [f"{key_text(one.lot)}: {one.missing} Wh" for one in generation.shortfalls_of(key)]
    show(
        {
            "lot": key_text(key),
            "certificated": "yes" if generation.is_certificated(key) else "no",
            "marked": "yes" if ledger.emissions.lot_of(key).certificated else "no",
            "cancelled_wh": str(generation.covered_of(key)),
            "cancellations": [number_text(number) for number in generation.cancellations_of(key)],
            "to_give_back_wh": str(generation.to_return(key)),
            "missing": short,
        },
        as_json=as_json,
    )
