"""Issue, apply, retire, revoke and void offset credits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak
from scripts._offers import days_since_1970
from scripts._session import LedgerCommand, connected_ledger, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import BatchStatus, Call, CreditBatch, Ledger, Retirement, key_text, parse_key, program_id
from cet.quantities import MG_PER_TONNE, parse_number, round_down_mg

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ape.api import AccountAPI


def run(ledger: Ledger, calls: Iterable[Call[Any]], session: dict[str, Any], **facts: Any) -> None:
    """Sends the calls and shows them with the facts."""
    outcomes = send_each(ledger, calls, ApeSigner(session["account"]), dry_run=session["dry_run"])
    show({**facts, "sent": sent(outcomes)}, as_json=session["as_json"])


def milligrams(tonnes: str) -> int:
    """An amount of credits, rounded down: a reduction is never overstated."""
    return round_down_mg(parse_number(tonnes).value * MG_PER_TONNE)


@click.group()
def cli() -> None:
    """Offset credits: issued once, held, then retired or applied to a lot; suspended, revoked and voided.

    \b
      ape run credits issue CAR CAR-1-US-639-30-449-TX-2019-5869 1 5000 --vintage 2019 --project CAR639
                            --to 0x… --account TEST::3
      ape run credits apply BATCH LOT 1200.5 --account TEST::4
    """


@cli.command(cls=LedgerCommand)
@click.argument("program")
@click.argument("serial_prefix")
@click.argument("first_serial", type=int)
@click.argument("last_serial", type=int)
@click.option("--vintage", type=int, required=True)
@click.option("--project", required=True, help="As its registry names it, e.g. CAR639.")
@click.option("--to", "receiver", required=True, help="Address of the first holder.")
@click.option("--ex-ante", is_flag=True, help="Not achieved yet: can be held, never used.")
@click.option("--ccp-label", is_flag=True, help="Carries the Core Carbon Principles label.")
@click.option(
    "--properties",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="JSON of the property set; shown on the ledger, its hash kept.",
)
@click.option("--replaces", help="The suspended or revoked batch in whose place this one is issued.")
@sends
def issue(
    record: Path, receiver: str, program: str, properties: Path | None, replaces: str | None, **said: Any
) -> None:
    """Issue a batch of serials, 1 t each, as the operator of PROGRAM. Serials issued before are refused."""
    session = {name: said.pop(name) for name in ("account", "dry_run", "as_json")}
    text = canonical(properties) if properties else ""
    batch = CreditBatch(
        program=program_id(program),
        attributes=keccak(text=text) if text else bytes(32),
        replaces=parse_key(replaces) if replaces else 0,
        **said,
    )
    ledger = connected_ledger(record)
    call = ledger.offsets.issue(
        batch, ledger.offsets.previous_serial_of(batch), to_checksum_address(receiver), text
    )
    run(ledger, [call], session, batch=key_text(batch.id), tonnes=batch.amount // MG_PER_TONNE)


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@click.argument("lot")
@click.argument("tonnes")
@sends
def apply(batch: str, lot: str, tonnes: str, record: Path, **session: Any) -> None:
    """Apply TONNES of BATCH to LOT, as holder of both. More than the lot's live net is refused."""
    ledger = connected_ledger(record)
    call = ledger.offsets.apply_to(parse_key(batch), parse_key(lot), milligrams(tonnes))
    run(ledger, [call], session, lot=lot)


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@click.argument("tonnes")
@click.option("--beneficiary", required=True)
@click.option("--purpose", required=True)
@click.option(
    "--period", nargs=2, required=True, metavar="FIRST LAST", help="Days, e.g. 2021-01-01 2021-12-31."
)
@sends
def retire(
    batch: str,
    tonnes: str,
    beneficiary: str,
    purpose: str,
    period: tuple[str, str],
    record: Path,
    **session: Any,
) -> None:
    """Retire TONNES of BATCH for a beneficiary."""
    ledger, (first, last) = connected_ledger(record), (days_since_1970(day) for day in period)
    details = Retirement(beneficiary, purpose, first, last)
    run(ledger, [ledger.offsets.retire(parse_key(batch), milligrams(tonnes), details)], session)


@cli.command("set-status", cls=LedgerCommand)
@click.argument("batch")
@click.argument("status", type=click.Choice(["active", "suspended", "revoked"]))
@click.option("--reason", required=True)
@sends
def set_status(batch: str, status: str, reason: str, record: Path, **session: Any) -> None:
    """Suspend, reinstate or revoke BATCH, as its programme's operator. Only a suspended batch is revoked, and for ever."""
    ledger = connected_ledger(record)
    call = ledger.offsets.set_status(parse_key(batch), BatchStatus[status.upper()], reason)
    run(ledger, [call], session)


@cli.command(cls=LedgerCommand)
@click.argument("batch")
@sends
def void(batch: str, record: Path, account: AccountAPI, **session: Any) -> None:
    """Void every application and holding of a revoked BATCH. Anyone may."""
    ledger, key = connected_ledger(record), parse_key(batch)
    state, offsets = ledger.mirror().refresh(), ledger.offsets
    calls: list[Call[None]] = [
        offsets.void_application(key, lot)
        for (of, lot), amount in state.applied.items()
        if of == key and amount
    ]
    calls += [
        offsets.void_holding(key, holder)
        for (of, holder), held in state.holdings.items()
        if of == key and held
    ]
    run(ledger, calls, {**session, "account": account})


@cli.command("move-surplus", cls=LedgerCommand)
@click.argument("batch")
@click.argument("source")
@click.argument("target")
@click.argument("tonnes")
@sends
def move_surplus(batch: str, source: str, target: str, tonnes: str, record: Path, **session: Any) -> None:
    """Move TONNES of BATCH that became superfluous on lot SOURCE to lot TARGET of the same holder."""
    ledger, keys = connected_ledger(record), [parse_key(text) for text in (batch, source, target)]
    run(ledger, [ledger.offsets.move_surplus(*keys, milligrams(tonnes))], session)


def canonical(file: Path) -> str:
    """A JSON object with its keys in order and no spaces, so that equal property sets have equal hashes."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise click.BadParameter(f"{file} is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise click.BadParameter(f'{file} is no JSON object: write {{"name": value, ...}}')
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
