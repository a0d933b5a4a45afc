"""Correct a statement, and take an opinion back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from ape.cli import account_option, network_option
from eth_utils.crypto import keccak
from scripts._offers import DAY
from scripts._session import (
    LedgerCommand,
    connected_ledger,
    dry_run_option,
    json_option,
    record_option,
    send_each,
    sends,
    sent,
    show,
    uses_option,
)
from scripts._signers import ApeSigner

from cet.ledger import Correction, Opinion, key_text, parse_key
from cet.ledger.signed_file import SignedCorrection
from cet.oracle import Oracle, gather_evidence
from cet.report.documents import packages_in

if TYPE_CHECKING:
    from ape.api import AccountAPI

    from cet.statement import InstrumentUse


@click.group()
def cli() -> None:
    """Correct a statement by one that supersedes it, take an opinion back, or correct an allocation's units together.

    \b
      ape run correct statement out/works-2023-corrected --inflation 500 --participant TEST::4 --verifier TEST::1 --oracle TEST::2
      ape run correct withdraw 0x… --reason "a meter was misread" --account TEST::1
      ape run correct units LOT 990000 --document "meter 7, salt 5e1d" --out correction.json --account TEST::4
      ape run correct agree correction.json --account TEST::5
    """


@cli.command(cls=LedgerCommand)
@click.argument("package", type=click.Path(path_type=Path, exists=True))
@network_option()
@account_option("--participant", prompt="Account of the participant")
@account_option("--verifier", prompt="Account of the verifier")
@account_option("--oracle", prompt="Account of the oracle")
@record_option
@click.option(
    "--inflation",
    default=0,
    show_default=True,
    help="Basis points by which lots that were passed on may rise.",
)
@click.option("--standard", default="ISO 14064-3", show_default=True)
@click.option("--level", type=click.Choice(["limited", "reasonable"]), default="limited", show_default=True)
@click.option("--coverage", default=10_000, show_default=True, help="Basis points of gross emissions.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path),
    default=Path("out") / "statements",
    show_default=True,
    help="Where `mint` noted the packages of statements.",
)
@uses_option
@dry_run_option
@json_option
def statement(
    package: Path,
    participant: AccountAPI,
    verifier: AccountAPI,
    oracle: AccountAPI,
    record: Path,
    inflation: int,
    standard: str,
    level: str,
    coverage: int,
    documents: Path,
    uses: tuple[InstrumentUse, ...],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Correct what stands for PACKAGE's entity and period by what PACKAGE gives now."""
    asserting, checking, attesting = (ApeSigner(account) for account in (participant, verifier, oracle))
    ledger, packages = connected_ledger(record), packages_in(documents)
    path = Oracle(ledger, attesting)
    draft = path.recompute_correction(package, packages, asserting.address, checking.address, inflation, uses)
    said, registry = draft.statement, ledger.registry
    about: dict[str, Any] = {
        "statement": "0x" + said.id.hex(),
        "corrects": "0x" + said.supersedes.hex(),
        "restates": [f"{key_text(one.key)} from {one.before} to {one.after} mg" for one in draft.restated],
        "mints": sum(len(chunk) for chunk in draft.chunks),
        "keeps_its_basis": [
            f"{key_text(one.key)} is shared out by {one.standing}, the package says {one.corrected}"
            for one in draft.other_bases
        ],
    }
    if dry_run:
        show(about, as_json=as_json)
        return
    opinion = Opinion(standard, level, coverage)
    evidence = gather_evidence(
        ledger,
        said,
        assertion=asserting.sign_typed_data(registry.assertion(said)),
        opinion=opinion,
        opinion_signature=checking.sign_typed_data(registry.opinion(said.id, opinion)),
        attestations=[path.attest_correction(said, package, packages, uses)],
    )
    receipt = path.submit(draft, evidence)
    pointer = json.dumps({"package": str(package.resolve())}) + "\n"
    (documents / f"0x{said.id.hex()}.json").write_text(pointer, encoding="utf-8")
    lots = [key_text(key) for key in receipt.lots]
    show(
        {**about, "number": receipt.number, "new_lots": lots, "sent": list(receipt.transactions)},
        as_json=as_json,
    )


@cli.command(cls=LedgerCommand)
@click.argument("statement_id")
@click.option("--reason", required=True)
@sends
def withdraw(
    statement_id: str, reason: str, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool
) -> None:
    """Take back the opinion of statement STATEMENT_ID, as its verifier: its descendants are flagged, nothing disappears."""
    ledger = connected_ledger(record)
    call = ledger.registry.withdraw(bytes.fromhex(statement_id.removeprefix("0x")), reason)
    outcomes = send_each(ledger, [call], ApeSigner(account), dry_run=dry_run)
    show({"statement": statement_id, "sent": sent(outcomes)}, as_json=as_json)


@cli.command(cls=LedgerCommand)
@click.argument("lot")
@click.argument("units", type=int)
@click.option("--document", required=True, help="What shows it, with a salt; only its hash is shown.")
@click.option("--days", default=30, show_default=True, help="How long the other party may sign.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="File for the other party.")
@network_option()
@account_option()
@record_option
def units(
    lot: str, units: int, document: str, days: int, out: Path, account: AccountAPI, record: Path
) -> None:
    """Sign, as its holder or its supplier, that the allocated LOT should have UNITS. Sends nothing."""
    ledger, signer, key = connected_ledger(record), ApeSigner(account), parse_key(lot)
    domain, kept = ledger.emissions.domain, ledger.emissions.lot_of(key)
    said = Correction(key, units, kept.basis, ledger.chain.now + days * DAY, keccak(text=document))
    signature = signer.sign_typed_data(ledger.emissions.correction(said))
    SignedCorrection(said, domain.chain_id, domain.contract, signer.address, signature).write(out)
    show({"file": str(out), "lot": lot, "from": kept.basis, "to": units}, as_json=False)


@cli.command(cls=LedgerCommand)
@click.argument("file", type=click.Path(path_type=Path))
@sends
def agree(file: Path, account: AccountAPI, record: Path, *, dry_run: bool, as_json: bool) -> None:
    """Sign the correction in FILE too, as the other party, and carry it out."""
    ledger, signer, first = connected_ledger(record), ApeSigner(account), SignedCorrection.read(file)
    first.require_contract(ledger.emissions.domain)
    said = first.correction
    mine = signer.sign_typed_data(ledger.emissions.correction(said))
    first_is_holder = ledger.emissions.lot_of(said.lot).holder == first.signer
    supplier, dependent = (mine, first.signature) if first_is_holder else (first.signature, mine)
    call = ledger.emissions.correct(said, supplier, dependent)
    outcomes = send_each(ledger, [call], signer, dry_run=dry_run)
    show({"lot": key_text(said.lot), "units": str(said.units), "sent": sent(outcomes)}, as_json=as_json)
