"""Hold credits for the use of a sold product, and reconcile it when it is known."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import account_option, network_option
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak
from scripts._offers import days_since_1970
from scripts._session import (
    LedgerCommand,
    connected_ledger,
    reads,
    record_option,
    send_each,
    sends,
    sent,
    show,
)
from scripts._signers import ApeSigner

from cet.ledger import Call, Ledger, LedgerError, Reconciliation, UsePhase, key_text, parse_key
from cet.ledger.signed_file import SignedReconciliation
from cet.quantities import MG_PER_TONNE, parse_number, round_down_mg, tonnes_text

if TYPE_CHECKING:
    from ape.api import AccountAPI

FIELDS = ("product", "beneficiary", "first_day", "last_day", "reconcile_by", "terms")


def read_use(file: Path) -> UsePhase:
    """The use that FILE describes. Raises LedgerError naming what is missing."""
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
        missing = [name for name in FIELDS if not said.get(name)]
        if missing:
            raise LedgerError(f"{file}: {', '.join(missing)} missing", f"a use has {', '.join(FIELDS)}")
        first, last = (days_since_1970(str(said[name])) for name in ("first_day", "last_day"))
        by = datetime.combine(date.fromisoformat(str(said["reconcile_by"])), time(23, 59, 59), UTC)
        terms = keccak(text=said["terms"])
        return UsePhase(said["product"], said["beneficiary"], first, last, int(by.timestamp()), terms)
    except (OSError, ValueError, TypeError) as error:
        raise LedgerError(f"{file}: {error}", f"write a TOML file with {', '.join(FIELDS)}") from error


def run(ledger: Ledger, call: Call[Any], session: dict[str, Any], **facts: Any) -> None:
    """Sends a call and shows it with the facts."""
    outcomes = send_each(ledger, [call], ApeSigner(session["account"]), dry_run=session["dry_run"])
    show({**facts, "sent": sent(outcomes)}, as_json=session["as_json"])


def milligrams(tonnes: str) -> int:
    """An amount of credits to hold, rounded down: cover is never overstated."""
    return round_down_mg(parse_number(tonnes).value * MG_PER_TONNE)


use_argument = click.argument("use", type=click.Path(path_type=Path, exists=True, dir_okay=False))
holder_option = click.option("--holder", required=True, help="Who put the credits in.")


@click.group()
def cli() -> None:
    """Credits held for years of a product's use that have no energy certificates yet, until the use is known.

    \b
    USE is a TOML file, the same every time: what it says is the escrow's id.
      product = "kettle, model of 2024"         first_day = 2024-01-01     last_day = 2024-12-31
      beneficiary = "its users in Germany"      reconcile_by = 2025-06-30  terms = "terms of sale of 2024, 4.2"
    After the last day holder and verifier sign how much is retired, and the rest goes back. After the day to reconcile by,
    everything is retired.
    \b
      ape run escrow put kettle.toml BATCH 12.5 --account TEST::3
      ape run escrow sign kettle.toml --verifier 0x… --retire BATCH 9.75 --document "use of 2024" --out signed.json --account TEST::3
      ape run escrow reconcile kettle.toml signed.json --account TEST::1
      ape run escrow give-back kettle.toml BATCH --holder 0x… --account TEST::3
      ape run escrow status kettle.toml BATCH --holder 0x…
    """


@cli.command(cls=LedgerCommand)
@use_argument
@click.argument("batch")
@click.argument("tonnes")
@sends
def put(use: Path, batch: str, tonnes: str, record: Path, **session: Any) -> None:
    """Put TONNES of credits of BATCH into escrow for USE."""
    ledger, said = connected_ledger(record), read_use(use)
    holder = session["account"].address
    amount = milligrams(tonnes)
    call = ledger.escrow.put_in(ledger.offsets, holder, parse_key(batch), amount, said)
    run(ledger, call, session, escrow="0x" + said.escrow(holder).hex(), held=f"{tonnes_text(amount, 9)} t")


@cli.command(cls=LedgerCommand)
@use_argument
@click.option("--verifier", required=True, help="Accredited for scope 3.")
@click.option(
    "--retire", nargs=2, multiple=True, metavar="BATCH TONNES", help="What is retired, once for each batch."
)
@click.option("--document", required=True, help="What shows the use; only its hash is shown.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the verifier.")
@network_option()
@account_option()
@record_option
def sign(
    use: Path,
    verifier: str,
    retire: tuple[tuple[str, str], ...],
    document: str,
    out: Path,
    account: AccountAPI,
    record: Path,
) -> None:
    """Sign, as the holder, how much of the credits held for USE is retired. Sends nothing."""
    ledger, signer, said = connected_ledger(record), ApeSigner(account), read_use(use)
    retired = tuple((parse_key(batch), milligrams(tonnes)) for batch, tonnes in retire)
    reconciliation = Reconciliation(
        said.escrow(signer.address), to_checksum_address(verifier), keccak(text=document), retired
    )
    domain = ledger.escrow.domain
    signature = signer.sign_typed_data(ledger.escrow.reconciliation(reconciliation))
    SignedReconciliation(reconciliation, domain.chain_id, domain.contract, signer.address, signature).write(
        out
    )
    show({"file": str(out), "retired": _told(retired)}, as_json=False)


@cli.command(cls=LedgerCommand)
@use_argument
@click.argument("file", type=click.Path(path_type=Path))
@sends
def reconcile(
    use: Path, file: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool
) -> None:
    """Sign the reconciliation in FILE too, as its verifier, and carry it out."""
    ledger, signer, first = connected_ledger(record), ApeSigner(account), SignedReconciliation.read(file)
    first.require_contract(ledger.escrow.domain)
    said = first.reconciliation
    mine = signer.sign_typed_data(ledger.escrow.reconciliation(said))
    call = ledger.escrow.reconcile(first.signer, read_use(use), said, first.signature, mine)
    outcomes = send_each(ledger, [call], signer, dry_run=dry_run)
    show(
        {"escrow": "0x" + said.escrow.hex(), "retired": _told(said.retired), "sent": sent(outcomes)},
        as_json=as_json,
    )


@cli.command("give-back", cls=LedgerCommand)
@use_argument
@click.argument("batch")
@holder_option
@sends
def give_back(use: Path, batch: str, holder: str, record: Path, **session: Any) -> None:
    """Give back to the holder what a reconciliation left of BATCH. Anyone may."""
    ledger = connected_ledger(record)
    call = ledger.escrow.give_back(to_checksum_address(holder), read_use(use), parse_key(batch))
    run(ledger, call, session)


@cli.command(cls=LedgerCommand)
@use_argument
@click.argument("batch")
@holder_option
@sends
def retire(use: Path, batch: str, holder: str, record: Path, **session: Any) -> None:
    """Retire all that is held of BATCH for a USE that nobody reconciled in time. Anyone may."""
    ledger = connected_ledger(record)
    call = ledger.escrow.retire_unreconciled(to_checksum_address(holder), read_use(use), parse_key(batch))
    run(ledger, call, session)


@cli.command(cls=LedgerCommand)
@use_argument
@click.argument("batches", nargs=-1)
@holder_option
@reads
def status(use: Path, batches: tuple[str, ...], holder: str, record: Path, *, as_json: bool) -> None:
    """Show what is held of BATCHES for USE, and whether it is reconciled."""
    ledger, said = connected_ledger(record), read_use(use)
    escrow = said.escrow(to_checksum_address(holder))
    held = tuple((parse_key(batch), ledger.escrow.held_of(escrow, parse_key(batch))) for batch in batches)
    by = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=said.deadline)
    show(
        {
            "escrow": "0x" + escrow.hex(),
            "reconciled": "yes" if ledger.escrow.is_reconciled(escrow) else "no",
            "reconcile_by": by.isoformat(),
            "held": _told(held),
        },
        as_json=as_json,
    )


def _told(amounts: tuple[tuple[int, int], ...]) -> list[str]:
    return [f"{tonnes_text(mg, 9)} t of {key_text(batch)}" for batch, mg in amounts]
