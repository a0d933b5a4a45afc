"""The mirror at a million lots: events replayed into the store, every lot evaluated, and again after one offset.

`python -m bench.mirror` writes bench/results/mirror.json and prints a table. Beside it in the same run, on the same lots: the plain
evaluation of `cet.ledger.mirror`, lot by lot in Python's integers; a recursive one with a memo; and the chain's own `eth_call`, whose
time for a sample on anvil is multiplied by the number of lots (an extrapolation, and labelled so). All must arrive at the same
figures, to the milligram, or the bench fails. Seconds are the clock's; `cpu` the processor's, which other work slows less.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from rich.console import Console
from rich.table import Table

from bench import keeper_memory
from bench.devnet import Bench, Devnet
from bench.ledger_events import ToldChain
from cet.ledger.evaluation import Evaluation, Graph
from cet.ledger.mirror import evaluate
from cet.ledger.mirror.evaluation import ceil_div
from cet.ledger.store import Follower, Store
from cet.ledger.store.evaluated import read_births
from cet.ledger.store.rows import Rows
from cet.ledger.store.stale import count_stale, stale_after

if TYPE_CHECKING:
    from cet.ledger.evaluation import Births
    from cet.ledger.mirror import State

RESULTS = Path(__file__).parent / "results" / "mirror.json"
OFFSET = 10**9
"""1 t, applied to one lot."""

_PAGE = 400
_CALLS = 300


class Timer:
    """Seconds by the clock and of the processor."""

    def __enter__(self) -> Self:
        self._clock, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds, self.cpu = time.perf_counter() - self._clock, time.process_time() - self._cpu

    @property
    def row(self) -> dict[str, float]:
        return {"seconds": round(self.seconds, 3), "cpu": round(self.cpu, 3)}


def main() -> int:
    """Measure, compare, write the snapshot."""
    parser = argparse.ArgumentParser(description="Measure the mirror's store and evaluation.")
    parser.add_argument("--lots", type=int, default=1_000_000)
    parser.add_argument("--results", type=Path, default=RESULTS, help="where to write what was measured")
    parser.add_argument(
        "--store", default="", help="URL of a database to fill; else SQLite in a temporary folder"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cet-bench-") as scratch:
        told = ToldChain(asked.lots)
        store = Store.anew(asked.store or f"sqlite:///{scratch}/mirror.db", told.deployment)
        follower = Follower(store, told, keep=0)  # type: ignore[arg-type]
        measured: dict[str, Any] = {"cpus": os.cpu_count(), "database": store.engine.dialect.name}
        measured["replay"] = replayed(told, follower)
        with store.read() as connection, Timer() as loading:
            births = read_births(Rows(connection))
        measured |= {"lots": len(births), "edges": len(births.units), "load_graph": loading.row}
        measured["arrays"] = in_arrays(births)
        measured["in_store"] = in_store(told, follower, store)
        measured["without_graph"] = without_graph(told, asked.store or f"sqlite:///{scratch}/mirror.db")
        with Timer() as loading:
            state = store.state()
        measured["load_state"] = loading.row
        measured["plain"] = plainly(state, store)
        store.close()
        measured["keeper_memory"] = keeper_memory.measured(
            told, asked.store or f"sqlite:///{scratch}/mirror.db"
        )
    measured["eth_call"] = on_chain(measured["lots"])
    measured["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    measured["load_average"] = round(os.getloadavg()[0], 1)
    measured["ratios"] = ratios(measured)
    asked.results.write_text(json.dumps(measured, indent=1) + "\n")
    show(measured)
    return 0


def replayed(told: ToldChain, follower: Follower) -> dict[str, Any]:
    """Every event into the store. What the made-up chain takes to tell them is counted apart."""
    events, pages, telling = 0, 0, 0.0
    with Timer() as whole:
        while True:
            start = time.perf_counter()
            more = told.tell(_PAGE)
            telling += time.perf_counter() - start
            if not more:
                break
            events += follower.catch_up().events
            pages += 1
            progress(f"{events:,} events")
    seconds = whole.seconds - telling - told.telling
    return {
        "events": events,
        "seconds": round(seconds, 3),
        "events_per_second": round(events / seconds),
        "making_events_seconds": round(telling + told.telling, 3),
    }


def in_arrays(births: Births) -> dict[str, Any]:
    """Graph, full evaluation, and after offsets: on the lot with most below it, and on every source lot at once."""
    with Timer() as sorting:
        graph = Graph.of(births)
    with Timer() as full:
        evaluation = Evaluation(graph)
    sources = int(graph.levels[1])
    below = max(
        range(0, sources, max(1, sources // 200)), key=lambda place: int(graph.below(np.array([place])).sum())
    )
    key = int(graph.keys[below])
    with Timer() as one:
        moved = len(evaluation.move(offsets={key: OFFSET}))
    with Timer() as every:
        all_moved = len(evaluation.move(offsets={int(each): OFFSET // 2 for each in graph.keys[:sources]}))
    with Timer() as anew:
        again = Evaluation(graph)
    for mine, theirs in zip(evaluation.columns, again.columns, strict=True):
        if (mine.low != theirs.low).any() or (mine.high != theirs.high).any():
            raise SystemExit("incremental and full evaluation disagree")
    return {
        "levels": len(graph.levels) - 1,
        "sort": sorting.row,
        "full": full.row,
        "full_again": anew.row,
        "one_offset": {**one.row, "lots_moved": moved},
        "offsets_on_all_sources": {**every.row, "lots_moved": all_moved},
    }


def in_store(told: ToldChain, follower: Follower, store: Store) -> dict[str, Any]:
    """Figures written into the store: all of them, then those that one offset moved, from its event on."""
    with Timer() as first:
        lots = store.evaluate()
    told.apply(told.first_source, OFFSET)
    with Timer() as event:
        follower.step()
        moved = store.evaluate()
    return {
        "load_evaluate_write": {**first.row, "lots": lots},
        "event_to_figures": {**event.row, "lots_moved": moved},
    }


def without_graph(told: ToldChain, url: str) -> dict[str, Any]:
    """A process that was started anew: it opens the store, takes an event, says what is stale; and after a reorganisation."""
    before = _resident_mib()
    with Timer() as opening:
        store = Store.open(url, told.deployment)
        follower = Follower(store, told)  # type: ignore[arg-type]
        with store.read() as connection:
            stale = count_stale(connection)
            page = len(stale_after(connection, -1, 400))
    told.apply(told.first_source, OFFSET)
    with Timer() as event:
        follower.step()
        moved = store.evaluate()
    told.reorganise(told.head - 1)
    with Timer() as back:
        rolled_back = follower.step().rolled_back
        undone = store.evaluate()
    if rolled_back is None or undone != moved or store.evaluated.evaluation is not None:
        raise SystemExit("the reorganisation was not undone lot by lot")
    more = _resident_mib() - before
    store.close()
    return {
        "open_and_first_stale": {**opening.row, "stale": stale, "page": page},
        "event_to_figures": {**event.row, "lots_moved": moved},
        "reorganisation": {**back.row, "lots_moved": undone},
        "more_memory_mib": more,
    }


def _resident_mib() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def plainly(state: State, store: Store) -> dict[str, Any]:
    """The same by Python's integers: in the order of births, and recursively from each lot up."""
    with Timer() as plain:
        expected = evaluate(state)
    if expected != store.figures():
        raise SystemExit("the store and the plain evaluation disagree")
    with Timer() as recursive:
        nets = _recursively(state)
    if any(nets[key] != figures.net for key, figures in expected.items()):
        raise SystemExit("recursion disagrees")
    return {"evaluate": plain.row, "recursive_net": recursive.row}


