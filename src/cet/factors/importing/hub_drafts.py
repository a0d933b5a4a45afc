"""A row of the EPA Emission Factors Hub as a factor: what all of its tables have in common is said once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.factors.importing.outcome import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from cet.factors.importing.hub_sections import Section
    from cet.factors.kinds import FactorKind


def drafted(
    section: Section,
    row: int,
    year: int,
    *,
    key: str,
    name: str,
    kind: FactorKind,
    per: str,
    gases: Mapping[str, Fraction],
    geography: str = "US",
    mass: str = "kg",
    gwp: str | None = None,
    activity: str | None = None,
) -> Draft:
    """The factor of a table's row; it cites table and row."""
    return Draft(
        key=key,
        name=name,
        table=f"{section.name}, row {row}",
        year=year,
        geography=geography,
        kind=kind,
        per=per,
        gases=gases,
        row=row,
        mass=mass,
        gwp=gwp,
        activity=activity,
    )
