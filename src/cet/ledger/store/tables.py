"""Tables beside the state: how far the store is, the events as they came, figures, and what moved them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from cet.ledger.store.shelves import EDGES, LOTS, METADATA, PREFIX, SHELVES, Shelf
from cet.ledger.store.types import Whole, Word

SCHEMA = 9
"""Raised with every change of a table: a store of another schema is made anew, for the chain has it all."""

ABOUT = Table(
    f"{PREFIX}about",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("schema", Integer, nullable=False),
    Column("deployment", Text, nullable=False),
    Column("block", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("changes", BigInteger, nullable=False),
    Column("refreshed", BigInteger, nullable=False),
)
"""One row: the schema, which deployment, the last block mirrored with its hash; how often the state was written, and how often
figures were brought up to it or rolled back: who has either in memory sees by it that somebody else was there."""

CHECKPOINTS = Table(
    f"{PREFIX}checkpoints",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Blocks to which the store can go back."""

JOURNAL = Table(
    f"{PREFIX}journal",
    METADATA,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("block", BigInteger, nullable=False, index=True),
    Column("field", String(64), nullable=False),
    Column("key", Text, nullable=False),
    Column("row", Text),
)
"""Rows as they were before recent blocks changed them; no `row` where there was none."""

EVENTS = Table(
    f"{PREFIX}events",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("tx", String(66), nullable=False),
    Column("contract", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("topics", LargeBinary, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Every event as the node gave it: `topics` of 32 bytes each, one after the other; `hash` is the block's."""

MOVES = Table(
    f"{PREFIX}moves",
    METADATA,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("log", Integer, primary_key=True, autoincrement=False),
    Column("lot", Word, primary_key=True, autoincrement=False),
    Column("what", String(16), nullable=False),
    Column("change", Whole, nullable=False),
)
Index("ledger_moves_by_lot", MOVES.c.lot)
"""By how much an event moved a lot's stated gross, own offset (mg) or units."""

FIGURES = Table(
    f"{PREFIX}figures",
    METADATA,
    Column("lot", Word, primary_key=True, autoincrement=False),
    Column("gross", Whole, nullable=False),
    Column("inherited", Whole, nullable=False),
    Column("net", Whole, nullable=False),
    Column("surplus", Whole, nullable=False),
)
"""mg CO2e, as of the block the store is at, where no lot is stirred."""

STIRRED = Table(f"{PREFIX}stirred", METADATA, Column("lot", Word, primary_key=True, autoincrement=False))
"""Lots that are new or were moved since the figures were calculated."""

STALE = Table(
    f"{PREFIX}stale",
    METADATA,
    Column("lot", Word, primary_key=True, autoincrement=False),
    Column("place", BigInteger, nullable=False),
    Column("net", Whole, nullable=False),
)
Index("ledger_stale_by_place", STALE.c.place)
"""Derived lots that were announced otherwise, or not at all, with their live net, mg CO2e; as of the same block as the figures."""

RECHECK = Table(f"{PREFIX}recheck", METADATA, Column("lot", Word, primary_key=True, autoincrement=False))
"""Lots that were announced since `stale` was brought up to date."""

__all__ = [
    "ABOUT",
    "CHECKPOINTS",
    "EDGES",
    "EVENTS",
    "FIGURES",
    "JOURNAL",
    "LOTS",
    "METADATA",
    "MOVES",
    "RECHECK",
    "SCHEMA",
    "SHELVES",
    "STALE",
    "STIRRED",
    "Shelf",
]
