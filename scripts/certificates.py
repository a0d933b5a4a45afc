"""Issue, transfer, cancel, withdraw and void energy certificates, and see what became of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import click
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak
from scripts._energy import number_of, number_text, run, watt_hours
from scripts._offers import days_since_1970
from scripts._session import LedgerCommand, connected_ledger, reads, sends, show

from cet.ledger import (
    BatchStatus,
    Cancellation,
    Carrier,
    CertificateBatch,
    Purpose,
    key_text,
    parse_key,
)
from cet.ledger.energy import RATES
from cet.ledger.statements import text32, text_of32

if TYPE_CHECKING:
    from pathlib import Path

_EPOCH = date(1970, 1, 1)
PURPOSES = {purpose.name.lower().replace("_", "-"): purpose for purpose in Purpose}
CARRIERS = {carrier.name.lower(): carrier for carrier in Carrier}


def short(text: str) -> bytes:
    """Text that fits a word of a certificate."""
    try:
        return text32(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _day(number: int) -> str:
    return (_EPOCH + timedelta(days=number)).isoformat()


@click.group()
def cli() -> None:
    """Energy certificates: issued once, held, then cancelled for an inventory, or withdrawn by their tracking system.

    \b
      ape run certificates issue UK-GO GB-01-WIND-7 1 5000 --country GB --market "GB grid" --technology "wind, onshore"
                           --device D7 --production 2021-01-01 2021-12-31 --to 0x… --account TEST::3
      ape run certificates cancel BATCH 2.5 --for 0x… --purpose scope-2 --consumed 2021-01-01 2021-12-31 --account TEST::4
      ape run certificates status CANCELLATION
    """


@cli.command(cls=LedgerCommand)
@click.argument("system")
@click.argument("serial_prefix")
@click.argument("first_serial", type=int)
@click.argument("last_serial", type=int)
@click.option("--carrier", type=click.Choice(list(CARRIERS)), default="electricity", show_default=True)
@click.option("--country", required=True, help="ISO 3166-1, two letters.")
@click.option("--market", required=True, help="Market zone or gas network in which they may be used.")
@click.option("--technology", required=True, help='E.g. "wind, onshore".')
@click.option("--device", required=True, help="Production device's id; only its hash is shown.")
@click.option("--production", nargs=2, required=True, metavar="FIRST LAST", help="Days of production.")
@click.option(
    "--rate",
    "rates",
    nargs=2,
    multiple=True,
    metavar="GAS MG_PER_MWH",
    help=f"Direct emissions, once for each of {', '.join(RATES)}.",
)
@click.option("--label", default="", help="Quality label.")
@click.option(
    "--bridged",
    nargs=2,
    metavar="REGISTRY PROOF",
    help="Origin registry, and the proof (its text, or a reference to it) that they are immobilised there.",
)
@click.option("--replaces", help="The batch in whose place, withdrawn, these are issued.")
@click.option("--to", "receiver", required=True, help="Address of the first holder.")
@sends
def issue(record: Path, receiver: str, system: str, **said: Any) -> None:
    """Issue a batch of serials as the operator of SYSTEM. Serials issued before are refused."""
    session = {name: said.pop(name) for name in ("account", "dry_run", "as_json")}
    first, last = (days_since_1970(day) for day in said["production"])
    origin, proof = said["bridged"] or ("", "")
    batch = CertificateBatch(
        system=short(system),
        carrier=CARRIERS[said["carrier"]],
        country=_country(said["country"]),
        market=short(said["market"]),
        technology=short(said["technology"]),
        device=keccak(text=said["device"]),
        production_start=first,
        production_end=last,
        serial_prefix=said["serial_prefix"],
        first_serial=said["first_serial"],
        last_serial=said["last_serial"],
        rates=_rates(said["rates"]),
        label=short(said["label"]),
        origin_registry=short(origin),
        immobilisation=keccak(text=proof) if proof else bytes(32),
        replaces=parse_key(said["replaces"]) if said["replaces"] else 0,
    )
    ledger = connected_ledger(record)
    contract = ledger.certificates
    call = contract.issue(batch, contract.previous_serial_of(batch), to_checksum_address(receiver))
    run(ledger, call, session, batch=key_text(batch.id), certificates=batch.certificates)


def _country(code: str) -> bytes:
    if len(code) != 2 or not code.isascii():
        raise click.BadParameter(f"--country {code}: give two letters, such as GB")
    return code.upper().encode()


def _rates(given: tuple[tuple[str, str], ...]) -> tuple[int, ...]:
    """mg per MWh in the contract's order; what is not given is zero, as for wind."""
    rates = dict.fromkeys(RATES, 0)
    for gas, rate in given:
        if gas not in rates or not rate.isdigit():
            raise click.BadParameter(
                f"--rate {gas} {rate}: give one of {', '.join(RATES)} and whole mg per MWh"
            )
        rates[gas] = int(rate)
    return tuple(rates.values())


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@click.argument("mwh")
@click.option("--to", "receiver", required=True)
@sends
def transfer(batch: str, mwh: str, receiver: str, record: Path, **session: Any) -> None:
    """Transfer MWH of BATCH. Any amount of it may be split off, to the watt-hour."""
    ledger, holder = connected_ledger(record), session["account"].address
    call = ledger.certificates.transfer(
        holder, to_checksum_address(receiver), parse_key(batch), watt_hours(mwh)
    )
    run(ledger, call, session)


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@click.argument("mwh")
@click.option("--for", "beneficiary", required=True, help="Participant whose inventory alone may use it.")
@click.option("--purpose", type=click.Choice(list(PURPOSES)), required=True)
@click.option("--consumed", nargs=2, required=True, metavar="FIRST LAST", help="Days of consumption.")
@click.option("--entity", help="Id of the one entity whose statements may use it.")
@click.option("--users", help="Site, or group of end users, on whose behalf; only its hash is shown.")
@click.option("--document", required=True, help="The cancellation statement; only its hash is shown.")
@sends
def cancel(batch: str, mwh: str, record: Path, **said: Any) -> None:
    """Cancel MWH of BATCH, for ever. Prints the cancellation's number, and the word by which statements name it."""
    session = {name: said.pop(name) for name in ("account", "dry_run", "as_json")}
    ledger, key, amount = connected_ledger(record), parse_key(batch), watt_hours(mwh)
    first, last = (days_since_1970(day) for day in said["consumed"])
    details = Cancellation(
        beneficiary=to_checksum_address(said["beneficiary"]),
        period_start=first,
        period_end=last,
        purpose=PURPOSES[said["purpose"]],
        entity=keccak(text=said["entity"]) if said["entity"] else bytes(32),
        users=keccak(text=said["users"]) if said["users"] else bytes(32),
        document=keccak(text=said["document"]),
    )
    number = details.number(key, session["account"].address, amount)
    call = ledger.certificates.cancel(key, amount, details)
    word = f"{ledger.certificates.use(number).word:#066x}"
    run(ledger, call, session, cancellation=number_text(number), instrument=word)


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@click.argument("mwh")
@click.option("--holder", required=True, help="Who holds them.")
@click.option("--reason", required=True)
@sends
def withdraw(batch: str, mwh: str, holder: str, reason: str, record: Path, **session: Any) -> None:
    """Take back MWH of BATCH that nobody has used, as the operator of its tracking system."""
    ledger = connected_ledger(record)
    call = ledger.certificates.withdraw(
        parse_key(batch), to_checksum_address(holder), watt_hours(mwh), reason
    )
    run(ledger, call, session)


