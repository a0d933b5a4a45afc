"""How much of a store is kept in memory, for who has it open."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Memory:
    """`kept` values of each table stay between transactions. `graph`: where many lots moved, the graph of all lots is loaded and kept,
    which is faster, and takes memory for every lot of the ledger. `cache_mib` of an SQLite file are kept."""

    kept: int = 300_000
    graph: bool = True
    cache_mib: int = 256


SPARING = Memory(kept=10_000, graph=False, cache_mib=32)
"""For who runs for months beside others: what is in memory depends on what moves, not on how many lots there are."""
