"""From a computed inventory to the statement its participant signs, with a proof for every line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cet.errors import StatementError
from cet.quantities import round_up_mg
from cet.statement.committing import LineCommitment, LineProof, commit
from cet.statement.document import canonical_document
from cet.statement.energy import cancellations_used
from cet.statement.hashing import keccak256
from cet.statement.instruments import instrument_chunks
from cet.statement.model import Statement, chunk_hash, lot_chunks
from cet.statement.transport import claims_used

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory import Inventory
    from cet.statement.instruments import InstrumentUse
    from cet.statement.line_tree import LineTree


@dataclass(frozen=True)
class StatementDraft:
    """A statement ready to be signed, and what belongs to it: document, lots to mint, instruments to consume, the tree of its lines."""

    statement: Statement
    document: bytes = field(repr=False)
    chunks: tuple[tuple[int, ...], ...] = field(repr=False)
    inventory: Inventory = field(repr=False)
    commitment: LineCommitment = field(repr=False)
    instruments: tuple[tuple[int, ...], ...] = field(default=(), repr=False, kw_only=True)
    """Words of the instruments that it uses, in chunks."""

    @property
    def tree(self) -> LineTree:
        """The tree of its lines."""
        return self.commitment.tree

    def prove(self, line_id: str) -> LineProof:
        """Proof that the line is in the statement. Raises StatementError for a line it does not have."""
        return self.commitment.prove(line_id)


def build(
    inventory: Inventory, participant: str, verifier: str, instruments: Iterable[InstrumentUse] = ()
) -> StatementDraft:
    """The statement of an inventory; `participant` and `verifier` are addresses, `instruments` what it uses of other registries
    beside the cancellations and claims that its package names.

    The inventory may be one without its lines: they are read from its package again. Raises StatementError when it has no
    lots, when the package has changed, when an address is none, or when an instrument is named twice.
    """
    if not inventory.lots:
        raise StatementError(
            "no lot to mint: every line is zero, or minted by others",
            "declare an [[output]] for what has zero emissions; a company that operates nothing has no statement",
        )
    commitment = commit(inventory)
    given = tuple(instruments)
    named = {use.word for use in given}
    own = (use for use in (*cancellations_used(inventory), *claims_used(inventory)) if use.word not in named)
    uses = instrument_chunks((*given, *own))
    document = canonical_document(inventory, commitment.root)
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
            lines_root=commitment.root,
            document=keccak256(document),
            reported=inventory.reported,
            gas_masses=tuple(round_up_mg(mass) for mass in inventory.gas_masses),
            lot_chunks=tuple(chunk_hash(chunk) for chunk in chunks),
            instrument_chunks=tuple(chunk_hash(chunk) for chunk in uses),
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        raise StatementError(f"{place or 'statement'}: {message}", "correct it and build again") from error
    return StatementDraft(statement, document, chunks, inventory, commitment, instruments=uses)
