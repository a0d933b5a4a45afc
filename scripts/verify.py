"""Verify a deployment byte for byte."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import click
from scripts._session import LedgerCommand, connected_chain, reads

from cet.cli.screen import print_json
from cet.cli.screen import show as show_blocks
from cet.ledger import Deployment
from cet.ledger.verification import Verification, read_runtime, verify
from cet.report.verification_report import verification_blocks, verification_json

COMPILER = Path(__file__).resolve().parent.parent / "tools" / "abi.py"


@click.command(cls=LedgerCommand)
@click.option(
    "--code",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Compiled code to compare with; without it the sources are compiled anew.",
)
@reads
def cli(code: Path | None, record: Path, *, as_json: bool) -> None:
    """Compile the sources and compare every byte of every contract, every link, role and delay with the chain.

    Exit code 1: something differs.
    """
    deployment = Deployment.read(record)
    report = verified(deployment, code) if code else recompiled(deployment)
    if as_json:
        print_json(verification_json(report, deployment))
    else:
        show_blocks(verification_blocks(report, deployment))
    if not report.holds:
        raise SystemExit(1)


def recompiled(deployment: Deployment) -> Verification:
    """Compares with what the compiler makes of the sources now."""
    with tempfile.TemporaryDirectory() as folder:
        click.echo("compiling the sources", err=True)
        done = subprocess.run(
            [sys.executable, COMPILER, "--out", folder], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise click.ClickException(done.stderr + done.stdout)
        return verified(deployment, Path(folder))


def verified(deployment: Deployment, code: Path) -> Verification:
    """Compares with compiled code."""
    return verify(connected_chain(), deployment, read_runtime(code))
