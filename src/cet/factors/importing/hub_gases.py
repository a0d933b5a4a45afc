"""Tables 11 and 12 of the Hub: gases and blends, whose factor is the gas itself; their GWPs must be those of data/gwp.toml."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import GasError
from cet.factors.importing.cells import slug, within
from cet.factors.importing.hub_drafts import drafted
from cet.factors.importing.hub_fuels import AGAIN
from cet.factors.importing.hub_labels import erratum
from cet.factors.importing.hub_sections import Section, clean
from cet.factors.kinds import FactorKind
from cet.gases import Family, GwpSet, expand
from cet.quantities import exact_text

if TYPE_CHECKING:
    from cet.factors.importing.cells import Cells
    from cet.factors.importing.outcome import Draft

_PART = re.compile(r"\s*([\d.]+)\s*%\s*([A-Za-z0-9-]+)\s*")
_PFC = re.compile(r"PFC-(\d)1-(\d+)")
_NAMES = {
    "Carbon dioxide": "CO2",
    "Methane": "CH4-fossil",
    "Nitrous oxide": "N2O",
    "Sulfur hexafluoride": "SF6",
    "Nitrogen trifluoride": "NF3",
}
_COUNTED = (Family.HFC, Family.PFC)


def gases(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 11: AR5 GWPs of single gases."""
    found = section.header("Industrial Designation")
    if found is None:
        cells.find(0, section.name, "", "no header with Industrial Designation", AGAIN)
        return []
    first = min(found[0].cells)
    drafts = []
    for row in found[1]:
        label = clean(row.text(first))
        printed = cells.number(section.name, "GWP", row.number, row.text(first + 2))
        name = _PFC.sub(r"PFC-\1-1-\2", _NAMES.get(label, label))
        if printed is None:
            continue
        try:
            parts = expand({name: Fraction(1)})
        except GasError:
            cells.notices.append(f"{section.name}: {label} is not in the table of gases and was left out")
            cells.leave_out("gases that are not in the table of gases")
            continue
        right = sum((mass * gas.gwp(GwpSet.AR5) for gas, mass in parts), Fraction(0))
        if right != printed:
            problem, remedy = "is not its AR5 GWP", f"{exact_text(right)} is; {AGAIN}"
            cells.find(row.number, label, exact_text(printed), problem, remedy)
        drafts.append(_release(section, label, {name: Fraction(1)}, row.number, year))
    return drafts


def blends(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 12: blends by their composition; the printed GWP counts their HFCs and PFCs, rounded to the unit."""
    found = section.header("ASHRAE")
    if found is None:
        cells.find(0, section.name, "", "no header with ASHRAE", AGAIN)
        return []
    first = min(found[0].cells)
    drafts = []
    for row in found[1]:
        label, composition = clean(row.text(first)), row.text(first + 2)
        printed = cells.number(section.name, "GWP", row.number, row.text(first + 1))
        parts = _composition(composition)
        if parts is None:
            cells.find(row.number, label, composition, "parts that do not make 100 %", AGAIN)
            continue
        if printed is None:
            continue
        known = expand(parts)
        right = sum((m * gas.gwp(GwpSet.AR5) for gas, m in known if gas.family in _COUNTED), Fraction(0))
        wrong = erratum(year, section.name, label)
        if wrong is not None and exact_text(printed) == wrong[0]:
            cells.notices.append(
                f"{section.name}, {label}: prints {wrong[0]}, right is {wrong[1]} ({wrong[2]})"
            )
        elif not within(right, printed, Fraction(1, 2)):
            problem, remedy = "is not what its composition gives", f"{exact_text(right)} is; {AGAIN}"
            cells.find(row.number, label, exact_text(printed), problem, remedy)
        drafts.append(_release(section, label, parts, row.number, year))
    return drafts


def _composition(text: str) -> dict[str, Fraction] | None:
    """Parts by greenhouse gas, hydrocarbons dropped; None where the whole is not 100 %."""
    parts: dict[str, Fraction] = {}
    total = Fraction(0)
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if match is None:
            return None
        share = Fraction(match[1]) / 100
        total += share
        try:
            expand({match[2]: share})
        except GasError:
            continue
        parts[match[2]] = share
    return parts if total == 1 and parts else None


def _release(section: Section, label: str, parts: dict[str, Fraction], row: int, year: int) -> Draft:
    return drafted(
        section,
        row,
        year,
        key=f"refrigerant/{slug(label)}",
        name=f"{label} released",
        geography="world",
        kind=FactorKind.FUGITIVE,
        per="kg",
        gases=parts,
        activity=f"refrigerant/{slug(label)}",
    )
