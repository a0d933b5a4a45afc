"""`cet inventory compare`: a year beside its base year."""

from __future__ import annotations

from pathlib import Path

import click

from cet.cli.options import json_option
from cet.cli.screen import print_json, show, working

_PACKAGE = click.Path(path_type=Path)


@click.command(short_help="A year beside its base year: recalculation, threshold, why figures changed.")
@click.argument("base_package", type=_PACKAGE, metavar="BASE_PACKAGE")
@click.argument("current_package", type=_PACKAGE, metavar="CURRENT_PACKAGE")
@click.option(
    "--events",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What happened since the base year (docs/base-year.md).",
)
@click.option(
    "--match",
    type=click.Choice(["source", "id"]),
    default="source",
    show_default=True,
    help="By what lines of the two years are matched, beside facility and category.",
)
@json_option
def compare(
    base_package: Path, current_package: Path, events: Path | None, match: str, *, as_json: bool
) -> None:
    """Compare a year with its base year: what recalculates it, whether the threshold is reached, and why figures changed.

    Both years stand under the current GWP set and approach. Activity and factor effects, structure, method and errors add
    up to the whole difference. Nothing is written, neither to a package nor to the ledger.

    \b
    Examples:
      cet inventory compare examples/duke-university-fy2016 examples/duke-university-fy2021
      cet inventory compare works-2019 works-2024 --events events.toml --json | jq '.totals'
    """
    from cet.inventory.base_year.reading import read_comparison
    from cet.report.comparison_json import comparison_json
    from cet.report.comparison_tables import comparison_blocks

    with working(f"comparing {current_package} with {base_package}"):
        found = read_comparison(base_package, current_package, events, by_id=match == "id")
    if as_json:
        print_json(comparison_json(found))
    else:
        show(comparison_blocks(found))
