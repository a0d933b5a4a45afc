"""`cet inventory`: a package begun, checked, computed, and a line of it proved."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

import click

from cet.cli.inventory_compare import compare
from cet.cli.inventory_new import evidence, new, schema
from cet.cli.inventory_quality import quality
from cet.cli.inventory_report import report
from cet.cli.options import Address, Day, json_option, package_argument
from cet.cli.package_reading import sized_inventory
from cet.cli.screen import print_json, show, working

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from cet.inventory import Inventory
    from cet.report.reconciliation import Reconciliation


@click.group()
def inventory() -> None:
    """Begin, check, compute and prove an inventory package (docs/inventory-package.md)."""


@inventory.command(short_help="List everything wrong with a package at once.")
@package_argument
@json_option
def check(package: Path, *, as_json: bool) -> None:
    """List everything wrong with a package at once, or what is to know about a sound one.

    \b
    Examples:
      cet inventory check examples/duke-university-fy2021
      cet inventory check my-package --json | jq '.findings[].remedy'

    Exit code 0: sound; 1: findings.
    """
    from cet.errors import PackageError
    from cet.inventory import read_package
    from cet.report import inventory_json as machine
    from cet.report import inventory_tables as tables
    from cet.report.completeness_tables import completeness_blocks, completeness_json
    from cet.report.inventory_notices import findings_table, notes, notices_table

    try:
        with working(f"checking {package}"):
            found = read_package(package, lines=False)
    except PackageError as error:
        if as_json:
            findings = machine.findings_json(error.findings)
            print_json({"package": str(package), "sound": False, "findings": findings, "notices": []})
        else:
            show([findings_table(error.findings, str(package))])
        raise click.exceptions.Exit(1) from error
    known = (*found.package.origin.notices, *found.notices)
    if as_json:
        print_json(
            {
                "package": str(package),
                "sound": True,
                "findings": [],
                "notices": machine.notices_json(known),
                "completeness": completeness_json(found),
            }
        )
        return
    rows = [notices_table(known)] if known else []
    show([tables.sound_line(found), *rows, *completeness_blocks(found), *notes(found)])


@inventory.command(short_help="Totals, gases, lots, notices, claims that differ, all exact.")
@package_argument
@click.option("--lines", is_flag=True, help="Show every activity line with its factor and result.")
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=pathlib.Path),
    metavar="FILE",
    help="Write every line with its factors, conversion, mg per lot and evidence to FILE (.parquet or .csv).",
)
@click.option(
    "--reconcile/--no-reconcile",
    default=None,
    help="Show the steps from the figures in published.toml to the compliant ones.  [default: if it is there]",
)
@click.option(
    "--compare-approaches", is_flag=True, help="Show the same lines under all three consolidation approaches."
)
@json_option
def compute(
    package: Path,
    *,
    lines: bool,
    ledger: Path | None,
    reconcile: bool | None,
    compare_approaches: bool,
    as_json: bool,
) -> None:
    """Compute a package exactly: totals, gases, lots, notices, claims that differ and why.

    Both scope 2 methods stand side by side and are never added; what is outside the scopes stands apart. Tables show
    tonnes to the kilogram, --json the exact milligrams.

    \b
    Examples:
      cet inventory compute examples/duke-university-fy2021
      cet inventory compute examples/belews-creek-2021 --lines
      cet inventory compute examples/duke-university-fy2021 --ledger lines.parquet
      cet inventory compute examples/duke-university-fy2021 --compare-approaches
      cet inventory compute examples/duke-university-fy2021 --json | jq '.series'
    """
    from cet.inventory.line_ledger import FORMATS, write_line_ledger
    from cet.report import inventory_json as machine
    from cet.report import inventory_tables as tables
    from cet.report.boundary_tables import comparison_table
    from cet.report.inventory_view import explained_claims
    from cet.report.line_tables import lines_table
    from cet.report.reconciliation_table import reconciliation_table

    if ledger is not None and ledger.suffix not in FORMATS:
        raise click.BadParameter(f"end it in {' or '.join(FORMATS)}", param_hint="--ledger")
    published = package / "published.toml"
    wanted = published.exists() if reconcile is None else reconcile
    with working(f"computing {package}"):
        found = sized_inventory(package, lines=lines or wanted)
        claims = explained_claims(found)
        steps = _reconciled(published, found) if wanted else None
        if ledger is not None:
            write_line_ledger(found, ledger)
    if as_json:
        print_json(
            machine.inventory_json(
                found, claims, lines=lines, reconciliation=steps, compare_approaches=compare_approaches
            )
        )
        return
    show(
        [
            *tables.computed_blocks(found, claims),
            *([comparison_table(found)] if compare_approaches else []),
            *([lines_table(found)] if lines else []),
            *([reconciliation_table(steps)] if steps else []),
        ]
    )


@inventory.command(short_help="Hold a package to a claim profile: a verdict for every rule.")
@package_argument
@click.option(
    "--profile", "name", required=True, metavar="NAME", help="ghg-protocol, sfc, carbonneutral or trace."
)
@click.option("--submitted", type=Day(), metavar="DATE", help="When the data was submitted.")
@click.option("--offset-on", type=Day(), metavar="DATE", help="When the offset was retired.")
@click.option(
    "--produced-on", type=Day(), metavar="DATE", help="When a claimed solution or service was made."
)
@click.option("--booked-on", type=Day(), metavar="DATE", help="When it was booked.")
@json_option
def claims(package: Path, name: str, *, as_json: bool, **dates: date | None) -> None:
    """Hold a package to a claim profile: a verdict for every rule, with its reason and clause.

    A rule about a date that is not given is open. A memo gives a figure that only the profile has; the inventory's
    own figures stay.

    \b
    Examples:
      cet inventory claims examples/duke-university-fy2021 --profile trace --submitted 2021-10-31 --offset-on 2022-01-15
      cet inventory claims my-package --profile ghg-protocol --json | jq .stands

    Exit code 0: the claim stands; 1: a rule is broken or open.
    """
    from cet.inventory.profiles.facts import Dates, facts_of
    from cet.inventory.profiles.rules import judge, stands
    from cet.inventory.profiles.verdicts import profile
    from cet.report.claim_tables import verdict_blocks, verdicts_json

    chosen = profile(name)
    with working(f"computing {package}"):
        found = sized_inventory(package, lines=False)
        judged = judge(chosen, facts_of(found, Dates(**dates)))
    if as_json:
        print_json(verdicts_json(found, chosen, judged))
    else:
        show(verdict_blocks(found, chosen, judged))
    if not stands(judged):
        raise click.exceptions.Exit(1)


@inventory.command(short_help="Prove that a line is in the package's statement.")
@package_argument
@click.argument("line", metavar="LINE")
@click.option(
    "--participant",
    type=Address(),
    metavar="ADDR",
    help="Who states it; with --verifier: the statement's id.",
)
@click.option("--verifier", type=Address(), metavar="ADDR", help="Who verifies it.")
@json_option
def prove(package: Path, line: str, participant: str | None, verifier: str | None, *, as_json: bool) -> None:
    """Prove that LINE is one of the package's activity lines: canonical bytes, leaf, Merkle proof and root.

    The proof is verified here; the output says how anyone verifies it on a chain that has recorded the statement.

    \b
    Examples:
      cet inventory prove examples/duke-university-fy2021 fleet-diesel
      cet inventory prove examples/duke-university-fy2021 fleet-diesel --json | jq -r .proof[]
    """
    from cet.report.proofs import package_proof, proof_blocks, proof_json

    if (participant is None) != (verifier is None):
        raise click.UsageError("--participant and --verifier belong together")
    parties = (participant, verifier) if participant and verifier else None
    with working(f"computing {package}"):
        found = package_proof(sized_inventory(package, lines=True), line, parties)
    if as_json:
        print_json(proof_json(found))
    else:
        show(proof_blocks(found))


def _reconciled(published: Path, found: Inventory) -> Reconciliation:
    from cet.report.reconciliation import read_published, reconcile

    return reconcile(read_published(published), found)


for _command in (new, evidence, schema, quality, compare, report):
    inventory.add_command(_command)