def _recursively(state: State) -> dict[int, int]:
    memo: dict[int, int] = {}

    def net(key: int) -> int:
        if key not in memo:
            lot = state.lots[key]
            if lot.minted is None:
                carries = (
                    ceil_div(net(parent) * units << 64, state.lots[parent].basis)
                    for parent, units in lot.edges
                )
                inherited = ceil_div(sum(carries), 1 << 64)
            else:
                inherited = state.gross_of(lot)
            memo[key] = max(0, inherited - state.offsets.get(key, 0))
        return memo[key]

    for key in state.lots:
        net(key)
    return memo


def on_chain(lots: int) -> dict[str, Any]:
    """`eth_call` of `figures`, lot by lot, on anvil: three products a layer, ten layers, each of all three above."""
    progress("eth_call on anvil")
    with Devnet() as devnet:
        bench = Bench(devnet)
        _, layer = bench.mint(3, gross=10**12, basis=10**12)
        keys = list(layer)
        for level in range(10):
            edges = [(key, 10**12 // 3) for key in layer]
            layer = [bench.compose(edges, salt=3 * level + place + 1)[1] for place in range(3)]
            keys += layer
        figures = bench.cet.functions.figures
        figures(keys[0]).call()
        with Timer() as timer:
            for number in range(_CALLS):
                figures(keys[number % len(keys)]).call()
    each = timer.seconds / _CALLS
    return {
        "calls": _CALLS,
        "ms_per_call": round(1_000 * each, 3),
        "extrapolated_seconds_for_all_lots": round(each * lots),
    }


def ratios(measured: dict[str, Any]) -> dict[str, float]:
    """How many times as long the others take as the arrays."""
    full, offset = measured["arrays"]["full"]["cpu"], measured["arrays"]["offsets_on_all_sources"]["cpu"]
    plain = measured["plain"]
    return {
        "plain_to_full": round(plain["evaluate"]["cpu"] / full, 1),
        "recursive_net_to_offsets_on_all_sources": round(plain["recursive_net"]["cpu"] / offset, 1),
        "eth_call_extrapolated_to_full": round(
            measured["eth_call"]["extrapolated_seconds_for_all_lots"] / measured["arrays"]["full"]["seconds"]
        ),
    }


def show(measured: dict[str, Any]) -> None:
    """The table."""
    arrays, store, plain = measured["arrays"], measured["in_store"], measured["plain"]
    anew = measured["without_graph"]
    table = Table(
        title=f"{measured['lots']:,} lots, {measured['edges']:,} edges, {measured['replay']['events']:,} events"
    )
    for column in ("what", "seconds", "cpu"):
        table.add_column(column, justify="left" if column == "what" else "right")
    rows = {
        "replay into the store": measured["replay"],
        "load the graph from the store": measured["load_graph"],
        "sort it and divide each edge once": arrays["sort"],
        "evaluate all lots": arrays["full"],
        f"after one offset ({arrays['one_offset']['lots_moved']:,} lots moved)": arrays["one_offset"],
        f"after an offset on each source ({arrays['offsets_on_all_sources']['lots_moved']:,} moved)": arrays[
            "offsets_on_all_sources"
        ],
        "load, evaluate, write all figures": store["load_evaluate_write"],
        f"one offset, from event to figures written ({store['event_to_figures']['lots_moved']:,})": store[
            "event_to_figures"
        ],
        "started anew: open, count what is stale, the first 400": anew["open_and_first_stale"],
        f"started anew: one offset, from event to figures written ({anew['event_to_figures']['lots_moved']:,})": anew[
            "event_to_figures"
        ],
        f"a reorganisation undoes it ({anew['reorganisation']['lots_moved']:,})": anew["reorganisation"],
        "plain Python, in order of births": plain["evaluate"],
        "plain Python, recursive, net alone": plain["recursive_net"],
    }
    for name, row in rows.items():
        table.add_row(name, f"{row['seconds']:,}", f"{row.get('cpu', '')}")
    table.add_row(
        "eth_call of each lot (extrapolated)",
        f"{measured['eth_call']['extrapolated_seconds_for_all_lots']:,}",
        "",
    )
    Console(width=110).print(table)
    Console(width=110).print(measured["ratios"])
    memory = Table(title="A keeper beside it, in a process of its own")
    for column in ("after", "lots moved", "seconds", "highest memory, MiB"):
        memory.add_column(column, justify="left" if column == "after" else "right")
    told = dict(measured["keeper_memory"])
    memory.add_row("start of the program", "", "", str(told.pop("program")))
    for name, row in told.items():
        memory.add_row(
            name.replace("_", " "), f"{row['lots_moved']:,}", f"{row['seconds']:,}", str(row["peak_mib"])
        )
    Console(width=110).print(memory)


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
