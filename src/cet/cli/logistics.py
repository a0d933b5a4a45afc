"""`cet logistics`: book and claim for transport, off the chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cet.cli.logistics_calculated import export_ileap, fuels, parcels
from cet.cli.logistics_claims import claims
from cet.cli.logistics_tree import tree
from cet.cli.logistics_views import lineage, position
from cet.cli.options import Day, book_argument, json_option
from cet.cli.screen import print_json, print_text, show
from cet.logistics.terms import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

F = TypeVar("F", bound="Callable[..., Any]")


@click.group(short_help="Book and claim low-emission transport: check, footprint, split, declare.")
def logistics() -> None:
    """Book and claim low-emission transport services, by the Smart Freight Centre's framework of 2023.

    A book file says who booked and claimed what; docs/book-and-claim.md describes it, examples/ has some.

    \b
    Examples:
      cet logistics check examples/logistics-carrier-a/book.toml
      cet logistics position examples/logistics-carrier-a/book.toml --org carrier-a --on 2024-12-01 --plot timeline.svg
      cet logistics lineage examples/logistics-road-lsp/book.toml electric --svg lineage.svg
      cet logistics split examples/logistics-carrier-a/book.toml --by carrier-a --mode road --year 2023
      cet logistics declare examples/logistics-carrier-a/book.toml --by carrier-a --mode road --year 2023 --html out.html
      cet logistics claims examples/logistics-carrier-a/book.toml --organisation shipper-1 --year 2023 --use 3.4
      cet logistics parcels examples/logistics-parcels/book.toml
      cet logistics fuels examples/logistics-fuels/book.toml
      cet logistics footprint road --activity 8000000 --intensity 0.150 --claimed 5000000 --lets-intensity 0.080
    """


def _whose(function: F) -> F:
    for option in (
        click.option("--year", type=int, required=True, metavar="YEAR", help="The reporting year."),
        click.option(
            "--mode",
            required=True,
            type=click.Choice([mode.text for mode in Mode]),
            help="The mode of transport.",
        ),
        click.option("--by", "issuer", required=True, metavar="ORGANISATION", help="The carrier or LSP."),
    ):
        function = option(function)
    return function


@logistics.command(short_help="Hold every booking and claim to the rules; show what is left.")
@book_argument
@click.option(
    "--on", "day", type=Day(), metavar="DATE", help="Say which emitter profiles are to be retired by then."
)
@json_option
def check(book: Path, day: date | None, *, as_json: bool) -> None:
    """Hold every booking and claim of BOOK to section 9 and section 11 of the framework, and show the positions.

    \b
    Examples:
      cet logistics check examples/logistics-carrier-a/book.toml
      cet logistics check my-book.toml --on 2024-12-31 --json | jq '.lets[] | {id, available}'

    Exit code 0: all are allowed; 1: some are not, each with what was wrong and what would be right.
    """
    from cet.logistics.book_file import read_book
    from cet.report.logistics_tables import position_blocks, position_json

    found = read_book(book)
    if as_json:
        print_json(
            {"book": str(book), "sound": True, "gwp": found.header.gwp.name, **position_json(found.book, day)}
        )
    else:
        show(position_blocks(found.book, day))


@logistics.command(short_help="Split a mode into LETS and the rest, before it is passed on.")
@book_argument
@_whose
@json_option
def split(book: Path, issuer: str, mode: str, year: int, *, as_json: bool) -> None:
    """Split a carrier's or an LSP's mode: who claimed gets the LETS, everybody else the non-LETS intensity.

    \b
    Example:
      cet logistics split examples/logistics-carrier-a/book.toml --by carrier-a --mode road --year 2023
    """
    from cet.logistics.book_file import read_book
    from cet.logistics.declaring import split_of
    from cet.report.logistics_tables import split_blocks, split_json

    found, base = split_of(read_book(book), issuer, Mode(Mode.of(mode)), year)
    if as_json:
        print_json({"book": str(book), "by": issuer, "mode": mode, "year": year, **split_json(found, base)})
    else:
        show(split_blocks(found, base))


@logistics.command(short_help="Declarations, one per customer and three for the public, ready to sign.")
@book_argument
@_whose
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write one HTML page.")
@click.option("--chain-id", default=1, show_default=True, help="Chain of the EIP-712 domain, with --json.")
@json_option
def declare(
    book: Path, issuer: str, mode: str, year: int, page: Path | None, chain_id: int, *, as_json: bool
) -> None:
    """Make the declarations of a mode and year: to each customer its own intensity, to the public the average.

    --json gives each declaration's document and the typed data (EIP-712) its issuer signs over the document's hash.

    \b
    Examples:
      cet logistics declare my-book.toml --by carrier-a --mode road --year 2023 --html declarations.html
      cet logistics declare my-book.toml --by carrier-a --mode road --year 2023 --json | jq '.declarations[0].typed_data'
    """
    from cet.logistics.book_file import read_book
    from cet.logistics.declaring import declarations
    from cet.report.logistics_tables import declaration_blocks, declaration_page

    made = declarations(read_book(book), issuer, Mode(Mode.of(mode)), year)
    if page is not None:
        page.write_text(declaration_page(made), encoding="utf-8")
    if as_json:
        documents = [
            {"form": one.form, "document": one.document, "typed_data": one.typed_data(chain_id)}
            for one in made
        ]
        print_json({"book": str(book), "declarations": documents})
        return
    show(declaration_blocks(made))
    if page is not None:
        print_text(f"{page} is written")


@logistics.command(short_help="A footprint with LETS, or with a solution in place of a fuel.")
@click.argument("mode", type=click.Choice([mode.text for mode in Mode]))
@click.option("--activity", required=True, metavar="NUMBER", help="Own activity of the mode, t-km or TEU-km.")
@click.option("--intensity", required=True, metavar="KG", help="kg CO2e per unit of activity, well-to-wheel.")
@click.option(
    "--claimed",
    metavar="NUMBER",
    help="Claimed LETS, in the activity's unit; or kg of the solution. Default: all.",
)
@click.option("--lets-intensity", metavar="KG", help="kg CO2e per unit of the LETS (intensity method).")
@click.option("--fuel-factor", metavar="KG", help="kg CO2e per kg of the conventional fuel (fuel method).")
@click.option("--solution-factor", metavar="KG", help="kg CO2e per kg of the solution.")
@click.option(
    "--mass-ratio",
    default="1",
    show_default=True,
    metavar="NUMBER",
    help="kg of solution with the energy of 1 kg fuel.",
)
@json_option
def footprint(mode: str, activity: str, intensity: str, *, as_json: bool, **given: str | None) -> None:
    """Calculate a mode's footprint by section 10: with claimed LETS, or with a solution's profile in place of a fuel.

    Give --lets-intensity where the propulsion differs, else --fuel-factor and --solution-factor.

    \b
    Examples:
      cet logistics footprint road --activity 8000000 --intensity 0.150 --claimed 5000000 --lets-intensity 0.080
      cet logistics footprint sea --activity 5000000 --intensity 0.0664 --fuel-factor 3.92 --solution-factor 0.400 --mass-ratio 1.05
    """
    from cet.logistics.figures import Figure
    from cet.logistics.footprint import footprint_steps
    from cet.report.logistics_steps import steps_block, steps_json

    read = {name: Figure.of(value) for name, value in given.items() if value is not None}
    steps = footprint_steps(Figure.of(activity), Figure.of(intensity), read)
    if as_json:
        print_json({"mode": mode, "steps": steps_json(steps)})
        return
    show([steps_block(f"Footprint by {mode}", steps)])


for _command in (position, lineage, claims, parcels, fuels, export_ileap, tree):
    logistics.add_command(_command)
