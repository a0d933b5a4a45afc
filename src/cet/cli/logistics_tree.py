"""`cet logistics tree`: a LETS's claims in bulk, from a CSV to a Merkle root and its proofs."""

from __future__ import annotations

from pathlib import Path

import click

from cet.cli.options import Address, json_option
from cet.cli.screen import print_json, print_text, working
from cet.logistics.terms import Mode

_ID_BITS = 96


def _record(_: click.Context, __: click.Parameter, text: str) -> int:
    try:
        number = int(text, 16)
    except ValueError:
        number = 0
    if not 0 < number < 2**_ID_BITS:
        raise click.BadParameter(f"{text!r} is no record: give 0x and 24 digits")
    return number


@click.command(short_help="Any number of claims of a LETS under one Merkle root, from a CSV.")
@click.argument("claims", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="CLAIMS")
@click.option(
    "--lets", callback=_record, required=True, metavar="RECORD", help="The LETS's record on the ledger."
)
@click.option("--mode", required=True, type=click.Choice([mode.text for mode in Mode]), help="Its mode.")
@click.option("--year", type=int, required=True, metavar="YEAR", help="Calendar year of the activity.")
@click.option(
    "--toc", default="", metavar="WORDS", help="Its transport operation category, where it is bound."
)
@click.option("--chain-id", type=int, required=True, metavar="NUMBER", help="The ledger's chain.")
@click.option(
    "--contract", type=Address(), required=True, metavar="ADDRESS", help="Its BookAndClaim contract."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The booker's file; keep it.",
)
@json_option
def tree(
    claims: Path,
    lets: int,
    mode: str,
    year: int,
    toc: str,
    chain_id: int,
    contract: str,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Put all CLAIMS of a LETS under one root, which one transaction anchors: the ledger shows neither shippers nor amounts.

    CLAIMS is a CSV with the columns shipper (address), activity, unit, document (salted text, hashed), and entity if wanted.
    Needs no chain. Keep the file: without it no claim can be made.

    \b
    Examples:
      cet logistics tree claims.csv --lets 0x… --mode road --year 2026 --chain-id 31337 --contract 0x… --out claims.jsonl
      ape run bookings anchor claims.jsonl --account TEST::4
      ape run bookings hand claims.jsonl --to 0x… --out own.json
    """
    from eth_utils.address import to_checksum_address

    from cet.ledger.claim_anchors import ClaimTree, write_claims
    from cet.ledger.claims_csv import read_claims_csv
    from cet.ledger.signing import Domain

    domain = Domain("BookAndClaim", "1", chain_id, to_checksum_address(contract))
    with working("hashing the claims"):
        made = ClaimTree.of(domain, lets, read_claims_csv(claims, lets, Mode(Mode.of(mode)), year, toc))
        root = "0x" + made.root.hex()
        write_claims(out, domain, made)
    if as_json:
        print_json(
            {
                "file": str(out),
                "lets": f"{lets:#026x}",
                "root": root,
                "claims": len(made.claims),
                "activity": str(made.activity),
            }
        )
        return
    print_text(f"{len(made.claims)} claims of {made.activity} in all under {root}\n{out} is written")
