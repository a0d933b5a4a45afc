"""From a computed inventory to the statement its participant signs, with a proof for every line."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cet.errors import StatementError
from cet.quantities import round_up_mg
from cet.statement.document import canonical_document
from cet.statement.hashing import keccak256
from cet.statement.lines import canonical_line, leaf_of
from cet.statement.merkle import MerkleTree, verify
from cet.statement.model import Statement, chunk_hash, lot_chunks

if TYPE_CHECKING:
    from cet.inventory import Inventory, Line


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
class StatementDraft:
    """A statement ready to be signed, and what belongs to it: document, lots to mint, the tree of its lines."""

    statement: Statement
    document: bytes = field(repr=False)
    chunks: tuple[tuple[int, ...], ...] = field(repr=False)
    inventory: Inventory = field(repr=False)
    tree: MerkleTree = field(repr=False)

    @cached_property
    def _lines(self) -> dict[str, Line]:
        return {line.id: line for line in self.inventory.lines}

    def prove(self, line_id: str) -> LineProof:
        """Proof that the line is in the statement. Raises StatementError for a line it does not have."""
        if line_id not in self._lines:
            raise StatementError(f"no line {line_id!r} in the statement", "give the id of an activity line")
        data = _canonical(self.inventory, self._lines[line_id])
        leaf = leaf_of(data)
        return LineProof(data, leaf, self.tree.proof(leaf), self.tree.root)


def build(inventory: Inventory, participant: str, verifier: str) -> StatementDraft:
    """The statement of an inventory; `participant` and `verifier` are addresses.

    Raises StatementError when the inventory has no lots or was computed without its lines, or an address is none.
    """
    if not inventory.lines:
        raise StatementError("the inventory was computed without its lines", "compute it with lines=True")
    if not inventory.lots:
        raise StatementError(
            "no lot to mint: every line is zero, or minted by others",
            "declare an [[output]] for what has zero emissions; a company that operates nothing has no statement",
        )
    tree = MerkleTree(leaf_of(_canonical(inventory, line)) for line in inventory.lines)
    document = canonical_document(inventory, tree.root)
    chunks = lot_chunks(inventory.lots)
    header = inventory.package.settings.header
    try:
        statement = Statement(
            participant=participant,
            verifier=verifier,
            entity=keccak256(header.entity.encode()),
            period_start=header.period.first_day,
            period_end=header.period.last_day,
            gwp_set=int(header.gwp),
            consolidation=int(header.consolidation),
            lines_root=tree.root,
            document=keccak256(document),
            reported=inventory.reported,
            gas_masses=tuple(round_up_mg(mass) for mass in inventory.gas_masses),
            lot_chunks=tuple(chunk_hash(chunk) for chunk in chunks),
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise StatementError(f"{place or 'statement'}: {message}", "correct it and build again") from error
    return StatementDraft(statement, document, chunks, inventory, tree)


def _canonical(inventory: Inventory, line: Line) -> bytes:
    return canonical_line(line, inventory.lot_of, inventory.package.settings.header.salt)
