"""`cet inventory report`: the inventory report for people, as a page and as a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from cet.cli.options import json_option, package_argument
from cet.cli.package_reading import sized_inventory
from cet.cli.screen import print_json, print_text, working


@click.command(short_help="Write the inventory report for people: a page, a workbook.")
@package_argument
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="One HTML page.")
@click.option("--xlsx", "book", type=click.Path(path_type=Path), metavar="FILE", help="A workbook.")
@click.option(
    "--base", type=click.Path(path_type=Path), metavar="PACKAGE", help="The base year's package, compared."
)
@click.option(
    "--events",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="With --base: what happened since (docs/base-year.md).",
)
@json_option
def report(
    package: Path,
    page: Path | None,
    book: Path | None,
    base: Path | None,
    events: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the inventory report of a package, laid out as the reporting requirements of the GHG Protocol.

    The page needs nothing else, loads nothing and runs no script; the workbook has the same tables, a sheet each. The
    same package gives the same bytes. --json says what was written; the figures are in `cet inventory compute --json`.

    \b
    Examples:
      cet inventory report examples/duke-university-fy2021 --html report.html
      cet inventory report my-package --html report.html --xlsx report.xlsx
      cet inventory report works-2024 --base works-2019 --events events.toml --html report.html
      cet inventory report my-package --html report.html --json | jq -r '.written[].sha256'
    """
    import hashlib

    from cet.files import write_whole
    from cet.inventory.base_year.reading import read_comparison
    from cet.report.inventory_report.building import inventory_report
    from cet.report.inventory_report.page import html
    from cet.report.inventory_report.sheets import workbook

    if page is None and book is None:
        raise click.UsageError("nothing to write; give --html FILE, --xlsx FILE, or both")
    if page is not None and book is not None and page.resolve() == book.resolve():
        raise click.UsageError("--html and --xlsx name the same file; give each its own")
    if events is not None and base is None:
        raise click.UsageError("--events belongs to --base; give the base year's package")
    with working(f"computing {package}"):
        comparison = read_comparison(base, package, events) if base else None
        computed = comparison.current if comparison else sized_inventory(package, lines=False)
        found = inventory_report(computed, comparison)
        made = [(file, render(found)) for file, render in ((page, html), (book, workbook)) if file]
    for file, content in made:
        write_whole(file, content)
    if as_json:
        written = [
            {"file": str(file), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for file, content in made
        ]
        print_json({"package": str(package), "written": written})
        return
    for file, content in made:
        print_text(f"{file} is written, {len(content):,} bytes")
