"""iLEAP records as the document that is exchanged, and as tables for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.report.tables import add, bullets, figures, table, unbroken, words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from cet.logistics.exchange import Exchange
    from cet.logistics.ileap import Hoc, Toc


def exchange_json(found: Exchange) -> dict[str, Any]:
    """`tocs`, `hocs`, `shipmentFootprints`, `tads`: each record as the specification has it; `leftOut` with the reasons."""
    return {
        "tocs": [one.written() for one in found.tocs],
        "hocs": [one.written() for one in found.hocs],
        "shipmentFootprints": [one.written() for one in found.shipments],
        "tads": [one.written() for one in found.tads],
        "leftOut": [{"id": name, "reason": why} for name, why in found.left_out],
    }


def exchange_blocks(found: Exchange) -> list[RenderableType]:
    """Categories, elements, and what was left out."""
    categories = table(
        "Operation categories",
        [
            unbroken("id"),
            words("mode or hub"),
            figures("kg CO2e WTW"),
            figures("TTW"),
            unbroken("per"),
            words("energy"),
        ],
    )
    for toc in found.tocs:
        about = (toc.mode, toc.co2e_intensity_wtw, toc.co2e_intensity_ttw, toc.transport_activity_unit)
        add(categories, toc.toc_id, *about, _energy(toc))
    for hoc in found.hocs:
        where = (hoc.hub_type, hoc.co2e_intensity_wtw, hoc.co2e_intensity_ttw, hoc.hub_activity_unit)
        add(categories, hoc.hoc_id, *where, _energy(hoc))
    elements = table(
        "Shipments, by element",
        [
            unbroken("shipment"),
            unbroken("element"),
            words("category"),
            figures("activity"),
            figures("kg CO2e WTW"),
            figures("TTW"),
        ],
        f"{len(found.tads)} transport activity data.",
    )
    for shipment in found.shipments:
        for each in shipment.tces:
            category = each.toc_id or each.hoc_id or ""
            add(
                elements,
                shipment.shipment_id,
                each.tce_id,
                category,
                each.transport_activity,
                each.co2e_wtw,
                each.co2e_ttw,
            )
    tables: list[RenderableType] = [one for one in (categories, elements) if one.row_count]
    left_out = [f"{name}: {why}" for name, why in found.left_out]
    title = (
        "Left out" if tables else "No record can be made of this book: it says nothing that iLEAP can take"
    )
    return [
        *tables,
        *bullets(
            title, left_out or ([] if tables else ["it has no LETS, no [[operation]], no [[shipment]]"])
        ),
    ]


def _energy(category: Toc | Hoc) -> str:
    return ", ".join(each.energy_carrier for each in category.energy_carriers)
