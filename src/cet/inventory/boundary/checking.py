"""Entities, holdings and facilities together: unknown names, shares over 100 %, circles, arrangements that clash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.boundary.placement import Boundary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.boundary.facilities import Facility
    from cet.inventory.boundary.organisation import Organisation, Told


def disagreements(
    organisation: Organisation,
    facilities: tuple[Facility, ...],
    outputs: Iterable[str],
    *,
    every_facility_read: bool,
) -> list[Told]:
    """Section, value, problem and remedy of all that does not fit together; `outputs` are the facilities that declare one."""
    found = list(organisation.problems())
    for facility in facilities:
        found += facility.problems(organisation)
    if found or not every_facility_read:
        return found
    boundary, ids = Boundary(organisation, facilities), {facility.id for facility in facilities}
    for name in sorted(set(outputs) & ids):
        if not boundary.minted(name):
            problem = f"output of a facility that {boundary.operator_of(name)} mints"
            found.append(
                ("output", name, problem, "leave it out: only a facility's operator shares out its output")
            )
    return found
