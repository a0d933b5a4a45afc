"""`cet oracle keep`: announces stale lots within a budget, and tells subscribers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import click

from cet.cli.mirror import store_option
from cet.cli.opening import node_errors, opening
from cet.cli.options import json_option
from cet.cli.oracle_options import keeper_options
from cet.cli.oracle_surroundings import surroundings
from cet.cli.screen import print_json, show

if TYPE_CHECKING:
    from cet.oracle.service.keeping.keeper import Round
    from cet.oracle.service.keeping.running import Keeping


@click.command(short_help="Announce stale lots within a gas budget, and tell subscribers.")
@keeper_options
@store_option
@click.option(
    "--gas-per-transaction",
    type=click.IntRange(1),
    default=5_000_000,
    show_default=True,
    help="Gas of one cascade, at most.",
)
@click.option(
    "--gas-per-day",
    type=click.IntRange(0),
    default=100_000_000,
    show_default=True,
    help="Gas of a day (UTC), at most.",
)
@click.option(
    "--no-cascade", is_flag=True, help="Announce nothing; only tell subscribers what others announce."
)
@click.option(
    "--notifiers", type=click.IntRange(1), default=2, show_default=True, help="Threads that send webhooks."
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    default=0,
    help="Serve Prometheus metrics on this port of the loopback interface; 0: none.",
)
@click.option("--once", is_flag=True, help="One round, then end: for cron, and to try it.")
@click.option(
    "--dry-run", is_flag=True, help="Say what would be sent, and send nothing: no transaction, no webhook."
)
@json_option
def keep(
    gas_per_transaction: int,
    gas_per_day: int,
    notifiers: int,
    metrics_port: int,
    *,
    no_cascade: bool,
    once: bool,
    dry_run: bool,
    as_json: bool,
    **given: Any,
) -> None:
    """Find the lots whose live net is not the one last announced, announce them parents first, and send webhooks.

    Figures are right without it: a cascade only tells. Anyone may, so give it a key of its own with little funds. Several may
    run on one database: one announces, the others stand by, all send webhooks. Kill it whenever you like.

    What is stale it reads from the mirror in --store, which it follows itself; `cet ledger follow` or other keepers may
    follow the same one.

    \b
    Exit code of --once and --dry-run:
      0  everything stale is announced, or on its way
      1  some is not: the day's gas ended, or a lot does not fit into a transaction

    \b
    Examples:
      cet oracle keep --rpc http://127.0.0.1:8545 --deployment deployments/local.json --signer ape:keeper --dry-run
      cet oracle keep --rpc URL --deployment FILE --signer keystore:keeper.json --gas-per-day 20000000
      cet oracle keep --rpc URL --deployment FILE --signer ape:keeper --once --json

    docs/keeper.md says how to subscribe, how to verify a webhook, and what to do when something fails.
    """
    from cet.oracle.service.keeping.keeper import Budget

    keeping = _open(Budget(gas_per_transaction, gas_per_day), cascade=not no_cascade, **given)
    if once or dry_run:
        with node_errors():
            done, made, turns = keeping.once(dry_run=dry_run)
            keeping.keeper.stop()
            keeping.close()
        _tell(done, made, turns, dry_run=dry_run, as_json=as_json)
        if done is not None and (done.exhausted or done.aside):
            raise click.exceptions.Exit(1)
        return
    from cet.oracle.service.serving import wait_for_signal

    stop = threading.Event()
    wait_for_signal(stop)
    if metrics_port:
        keeping.serve_metrics(metrics_port)
    keeping.run(stop, notifiers)
    keeping.close()


def _open(budget: Any, *, cascade: bool, store: str, private_webhooks: bool, **given: Any) -> Keeping:
    from cet.ledger.store import SPARING, Store
    from cet.oracle.service.keeping.running import KeeperOptions, Keeping
    from cet.oracle.service.keeping.webhook import Limits

    around = surroundings("opening the keeper", private_webhooks=private_webhooks, **given)
    with opening(given["rpc"][0], given["deployment"], "opening the keeper"):
        mirrored = Store.open(store, around.ledger.deployment, SPARING)
    return Keeping(around, mirrored, KeeperOptions(budget, Limits(private=private_webhooks), cascade=cascade))


def _tell(done: Round | None, made: int, turns: int, *, dry_run: bool, as_json: bool) -> None:
    from cet.ledger import key_text
    from cet.report.tables import facts

    batches = done.sent if done else ()
    told: dict[str, Any] = {
        "dry_run": dry_run,
        "standby": bool(done and done.standby),
        "block": done.block if done else None,
        "stale": done.stale if done else None,
        "on_their_way": done.waiting if done else None,
        "batches": [
            {
                "gas": one.gas,
                "lots": [{"lot": key_text(key), "net_mg": str(net)} for key, net in one.lots.items()],
            }
            for one in batches
        ],
        "set_aside": [key_text(key) for key in done.aside] if done else [],
        "gas_left_today": done.gas_left if done else None,
        "day_exhausted": bool(done and done.exhausted),
        "notices": made,
        "webhook_turns": turns,
    }
    if as_json:
        print_json(told)
        return
    rows = [("", "another keeper is at it: standing by")] if told["standby"] else []
    if done is not None and not done.standby:
        verb = "would announce" if dry_run else "announced"
        rows += [
            ("block", str(done.block)),
            ("stale lots", str(done.stale)),
            ("on their way", str(done.waiting)),
        ]
        rows += [(verb, f"{len(one.lots)} lots, gas limit {one.gas:,}") for one in batches]
        rows += [("does not fit", key_text(key)) for key in done.aside]
        rows.append(("gas left today", f"{done.gas_left:,}" + (" (exhausted)" if done.exhausted else "")))
    if not dry_run:
        rows += [("notices made", str(made)), ("webhook turns", str(turns))]
    show([facts(rows)])
