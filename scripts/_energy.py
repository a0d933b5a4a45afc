"""What the scripts of certificates and of certificated generation have in common: a call, an amount, a cancellation's number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from scripts._session import send_each, sent, show
from scripts._signers import ApeSigner

from cet.quantities import parse_number

if TYPE_CHECKING:
    from cet.ledger import Call, Ledger

WH_PER_MWH = 10**6


def run(ledger: Ledger, call: Call[Any], session: dict[str, Any], **facts: Any) -> None:
    """Sends a call and shows it with the facts."""
    outcomes = send_each(ledger, [call], ApeSigner(session["account"]), dry_run=session["dry_run"])
    show({**facts, "sent": sent(outcomes)}, as_json=session["as_json"])


def watt_hours(mwh: str) -> int:
    """An amount in whole watt-hours; a part of one is refused rather than rounded."""
    amount = parse_number(mwh).value * WH_PER_MWH
    if amount <= 0 or amount.denominator != 1:
        raise click.BadParameter(f"{mwh} MWh: give a positive amount in whole watt-hours, such as 2.5")
    return int(amount)


def number_of(text: str) -> int:
    """A cancellation's number as this script prints it."""
    try:
        return int(text, 16)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no cancellation: give 0x and 24 digits") from error


def number_text(number: int) -> str:
    """A cancellation's number, as shown and as read."""
    return f"{number:#026x}"
