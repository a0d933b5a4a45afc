"""The ledger's state in a database: made anew from the chain whenever its schema or its deployment is another.

Everything that is written of some blocks is written in one transaction with the number and hash of the last of them: killed at
any moment, the store is at a block, whole.
"""

from __future__ import annotations

import json
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, inspect, select, update
from sqlalchemy.exc import OperationalError

from cet.ledger.lots import Figures
from cet.ledger.store.changes import Change, changes_since
from cet.ledger.store.encoding import to_signed
from cet.ledger.store.errors import StoreError
from cet.ledger.store.evaluated import Evaluated
from cet.ledger.store.memory import Memory
from cet.ledger.store.opening import WRITING, open_engine
from cet.ledger.store.rows import Rows
from cet.ledger.store.shelved import Shelved, undo
from cet.ledger.store.shelves import LOTS
from cet.ledger.store.tables import (
    ABOUT,
    CHECKPOINTS,
    EVENTS,
    FIGURES,
    JOURNAL,
    METADATA,
    MOVES,
    RECHECK,
    SCHEMA,
    STALE,
    STIRRED,
)
from cet.ledger.store.told import StoredFigures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from cet.ledger.mirror.state import State
    from cet.ledger.record import Deployment
    from cet.ledger.store.moving import Move
    from cet.ledger.store.shelves import Packed


_ENOUGH = Memory()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the store is: a block, its hash, and how often anything was written until then."""

    block: int
    hash: bytes
    changes: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw events of some blocks and what they moved, as rows; the state's part is in the books."""

    events: list[Packed]
    moves: list[tuple[int, int, Move]]


