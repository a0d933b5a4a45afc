"""Results other than a mass, for machines: activity, primary data, allocation shares, intensities and every step of a line.

Exact numbers as text, `n/d` where there is no decimal.
"""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cet.inventory import allocation_share, allocation_trail
from cet.quantities import exact_text
from cet.report.intensity import intensity_of

if TYPE_CHECKING:
    from cet.inventory import Inventory, Line, Lot, LotSum

_PRIMARY = "measured"


def activity_json(lot_sum: LotSum) -> list[dict[str, Any]]:
    """What the lines of a lot did, by unit; `primary_percent` is the part of it from measured data."""
    by_unit: dict[str, dict[str, Fraction]] = {}
    for (shown, data), amount in sorted(lot_sum.activity.items()):
        by_unit.setdefault(shown, {})[data] = amount
    return [_activity(shown, by_data) for shown, by_data in by_unit.items()]


def _activity(shown: str, by_data: dict[str, Fraction]) -> dict[str, Any]:
    total = sum(by_data.values(), Fraction(0))
    return {
        "unit": shown,
        "amount": exact_text(total),
        "by_data": {data: exact_text(amount) for data, amount in by_data.items()},
        "primary_percent": exact_text(100 * by_data.get(_PRIMARY, Fraction(0)) / total) if total else None,
    }


def line_activity_json(line: Line) -> dict[str, Any]:
    """A line's parameters, activity, part of a whole, and steps."""
    shown, amount = line.activity
    own = line.shape.counted
    share = allocation_share(line.row)
    return {
        "parameters": {
            one.parameter.name: {"role": one.parameter.role.value, "value": one.text, "unit": one.unit_name}
            for one in line.row.given
        },
        "reason": line.row.reason,
        "amount": {"value": exact_text(line.row.amount * line.shape.per_factor), "unit": own.name},
        "activity": {"value": exact_text(amount), "unit": shown},
        "allocation_share": None if share is None else exact_text(share),
        "chp_part": exact_text(line.shape.chp_part) if line.row.shape.chp else None,
        "trail": [asdict(step) for step in line.trail],
    }


def intensity_json(inventory: Inventory, lot: Lot) -> dict[str, str] | None:
    """Exact gross of a lot ÷ its declared output; None where it has none."""
    found = intensity_of(inventory, lot)
    return found and {
        "value": exact_text(found.value),
        "unit": f"kg/{found.unit}",
        "output": exact_text(found.output),
        "output_unit": found.unit,
    }


def conversions_json(inventory: Inventory) -> dict[str, Any]:
    """How money was converted and plants were allocated: what `inventory.toml` gives, and what it came to."""
    settings = inventory.package.settings
    return {
        "exchanges": [
            {"from": one.from_money, "to": one.to_money, "ratio": exact_text(one.ratio), "source": one.source}
            for one in settings.exchanges
        ],
        "deflators": [
            {"from": one.from_money, "to": one.to_money, "ratio": exact_text(one.ratio), "source": one.source}
            for one in settings.deflators
        ],
        "chp": allocation_trail(settings.chp),
    }
