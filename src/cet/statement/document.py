"""The statement's document: what people read and a verifier signs for, in one canonical form whose hash is on the chain.

It holds no activity line and no salt: totals per series and gas, lots, factors with their provenance, notices, what was
left out and why. Numbers are strings, exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.gases import GAS_COLUMNS
from cet.inventory import SERIES, Inventory, allocation_trail
from cet.quantities import exact_text
from cet.scopes import Method, Scope, category_text, scope_text
from cet.statement.base_year import base_year_part
from cet.statement.boundary import boundary_part, received_part
from cet.statement.completeness import completeness_part, exclusion_part
from cet.statement.energy import energy_part
from cet.statement.lines import canonical_json
from cet.statement.projected import projected_part
from cet.statement.quality import quality_part
from cet.statement.transport import transport_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory import Deflator, Exchange

FORMAT = "cet-statement-1"


def canonical_document(
    inventory: Inventory, lines_root: bytes, correction: Mapping[str, Any] | None = None
) -> bytes:
    """The document's bytes, the same on every machine. `correction` says which statement is corrected, and how."""
    settings = inventory.package.settings
    header = settings.header
    return canonical_json(
        {
            **boundary_part(inventory),
            **completeness_part(inventory),
            **received_part(inventory),
            **quality_part(inventory),
            **base_year_part(inventory),
            **energy_part(inventory),
            **transport_part(inventory),
            **projected_part(inventory),
            "format": FORMAT,
            "organisation": header.organisation,
            "entity": header.entity,
            "period": {"start": header.period.start.isoformat(), "end": header.period.end.isoformat()},
            "gwp": header.gwp.name,
            "consolidation": header.consolidation.text,
            "facilities": [
                {"id": facility.id, "name": facility.name, "country": facility.country}
                for facility in sorted(settings.facilities, key=lambda facility: facility.id)
            ],
            "totals": [_series(inventory, *series, reported) for series, reported in _reported(inventory)],
            "gas_masses_mg": {
                family.value: exact_text(mass)
                for family, mass in zip(GAS_COLUMNS, inventory.gas_masses, strict=True)
            },
            "data_mg": {kind: exact_text(mass) for kind, mass in inventory.data_mg.items()},
            "lots": [_lot(lot) for lot in inventory.lots],
            "factors": [factor.trail() for factor in inventory.factors],
            "notices": [
                {"kind": one.kind, "text": one.text, "lines": str(one.lines), "first_line": one.first_line}
                for one in inventory.notices
            ],
            "claims": [
                {"line": c.line, "claimed_t": c.claimed, "recomputed_t": c.recomputed}
                for c in inventory.claims
            ],
            "exclusions": [
                exclusion_part(exclusion)
                for exclusion in sorted(settings.exclusions, key=lambda exclusion: exclusion.category)
            ],
            "exchanges": [_money(one) for one in settings.exchanges],
            "deflators": [_money(one) for one in settings.deflators],
            "chp": allocation_trail(sorted(settings.chp, key=lambda one: one.name)),
            "evidence": [
                {"file": one.file, "sha256": one.sha256, "what": one.what}
                for one in sorted(settings.evidence, key=lambda one: one.file)
            ],
            "notes": [note.text for note in settings.notes],
            "lines": str(inventory.line_count),
            "lines_root": "0x" + lines_root.hex(),
            **({"corrects": correction} if correction else {}),
        }
    )


def _reported(inventory: Inventory) -> list[tuple[tuple[Scope, Method], int]]:
    return list(zip(SERIES, inventory.reported, strict=True))


def _series(inventory: Inventory, scope: Scope, method: Method, reported: int) -> dict[str, Any]:
    return {
        "scope": scope_text(scope),
        "method": _method_text(method),
        "reported_mg": str(reported),
        "exact_mg": exact_text(inventory.total(scope, method)),
        "gases_mg": {name: exact_text(mass) for name, mass in inventory.gases_of(scope, method).items()},
        "co2e_only_mg": exact_text(inventory.unsplit_of(scope, method)),
    }


def _lot(lot: Any) -> dict[str, str]:
    return {
        **({"part": lot.key.part} if lot.key.part else {}),
        "lot": lot.name,
        "facility": lot.key.facility,
        "scope": scope_text(lot.key.scope),
        "category": category_text(lot.key.scope, lot.key.category),
        "method": _method_text(lot.key.method),
        "basis": str(lot.basis),
        "basis_unit": lot.code.unit.name.lower(),
        "gross_mg": str(lot.gross),
        "exact_mg": exact_text(lot.exact),
        "lines": str(lot.lines),
    }


def _money(step: Exchange | Deflator) -> dict[str, str]:
    """A step by which money was brought to other prices."""
    return {
        "from": step.from_money,
        "to": step.to_money,
        "ratio": exact_text(step.ratio),
        "source": step.source,
    }


def _method_text(method: Method) -> str:
    return method.name.lower().replace("_", "-")
