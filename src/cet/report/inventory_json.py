"""An inventory for machines: stable keys, every number as text, masses in mg and exact (`n/d` where no decimal is)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cet.inventory import SERIES
from cet.inventory.lots import NO_LOT, lot_names
from cet.quantities import exact_text
from cet.report.activity_json import activity_json, conversions_json, intensity_json, line_activity_json
from cet.report.boundary_json import boundary_json, comparison_json
from cet.report.completeness_tables import completeness_json, exclusion_json
from cet.report.energy_json import energy_json
from cet.report.projected_tables import projected_json
from cet.report.transport_tables import transport_json
from cet.report.words import category_words, code_words, method_words
from cet.scopes import category_text, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from cet.errors import Finding
    from cet.inventory import Inventory, Line, Lot, Notice
    from cet.report.inventory_view import Explained
    from cet.report.reconciliation import Reconciliation, Step


def findings_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings, each with its place and remedy."""
    return [asdict(finding) for finding in findings]


def notices_json(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    """Notices, whole."""
    return [asdict(notice) for notice in notices]


def header_json(inventory: Inventory) -> dict[str, Any]:
    """Whose inventory, of when, by which rules."""
    settings = inventory.package.settings
    header = settings.header
    return {
        "package": str(inventory.package.folder),
        "organisation": header.organisation,
        "entity": header.entity,
        "period": {"start": header.period.start.isoformat(), "end": header.period.end.isoformat()},
        "gwp": header.gwp.name,
        "consolidation": header.consolidation.text,
        "facilities": [facility.model_dump(exclude_none=True) for facility in settings.facilities],
        "line_count": inventory.line_count,
        "notes": [note.text for note in settings.notes],
    }


def inventory_json(
    inventory: Inventory,
    claims: Iterable[Explained],
    *,
    lines: bool,
    reconciliation: Reconciliation | None,
    compare_approaches: bool = False,
) -> dict[str, Any]:
    """All of `cet inventory compute`."""
    found = {
        **header_json(inventory),
        "series": [
            {
                "scope": scope_text(scope),
                "method": method_words(method),
                "reported_mg": str(reported),
                "exact_mg": exact_text(inventory.total(scope, method)),
                "gases_mg": _masses(inventory.gases_of(scope, method)),
                "co2e_only_mg": exact_text(inventory.unsplit_of(scope, method)),
            }
            for (scope, method), reported in zip(SERIES, inventory.reported, strict=True)
        ],
        "categories": _categories(inventory),
        "data_mg": _masses(inventory.data_mg),
        "lots": [{**lot_json(lot), "intensity": intensity_json(inventory, lot)} for lot in inventory.lots],
        "conversions": conversions_json(inventory),
        "boundary": boundary_json(inventory),
        "factors": [factor.trail() for factor in inventory.factors],
        "notices": notices_json(inventory.notices),
        "exclusions": [exclusion_json(one) for one in inventory.package.settings.exclusions],
        "completeness": completeness_json(inventory),
        "claims": [
            {
                "line": one.claim.line,
                "claimed_t": one.claim.claimed,
                "recomputed_t": one.claim.recomputed,
                "difference_t": one.claim.difference,
                "explanations": list(one.explanations),
            }
            for one in claims
        ],
    }
    found |= energy_json(inventory)
    found |= transport_json(inventory)
    found |= projected_json(inventory)
    if lines:
        found["lines"] = [line_json(inventory, line) for line in inventory.lines]
    if compare_approaches:
        found["approaches"] = comparison_json(inventory)
    if reconciliation is not None:
        found["reconciliation"] = _reconciliation(reconciliation)
    return found


def lot_json(lot: Lot) -> dict[str, Any]:
    """A lot as it would be minted."""
    return {
        "lot": lot.name,
        "what": code_words(lot.code),
        "facility": lot.key.facility,
        "scope": scope_text(lot.key.scope),
        "category": category_text(lot.key.scope, lot.key.category),
        "method": method_words(lot.key.method),
        "basis": str(lot.basis),
        "basis_unit": lot.code.unit.name.lower(),
        "gross_mg": str(lot.gross),
        "exact_mg": exact_text(lot.exact),
        "lines": lot.lines,
    }


def line_json(inventory: Inventory, line: Line) -> dict[str, Any]:
    """A line as recorded, and the exact milligrams it puts into each lot (null where none is minted here); scope
    "separate" is what is projected, in no series."""
    row, text = line.row, line.row.shape
    names = lot_names(line.shape, inventory.lot_of).split()
    return {
        "id": line.id,
        **text._asdict(),
        "source": row.source,
        "quantity": row.quantity.text,
        "share": row.share.text,
        "claimed_t": row.claimed,
        "note": row.note,
        "results": [
            {
                "lot": None if name == NO_LOT else name,
                "scope": "separate" if key.part else scope_text(key.scope),
                "category": category_text(key.scope, key.category),
                "method": key.part or method_words(key.method),
                "mg": exact_text(mg),
            }
            for name, (key, mg) in zip(names, line.emissions(), strict=True)
        ],
        **line_activity_json(line),
    }


def _categories(inventory: Inventory) -> list[dict[str, Any]]:
    return [
        {
            "facility": key.facility,
            "scope": scope_text(key.scope),
            "category": category_text(key.scope, key.category),
            "name": category_words(key.scope, key.category),
            "method": method_words(key.method),
            "exact_mg": exact_text(lot_sum.mg),
            "gases_mg": _masses(lot_sum.gases),
            "co2e_only_mg": exact_text(lot_sum.unsplit),
            "lines": lot_sum.lines,
            "activity": activity_json(lot_sum),
        }
        for key, lot_sum in sorted(inventory.sums.items())
    ]


def _reconciliation(found: Reconciliation) -> dict[str, Any]:
    return {
        "publisher": found.publisher,
        "document": found.document,
        "edition": found.edition,
        "rows": [_step(step) for step in found.rows()],
        "scope_2_location_based_mg": exact_text(found.location_based),
    }


def _step(step: Step) -> dict[str, Any]:
    names = ("scope_1_mg", "scope_2_market_based_mg", "scope_3_mg", "outside_mg")
    columns = {name: exact_text(mg) for name, mg in zip(names, step.columns, strict=True)}
    return {"step": step.title, **columns, "total_mg": exact_text(step.total), "details": list(step.details)}


def _masses(masses: Mapping[str, Fraction]) -> dict[str, str]:
    return {name: exact_text(mass) for name, mass in masses.items()}
