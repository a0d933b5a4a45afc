"""What projected lifetime emissions come to, project by project: beside scope 3, in no series and in no lot."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.boundary.consolidation import place_of, written_of
from cet.quantities import round_up_mg
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.boundary.approach import Consolidation
    from cet.inventory.boundary.placement import Boundary
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally


@dataclass(frozen=True, slots=True)
class Projected:
    """Lines of one project at one facility, at the inventory's share: exact mg CO2e, and what is outside the scopes beside it.
    `project` is empty where the lines name none."""

    project: str
    facility: str
    mg: Fraction
    outside_mg: Fraction
    lines: int

    @property
    def reported(self) -> int:
        """mg CO2e, rounded up to the milligram."""
        return round_up_mg(self.mg)


def projected_of(
    pairs: Iterable[tuple[Shape, ShapeTally]], boundary: Boundary, approach: Consolidation
) -> tuple[Projected, ...]:
    """Every project's projected lifetime emissions, in order."""
    found: dict[tuple[str, str], tuple[Fraction, Fraction, int]] = {}
    for shape, tally in pairs:
        if not shape.projected:
            continue
        written, facility = written_of(shape), shape.text.facility
        parts = boundary.place(facility, approach).parts
        share = sum((one.share for one in parts if place_of(written, one) is not None), Fraction(0))
        if not share:
            continue
        inside = sum((one.mg for one in shape.projected if one.key.scope is Scope.SCOPE_3), Fraction(0))
        outside = sum((one.mg for one in shape.projected), Fraction(0)) - inside
        amount, key = tally.amount * share, (shape.text.project, facility)
        mg, outside_mg, lines = found.get(key, (Fraction(0), Fraction(0), 0))
        found[key] = (mg + amount * inside, outside_mg + amount * outside, lines + tally.lines)
    return tuple(
        Projected(project, facility, *found[project, facility]) for project, facility in sorted(found)
    )
