"""`cet demo`: the main job on real figures, on an embedded chain or on a node."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click


@click.command(short_help="Run the main job on real figures, from inventory to cascade.")
@click.option(
    "--rpc",
    metavar="URL",
    help="Run on this node (a devnet, e.g. http://127.0.0.1:8545) and leave the ledger there.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("out"),
    show_default=True,
    help="Where the picture, the deployment record and the statements go.",
)
@click.option(
    "--code",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/bytecode"),
    show_default=True,
    help="Compiled contracts (`make contracts`).",
)
@click.option("--json", "as_json", is_flag=True, help="Print a summary for machines instead of tables.")
def demo(rpc: str | None, out: Path, code: Path, *, as_json: bool) -> None:
    """Inventory → verified statement → tokens → allocation → offset → cascade → revocation.

    Two power plants (US EPA, 2021) and a university's published inventory (Duke University, fiscal 2016 and 2021) are
    recomputed, signed, minted, linked and offset; then the credits are revoked, and what must not work is tried. Without
    --rpc it runs on the chain embedded in Ape, which is gone afterwards; with --rpc, `cet ledger show` and
    `cet ledger trace` can look at what it left.

    \b
    Examples:
      cet demo
      cet demo --rpc http://127.0.0.1:8545
    """
    from rich.console import Console

    from cet.demo.cast import devnet_cast
    from cet.demo.chains import chain_at
    from cet.demo.playing import play

    console = Console(quiet=as_json, width=None if Console().is_terminal else 132)
    started = time.monotonic()
    with chain_at(rpc) as chain:
        summary = play(chain, devnet_cast(), out, code, console, "the embedded chain" if rpc is None else rpc)
    if as_json:
        click.echo(json.dumps(summary, indent=1))
    console.print(f"\n[dim]{time.monotonic() - started:.0f} s[/]")
