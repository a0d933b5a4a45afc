"""`cet factors find`: the factor for an activity, and why the others do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cet.cli.factor_packs import opened_packs, packs_option
from cet.cli.options import Day, json_option
from cet.cli.screen import print_json, show

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from cet.factors.wanted import Wanted


@click.command(short_help="Find the factor that fits an activity, and why the others do not.")
@click.option(
    "--for", "words", required=True, metavar="WORDS", help="What is done, as fuel/diesel or travel/car/small."
)
@click.option("--unit", "unit_name", required=True, metavar="UNIT", help="Unit of the activity, as kWh or L.")
@click.option("--where", required=True, metavar="PLACE", help="ISO country, region (US-CAMX), or world.")
@click.option("--from", "start", required=True, type=Day(), help="First day of the activity.")
@click.option("--to", "end", type=Day(), help="Last day; the first if left out.")
@click.option("--scope", default="", metavar="SCOPE", help="1, 2 or 3, or with its category: 3.6.")
@click.option("--market", is_flag=True, help="Scope 2 by the market-based method.")
@click.option(
    "--years", default=5, show_default=True, type=click.IntRange(0, 50), help="How old a factor may be."
)
@packs_option
@json_option
def find(
    words: str,
    unit_name: str,
    where: str,
    start: dt.date,
    end: dt.date | None,
    scope: str,
    years: int,
    packs: tuple[Path, ...],
    *,
    market: bool,
    as_json: bool,
) -> None:
    """Find the factor for an activity: specific before generic, the right place, the right year.

    \b
    Examples:
      cet factors find --for fuel/diesel --unit L --where GB --from 2024-01-01 --to 2024-12-31 --scope 1
      cet factors find --for electricity --unit kWh --where US-CAMX --from 2023-06-01 --scope 2
      cet factors find --for travel/rail/national --unit passenger-km --where GB --from 2024-03-01 --scope 3.6 --json | jq -r .choice.id

    Exit code 1: none fits, or several fit equally well.
    """
    from cet.factors.matching import AmbiguousFactorError, NoFactorError, choose, companion
    from cet.report.factor_json import choice_json
    from cet.report.factor_tables import choice_blocks, factors_table, rejected_table

    wanted = _wanted(words, unit_name, where, (start, end or start), scope, years, market=market)
    store = opened_packs(packs)
    try:
        found = choose(store, wanted)
    except NoFactorError as error:
        if as_json or not error.near:
            raise
        show([rejected_table(error.near, f"{error.problem}; these come close")])
        raise click.exceptions.Exit(1) from error
    except AmbiguousFactorError as error:
        if as_json:
            raise
        show([factors_table(error.factors, f"{len(error.factors)} factors fit equally well; {error.remedy}")])
        raise click.exceptions.Exit(1) from error
    also = companion(store, wanted, found) if scope.startswith("3") else None
    if as_json:
        print_json(choice_json(wanted, found, also))
    else:
        show(choice_blocks(wanted, found, also))


def _wanted(
    words: str,
    unit_name: str,
    where: str,
    period: tuple[dt.date, dt.date],
    scope: str,
    years: int,
    *,
    market: bool,
) -> Wanted:
    from cet.factors.wanted import Wanted, activity_words, of_scope
    from cet.quantities import unit

    start, end = period
    if end < start:
        raise click.UsageError("--to is before --from")
    name, _, category = scope.partition(".")
    kinds, boundaries = of_scope(name, category, market=market)
    return Wanted(activity_words(words), unit(unit_name), where, start, end, kinds, boundaries, years)
