"""`cet logistics parcels`, `fuels` and `export-ileap`: what follows from a book file's entries."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cet.cli.options import book_argument, json_option
from cet.cli.screen import print_json, print_text, show


@click.command(short_help="Mail and parcels: footprints per item, with assets replaced (annex 1).")
@book_argument
@json_option
def parcels(book: Path, *, as_json: bool) -> None:
    """Calculate the [[parcels]] entries of BOOK by annex 1: items, asset-years behind them, what the replacements emit.

    The baseline per item is what the network would emit with conventional assets only. Each step stands twice: as a document
    prints it that rounds on its way, and exact. The exact figure is what is reported.

    \b
    Examples:
      cet logistics parcels examples/logistics-parcels/book.toml
      cet logistics parcels my-book.toml --json | jq '.parcels[0].steps[-1]'
    """
    from cet.logistics.book_file import read_book
    from cet.report.logistics_steps import steps_block, steps_json

    found = [(one, one.steps()) for one in read_book(book).parcels]
    if as_json:
        each = [
            {"by": one.by, "customer": one.customer, "year": one.year, "steps": steps_json(steps)}
            for one, steps in found
        ]
        print_json({"book": str(book), "parcels": each})
    elif not found:
        print_text(f"{book} has no [[parcels]]")
    else:
        show(
            [
                steps_block(f"Items of {one.customer} through {one.by}, {one.year}", steps)
                for one, steps in found
            ]
        )


@click.command(short_help="Footprints in which a claimed solution takes a fuel's place (section 10).")
@book_argument
@json_option
def fuels(book: Path, *, as_json: bool) -> None:
    """Calculate the [[fuel]] entries of BOOK by section 10: activity, the fuel behind it, the claimed profile in its place.

    \b
    Examples:
      cet logistics fuels examples/logistics-fuels/book.toml
      cet logistics fuels my-book.toml --json | jq '.fuels[0].steps[-1].exact'
    """
    from cet.logistics.book_file import read_book
    from cet.report.logistics_steps import steps_block, steps_json

    file = read_book(book)
    found = [(one, one.steps(file.book)) for one in file.fuels]
    if as_json:
        each = [
            {
                "by": one.by,
                "mode": one.mode.text,
                "year": one.year,
                "claim": one.claim,
                "steps": steps_json(steps),
            }
            for one, steps in found
        ]
        print_json({"book": str(book), "fuels": each})
    elif not found:
        print_text(f"{book} has no [[fuel]]")
    else:
        show([steps_block(f"{one.by} by {one.mode.text}, {one.year}", steps) for one, steps in found])


@click.command("export-ileap", short_help="LETS, operations, shipments and activity as iLEAP records.")
@book_argument
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write the JSON there."
)
@json_option
def export_ileap(book: Path, out: Path | None, *, as_json: bool) -> None:
    """Write what BOOK says as iLEAP records: TOC, HOC, ShipmentFootprint and TAD, in one JSON document.

    A LETS is a category (TOC) of its own; its additionality and cross-mode credits stand in its description. [[operation]]
    entries give energy carriers and hubs, [[shipment]] entries what was carried. What can't be said without inventing is
    left out and listed, with the reason.

    \b
    Examples:
      cet logistics export-ileap examples/logistics-carrier-a/book.toml --out ileap.json
      cet logistics export-ileap my-book.toml --json | jq '.tocs[] | {tocId, co2eIntensityWTW}'
    """
    from cet.logistics.book_file import read_book
    from cet.logistics.exchange import exchange
    from cet.report.exchange_tables import exchange_blocks, exchange_json

    found = exchange(read_book(book))
    document = exchange_json(found)
    if out is not None:
        out.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        print_json(document)
        return
    show(exchange_blocks(found))
    if out is not None:
        print_text(f"{out} is written")
