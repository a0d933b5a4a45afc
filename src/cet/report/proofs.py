"""That an activity line is in a statement: shown, and how anyone verifies it."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.errors import StatementError
from cet.report.tables import BAD, GOOD, HEAD, bullets, facts, headed
from cet.statement import LineProof, build, commit

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from cet.inventory import Inventory


STEPS = (
    (
        "leaf = sha256(0x00 ‖ canonical bytes); each sibling is hashed with what there is so far, the smaller "
        "first: sha256(0x01 ‖ smaller ‖ greater)."
    ),
    (
        "On chain: StatementRegistry.verifyLine(statement, canonical bytes, proof) is true for the statement whose "
        "linesRoot is this root; the event StatementRecorded holds it."
    ),
    "From a token: cet ledger trace LOT --documents FOLDER --line ID asks the registry.",
)


@dataclass(frozen=True, slots=True)
class ProvenLine:
    """A line's proof from its package; `statement` is the id the statement of these parties has, if they were given."""

    package: str
    proof: LineProof
    statement: bytes | None

    @property
    def holds(self) -> bool:
        """Recomputed from the bytes."""
        return self.proof.holds()


def package_proof(inventory: Inventory, line_id: str, parties: tuple[str, str] | None) -> ProvenLine:
    """Raises StatementError for a line the package does not have, naming close ids."""
    require_line(inventory, line_id)
    folder = str(inventory.package.folder)
    if parties:
        draft = build(inventory, *parties)
        return ProvenLine(folder, draft.prove(line_id), draft.statement.id)
    # Who states and who verifies is in the statement, not in its lines: the root needs neither.
    return ProvenLine(folder, commit(inventory).prove(line_id), None)


def require_line(inventory: Inventory, line_id: str) -> None:
    """Raises StatementError for a line the package does not have, naming close ids."""
    ids = [line.id for line in inventory.lines]
    if line_id not in ids:
        near = difflib.get_close_matches(line_id, ids, n=3)
        remedy = f"did you mean {' or '.join(near)}?" if near else "see `cet inventory compute --lines`"
        raise StatementError(f"no line {line_id!r} in {inventory.package.folder}", remedy)


def proof_json(found: ProvenLine) -> dict[str, Any]:
    """Bytes as 0x text; `line` is hashed exactly as it stands."""
    proof = found.proof
    return {
        "package": found.package,
        "statement": "0x" + found.statement.hex() if found.statement else None,
        **line_proof_json(proof),
    }


def line_proof_json(proof: LineProof) -> dict[str, Any]:
    """The proof alone."""
    return {
        "line": proof.line.decode(),
        "leaf": "0x" + proof.leaf.hex(),
        "proof": ["0x" + sibling.hex() for sibling in proof.proof],
        "root": "0x" + proof.root.hex(),
        "verified": proof.holds(),
    }


def proof_blocks(found: ProvenLine) -> list[RenderableType]:
    """All of `cet inventory prove`."""
    return [
        *line_proof_blocks(found.proof),
        facts([("statement", "0x" + found.statement.hex() if found.statement else "")])
        if found.statement
        else Text("The statement's id needs --participant and --verifier; its lines and root don't.", "dim"),
        *bullets("How to verify", STEPS),
    ]


def line_proof_blocks(proof: LineProof) -> list[RenderableType]:
    """The canonical line field by field, its bytes, the way to the root, and whether it holds."""
    holds = proof.holds()
    verdict = Text("verified: the leaf leads to the root", GOOD) if holds else Text("does not hold", BAD)
    siblings = [
        (f"sibling {number}", "0x" + sibling.hex()) for number, sibling in enumerate(proof.proof, start=1)
    ]
    hashes = facts(
        [
            ("leaf", "0x" + proof.leaf.hex()),
            *siblings,
            ("root", Text("0x" + proof.root.hex(), HEAD)),
            ("", verdict),
        ]
    )
    return [
        headed("Canonical line", _fields(proof.line)),
        headed("Canonical bytes", Text(proof.line.decode(), overflow="fold")),
        headed("Merkle proof", hashes),
    ]


def _fields(line: bytes) -> Table:
    return facts((name, str(value)) for name, value in json.loads(line).items())
