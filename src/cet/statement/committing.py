"""The Merkle root over every line of an inventory, and the proof of any one of them, in memory that does not grow.

DuckDB writes and hashes the simple lines and sorts all leaves, on disk where they are many; the tree reads them once. For a
proof the line is looked up in the package and hashed again.
"""

# ruff: noqa: S608 - SQL is put together from our own names only

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from cet.errors import StatementError
from cet.inventory.long_work import long_work
from cet.inventory.priced import PricedLines, priced_lines
from cet.inventory.row_databases import MEMORY_LIMIT
from cet.statement.leaf_file import LeafFile
from cet.statement.line_sql import leaf_sql
from cet.statement.line_tree import LineTree, verify
from cet.statement.lines import canonical_line, leaf_of

if TYPE_CHECKING:
    from cet.inventory import Inventory, Line

_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class LineProof:
    """That a line is in a statement: its canonical bytes, leaf, siblings, and the root they lead to."""

    line: bytes
    leaf: bytes
    proof: tuple[bytes, ...]
    root: bytes

    def holds(self) -> bool:
        """Whether these bytes lead to this root."""
        return leaf_of(self.line) == self.leaf and verify(self.leaf, self.proof, self.root)


@dataclass(frozen=True)
class LineCommitment:
    """The tree of an inventory's lines."""

    inventory: Inventory = field(repr=False)
    tree: LineTree = field(repr=False)

    @property
    def root(self) -> bytes:
        """The lines' Merkle root."""
        return self.tree.root

    def prove(self, line_id: str) -> LineProof:
        """Proof that the line is in the tree. Raises StatementError for a line it does not have."""
        with priced_lines(self.inventory, {}) as lines:
            line = lines.find(line_id)
        if line is None:
            raise StatementError(f"no line {line_id!r} in the statement", "give the id of an activity line")
        data = _canonical(self.inventory, line)
        leaf = leaf_of(data)
        return LineProof(data, leaf, self.tree.proof(leaf), self.tree.root)


def commit(inventory: Inventory) -> LineCommitment:
    """Reads the inventory's lines from its package once more. Raises StatementError when it no longer has as many."""
    sql, constants = leaf_sql(inventory)
    with (
        tempfile.TemporaryDirectory(prefix="cet-leaves-") as scratch,
        priced_lines(inventory, constants) as lines,
    ):
        leaves = LeafFile(_sorted_leaves(lines, sql, inventory, Path(scratch)))
    if len(leaves) != inventory.line_count:
        problem = f"the package has {len(leaves)} lines now, {inventory.line_count} when it was computed"
        raise StatementError(problem, "compute it again, and let nobody write to it meanwhile")
    with long_work("building the tree") as watch:
        return LineCommitment(inventory, LineTree(leaves, watch.at if watch else None))


def _sorted_leaves(lines: PricedLines, sql: str, inventory: Inventory, scratch: Path) -> Path:
    simple, every = scratch / "simple", scratch / "every"
    found = 0
    if lines.connection:
        # Mostly every line is quick, and the others need not be looked for.
        if lines.classes.all_quick:
            found = _copy(lines.connection, f"SELECT {sql} AS leaf FROM quick", simple)
        if found < inventory.line_count:
            found = _copy(lines.connection, lines.simple(f"{sql} AS leaf"), simple)
        if found == inventory.line_count:
            return simple
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(scratch)}) as connection:
        connection.execute("CREATE TABLE leaves (leaf VARCHAR)")
        odd = (leaf_of(_canonical(inventory, line)).hex() for line in lines.odd_lines())
        while batch := list(islice(odd, _BATCH)):
            connection.execute("INSERT INTO leaves SELECT unnest(?)", [batch])
        if found:
            read = "FROM read_csv(?, header = false, auto_detect = false, columns = {'leaf': 'VARCHAR'})"
            connection.execute(f"INSERT INTO leaves {read}", [str(simple)])
        _copy(connection, "SELECT leaf FROM leaves", every)
    return every


def _copy(connection: duckdb.DuckDBPyConnection, leaves: str, path: Path) -> int:
    """Writes leaves in order; how many."""
    with long_work("hashing every line", connection):
        row = connection.execute(
            f"COPY ({leaves} ORDER BY leaf) TO '{path}' (FORMAT csv, HEADER false)"
        ).fetchone()
    return int(row[0]) if row else 0


def _canonical(inventory: Inventory, line: Line) -> bytes:
    return canonical_line(line, inventory.lot_of, inventory.package.settings.header.salt)
