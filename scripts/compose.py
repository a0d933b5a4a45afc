"""Combine shares of lots into a product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from eth_utils.crypto import keccak
from scripts._session import LedgerCommand, connected_ledger, send_each, sends, sent, show
from scripts._signers import ApeSigner

from cet.ledger import Composition, key_text, parse_key
from cet.scopes import PRODUCT_NAMES, BasisUnit, LotCode, Method, Scope

if TYPE_CHECKING:
    from pathlib import Path

    from ape.api import AccountAPI

_UNITS = [unit.name.lower() for unit in BasisUnit]


@click.command(cls=LedgerCommand)
@click.argument("product", type=click.Choice(list(PRODUCT_NAMES)))
@click.option("--output", type=int, required=True, help="Units of the product.")
@click.option("--unit", type=click.Choice(_UNITS), required=True)
@click.option(
    "--part", "parts", nargs=2, multiple=True, required=True, metavar="LOT UNITS", help="May be repeated."
)
@click.option(
    "--method", type=click.Choice(["physical", "market-based"]), default="physical", show_default=True
)
@click.option("--salt", default="", help="Tells two equal compositions apart.")
@sends
def cli(
    product: str,
    output: int,
    unit: str,
    parts: tuple[tuple[str, str], ...],
    method: str,
    salt: str,
    account: AccountAPI,
    record: Path,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Combine shares of your lots into OUTPUT units of a product, which can then be allocated.

    \b
      ape run compose electricity --output 1000000000 --unit watt_hour --part 0x… 600 --part 0x… 300 --account TEST::4
    """
    ledger, signer = connected_ledger(record), ApeSigner(account)
    series = Method.MARKET_BASED if method == "market-based" else Method.PHYSICAL
    code = LotCode(Scope.OUTSIDE, PRODUCT_NAMES[product], series, BasisUnit(_UNITS.index(unit)))
    edges = tuple((parse_key(lot), int(units)) for lot, units in parts)
    composition = Composition(code, output, edges, keccak(text=salt))
    outcomes = send_each(ledger, [ledger.emissions.compose(composition)], signer, dry_run=dry_run)
    show({"lot": key_text(composition.key(signer.address)), "sent": sent(outcomes)}, as_json=as_json)
