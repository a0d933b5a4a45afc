"""`cet inventory quality`: how good the data behind the figures is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cet.cli.options import json_option, package_argument
from cet.cli.screen import print_json, show, working

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Data quality by category: scores, primary data, uncertainty.")
@package_argument
@json_option
def quality(package: Path, *, as_json: bool) -> None:
    """Show how good the data is: mean scores by emissions, the part that is scored, primary data, uncertainty ranges.

    Lines give their scores in the column quality, 1-2-1-3-1. What has none is unknown and enters no mean.

    \b
    Examples:
      cet inventory quality examples/duke-university-fy2021
      cet inventory quality my-package --json | jq '.totals'
    """
    from cet.inventory import read_package
    from cet.report.inventory_json import header_json
    from cet.report.inventory_tables import header_facts
    from cet.report.quality_tables import quality_blocks, quality_json

    with working(f"computing {package}"):
        found = read_package(package, lines=False)
    if as_json:
        print_json({**header_json(found), **quality_json(found)})
    else:
        show([header_facts(found), *quality_blocks(found)])