@cli.command(cls=LedgerCommand)
@click.argument("cancellation")
@click.option("--reason", required=True)
@sends
def void(cancellation: str, reason: str, record: Path, **session: Any) -> None:
    """Find CANCELLATION void, for error or fraud. The statement that used it is flagged; the certificates stay used."""
    ledger = connected_ledger(record)
    run(ledger, ledger.certificates.void_cancellation(number_of(cancellation), reason), session)


@cli.command("set-status", cls=LedgerCommand)
@click.argument("batch")
@click.argument("status", type=click.Choice(["active", "suspended"]))
@click.option("--reason", required=True)
@sends
def set_status(batch: str, status: str, reason: str, record: Path, **session: Any) -> None:
    """Suspend BATCH, or end its suspension, as the operator of its tracking system."""
    ledger = connected_ledger(record)
    call = ledger.certificates.set_status(parse_key(batch), BatchStatus[status.upper()], reason)
    run(ledger, call, session)


@cli.command(cls=LedgerCommand)
@click.argument("cancellation")
@reads
def status(cancellation: str, record: Path, *, as_json: bool) -> None:
    """Show a CANCELLATION, its certificates, and which statement used it."""
    ledger = connected_ledger(record)
    contract, number = ledger.certificates, number_of(cancellation)
    kept = contract.cancellation_of(number)
    batch = contract.batch_of(kept.batch)
    root, statement = contract.consumed_by(number)
    show(
        {
            "cancellation": number_text(number),
            "batch": key_text(kept.batch),
            "wh": str(kept.amount),
            "first_wh_of_batch": str(kept.first),
            "technology": text_of32(batch.batch.technology) if batch else "",
            "beneficiary": kept.beneficiary,
            "purpose": kept.purpose.name.lower().replace("_", "-"),
            "consumption": f"{_day(kept.period_start)} to {_day(kept.period_end)}",
            "void": "yes" if kept.is_void else "no",
            "used_by": f"statement {statement}, of the chain of {root}" if root else "no statement",
        },
        as_json=as_json,
    )
