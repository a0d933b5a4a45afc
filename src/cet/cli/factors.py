"""`cet factors`: official files imported, factors listed, shown and found, editions compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cet.cli.factor_packs import opened_packs, packs_option
from cet.cli.factors_find import find
from cet.cli.failures import WHERE
from cet.cli.options import Day, json_option
from cet.cli.screen import print_json, show, working

if TYPE_CHECKING:
    import datetime as dt

    from cet.factors import FactorPack, FactorStore

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_LAYOUTS = ("desnz", "epa-hub", "egrid", "epa-supply-chain")


@click.group()
def factors() -> None:
    """Import, list, show, find and compare emission factors (docs/factors.md)."""


@factors.command("import", short_help="Make a pack of an official file, checked against itself.")
@click.argument("file", type=_FILE, metavar="FILE")
@click.option("--as", "layout", required=True, type=click.Choice(_LAYOUTS), help="Which official file it is.")
@click.option(
    "--out", required=True, metavar="DIR", type=click.Path(path_type=Path), help="Folder of your packs."
)
@click.option("--date", required=True, type=Day(), help="The day of the import, for the trail of changes.")
@click.option(
    "--reason", default="new edition imported", show_default=True, help="Why, for the trail of changes."
)
@json_option
@click.pass_context
def import_(
    ctx: click.Context, file: Path, layout: str, out: Path, date: dt.date, reason: str, *, as_json: bool
) -> None:
    """Make a pack of an official FILE as it was downloaded. Older editions in the folder stay; what changed is recorded.

    \b
    Examples:
      cet factors import ghg-conversion-factors-2024-FlatFormat_v1_1.xlsx --as desnz --out factors --date 2026-06-12
      cet factors import ghg-emission-factors-hub-2024.xlsx --as epa-hub --out factors --date 2026-06-12

    Exit code 1: a cell is not as published, or a pack of that name holds something else; nothing is written.
    """
    from cet.factors.folder import add_pack
    from cet.factors.importing import import_file
    from cet.factors.reading import FactorPack
    from cet.report.factor_json import import_json
    from cet.report.factor_tables import import_blocks

    ctx.meta[WHERE] = str(file)
    with working(f"reading {file}"):
        found = import_file(file, layout)
        text = found.text(
            (f"Made from {file.name} by `cet factors import --as {layout}`.", found.pack.licence)
        )
        path, before, changed = add_pack(out, text, FactorPack(found.pack, found.factors), date, reason)
    against = before.pack.id if before else ""
    if as_json:
        print_json(import_json(found, str(path), against, changed))
    else:
        show(import_blocks(found, str(path), against, changed))


@factors.command("list", short_help="List factors: all, of a pack, or that know some words.")
@click.option("--pack", metavar="ID", default="", help="Only this pack's.")
@click.option(
    "--for", "words", metavar="WORDS", default="", help="Only those that know these words, fuel/diesel."
)
@click.option(
    "--where", metavar="PLACE", default="", help="Only those for this place or one that contains it."
)
@packs_option
@json_option
def list_(pack: str, words: str, where: str, packs: tuple[Path, ...], *, as_json: bool) -> None:
    """List factors by id.

    \b
    Examples:
      cet factors list --for fuel/diesel --where GB
      cet factors list --pack desnz-2024 --json | jq '.factors[].id'
    """
    from cet.factors.wanted import activity_words, broader, words_of
    from cet.report.factor_json import factor_json
    from cet.report.factor_tables import factors_table
    from cet.report.words import plural

    asked = activity_words(words)
    store = opened_packs(packs)
    found = [
        one
        for one in sorted(store, key=lambda factor: factor.id)
        if (not pack or one.pack.id == pack)
        and asked <= words_of(one)
        and (not where or broader(one.geography, where))
    ]
    if as_json:
        print_json({"factors": [factor_json(one) for one in found]})
    else:
        show([factors_table(found, f"{plural(len(found), 'factor')} of {len(store)}")])


@factors.command("show", short_help="Show a factor: provenance, gases, CO2e under each GWP set.")
@click.argument("factor_id", metavar="ID")
@packs_option
@json_option
def show_(factor_id: str, packs: tuple[Path, ...], *, as_json: bool) -> None:
    """Show the factor of that ID.

    \b
    Examples:
      cet factors show desnz-2024/electricity/uk
      cet factors show epa-hub-2024/egrid/camx --json | jq .co2e
    """
    from cet.report.factor_json import factor_json
    from cet.report.factor_tables import factor_blocks

    found = opened_packs(packs).get(factor_id)
    if as_json:
        print_json(factor_json(found))
    else:
        show(factor_blocks(found))


@factors.command(short_help="What changed from one pack to another.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@packs_option
@json_option
def diff(old: str, new: str, packs: tuple[Path, ...], *, as_json: bool) -> None:
    """What changed from OLD to NEW; each is a pack's id or its file.

    \b
    Examples:
      cet factors diff desnz-2024-v1.1 desnz-2025-v1.0 --packs factors
      cet factors diff old/factors.toml my-package/factors.toml --json | jq '.changes | length'
    """
    from cet.factors.changes import changes
    from cet.report.factor_json import changes_json
    from cet.report.factor_tables import changes_table

    store = opened_packs(packs)
    found = changes(_pack(store, old), _pack(store, new))
    if as_json:
        print_json({"old": old, "new": new, "changes": changes_json(found)})
    else:
        show([changes_table(found)])


@factors.command(short_help="The trail of changes of a folder of packs, checked.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@json_option
def trail(folder: Path, *, as_json: bool) -> None:
    """Every change of a factor on record in DIR: old value, new value, their sources, date and reason.

    Exit code 1: an entry was altered or taken out.
    """
    from cet.factors.folder import trail_of
    from cet.report.factor_json import trail_json
    from cet.report.factor_tables import trail_table

    entries = trail_of(folder)
    if as_json:
        print_json({"entries": trail_json(entries)})
    else:
        show([trail_table(entries)])


def _pack(store: FactorStore, name: str) -> FactorPack:
    from cet.errors import FactorError
    from cet.factors.folder import read_pack_file

    for pack in store.packs:
        if pack.pack.id == name:
            return pack
    if Path(name).is_file():
        return read_pack_file(Path(name))
    known = ", ".join(pack.pack.id for pack in store.packs)
    raise FactorError(f"no pack {name!r}", f"give a file, or one of {known}")


factors.add_command(find)
