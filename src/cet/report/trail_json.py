"""A trail for machines: exact fractions as text, masses in mg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger import key_text
from cet.quantities import exact_text
from cet.report.ledger_json import lot_json, statement_json
from cet.report.proofs import line_proof_json
from cet.report.trail_transport import record_json

if TYPE_CHECKING:
    from cet.report.documents import Opened
    from cet.report.trail import LineShare, SourcePart, Trail
    from cet.statement import LineProof


def trail_json(trail: Trail, proofs: list[dict[str, Any]]) -> dict[str, Any]:
    """All of `cet ledger trace`."""
    lines = trail.from_lines
    return {
        "block": trail.view.state.block,
        "lot": lot_json(trail.view, trail.key),
        "from_sources_mg": exact_text(trail.from_sources),
        "from_lines_mg": None if lines is None else exact_text(lines),
        "rounding_mg": exact_text(trail.rounding),
        "sources": [_source(trail, source) for source in trail.sources],
        "statements": [_statement(trail, opened) for opened in trail.statements],
        "proofs": proofs,
    }


def verdict_json(proof: LineProof, opened: Opened, *, on_chain: bool) -> dict[str, Any]:
    """A line's proof, and what the registry says of it."""
    return {
        "statement": opened.recorded.number,
        "statement_id": "0x" + opened.recorded.id.hex(),
        **line_proof_json(proof),
        "verified_on_chain": on_chain,
    }


def _source(trail: Trail, source: SourcePart) -> dict[str, Any]:
    return {
        "lot": key_text(source.key),
        "statement": source.statement,
        "gross_mg": str(trail.view.figures[source.key].gross),
        "part": exact_text(source.part),
        "in_this_lot_mg": exact_text(source.share),
        "records": [record_json(one) for one in source.records],
        "lines": None if source.lines is None else [_line(one) for one in source.lines],
    }


def _line(one: LineShare) -> dict[str, Any]:
    row = one.line.row
    return {
        "id": one.line.id,
        "source": row.source,
        "quantity": row.quantity.text,
        "unit": row.shape.unit,
        "share": row.share.text,
        "data": row.shape.data,
        "factor": one.factor.trail(),
        "result_mg": exact_text(one.exact),
        "in_this_lot_mg": exact_text(one.share),
    }


def _statement(trail: Trail, opened: Opened) -> dict[str, Any]:
    settings = opened.draft.inventory.package.settings if opened.draft else None
    return {
        **statement_json(trail.view, opened.recorded),
        "package": {
            "path": str(opened.package) if opened.package else None,
            "verdict": opened.verdict.name.lower().replace("_", "-"),
            "detail": opened.detail,
            "notes": [note.text for note in settings.notes] if settings else [],
        },
    }
