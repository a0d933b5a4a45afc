"""Refrigerants of the UK flat file: CO2e per kg released, which is the gas's own GWP, so the factor is the gas itself.

The file gives three figures: of Kyoto gases, of others, and of both. The first belongs in scope 1, the second outside the
scopes; the third adds what may not be added and only checks the two.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import GasError
from cet.factors.importing.cells import Cells, slug, within
from cet.factors.importing.outcome import Draft
from cet.factors.kinds import FactorKind
from cet.gases import Family, GwpSet, expand
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.factors.importing.desnz import Group
    from cet.factors.importing.desnz_labels import Labels

KYOTO = "Emissions including only Kyoto products"
OTHERS = "Emissions including only non-Kyoto products"
BOTH = "Total emissions including non-Kyoto products"
_NAMED = {
    "Carbon dioxide": "CO2",
    "Methane": "CH4-fossil",
    "Nitrous oxide": "N2O",
    "Sulphur hexafluoride (SF6)": "SF6",
    "Nitrogen trifluoride": "NF3",
    "HFC-43-I0mee": "HFC-43-10mee",
}
_GAS = re.compile(r"\b(?:H?C?FC|PFC|HCFC|Halon)-[0-9][0-9A-Za-z-]*")
_BLEND = re.compile(r"R(\d{3}[A-Z]?)")
_HALF = Fraction(1, 2)


def refrigerant_draft(
    cells: Cells,
    labels: Labels,
    row: int,
    printed: Fraction | None,
    groups: Mapping[Labels, Group],
    year: int,
) -> Draft | None:
    """The factor of a row of refrigerants; None for rows that only check others."""
    figures = {
        column: group.numbers["CO2e"]
        for column in (KYOTO, OTHERS, BOTH)
        if (group := groups.get(labels._replace(column=column))) and "CO2e" in group.numbers
    }
    if labels.column == BOTH:
        cells.leave_out("refrigerant totals that mix Kyoto and other gases")
        parts = sum((figures.get(column, Fraction(0)) for column in (KYOTO, OTHERS)), Fraction(0))
        if printed is not None and not within(printed, parts, 3 * _HALF):
            problem = f"is not the sum of the Kyoto and the other part, {exact_text(parts)}"
            cells.find(
                row, labels.level3, exact_text(printed), problem, "get the file from its publisher again"
            )
        return None
    if printed is None:
        return None
    gas = _gas(labels.level3)
    agrees = gas is not None and _gwp(gas, kyoto=labels.column == KYOTO, printed=printed)
    if labels.column == OTHERS and agrees and KYOTO in figures:
        return None
    if not agrees:
        gas = None
    outside = labels.column == OTHERS
    note = " (outside the scopes)" if outside and gas is None else ""
    words = slug(gas) if gas else slug(labels.level3.partition("=")[0])
    return Draft(
        key="/".join(["refrigerant", slug(labels.level3), *(["non-kyoto"] if note else [])]),
        name=f"{labels.level2}: {labels.level3} released{note}",
        table=f"Factors by Category: {labels.level1}, row {row}",
        year=year,
        geography="world",
        kind=FactorKind.FUGITIVE,
        per="kg",
        gases={gas: Fraction(1)} if gas else {"CO2e": printed},
        gwp=None if gas else "AR5",
        activity="/".join([*(["outside"] if note else []), "refrigerant", words]),
        row=row,
    )


def _gas(label: str) -> str | None:
    """The gas or blend a label names, if the table of gases has it."""
    match = _GAS.search(label)
    blend = _BLEND.fullmatch(label.strip())
    name = _NAMED.get(label.strip()) or (match[0] if match else f"R-{blend[1]}" if blend else "")
    try:
        expand({name: Fraction(1)})
    except GasError:
        return None
    return name


def _gwp(name: str, *, kyoto: bool, printed: Fraction) -> bool:
    """Whether the printed figure is the AR5 GWP of the gas's part inside, or outside, the scopes."""
    parts = expand({name: Fraction(1)})
    inside = [
        mass * gas.gwp(GwpSet.AR5) for gas, mass in parts if (gas.family is not Family.NON_KYOTO) is kyoto
    ]
    return bool(inside) and within(sum(inside, Fraction(0)), printed, _HALF)
