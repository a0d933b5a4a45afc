"""`cet logistics position` and `lineage`: what an organisation holds, and where a booking comes from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from cet.cli.options import Day, book_argument, json_option
from cet.cli.screen import print_json, print_text, show

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(short_help="What an organisation booked, what is claimed, available, about to expire.")
@book_argument
@click.option("--org", "who", metavar="ID", help="One organisation. Default: all of the book.")
@click.option("--on", "day", type=Day(), metavar="DATE", help="The day. Default: today, UTC.")
@click.option("--plot", type=_FILE, metavar="FILE", help="Draw a timeline, .svg or .html.")
@json_option
def position(book: Path, who: str | None, day: date | None, plot: Path | None, *, as_json: bool) -> None:
    """Show positions in BOOK at the end of a day: booked, claimed, available, expiring within 90 days, over.

    Bookings have windows (section 9): carriers and LSPs take from them within twelve months, shippers until the end of the
    second year after. What was recorded after the day is left out, so positions of the past can be shown.

    \b
    Examples:
      cet logistics position examples/logistics-carrier-a/book.toml --on 2024-12-01
      cet logistics position my-book.toml --org carrier-a --plot timeline.svg
      cet logistics position my-book.toml --org carrier-a --json | jq '.positions[0].totals'
    """
    from cet.logistics.book_file import read_book
    from cet.logistics.position import position as position_of
    from cet.report.position_tables import position_of_blocks, position_of_json
    from cet.report.position_timeline import position_svg

    _check_picture(plot)
    found = read_book(book).book
    at = day or datetime.now(tz=UTC).date()
    each = tuple(position_of(found, one, at) for one in ([who] if who else found.organisations))
    if plot is not None:
        write_picture(plot, position_svg(each), f"Positions on {at}")
    if as_json:
        print_json(
            {"book": str(book), "day": at.isoformat(), "positions": [position_of_json(one) for one in each]}
        )
        return
    show([block for one in each for block in position_of_blocks(one)])
    if plot is not None:
        print_text(f"{plot} is written")


@click.command(short_help="What a booking came from, and what came of it: a tree and a picture.")
@book_argument
@click.argument("record", metavar="ID")
@click.option("--svg", "picture", type=_FILE, metavar="FILE", help="Draw it, .svg or .html.")
@json_option
def lineage(book: Path, record: str, picture: Path | None, *, as_json: bool) -> None:
    """Follow a solution, a LETS, a rebooking or a claim of BOOK to its origins and to its ends.

    \b
    Examples:
      cet logistics lineage examples/logistics-road-lsp/book.toml electric-again
      cet logistics lineage my-book.toml shipper-1-claim --svg lineage.svg
    """
    from cet.logistics.book_file import read_book
    from cet.logistics.lineage import lineage as lineage_of
    from cet.report.lineage_picture import lineage_json, lineage_svg, lineage_tree

    _check_picture(picture)
    found = lineage_of(read_book(book).book, record)
    if picture is not None:
        write_picture(picture, lineage_svg(found), f"Lineage of {record}")
    if as_json:
        print_json({"book": str(book), **lineage_json(found)})
        return
    show([lineage_tree(found)])
    if picture is not None:
        print_text(f"{picture} is written")


def write_picture(file: Path, svg: str, title: str) -> None:
    """An SVG, or a page of it, by the file's ending."""
    from cet.report.drawing import page_of

    file.write_text(page_of(svg, title) if file.suffix == ".html" else svg, encoding="utf-8")


def _check_picture(file: Path | None) -> None:
    if file is not None and file.suffix not in (".svg", ".html"):
        raise click.UsageError(f"{file}: pictures are written as .svg or .html")
