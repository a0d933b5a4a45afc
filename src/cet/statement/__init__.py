"""The statement of an inventory: canonical lines and their Merkle root, the document, the lots, the data to sign.

draft = build(inventory, participant="0x…", verifier="0x…")
draft.statement.id, draft.statement.typed_data(chain_id, registry), draft.chunks, draft.document
proof = draft.prove("fleet-diesel")
"""

from cet.statement.building import StatementDraft, build
from cet.statement.committing import LineCommitment, LineProof, commit
from cet.statement.document import canonical_document
from cet.statement.instruments import InstrumentUse, instrument_chunks
from cet.statement.line_tree import LineTree
from cet.statement.lines import canonical_line, leaf_of, line_salt
from cet.statement.merkle import MerkleTree, MultiProof, verify
from cet.statement.model import MAX_CHUNK, Statement, lot_chunks
from cet.statement.signing import (
    ASSURANCE_LEVELS,
    attestation_typed_data,
    opinion_typed_data,
    standard_word,
    statement_typed_data,
)
from cet.statement.superseding import Restated, StandingLot, SupersedingDraft, supersede, what_lot

__all__ = [
    "ASSURANCE_LEVELS",
    "MAX_CHUNK",
    "InstrumentUse",
    "LineCommitment",
    "LineProof",
    "LineTree",
    "MerkleTree",
    "MultiProof",
    "Restated",
    "StandingLot",
    "Statement",
    "StatementDraft",
    "SupersedingDraft",
    "attestation_typed_data",
    "build",
    "canonical_document",
    "canonical_line",
    "commit",
    "instrument_chunks",
    "leaf_of",
    "line_salt",
    "lot_chunks",
    "opinion_typed_data",
    "standard_word",
    "statement_typed_data",
    "supersede",
    "verify",
    "what_lot",
]
