"""`cet ledger` on a store: fill it, follow the chain, and ask it."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cet.cli.options import Day, LotKey, json_option, ledger_options, needed
from cet.cli.screen import print_json, print_text, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from cet.ledger.store import Follower, Progress, Store

F = TypeVar("F", bound="Callable[..., Any]")

_EPOCH = dt.date(1970, 1, 1)
_DAY_SECONDS = 86_400


def store_option(function: F) -> F:
    """`--store`."""
    return click.option(
        "--store",
        envvar="CET_STORE",
        show_envvar=True,
        default="sqlite:///mirror.db",
        show_default=True,
        metavar="URL",
        help="sqlite:///FILE, or postgresql://USER@HOST/NAME; give one with a password in the environment.",
    )(function)


def asking_options(function: F) -> F:
    """What a command needs that asks the store and no chain."""
    deployment = click.option(
        "--deployment",
        envvar="CET_DEPLOYMENT",
        show_envvar=True,
        callback=needed,
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Record of the deployment that the store is of.",
    )
    return deployment(store_option(json_option(function)))


@click.command(short_help="Make the store anew from the chain.")
@ledger_options
@store_option
@json_option
def rebuild(rpc: str, deployment: Path, store: str, *, as_json: bool) -> None:
    """Empty the store, replay every event since the deployment's block, and calculate every lot.

    Nothing is lost by it: the chain has everything. Needed after an upgrade that changed the tables.

    \b
    Examples:
      cet ledger rebuild --rpc http://127.0.0.1:8545 --deployment deployments/local.json
      cet ledger rebuild --store postgresql://cet@db/mirror
    """
    opened, follower = _following(rpc, deployment, store, anew=True)
    try:
        _tell(_caught_up(opened, follower, quiet=as_json), as_json=as_json)
    finally:
        opened.close()


@click.command(short_help="Keep the store up to date with the chain.")
@ledger_options
@store_option
@click.option("--once", is_flag=True, help="End at the newest block.")
@click.option(
    "--poll",
    type=click.FloatRange(0.1, 600),
    default=2.0,
    show_default=True,
    help="Seconds between looks at the chain.",
)
@json_option
def follow(rpc: str, deployment: Path, store: str, poll: float, *, once: bool, as_json: bool) -> None:
    """Write new events into the store and calculate what they moved, until interrupted.

    It may be killed at any moment: state and block are written together. A reorganisation is rolled back to the newest
    block that the chain still has. One process follows a store; any number ask it.

    \b
    Examples:
      cet ledger follow --once
      cet ledger follow --store postgresql://cet@db/mirror
    """
    opened, follower = _following(rpc, deployment, store)
    try:
        while True:
            told = _caught_up(opened, follower, quiet=as_json)
            if once or told["events"] or told["rolled_back_to"] is not None:
                _tell(told, as_json=as_json)
            if once:
                return
            time.sleep(poll)
    except KeyboardInterrupt:
        return
    finally:
        opened.close()


@click.command(short_help="A participant's live inventory, by period, scope, category and method.")
@click.argument("holder", metavar="HOLDER")
@click.option("--from", "first", type=Day(), metavar="DAY", help="Only lots of periods from this day on.")
@click.option("--to", "last", type=Day(), metavar="DAY", help="Only lots of periods until this day.")
@asking_options
def inventory(
    holder: str, first: dt.date | None, last: dt.date | None, deployment: Path, store: str, *, as_json: bool
) -> None:
    """Show what HOLDER (an address or the enrolled name) has on the ledger, as of the store's block.

    Whole gross whatever was passed on, less what primary data displaced. Live figures, unassured; `cet ledger show` sets
    the reported ones beside them.

    \b
    Examples:
      cet ledger inventory "Duke University" --from 2020-07-01 --to 2021-06-30
      cet ledger inventory 0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc --json
    """
    from cet.ledger.store import queries
    from cet.report.mirror_report import inventory_json, inventory_table

    period = None
    if first or last:
        period = (_days(first or _EPOCH), _days(last or dt.date(2149, 6, 6)))

    def answer(connection: Connection, about: dict[str, Any]) -> Any:
        address = queries.participant(connection, holder)
        lines = queries.inventory(connection, address, period)
        title = f"Inventory of {holder} at block {about['block']}"
        return {"holder": address, "inventory": inventory_json(lines)}, [inventory_table(title, lines)]

    _ask(deployment, store, answer, as_json=as_json)


@click.command(short_help="A participant's suppliers and dependents.")
@click.argument("holder", metavar="HOLDER")
@asking_options
def partners(holder: str, deployment: Path, store: str, *, as_json: bool) -> None:
    """Show whose lots HOLDER received parts of, and who received parts of HOLDER's, with the figures of those lots.

    \b
    Example:
      cet ledger partners "Duke University" --json | jq .suppliers
    """
    from cet.ledger.store import queries
    from cet.report.mirror_report import partners_json, partners_table

    def answer(connection: Connection, about: dict[str, Any]) -> Any:
        address = queries.participant(connection, holder)
        above, below = queries.suppliers(connection, address), queries.dependents(connection, address)
        found = {"holder": address, "suppliers": partners_json(above), "dependents": partners_json(below)}
        at = f"at block {about['block']}"
        return found, [partners_table(f"Suppliers {at}", above), partners_table(f"Dependents {at}", below)]

    _ask(deployment, store, answer, as_json=as_json)


@click.command(short_help="Where a lot comes from, or what comes from it.")
@click.argument("lot", type=LotKey(), metavar="LOT")
@click.option("--up/--down", "up", default=True, help="To its sources (the default), or to its dependents.")
@asking_options
def trail(lot: int, deployment: Path, store: str, *, up: bool, as_json: bool) -> None:
    """List every lot above LOT, or below it, the nearest first.

    `cet ledger trace` goes on from there, to activity lines.

    \b
    Examples:
      cet ledger trail 0x0000000144000000 --down
      cet ledger trail 0x0000000144000000 --json | jq .trail[].lot
    """
    from cet.ledger import key_text
    from cet.ledger.store import queries
    from cet.report.mirror_report import trail_json, trail_table

    def answer(connection: Connection, about: dict[str, Any]) -> Any:
        steps = (queries.ancestors if up else queries.descendants)(connection, lot)
        names = queries.names(connection, (step.holder for step in steps))
        title = f"{'Above' if up else 'Below'} lot {key_text(lot)} at block {about['block']}"
        return {"lot": key_text(lot), "trail": trail_json(steps, names)}, [trail_table(title, steps, names)]

    _ask(deployment, store, answer, as_json=as_json)


@click.command(short_help="Which lots changed since a block or a day, and why.")
@click.option(
    "--since",
    required=True,
    metavar="BLOCK|DAY",
    help="A block's number, or a day (its first second, UTC): 2026-11-27, today, yesterday.",
)
@click.option("--holder", metavar="HOLDER", help="Only lots of this participant.")
@click.option(
    "--rpc",
    envvar="CET_RPC",
    show_envvar=True,
    metavar="URL",
    help="A node: needed to find the block of a day.",
)
@asking_options
def changes(
    since: str, holder: str | None, rpc: str | None, deployment: Path, store: str, *, as_json: bool
) -> None:
    """List lots whose figures are other than they were, each with the events on it or above it that did it.

    \b
    Examples:
      cet ledger changes --since yesterday
      cet ledger changes --since 1200
      cet ledger changes --since 2026-11-27 --holder "Duke University" --json
    """
    from cet.cli.opening import open_store
    from cet.ledger.store import queries
    from cet.ledger.store.changes import changes_since
    from cet.ledger.store.store import cursor_of
    from cet.report.mirror_report import changes_json, changes_table

    block = int(since) if since.isdecimal() else _block_of(since, rpc)
    opened = open_store(store, deployment)
    try:
        opened.evaluate()
        with opened.read() as connection:
            address = queries.participant(connection, holder) if holder else None
            at, found = cursor_of(connection).block, changes_since(connection, block, address)
            names = queries.names(connection, (change.holder for change in found))
        if as_json:
            print_json({"block": at, "since": block, "changes": changes_json(found)})
        else:
            show([changes_table(f"Changes since block {block}, at block {at}", found, names)])
    finally:
        opened.close()


@click.command(short_help="Lots whose announced net is not their live one.")
@asking_options
def stale(deployment: Path, store: str, *, as_json: bool) -> None:
    """List the lots that a cascade would announce, oldest first.

    \b
    Example:
      cet ledger stale --json | jq -r .stale[]
    """
    from cet.cli.opening import open_store
    from cet.ledger import key_text

    opened = open_store(store, deployment)
    try:
        opened.evaluate()
        found = [key_text(key) for key in opened.stale()]
        if as_json:
            print_json({"block": opened.cursor.block, "stale": found})
        else:
            for key in found:
                print_text(key)
            if not found:
                click.echo(f"nothing is stale at block {opened.cursor.block}", err=True)
    finally:
        opened.close()


COMMANDS = (rebuild, follow, inventory, partners, trail, changes, stale)


def _following(rpc: str, deployment: Path, store: str, *, anew: bool = False) -> tuple[Store, Follower]:
    from cet.cli.opening import open_follower

    return open_follower(rpc, deployment, store, anew=anew)


def _caught_up(opened: Store, follower: Follower, *, quiet: bool) -> dict[str, Any]:
    """Up to the newest block; says how far it is where that takes several pages."""
    from cet.cli.opening import node_errors

    events, rolled_back = 0, None
    with node_errors():
        for progress in follower.steps():
            events += progress.events
            rolled_back = progress.rolled_back if rolled_back is None else rolled_back
            if not progress.done and not quiet:
                _say(progress)
    moved = opened.evaluate()
    return {
        "block": opened.cursor.block,
        "events": events,
        "lots_calculated": moved,
        "rolled_back_to": rolled_back,
    }


def _say(progress: Progress) -> None:
    click.echo(f"block {progress.block} of {progress.head}, {progress.events} events", err=True)


def _tell(told: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(told)
        return
    back = "" if told["rolled_back_to"] is None else f", rolled back to block {told['rolled_back_to']} first"
    print_text(
        f"block {told['block']}: {told['events']} events, {told['lots_calculated']} lots calculated{back}"
    )


def _ask(
    deployment: Path, store: str, answer: Callable[[Connection, dict[str, Any]], Any], *, as_json: bool
) -> None:
    """One answer of one block."""
    from cet.cli.opening import open_store
    from cet.ledger.store.store import cursor_of

    opened = open_store(store, deployment)
    try:
        opened.evaluate()
        with opened.read() as connection:
            about = {"block": cursor_of(connection).block}
            found, blocks = answer(connection, about)
    finally:
        opened.close()
    if as_json:
        print_json({**about, **found})
    else:
        show(blocks)


def _block_of(since: str, rpc: str | None) -> int:
    from cet.cli.opening import connect, node_errors
    from cet.ledger.store.changes import block_before

    today = dt.datetime.now(dt.UTC).date()
    named = {"today": today, "yesterday": today - dt.timedelta(days=1)}
    first = named.get(since) or Day().convert(since, None, click.get_current_context())
    if rpc is None:
        raise click.UsageError(
            "Missing option '--rpc': a node knows the block of a day. Give it, or set CET_RPC."
        )
    with node_errors():
        return block_before(connect(rpc), _days(first) * _DAY_SECONDS)


def _days(date: dt.date) -> int:
    return (date - _EPOCH).days
