"""`cet logistics claims`: what an organisation claimed and booked, as its inventory package's entries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cet.cli.failures import WHERE
from cet.cli.options import json_option
from cet.cli.screen import error_console, print_json, print_text

if TYPE_CHECKING:
    from cet.logistics.book_file import BookFile
    from cet.logistics.packaging import Held, Packaged

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="Claims and LETS of a book, or of a ledger, as a package's entries.")
@click.argument("book", type=click.Path(path_type=Path), metavar="[BOOK]", required=False)
@click.option(
    "--organisation", "who", required=True, metavar="ID", help="Whose; on a ledger its address or name."
)
@click.option("--year", type=int, required=True, metavar="YEAR", help="The calendar year of the activity.")
@click.option(
    "--use",
    type=click.Choice(["3.4", "3.9"]),
    help="A shipper's freight: transport it pays for (3.4), or others do (3.9).",
)
@click.option(
    "--facility",
    default="",
    metavar="ID",
    help="LETS: the package's facility whose [[output]] they are a part of.",
)
@click.option(
    "--category",
    type=click.Choice(["mobile", "stationary"]),
    default="mobile",
    show_default=True,
    help="A carrier's LETS: the scope 1 category of that output.",
)
@click.option(
    "--claimant",
    default="",
    metavar="NAME",
    help="The package's entity. Default: the organisation; on a ledger its one entity.",
)
@click.option("--only", multiple=True, metavar="RECORD", help="Only this record; may be given several times.")
@click.option(
    "--gwp",
    type=click.Choice(["AR4", "AR5", "AR6"]),
    help="GWP set of the figures on a ledger. Default: the book's.",
)
@click.option(
    "--rpc",
    metavar="URL",
    help="Read the ledger behind this endpoint; a BOOK beside it names what has only hashes there.",
)
@click.option(
    "--deployment",
    envvar="CET_DEPLOYMENT",
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="With --rpc: record of the deployment.",
)
@click.option(
    "--csv", "table", type=_FILE, metavar="FILE", help="Write the claims there, as logistics_claims.csv."
)
@json_option
def claims(
    book: Path | None,
    who: str,
    year: int,
    *,
    table: Path | None,
    rpc: str | None,
    deployment: Path | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Write the claims, and of a carrier or an LSP the LETS, of one organisation and year as its inventory package reads them.

    They come from a BOOK, or with --rpc from a ledger: then each claim has its contract and number, so that the statement consumes
    it. Printed as parts of inventory.toml; --csv writes the claims as a table instead. What neither the book nor an option says is
    named, and nothing is written. Records found void, or made from such, are left out.

    \b
    Examples:
      cet logistics claims examples/logistics-carrier-a/book.toml --organisation shipper-1 --year 2023 --use 3.4
      cet logistics claims my-book.toml --organisation shipper-1 --year 2023 --use 3.4 --csv package/logistics_claims.csv
      cet logistics claims my-book.toml --organisation carrier-a --year 2023 --facility fleet >> package/inventory.toml
      cet logistics claims my-book.toml --organisation 0x… --year 2026 --use 3.4 --rpc http://127.0.0.1:8545 --deployment local.json

    Exit code 1: something is missing, or the organisation has nothing in that year.
    """
    from cet.files import write_whole
    from cet.logistics.book_file import read_book
    from cet.logistics.package_text import claims_csv, entries_toml, plain

    if book is None and rpc is None:
        raise click.UsageError("name a BOOK, or a ledger by --rpc and --deployment")
    file = read_book(book) if book is not None else None
    left_out: dict[str, str] = {}
    if rpc is None:
        assert file is not None  # noqa: S101 - one of the two is named
        assert book is not None  # noqa: S101 - the same
        packaged = _of_book(file, book.name, who, year, said)
    else:
        packaged, left_out = _of_ledger(rpc, deployment, file, who, year, said)
    if table is not None and packaged.claims:
        write_whole(table, claims_csv(packaged.claims).encode())
    if as_json:
        entries = {
            part: [{name: plain(value) for name, value in one.items()} for one in each]
            for part, each in (("claims", packaged.claims), ("bookings", packaged.bookings))
        }
        print_json(
            {"organisation": who, "year": year, **entries, "notices": packaged.notices, "left_out": left_out}
        )
        return
    if table is None:
        click.echo(entries_toml(packaged), nl=False)
    else:
        print_text(f"{table}: {len(packaged.claims)} claims")
        if packaged.bookings:
            click.echo(entries_toml(type(packaged)((), packaged.bookings)), nl=False)
    for notice in (*packaged.notices, *(f"left out {record}: {why}" for record, why in left_out.items())):
        error_console().print(notice, highlight=False)


def _of_book(file: BookFile, place: str, who: str, year: int, said: dict[str, Any]) -> Packaged:
    header = file.header
    return _entries(
        file.book,
        place,
        who,
        year,
        {**said, "registry": header.registry or header.name, "gwp": header.gwp.name},
    )


def _of_ledger(
    rpc: str, deployment: Path | None, file: BookFile | None, who: str, year: int, said: dict[str, Any]
) -> tuple[Packaged, dict[str, str]]:
    from cet.cli.opening import read_ledger
    from cet.errors import Finding, PackageError
    from cet.ledger.register_of import claimant_of, organisation_of, register_of

    if deployment is None:
        raise click.UsageError("--rpc needs --deployment, or CET_DEPLOYMENT")
    reading = read_ledger(rpc, deployment)
    state, register = reading.view.state, reading.ledger.bookings
    organisation = organisation_of(state, who)
    mirrored = register_of(state, file.book.events if file is not None else ())
    claimant = said["claimant"] or claimant_of(state, organisation)
    gwp = said["gwp"] or (file.header.gwp.name if file is not None else "")
    place = f"BookAndClaim {register.address}, chain {reading.ledger.chain.chain_id}"
    given = {**said, "claimant": claimant, "gwp": gwp, "registry": place, "contract": register.address}
    left_out = {record: one.why for record, one in mirrored.left_out.items() if one.by == organisation}
    try:
        return _entries(mirrored.register, place, organisation, year, given), left_out
    except PackageError as error:
        remedy = "claim another booking; what used this one is flagged (docs/book-and-claim.md)"
        voids = [
            Finding(place, 0, record, "", f"left out: {why}", remedy) for record, why in left_out.items()
        ]
        raise PackageError([*error.findings, *voids]) from error


def _entries(held: Held, place: str, who: str, year: int, said: dict[str, Any]) -> Packaged:
    from cet.logistics.packaging import Wanted, package_entries

    click.get_current_context().meta[WHERE] = place
    given = {name: said[name] for name in ("registry", "gwp", "claimant", "facility", "category")}
    wanted = Wanted(
        who,
        year,
        use=said["use"] or "",
        only=frozenset(said["only"]),
        contract=said.get("contract", ""),
        **given,
    )
    return package_entries(held, wanted, place)
