"""Offer references: others report a share of a lot, and nothing is taken from it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import account_option, network_option
from eth_utils import to_checksum_address
from eth_utils.crypto import keccak
from scripts._offers import DAY, days_since_1970
from scripts._session import LedgerCommand, connected_ledger, record_option, show
from scripts._signers import ApeSigner

from cet.ledger import Offer, key_text, parse_key
from cet.ledger.offer_file import SignedOffer
from cet.scopes import CATEGORY_NAMES, LotCode, Method, Relation, Scope

if TYPE_CHECKING:
    from ape.api import AccountAPI


@click.command(cls=LedgerCommand)
@click.argument("lot")
@click.option("--to", "referrer", required=True, help="Address of who refers to it.")
@click.option("--units", type=int, required=True, help="In the lot's own unit.")
@click.option("--category", help="Scope 3 category 9 to 15 in the referrer's books, e.g. investments, or 15.")
@click.option(
    "--consolidation", is_flag=True, help="A parent company or equity partner consolidates its share."
)
@click.option(
    "--consumed", required=True, nargs=2, metavar="FIRST LAST", help="Days, e.g. 2021-01-01 2021-12-31."
)
@click.option("--document", required=True, help="What it rests on, with a salt; only its hash is shown.")
@click.option("--days", default=30, show_default=True, help="How long the offer stands.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the signed offer.")
@network_option()
@account_option()
@record_option
def cli(
    lot: str,
    category: str | None,
    consolidation: bool,  # noqa: FBT001 - click passes it by name
    account: AccountAPI,
    record: Path,
    out: Path,
    **said: Any,
) -> None:
    """Sign a reference to a share of LOT for the referrer, who takes it with `allocate accept`. Sends nothing.

    A reference is in the referrer's inventory and in no sum across participants. It cannot be passed on, composed or offset.
    """
    if (category is None) == (not consolidation):
        raise click.BadParameter("say either --category or --consolidation")
    ledger, key = connected_ledger(record), parse_key(lot)
    parent = ledger.emissions.lot_of(key).code
    if category is None:
        code = replace(parent, relation=Relation.CONSOLIDATION)
    else:
        names = CATEGORY_NAMES[Scope.SCOPE_3]
        if category not in names:
            raise click.BadParameter(f"categories of scope 3: {', '.join(names)}")
        method = Method.PHYSICAL if parent.scope is Scope.SCOPE_2 else parent.method
        code = LotCode(Scope.SCOPE_3, names[category], method, parent.unit, Relation.VALUE_CHAIN)
    first, last = (days_since_1970(day) for day in said["consumed"])
    offer = Offer(
        parent=key,
        dependent=to_checksum_address(said["referrer"]),
        units=said["units"],
        code=code,
        consumed_from=first,
        consumed_to=last,
        deadline=ledger.chain.now + said["days"] * DAY,
        activity=keccak(text=said["document"]),
    )
    signer, domain = ApeSigner(account), ledger.emissions.domain
    signature = signer.sign_typed_data(ledger.emissions.offer(offer))
    SignedOffer(offer, domain.chain_id, domain.contract, signature).write(out)
    show({"offer": str(out), "lot_it_makes": key_text(offer.key), "kind": str(code)}, as_json=False)
