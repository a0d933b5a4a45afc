"""What a keeper's process holds in memory beside a large ledger: `python -m bench.keeper_memory STORE CHAIN`, a process of its own.

It opens the store as `cet oracle keep` does, follows the chain and asks what is stale: at rest, after credits were applied to one source
lot, and to a thousand of them. CHAIN is JSON of where the made-up chain is. Prints the process's highest resident memory until then, MiB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.ledger_events import ToldChain
from cet.ledger.store import SPARING, Follower, Memory, Store
from cet.oracle.service.keeping.following import FollowingInStore

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 1_000
_BATCH = 400
OFFSET = 10**9


def measured(told: ToldChain, url: str, memory: str = "sparing") -> dict[str, Any]:
    """By a process of its own, for memory once taken is not given back."""
    where = {name: getattr(told, name) for name in ("lots", "head", "first_source", "fork")}
    command = [sys.executable, "-m", "bench.keeper_memory", url, json.dumps(where), memory]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main(url: str, where: str, memory: str) -> int:
    at = json.loads(where)
    told = ToldChain(at["lots"])
    told.head, told.first_source, told.fork = at["head"], at["first_source"], tuple(at["fork"])
    found: dict[str, Any] = {"program": _peak_mib()}
    store = Store.open(url, told.deployment, SPARING if memory == "sparing" else Memory())
    follower, following = Follower(store, told), FollowingInStore(store, told)  # type: ignore[arg-type]

    def look() -> dict[str, Any]:
        start = time.perf_counter()
        follower.catch_up()
        moved = store.evaluate()
        seen = following.refresh()
        lots = dict(islice(seen.stale(), _BATCH))
        return {
            "seconds": round(time.perf_counter() - start, 2),
            "lots_moved": moved,
            "stale": seen.stale_count,
            "batch": len(lots),
            "peak_mib": _peak_mib(),
        }

    found["at_rest"] = look()
    told.apply(told.first_source, OFFSET)
    found["one_offset"] = look()
    sources = told.sources_from_first(MANY)
    told.apply_to(sources, OFFSET)
    found[f"{len(sources)}_offsets"] = look()
    print(json.dumps(found))
    store.close()
    return 0


def _peak_mib() -> int:
    status: Callable[[], str] = Path("/proc/self/status").read_text
    line = next(line for line in status().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) >> 10


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
