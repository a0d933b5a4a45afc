"""Mint an inventory package's lots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click
from ape.cli import account_option, network_option
from scripts._session import (
    LedgerCommand,
    connected_ledger,
    dry_run_option,
    json_option,
    record_option,
    show,
    uses_option,
)
from scripts._signers import ApeSigner

from cet.ledger import Opinion, key_text
from cet.oracle import Oracle, gather_evidence

if TYPE_CHECKING:
    from ape.api import AccountAPI

    from cet.statement import InstrumentUse


@click.command(cls=LedgerCommand)
@click.argument("package", type=click.Path(path_type=Path, exists=True, file_okay=False))
@network_option()
@account_option("--participant", prompt="Account of the participant")
@account_option("--verifier", prompt="Account of the verifier")
@account_option("--oracle", prompt="Account of the oracle")
@record_option
@click.option(
    "--standard", default="ISO 14064-3", show_default=True, help="Assurance standard of the opinion."
)
@click.option("--level", type=click.Choice(["limited", "reasonable"]), default="limited", show_default=True)
@click.option(
    "--coverage", default=10_000, show_default=True, help="Basis points of gross emissions it covers."
)
@click.option(
    "--documents",
    type=click.Path(path_type=Path),
    default=Path("out") / "statements",
    show_default=True,
    help="Where to note which package a statement came from, for `cet ledger trace`.",
)
@click.option("--depth", default=0, show_default=True, help="Blocks to wait for on top of the last one.")
@uses_option
@dry_run_option
@json_option
def cli(
    package: Path,
    participant: AccountAPI,
    verifier: AccountAPI,
    oracle: AccountAPI,
    record: Path,
    standard: str,
    level: str,
    coverage: int,
    documents: Path,
    depth: int,
    uses: tuple[InstrumentUse, ...],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Compute PACKAGE, sign its statement as the three parties, mint its lots.

    \b
    Each party signs what it has seen: the participant the statement, the verifier its opinion of it, the oracle only after
    recomputing the package. Run again it sends nothing and shows the same receipt.
      ape run mint examples/roxboro-2021 --participant TEST::4 --verifier TEST::1 --oracle TEST::2
    """
    asserting, checking, attesting = (ApeSigner(account) for account in (participant, verifier, oracle))
    ledger = connected_ledger(record)
    path = Oracle(ledger, attesting)
    draft = path.recompute(package, asserting.address, checking.address, uses)
    statement, registry = draft.statement, ledger.registry
    about = {
        "statement": "0x" + statement.id.hex(),
        "claims_found_wrong": [str(claim) for claim in draft.inventory.claims],
        "notices": [notice.text for notice in draft.inventory.notices],
    }
    if dry_run:
        show({**about, "would_mint_lots": len(draft.inventory.lots)}, as_json=as_json)
        return
    opinion = Opinion(standard, level, coverage)
    evidence = gather_evidence(
        ledger,
        statement,
        assertion=asserting.sign_typed_data(registry.assertion(statement)),
        opinion=opinion,
        opinion_signature=checking.sign_typed_data(registry.opinion(statement.id, opinion)),
        attestations=[path.attest(statement, package, uses)],
    )
    receipt = path.submit(draft, evidence, depth=depth)
    documents.mkdir(parents=True, exist_ok=True)
    pointer = json.dumps({"package": str(package.resolve())}) + "\n"
    (documents / f"0x{statement.id.hex()}.json").write_text(pointer, encoding="utf-8")
    lots = zip(receipt.lots, receipt.lot_lines, draft.inventory.lots, strict=True)
    show(
        {
            **about,
            "number": receipt.number,
            "recorded_in": f"{receipt.transaction} (block {receipt.block})",
            "sent_now": list(receipt.transactions),
            "lots": [
                f"{key_text(key)} {lot.code}, {lot.gross} mg, {lines} lines" for key, lines, lot in lots
            ],
        },
        as_json=as_json,
    )
