"""A worker process that may die at any labelled point, by SIGKILL and its own hand, as `cet oracle work` otherwise is."""

from __future__ import annotations

import os
import random
import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from cet.factors import FactorStore
from cet.ledger import LocalSigner
from cet.oracle.service.serving import surround, wait_for_signal, work

if TYPE_CHECKING:
    from pathlib import Path

    from cet.oracle.service.serving import Options

# Read before the forks: each worker then starts in milliseconds.
FactorStore.default()


def run(options: Options, key: str, seed: int, share: float, folder: Path) -> None:
    """Works until killed. Of the points passed, `share` are the last; each death's point is noted in the folder first."""
    log = os.open(folder / "workers.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    chance = random.Random(seed)

    def mark(point: str) -> None:
        if chance.random() < share:
            with (folder / "deaths").open("a") as deaths:
                deaths.write(point + "\n")
            os.kill(os.getpid(), signal.SIGKILL)

    around = surround(options, LocalSigner.from_key(bytes.fromhex(key)))
    stop = threading.Event()
    wait_for_signal(stop)
    work(replace(around, mark=mark), stop, 1, None)
