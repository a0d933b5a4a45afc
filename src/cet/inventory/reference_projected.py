"""Projected lifetime emissions, slowly and by another way than `projected_of`: row by row, gas by gas, where that adds up classes of
lines and multiplies once (Scope 3 Standard, table 5.9)."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.projected_sums import Projected
from cet.inventory.reference import add_row
from cet.inventory.rows import parse_row
from cet.inventory.slow import records
from cet.scopes import Scope

if TYPE_CHECKING:
    from cet.factors import FactorStore
    from cet.inventory.package import Package
    from cet.inventory.rows import Row
    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum

_CATEGORY = (Scope.SCOPE_3, 15)


def reference_projected(package: Package, store: FactorStore | None = None) -> tuple[Projected, ...]:
    """What `Inventory.projected` is of a sound package: by project and facility, exact, at the inventory's share."""
    full = package.store(store)
    found: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for _, cells in records(package.activities, package.columns):
        row = parse_row(cells, package.bounds)[0] if isinstance(cells, dict) else None
        if row is not None and _is_projected(row):
            found[row.shape.project, row.shape.facility].append(row)
    projected = []
    for (project, facility), rows in sorted(found.items()):
        share = _share(package, facility)
        if share:
            sums: dict[LotKey, LotSum] = {}
            for row in rows:
                add_row(row, full, package, sums)
            inside = sum((one.mg for key, one in sums.items() if key.scope is Scope.SCOPE_3), Fraction(0))
            outside = sum((one.mg for key, one in sums.items() if key.scope is Scope.OUTSIDE), Fraction(0))
            projected.append(Projected(project, facility, inside * share, outside * share, len(rows)))
    return tuple(projected)


def _is_projected(row: Row) -> bool:
    """An investment's line by the method of that name, or by a lifetime."""
    text = row.shape
    said = text.method == "projected-lifetime" or any(one.parameter.name == "lifetime" for one in row.given)
    return said and (text.scope, text.category) == ("3", "15")


def _share(package: Package, facility: str) -> Fraction:
    """The part of a facility's lines that the inventory reports: not what is the scope 3 of others."""
    settings = package.settings
    parts = settings.boundary.place(facility, settings.header.consolidation).parts
    kept = [one for one in parts if one.category is None or one.own_scope_3 or one.category == _CATEGORY[1]]
    return sum((one.share for one in kept), Fraction(0))
