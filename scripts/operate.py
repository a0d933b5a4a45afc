"""What an operator and an enforcer do while a ledger runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from eth_utils import to_checksum_address
from scripts._session import LedgerCommand, connected_ledger, reads, send_operator, sends, show
from scripts._signers import ApeSigner

from cet.ledger import Operation, key_text, parse_key
from cet.ledger.access import GUARDIAN

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger import Call, Ledger

OPERATIONS = [operation.name.lower() for operation in Operation if operation.name]


def carry_out(ledger: Ledger, call: Call[Any], session: dict[str, Any], **facts: Any) -> None:
    """Sends or announces one call, and shows what became of it."""
    done = send_operator(ledger, [call], ApeSigner(session["account"]), dry_run=session["dry_run"])
    show({**facts, **done}, as_json=session["as_json"])


@click.group()
def cli() -> None:
    """Close and open operations, suspend participants, freeze lots in dispute, carry out successions.

    \b
    A call that a role's delay stands before is announced; run the same command again after the delay.
      ape run operate close mint allocate --account TEST::0
      ape run operate freeze LOT 600 --account TEST::0
    """


@cli.command(cls=LedgerCommand)
@click.argument("registry")
@click.option("--end", is_flag=True, help="Stop new uses; what statements used stays used.")
@sends
def instrument(registry: str, record: Path, *, end: bool, **session: Any) -> None:
    """Let statements use the instruments that the contract REGISTRY keeps, or stop it."""
    ledger = connected_ledger(record)
    carry_out(ledger, ledger.registry.set_instrument(to_checksum_address(registry), known=not end), session)


@cli.command(cls=LedgerCommand)
@reads
def status(record: Path, *, as_json: bool) -> None:
    """Show what is closed."""
    closed = connected_ledger(record).emissions.closed()
    show({"closed": [name for name in OPERATIONS if Operation[name.upper()] & closed]}, as_json=as_json)


def _set_closed(record: Path, names: tuple[str, ...], session: dict[str, Any], *, close: bool) -> None:
    ledger = connected_ledger(record)
    chosen = Operation(sum(Operation[name.upper()] for name in set(names)))
    before = ledger.emissions.closed()
    after = before | chosen if close else before & ~chosen
    facts = {"closed": [name for name in OPERATIONS if Operation[name.upper()] & after]}
    if before == after:
        show({**facts, "sent": []}, as_json=session["as_json"])
        return
    # A guardian closes at once, and can only close; an operator's call may have a delay before it.
    guards, _ = ledger.access.has_role(GUARDIAN, to_checksum_address(session["account"].address))
    emissions = ledger.emissions
    call = emissions.close(chosen) if close and guards else emissions.set_closed(after)
    carry_out(ledger, call, session, **facts)


@cli.command(cls=LedgerCommand)
@click.argument("operations", nargs=-1, required=True, type=click.Choice(OPERATIONS))
@sends
def close(operations: tuple[str, ...], record: Path, **session: Any) -> None:
    """Close OPERATIONS in an emergency; all others go on."""
    _set_closed(record, operations, session, close=True)


@cli.command("open", cls=LedgerCommand)
@click.argument("operations", nargs=-1, required=True, type=click.Choice(OPERATIONS))
@sends
def open_(operations: tuple[str, ...], record: Path, **session: Any) -> None:
    """Open OPERATIONS again."""
    _set_closed(record, operations, session, close=False)


@cli.command(cls=LedgerCommand)
@click.argument("participant")
@sends
def suspend(participant: str, record: Path, **session: Any) -> None:
    """Bar PARTICIPANT from new statements; what it holds stays. `enrol` lets it in again."""
    ledger = connected_ledger(record)
    carry_out(ledger, ledger.registry.suspend(to_checksum_address(participant)), session)


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("units", type=int)
@sends
def freeze(lot: str, units: int, record: Path, **session: Any) -> None:
    """Freeze UNITS of LOT while a dispute lasts: they cannot be allocated, displaced or composed. 0 ends it."""
    ledger, key = connected_ledger(record), parse_key(lot)
    holder = ledger.emissions.lot_of(key).holder
    carry_out(ledger, ledger.emissions.set_frozen(holder, key, units), session, lot=key_text(key))


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("successor")
@sends
def succeed(lot: str, successor: str, record: Path, **session: Any) -> None:
    """Carry out a legal succession: LOT passes whole, with its liability, to SUCCESSOR, who accepted it."""
    ledger, key = connected_ledger(record), parse_key(lot)
    kept = ledger.emissions.lot_of(key)
    call = ledger.emissions.succeed(kept.holder, to_checksum_address(successor), key, kept.basis)
    carry_out(ledger, call, session, lot=key_text(key))