class Store:
    """`write` and `read` give a transaction. Several processes may follow the chain: what one wrote another goes on from."""

    def __init__(self, engine: Engine, deployment: Deployment, memory: Memory = _ENOUGH) -> None:
        self.engine = engine
        self.deployment = deployment
        self.memory = memory
        self.shelved = Shelved(lambda: self._rows, memory)
        self.evaluated = Evaluated(graph=memory.graph)
        self._current: Rows | None = None
        self._seen = -1

    @classmethod
    def open(cls, url: str, deployment: Deployment, memory: Memory = _ENOUGH) -> Store:
        """The store of a deployment; made if there is none. Raises StoreError for one of another schema or deployment."""
        store = cls(open_engine(url, memory.cache_mib), deployment, memory)
        try:
            store._require_answer()
            if inspect(store.engine).has_table(ABOUT.name):
                store._require_own()
            else:
                store.clear()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def anew(cls, url: str, deployment: Deployment) -> Store:
        """The store, emptied, whatever was in its tables."""
        store = cls(open_engine(url), deployment)
        store._require_answer()
        store.clear()
        return store

    def clear(self, seen: Cursor | None = None) -> bool:
        """Drops every table of the store and makes them again, at the block before the deployment's.

        False, and nothing is done, if the store is no longer at the cursor `seen`: another process was there first."""
        with self.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4345543)")
            if seen is not None and not self._still_at(connection, seen):
                return False
            METADATA.drop_all(connection)
            METADATA.create_all(connection)
            # From where no counter of another life of the store has been: memory elsewhere must not take it for its own.
            life = secrets.randbits(60)
            start = {"block": self.deployment.block - 1, "hash": b"", "changes": life, "refreshed": life}
            connection.execute(
                insert(ABOUT).values(one=1, schema=SCHEMA, deployment=_identity(self.deployment), **start)
            )
        self._seen = -1
        self.evaluated = Evaluated(graph=self.memory.graph)
        return True

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it or nothing."""
        with self.engine.connect().execution_options(**{WRITING: True}) as connection:
            try:
                with connection.begin():
                    self._current = Rows(connection)
                    yield connection
            except BaseException:
                self._seen = -1
                raise
            finally:
                self._current = None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees the store at one block."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @property
    def cursor(self) -> Cursor:
        with self.read() as connection:
            return cursor_of(connection)

    def add(self, batch: Batch, last: tuple[int, bytes], *, journal: bool) -> None:
        """Inside `write`, after the books took the events: writes all of it, up to the block `last`."""
        rows = self._rows
        rows.insert(EVENTS, batch.events)
        rows.insert(MOVES, [_move_row(block, log, move, rows) for block, log, move in batch.moves])
        self.shelved.write(last[0] if journal else None)
        connection = rows.connection
        if not journal:
            # Nothing says what these blocks changed, so there is no way back to before them.
            connection.execute(CHECKPOINTS.delete())
            connection.execute(JOURNAL.delete())
        rows.put(CHECKPOINTS, [last])
        connection.execute(update(ABOUT).values(block=last[0], hash=last[1], changes=ABOUT.c.changes + 1))
        self._seen += 1

    def books_at(self, connection: Connection) -> Cursor:
        """Inside `write`: locks the cursor, and forgets what is in memory if somebody else wrote since."""
        row = connection.execute(select(ABOUT).with_for_update()).one()
        if row.changes != self._seen:
            self.shelved.open()
            self._seen = row.changes
        return Cursor(row.block, bytes(row.hash), row.changes)

    def roll_back(self, block: int, seen: Cursor | None = None) -> bool:
        """Puts everything back to a checkpoint; graphs in memory are of no more use, since lots may be born again otherwise.

        False, and nothing is done, if the store is no longer at the cursor `seen`: another process was there first. Raises
        StoreError if the journal does not reach there."""
        with self.write() as connection:
            if seen is not None and not self._still_at(connection, seen):
                return False
            now = connection.execute(select(ABOUT).with_for_update()).one()
            checkpoint = connection.execute(
                select(CHECKPOINTS).where(CHECKPOINTS.c.block == block)
            ).one_or_none()
            if checkpoint is None or block > now.block:
                raise StoreError(f"no checkpoint at block {block}", "run `cet ledger rebuild`")
            later = JOURNAL.c.block > block
            entries = connection.execute(
                select(JOURNAL.c.field, JOURNAL.c.key, JOURNAL.c.row)
                .where(later)
                .order_by(JOURNAL.c.number.desc())
            ).all()
            undo(self._rows, [tuple(entry) for entry in entries])
            connection.execute(JOURNAL.delete().where(later))
            for table in (EVENTS, MOVES, CHECKPOINTS):
                connection.execute(table.delete().where(table.c.block > block))
            connection.execute(
                update(ABOUT).values(
                    block=block,
                    hash=checkpoint.hash,
                    changes=ABOUT.c.changes + 1,
                    refreshed=ABOUT.c.refreshed + 1,
                )
            )
        self._seen = -1
        return True

    def checkpoints(self) -> Sequence[tuple[int, bytes]]:
        """Blocks to which the store can go back, with their hashes, newest first."""
        with self.read() as connection:
            rows = connection.execute(select(CHECKPOINTS).order_by(CHECKPOINTS.c.block.desc()))
            return [(row.block, bytes(row.hash)) for row in rows]

    def prune(self, connection: Connection, oldest: int) -> None:
        """Inside `write`: forgets how to go back before block `oldest`; the newest checkpoint below stays."""
        below = select(CHECKPOINTS.c.block).where(CHECKPOINTS.c.block <= oldest)
        kept = connection.execute(below.order_by(CHECKPOINTS.c.block.desc()).limit(1)).scalar()
        if kept is not None:
            connection.execute(CHECKPOINTS.delete().where(CHECKPOINTS.c.block < kept))
            connection.execute(JOURNAL.delete().where(JOURNAL.c.block <= kept))

    def state(self) -> State:
        """The whole state in memory, as a replay of all events makes it."""
        with self.reading_books() as (block, shelved):
            return shelved.books.frozen_at(block)

    @contextmanager
    def reading_books(self) -> Iterator[tuple[int, Shelved]]:
        """The block, and books of this transaction that read only what is asked for."""
        with self.read() as connection:
            rows = Rows(connection)
            shelved = Shelved(lambda: rows)
            shelved.look()
            yield cursor_of(connection).block, shelved

    @contextmanager
    def looking(self) -> Iterator[tuple[State, Mapping[int, Figures]]]:
        """State and figures of one block that read only what is asked of them, as long as this lasts."""
        with self.read() as connection:
            rows = Rows(connection)
            shelved = Shelved(lambda: rows)
            shelved.look()
            yield shelved.books.shown_at(cursor_of(connection).block), StoredFigures(rows)

    def evaluate(self) -> int:
        """Calculates the figures of what is new or moved, and what is below; how many lots got other figures.

        Where nothing is, nothing is written: who may only read the database can ask it as well."""
        with self.read() as connection:
            if all(
                connection.execute(select(table).limit(1)).first() is None for table in (STIRRED, RECHECK)
            ):
                return 0
        with self.write() as connection:
            # Nobody writes events meanwhile: what they stir would count as calculated.
            connection.execute(select(ABOUT).with_for_update())
            return self.evaluated.refresh(self._rows)

    def figures(self) -> dict[int, Figures]:
        """Figures of every lot, oldest first; as of the last `evaluate`."""
        with self.read() as connection:
            told = select(LOTS.c.lot, *FIGURES.c[1:]).join(FIGURES, FIGURES.c.lot == LOTS.c.lot)
            rows = connection.execute(told.order_by(LOTS.c.place))
            return {lot: Figures(*values) for lot, *values in rows}

    def changes(self, block: int, holder: str | None = None) -> list[Change]:
        """Lots whose figures differ from those at the end of a block, and which events did it. Raises LedgerError."""
        with self.read() as connection:
            return changes_since(connection, block, holder)

    def stale(self) -> list[int]:
        """Derived lots whose net is not the one last announced, oldest first; as of the last `evaluate`."""
        with self.read() as connection:
            return list(connection.execute(select(STALE.c.lot).order_by(STALE.c.place)).scalars())

    def close(self) -> None:
        self.engine.dispose()

    def _require_answer(self) -> None:
        try:
            self.engine.connect().close()
        except OperationalError as error:
            self.close()
            raise StoreError(
                "the store's database does not answer", "see that it is there, and may be written"
            ) from error

    def _require_own(self) -> None:
        with self.read() as connection:
            row = connection.execute(select(ABOUT.c.schema, ABOUT.c.deployment)).one_or_none()
        if row is None or row.schema != SCHEMA:
            raise StoreError(
                f"the store has schema {row.schema if row else 'none'}, this version writes {SCHEMA}",
                "run `cet ledger rebuild`: the chain has everything",
            )
        if row.deployment != _identity(self.deployment):
            raise StoreError(
                "the store is of another deployment",
                "name its record, or another store; `cet ledger rebuild` makes this one anew",
            )

    def _still_at(self, connection: Connection, seen: Cursor) -> bool:
        """Locks the cursor until the transaction ends."""
        now = connection.execute(select(ABOUT).with_for_update()).one()
        return (now.block, bytes(now.hash), now.changes) == (seen.block, seen.hash, seen.changes)

    @property
    def _rows(self) -> Rows:
        if self._current is None:
            raise RuntimeError("outside a transaction")
        return self._current


def cursor_of(connection: Connection) -> Cursor:
    """How far the store is, as this transaction sees it."""
    row = connection.execute(select(ABOUT)).one()
    return Cursor(row.block, bytes(row.hash), row.changes)


def _identity(deployment: Deployment) -> str:
    """Chain, first block and addresses: what tells one deployment from another."""
    addresses = {name: contract.address for name, contract in sorted(deployment.contracts.items())}
    return json.dumps([deployment.chain_id, deployment.first_block_hash, deployment.block, addresses])


def _move_row(block: int, log: int, move: Move, rows: Rows) -> Packed:
    return block, log, to_signed(move.lot), move.what, rows.whole(move.change)
