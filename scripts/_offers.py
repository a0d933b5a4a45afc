"""How an offer is written on the command line."""

from __future__ import annotations

import functools
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger import Ledger, Offer, parse_key
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, LotCode, Method

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = 24 * 60 * 60
_METHODS = [method.name.lower().replace("_", "-") for method in Method]
_OPTIONS = (
    click.argument("parent"),
    click.option("--to", "dependent", required=True, help="Address of the dependent."),
    click.option(
        "--units", type=int, required=True, help="In the lot's own unit: Wh, g, g-km, items, or mg."
    ),
    click.option(
        "--scope", type=click.Choice(list(SCOPE_TEXT)), required=True, help="In the dependent's books."
    ),
    click.option("--category", required=True, help="In the dependent's books, e.g. electricity, or 1."),
    click.option("--method", type=click.Choice(_METHODS), default="physical", show_default=True),
    click.option(
        "--consumed", required=True, nargs=2, metavar="FIRST LAST", help="Days, e.g. 2021-01-01 2021-12-31."
    ),
    click.option(
        "--document", required=True, help="The invoice behind it, with a salt; only its hash is shown."
    ),
    click.option("--days", default=30, show_default=True, help="How long the offer stands."),
)


def offer_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """What an offer says, as options."""
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_OPTIONS), function)


def build_offer(ledger: Ledger, said: dict[str, Any]) -> Offer:
    """The offer that the options say; its unit is the parent's."""
    key, scope = parse_key(said["parent"]), SCOPE_TEXT[said["scope"]]
    if said["category"] not in CATEGORY_NAMES[scope]:
        raise click.BadParameter(f"categories of scope {said['scope']}: {', '.join(CATEGORY_NAMES[scope])}")
    category, unit = CATEGORY_NAMES[scope][said["category"]], ledger.emissions.lot_of(key).code.unit
    first, last = (days_since_1970(day) for day in said["consumed"])
    return Offer(
        parent=key,
        dependent=to_checksum_address(said["dependent"]),
        units=said["units"],
        code=LotCode(scope, category, Method(_METHODS.index(said["method"])), unit),
        consumed_from=first,
        consumed_to=last,
        deadline=ledger.chain.now + said["days"] * DAY,
        activity=keccak(text=said["document"]),
    )


def days_since_1970(text: str) -> int:
    """A date as the ledger counts days."""
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no day: write 2021-12-31") from error
