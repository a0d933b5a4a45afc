"""`cet ledger`: what is on a chain, and the way from a token back to its activity lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cet.cli.mirror import COMMANDS as MIRROR_COMMANDS
from cet.cli.options import LotKey, Percent, Target, json_option, ledger_options, needed
from cet.cli.screen import print_json, show, working

if TYPE_CHECKING:
    from fractions import Fraction

    from rich.console import RenderableType

    from cet.cli.opening import Reading
    from cet.report.trail import Trail

REFUSED = 1


@click.group()
def ledger() -> None:
    """Read tokens from a chain, keep a mirror of it, and trace tokens to activity lines.

    --rpc and --deployment may stand in the environment, as CET_RPC and CET_DEPLOYMENT.
    """


_store_option = click.option(
    "--store",
    envvar="CET_STORE",
    show_envvar=True,
    metavar="URL",
    help="Read only new events from the chain: the others are in this store (see `follow`).",
)


@ledger.command("show", short_help="A lot, a holder's inventory, or everything.")
@click.argument("target", type=Target(), required=False, metavar="[LOT|BATCH|HOLDER]")
@ledger_options
@click.option(
    "--threshold",
    type=Percent(),
    default="5",
    show_default=True,
    metavar="PERCENT",
    help="Flag live figures that differ from the reported by more.",
)
@_store_option
@json_option
def show_command(
    target: int | str | None,
    rpc: str,
    deployment: Path,
    threshold: Fraction,
    store: str | None,
    *,
    as_json: bool,
) -> None:
    """Show a lot, a credit batch, a holder, or with nothing named all lots and batches.

    A LOT or BATCH is its key, decimal or 0x and at most 16 hexadecimal digits; a HOLDER is an address or the enrolled
    name. A lot comes with its figures, statements and ancestry; a holder with its live inventory by series, the
    reported figures beside it, and net apart.

    \b
    Examples:
      cet ledger show --rpc http://127.0.0.1:8545 --deployment out/deployment.json
      cet ledger show 0x0000000144000000
      cet ledger show "Duke University" --threshold 2.5
      cet ledger show 5435817984 --json | jq -r .lot.gross_mg
    """
    from cet.cli.opening import read_ledger

    reading = read_ledger(rpc, deployment, store)
    view = reading.view
    if target is None:
        _all(reading, as_json=as_json)
    elif isinstance(target, str):
        _holder(reading, target, threshold, as_json=as_json)
    elif target in view.state.batches and target not in view.state.lots:
        _batch(reading, target, as_json=as_json)
    else:
        _lot(reading, target, as_json=as_json)


@ledger.command(short_help="From a lot back to the activity lines behind it.")
@click.argument("lot", type=LotKey(), metavar="LOT")
@ledger_options
@click.option(
    "--documents",
    envvar="CET_DOCUMENTS",
    callback=needed,
    show_envvar=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Folder with a package, or a .json file naming it, per statement id.",
)
@click.option("--line", metavar="ID", help="Also prove this line, and ask the registry on the chain.")
@_store_option
@json_option
def trace(
    lot: int,
    rpc: str,
    deployment: Path,
    documents: Path,
    line: str | None,
    store: str | None,
    *,
    as_json: bool,
) -> None:
    """Trace LOT back to its activity lines: ancestors, statements, packages recomputed, lines with their factors.

    Every package at hand is recomputed and must give the lines root its statement has on the chain. Each line's result
    and its share of the lot's gross are exact; --json has them as fractions of milligrams.

    \b
    Examples:
      cet ledger trace 0x0000000144000000 --documents out/statements
      cet ledger trace 0x0000000144000000 --documents out/statements --line co2
      cet ledger trace 0x0000000144000000 --documents out/statements --json | jq .sources[0].lines

    Exit code 1: a package does not give its recorded lines, or the registry says no.
    """
    from cet.cli.opening import read_ledger, require_folder
    from cet.report.trail import follow
    from cet.report.trail_json import trail_json
    from cet.report.trail_tables import trail_blocks

    require_folder(documents)
    reading = read_ledger(rpc, deployment, store)
    reading.require_lot(lot)
    with working("recomputing the packages"):
        trail = follow(reading.view, lot, documents)
    blocks, proofs, proven = _proofs(reading, trail, line) if line else ([], [], True)
    if as_json:
        print_json(trail_json(trail, proofs))
    else:
        show([*trail_blocks(trail, line), *blocks])
    if trail.refuted or not proven:
        raise click.exceptions.Exit(REFUSED)


@ledger.command(short_help="Whether the contracts are the sources', byte for byte.")
@ledger_options
@click.option(
    "--code",
    default=Path("build") / "bytecode",
    show_default=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="What `make contracts` compiled from the sources.",
)
@json_option
def verify(rpc: str, deployment: Path, code: Path, *, as_json: bool) -> None:
    """Compare every byte of every contract with the compiled sources, and every role and delay with the record.

    Immutables and library addresses are filled in as the record says; everything else, the metadata hash included, must
    be equal. Roles are read from all events of the access manager: nobody may have one that the record does not give.

    \b
    Examples:
      make contracts && cet ledger verify --rpc http://127.0.0.1:8545 --deployment deployments/local.json
      cet ledger verify --json | jq .contracts.CarbonEmissionsToken.differences

    Exit code 1: something differs.
    """
    from cet.cli.opening import verify_deployment
    from cet.report.verification_report import verification_blocks, verification_json

    report, record = verify_deployment(rpc, deployment, code)
    if as_json:
        print_json(verification_json(report, record))
    else:
        show(verification_blocks(report, record))
    if not report.holds:
        raise click.exceptions.Exit(REFUSED)


def _all(reading: Reading, *, as_json: bool) -> None:
    from cet.report.credit_tables import batches_table
    from cet.report.escrow_tables import escrows_table
    from cet.report.ledger_json import show_all_json
    from cet.report.lot_tables import lots_table

    view = reading.view
    if as_json:
        print_json(show_all_json(view))
        return
    batches = view.state.batches
    blocks = [lots_table(view, view.state.lots, f"Lots at block {view.state.block}")]
    if batches:
        blocks.append(batches_table(view, batches, "Credit batches"))
    if view.state.escrows:
        blocks.append(escrows_table(view.state.escrows.values(), "Credits in escrow for products' use"))
    show(blocks)


def _lot(reading: Reading, key: int, *, as_json: bool) -> None:
    from cet.report.ledger_json import show_lot_json
    from cet.report.lot_tables import lot_blocks

    reading.require_lot(key)
    on_chain = reading.figures(key)
    if as_json:
        print_json(show_lot_json(reading.view, key, on_chain))
    else:
        show(lot_blocks(reading.view, key, on_chain))
    if on_chain != reading.view.figures[key]:
        raise click.exceptions.Exit(REFUSED)


def _batch(reading: Reading, key: int, *, as_json: bool) -> None:
    from cet.report.credit_tables import batch_blocks
    from cet.report.ledger_json import batch_json

    if as_json:
        print_json(
            {
                "block": reading.view.state.block,
                "batch": batch_json(reading.view, reading.view.state.batches[key]),
            }
        )
    else:
        show(batch_blocks(reading.view, key))


def _holder(reading: Reading, given: str, threshold: Fraction, *, as_json: bool) -> None:
    from cet.report.holder_tables import holder_blocks
    from cet.report.ledger_json import show_holder_json

    holder = reading.view.holder(given)
    if as_json:
        print_json(show_holder_json(reading.view, holder, threshold))
    else:
        show(holder_blocks(reading.view, holder, threshold))


def _proofs(
    reading: Reading, trail: Trail, line: str
) -> tuple[list[RenderableType], list[dict[str, Any]], bool]:
    """The line's proof in every statement it stands in behind the lot, each asked of the registry."""
    from cet.report.trail_json import verdict_json
    from cet.report.trail_tables import verdict_blocks

    registry = reading.ledger.registry.address
    blocks: list[RenderableType] = []
    found: list[dict[str, Any]] = []
    proven = True
    for opened, proof in trail.proofs(line):
        on_chain = reading.verify_line(opened.recorded.statement, proof)
        proven = proven and on_chain and proof.holds()
        blocks += verdict_blocks(proof, opened, registry, on_chain=on_chain)
        found.append(verdict_json(proof, opened, on_chain=on_chain))
    return blocks, found, proven


for command in MIRROR_COMMANDS:
    ledger.add_command(command)
