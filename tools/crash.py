"""Brings packages through the oracle's service while workers, calls, blocks and the database die; what it came to, as JSON.

    python tools/crash.py --packages 300 --seed 1 --database postgresql

Workers are processes and die by SIGKILL, at random moments and at the labelled points between two acts. The chain is anvil behind
proxies that lose, delay, double and swap; its blocks are taken away by snapshot and revert. In the end each package must be
minted once or refused with a reason, and chain, database and mirror must agree: exit code 1 if not. See docs/oracle.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from crash_run import CrashRun, Scale  # noqa: E402 - of the tests
from postgres import installed, postgres_server  # noqa: E402
from world import anvil, anvil_chain, build_world, creation_code, dev_signers  # noqa: E402


def main() -> int:
    """The command."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--packages", type=int, default=300, help="stories; some make two packages")
    arguments.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    arguments.add_argument("--seed", type=int, default=1, help="of packages, faults and deaths (default 1)")
    arguments.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    arguments.add_argument("--keep", type=Path, help="empty folder for logs and database, left there")
    arguments.add_argument("--most-seconds", type=float, default=3_600, help="give up after (default 3600)")
    given = arguments.parse_args()
    scale = Scale(packages=given.packages, workers=given.workers, most_seconds=given.most_seconds)
    with ExitStack() as stack:
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
        folder = given.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cet-crash-")))
        url, restart = f"sqlite:///{folder.resolve() / 'oracle.db'}", None
        if given.database == "postgresql":
            programs = installed()
            if programs is None:
                arguments.error("no PostgreSQL: apt-get install postgresql, or --database sqlite")
            server = stack.enter_context(postgres_server(programs))
            url, restart = server.url, server.restart
        node = stack.enter_context(anvil())
        world = build_world(anvil_chain(node), dev_signers(), creation_code())
        told = CrashRun(world, url, scale, given.seed, folder.resolve(), restart).go()
    print(json.dumps({"seed": given.seed, "database": given.database, **vars(told)}, indent=2))
    return bool(told.wrong)


if __name__ == "__main__":
    sys.exit(main())
