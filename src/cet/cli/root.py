"""The root command and its groups."""

from __future__ import annotations

import click

from cet.cli.lazy import LazyGroup, Place

_PLACES = {
    "certificates": Place(
        "cet.cli.certificates",
        "certificates",
        "Import, check, apply and declare energy certificates and contracts.",
    ),
    "demo": Place("cet.cli.demo", "demo", "Run the whole story on an embedded chain, start to end."),
    "factors": Place("cet.cli.factors", "factors", "Import, list, find and compare emission factors."),
    "inventory": Place(
        "cet.cli.inventory", "inventory", "Begin, check, compute and prove an inventory package."
    ),
    "ledger": Place("cet.cli.ledger", "ledger", "Read tokens from a chain and trace them to activity lines."),
    "oracle": Place("cet.cli.oracle", "oracle", "Run an oracle's service; hand packages in, sign, look."),
    "logistics": Place(
        "cet.cli.logistics", "logistics", "Book and claim transport: check, split, declare, footprint."
    ),
}


@click.group(
    cls=LazyGroup,
    places=_PLACES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="cet", prog_name="cet")
def main() -> None:
    """Carbon Emissions Token: verified greenhouse-gas inventories as tokens that carry their trail.

    \b
    Examples:
      cet demo
      cet inventory check examples/duke-university-fy2021
      cet inventory compute examples/duke-university-fy2021 --lines
      cet factors find --for fuel/diesel --unit L --where GB --from 2024-06-01 --scope 1
      cet ledger show --rpc http://127.0.0.1:8545 --deployment out/deployment.json
      cet ledger trace 0x0000000144000000 --documents out/statements --line co2

    Exit codes: 0 fine, 1 refused or findings, 2 wrong call, 3 chain or file not reachable, disk full,
    130 stopped with Ctrl-C.
    """
