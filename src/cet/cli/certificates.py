"""`cet certificates`: a package's energy certificates and contracts checked, applied and declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cet.cli.certificates_import import import_command
from cet.cli.options import Address, json_option, package_argument
from cet.cli.screen import print_json, show, working

if TYPE_CHECKING:
    from pathlib import Path

    from cet.inventory import Inventory


@click.group()
def certificates() -> None:
    """Import, check, apply and declare a package's energy certificates and contracts (docs/energy-certificates.md)."""


certificates.add_command(import_command)


@certificates.command(short_help="A verdict for every Quality Criterion of every instrument.")
@package_argument
@json_option
def check(package: Path, *, as_json: bool) -> None:
    """Hold every certificate and contract of a package to the Scope 2 Quality Criteria, each with its reason.

    An instrument that breaks one is applied to nothing; the inventory stands without it.

    \b
    Examples:
      cet certificates check examples/renewable-purchases-2021
      cet certificates check my-package --json | jq '.energy.criteria'

    Exit code 0: every criterion kept; 1: one is broken or open, or the package is refused.
    """
    from cet.certificates import Outcome
    from cet.certificates.zero_claims import may_be_zero
    from cet.report import energy_tables as tables
    from cet.report.energy_json import energy_json

    inventory = _computed(package)
    if as_json:
        print_json({"package": str(package), **energy_json(inventory)})
    elif inventory.energy is None:
        show([tables.NOTHING])
    else:
        claims = tables.zero_claim_table(inventory.energy)
        products = tables.use_phase_tables(inventory.energy)
        show([tables.verdict_table(inventory.energy), *products, *([claims] if claims else [])])
    verdicts = inventory.energy.application.verdicts.values() if inventory.energy else ()
    plans = inventory.energy.use_plans if inventory.energy else ()
    planned = [found for plan in plans for found in (plan.verdicts, *plan.judged.values())]
    claimed = inventory.energy.zero_claims.values() if inventory.energy else ()
    wrong = any(one.outcome is not Outcome.KEPT for found in (*verdicts, *planned) for one in found)
    if wrong or not all(may_be_zero(one) for one in claimed):
        raise click.exceptions.Exit(1)


@certificates.command(short_help="Which Wh stand for which consumption, both methods, what is left.")
@package_argument
@json_option
def apply(package: Path, *, as_json: bool) -> None:
    """Show which Wh of which instrument stand for which consumption, both scope 2 methods side by side, and what is left.

    Nothing is written: `cet inventory compute` applies the same.

    \b
    Examples:
      cet certificates apply examples/renewable-purchases-2021
      cet certificates apply my-package --json | jq '.energy.uses'
    """
    from cet.report import energy_tables as tables
    from cet.report.energy_json import energy_json

    inventory = _computed(package)
    if as_json:
        print_json({"package": str(package), **energy_json(inventory)})
        return
    if inventory.energy is None:
        show([tables.NOTHING])
        return
    left = tables.left_table(inventory.energy)
    times = tables.times_table(inventory.energy)
    blocks = [
        tables.pools_table(inventory.energy),
        *([times] if times else []),
        tables.uses_table(inventory.energy),
    ]
    show([*blocks, *([left] if left else []), *tables.use_phase_tables(inventory.energy)])


@certificates.command(short_help="The declaration of every contractual instrument.")
@package_argument
@click.option("--typed-data", is_flag=True, help="Print what each signatory signs (EIP-712), as JSON.")
@click.option(
    "--signer", type=Address(), metavar="ADDR", help="Ask that every declaration is signed by ADDR."
)
@json_option
def disclose(package: Path, *, typed_data: bool, signer: str | None, as_json: bool) -> None:
    """Declare every contractual instrument: type, tracking system, certificates, technology, place, vintage, MWh, rate,
    beneficiary, signatory and whose signature it bears.

    Sign what --typed-data prints, and write the signature into the column signature of the certificate or supply. The same
    table is in `cet inventory report`.

    \b
    Examples:
      cet certificates disclose examples/renewable-purchases-2021
      cet certificates disclose my-package --typed-data | jq '.[0]' > to-sign.json
      cet certificates disclose my-package --signer 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed

    Exit code 1: with --signer, a declaration is not signed by it.
    """
    from cet.inventory.energy.declaration import declarations
    from cet.report.energy_declarations import declaration_tables, signer_of
    from cet.report.energy_json import energy_json
    from cet.report.energy_tables import NOTHING
    from cet.statement.energy import declaration_typed_data

    inventory = _computed(package)
    found = declarations(inventory.energy, inventory.package.settings) if inventory.energy else ()
    if typed_data:
        print_json([declaration_typed_data(inventory, one) for one in found])
    elif as_json:
        print_json({"package": str(package), **energy_json(inventory)})
    else:
        show(declaration_tables(inventory) or [NOTHING])
    if signer is not None:
        signers = {(signer_of(inventory, one) or "").lower() for one in found}
        if signers != {signer.lower()}:
            raise click.exceptions.Exit(1)


def _computed(package: Path) -> Inventory:
    from cet.inventory import read_package

    with working(f"computing {package}"):
        return read_package(package, lines=False)
