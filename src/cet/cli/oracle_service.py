"""`cet oracle serve|work|doctor`: what runs the service."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import click

from cet.cli.opening import node_errors
from cet.cli.options import json_option
from cet.cli.oracle_options import service_options
from cet.cli.oracle_surroundings import surroundings
from cet.cli.screen import print_json, show

REFUSED = 1
_WORKERS = click.option(
    "--workers", type=click.IntRange(1), default=2, show_default=True, help="Threads that work."
)
_PORT = click.IntRange(1, 65_535)
_WATCH = click.option(
    "--watch",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Folder in which DIR/ORGANISATION/NAME.zip or .xlsx with NAME.json are handed in.",
)


@click.command(short_help="Serve the API and work.")
@service_options
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8600, show_default=True, help="Port to listen on.")
@click.option(
    "--max-upload",
    type=click.IntRange(1),
    default=64,
    show_default=True,
    help="MiB of a package as handed in, at most.",
)
@click.option(
    "--per-minute",
    type=click.IntRange(1),
    default=600,
    show_default=True,
    help="Calls of a token a minute, at most.",
)
@_WORKERS
@_WATCH
def serve(
    host: str, port: int, max_upload: int, per_minute: int, workers: int, watch: Path | None, **given: Any
) -> None:
    """Serve the API and work, in one process, until interrupted. Logs are JSON lines on the error stream.

    The database is made and migrated by itself. Several processes share a PostgreSQL, on one machine also an SQLite. Put
    TLS in front of any address but the loopback's.

    \b
    Examples:
      cet oracle serve --rpc http://127.0.0.1:8545 --deployment deployments/local.json --signer ape:oracle
      CET_ORACLE_DATABASE=postgresql://cet@127.0.0.1/oracle cet oracle serve --rpc URL1 --rpc URL2 \\
          --deployment FILE --signer remote:http://127.0.0.1:9000#0x… --workers 8
      curl http://127.0.0.1:8600/openapi.json
    """
    from cet.oracle.service.api.guard import Bounds
    from cet.oracle.service.serving import serve as run

    bounds = Bounds(body_bytes=max_upload << 20, per_minute=per_minute)
    run(surroundings("opening the service", **given), (host, port), bounds, workers, watch)


@click.command(short_help="Work without the API.")
@service_options
@_WORKERS
@_WATCH
def work(workers: int, watch: Path | None, **given: Any) -> None:
    """Work on the database that others serve, until interrupted. Kill it whenever you like: nothing is lost or done twice."""
    from cet.oracle.service.serving import wait_for_signal
    from cet.oracle.service.serving import work as run

    stop = threading.Event()
    wait_for_signal(stop)
    run(surroundings("opening the service", **given), stop, workers, watch)


@click.command(short_help="Look at everything, and say what to do.")
@service_options
@click.option("--repair", is_flag=True, help="Have workers look at every receipted request again.")
@json_option
def doctor(*, repair: bool, as_json: bool, **given: Any) -> None:
    """Look at the database, its audit log, the chain, the clock, the key, the queue, and every receipt against the ledger.

    Exit code 1: something is not fine; each finding says what to do.
    """
    from rich.text import Text

    from cet.oracle.service.doctor import examine
    from cet.oracle.service.doctor import repair as put_back
    from cet.report.tables import BAD, facts

    around = surroundings("opening the service", **given)
    with node_errors():
        findings = examine(around)
    repaired = put_back(around) if repair else []
    if as_json:
        plain = [
            {"what": one.what, "fine": one.fine, "found": one.found, "remedy": "" if one.fine else one.remedy}
            for one in findings
        ]
        print_json({"findings": plain, "put_back": repaired})
    else:
        rows: list[tuple[str, str | Text]] = []
        for one in findings:
            rows.append((one.what, one.found if one.fine else Text(one.found, BAD)))
            if not one.fine:
                rows.append(("  remedy", one.remedy))
        show([facts(rows)])
        if repair:
            click.echo(f"{len(repaired)} requests put back to work")
    if not all(one.fine for one in findings):
        raise click.exceptions.Exit(REFUSED)
