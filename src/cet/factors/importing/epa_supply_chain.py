"""EPA's Supply Chain GHG Emission Factors (`.csv`): CO2e, or gas by gas, per dollar of a commodity by NAICS code.

The two files hold the same factors. The one by gas is the one to use: per gas to the end. The factor taken is the one with
margins (purchaser price). Checks: with = without + margins; every commodity has the same gases; where the other file lies
beside it, gases × GWP (AR5) = its total.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import PackageError
from cet.factors.importing.cells import Cells, slug, within
from cet.factors.importing.outcome import Draft, Import, finish
from cet.factors.kinds import FactorKind
from cet.factors.model import Pack
from cet.gases import GwpSet, gas
from cet.quantities import exact_text, half_even_text

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT = "Supply Chain Emission Factors without Margins"
MARGINS = "Margins of Supply Chain Emission Factors"
WITH = "Supply Chain Emission Factors with Margins"
_COLUMNS = ("2017 NAICS Code", "2017 NAICS Title", "GHG", "Unit", WITHOUT, MARGINS, WITH)
_FILE = re.compile(
    r"SupplyChainGHGEmissionFactors_v(?P<version>\d+(?:\.\d+)*)_NAICS_(?P<gases>CO2e|byGHG)_USD(?P<year>20\d\d)"
)
_UNIT = re.compile(r"(kg|kg CO2e)/(20\d\d) USD, purchaser price")
_MAX_BYTES = 256 << 20
ALL, UNSPECIFIED = "All GHGs", "HFCs and PFCs, unspecified"
_GASES = {
    "Carbon dioxide": "CO2",
    "Methane": "CH4-fossil",
    "Nitrous oxide": "N2O",
    "Sulfur hexafluoride": "SF6",
    "Nitrogen trifluoride": "NF3",
    "Carbon tetrafluoride": "PFC-14",
    "Hexafluoroethane": "PFC-116",
    "Perfluoropropane": "PFC-218",
    "Perfluorocyclobutane": "PFC-318",
    "Perfluorobutane": "PFC-3-1-10",
    "Perfluorohexane": "PFC-5-1-14",
    ALL: "CO2e",
    UNSPECIFIED: "CO2e",
    **{name: name for name in ("HFC-23", "HFC-32", "HFC-125", "HFC-134a", "HFC-143a", "HFC-236fa")},
}
_AGAIN = "get the file from its publisher again"


@dataclass(slots=True)
class Commodity:
    """A NAICS code and its figures by gas, with margins."""

    row: int
    title: str
    gases: dict[str, Fraction] = field(default_factory=dict)


def read(path: Path) -> Import:
    """Raises PackageError with every cell that is wrong, OSError where it can't be read."""
    cells = Cells(path.name)
    match = _FILE.search(path.name)
    if match is None:
        remedy = "keep the publisher's name, SupplyChainGHGEmissionFactors_v…_NAICS_byGHG_USD….csv: it says version and prices"
        cells.find(0, "", path.name, "the name does not say version and price year", remedy)
        raise PackageError(cells.findings)
    commodities = _commodities(cells, path, match["year"])
    by_gas = match["gases"] == "byGHG"
    if by_gas:
        _check_gases(cells, commodities)
        other = path.with_name(path.name.replace("byGHG", "CO2e"))
        if other.is_file():
            _check_totals(cells, commodities, other, match["year"])
        else:
            cells.notices.append(
                f"{other.name} is not beside it: the gases were not checked against the totals"
            )
    pack = Pack(
        id=f"epa-supply-chain-{match['version']}{'' if by_gas else '-co2e'}-usd{match['year']}",
        publisher="US EPA",
        document=f"Supply Chain GHG Emission Factors, NAICS, {'by GHG' if by_gas else 'CO2e'}",
        edition=f"v{match['version']}",
        licence="public domain",
    )
    drafts = [_draft(code, one, int(match["year"])) for code, one in commodities.items()]
    return finish("epa-supply-chain", cells, pack, drafts)


def _commodities(cells: Cells, path: Path, year: str) -> dict[str, Commodity]:
    if path.stat().st_size > _MAX_BYTES:
        cells.find(0, "", "", f"larger than {_MAX_BYTES >> 20} MiB", _AGAIN)
        return {}
    found: dict[str, Commodity] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                cells.find(1, missing[0], "", "column missing", f"it needs {', '.join(_COLUMNS)}")
                return {}
            for number, record in enumerate(reader, start=2):
                _add(cells, found, number, record, year)
    except (UnicodeDecodeError, csv.Error) as error:
        cells.find(0, "", "", f"not CSV in UTF-8: {error}", _AGAIN)
    return found


def _add(
    cells: Cells, found: dict[str, Commodity], number: int, record: dict[str, str | None], year: str
) -> None:
    cell = {name: (record.get(name) or "").strip() for name in _COLUMNS}
    code, name, unit = cell["2017 NAICS Code"], _GASES.get(cell["GHG"]), _UNIT.fullmatch(cell["Unit"])
    if not code.isdigit() or name is None:
        column = "GHG" if code.isdigit() else "2017 NAICS Code"
        cells.find(number, column, cell[column], "not known", _AGAIN)
        return
    if unit is None or unit[2] != year or (unit[1] == "kg CO2e") != (name == "CO2e"):
        cells.find(
            number, "Unit", cell["Unit"], "not the unit of this gas", f"kg/{year} USD, purchaser price"
        )
        return
    figures = {
        column: cells.number(cell["GHG"], column, number, cell[column], signed=True)
        for column in (WITHOUT, MARGINS, WITH)
    }
    without, margins, total = figures[WITHOUT], figures[MARGINS], figures[WITH]
    if without is None or margins is None or total is None:
        return
    slack = sum((last_place(cell[column]) for column in (WITHOUT, MARGINS, WITH)), Fraction(0)) / 2
    if not within(without + margins, total, slack):
        problem = "with margins is not without margins + margins"
        cells.find(number, WITH, cell[WITH], problem, f"{exact_text(without + margins)} would be; {_AGAIN}")
    if total < 0:
        cells.find(number, WITH, cell[WITH], "negative", "an emission factor is not negative")
    one = found.setdefault(code, Commodity(number, cell["2017 NAICS Title"]))
    if name in one.gases:
        cells.find(number, "GHG", cell["GHG"], "stands twice for this code", "keep one row")
    one.gases[name] = total


def last_place(text: str) -> Fraction:
    """The last place a figure shows: 0.01 for `1.34`, 0.000001 for `1.34e-04`."""
    mantissa, _, exponent = text.lower().partition("e")
    places = len(mantissa.partition(".")[2])
    try:
        return Fraction(10) ** (int(exponent or "0") - places)
    except ValueError:
        return Fraction(0)


def _check_gases(cells: Cells, commodities: dict[str, Commodity]) -> None:
    """Every commodity has every gas."""
    every = {name for one in commodities.values() for name in one.gases}
    for code, one in commodities.items():
        if missing := sorted(every - one.gases.keys()):
            cells.find(one.row, "GHG", code, f"{', '.join(missing)} missing for this code", _AGAIN)


def _check_totals(cells: Cells, commodities: dict[str, Commodity], path: Path, year: str) -> None:
    """Gases × GWP (AR5) = the total of the other file, as far as three digits of each let them agree."""
    other = Cells(path.name)
    totals = _commodities(other, path, year)
    cells.findings += other.findings
    for code in sorted(commodities.keys() ^ totals.keys()):
        cells.find(0, "2017 NAICS Code", code, f"not in both files, {cells.file} and {path.name}", _AGAIN)
    for code in sorted(commodities.keys() & totals.keys()):
        one, printed = commodities[code], totals[code].gases.get("CO2e", Fraction(0))
        parts = {
            name: value * (1 if name == "CO2e" else gas(name).gwp(GwpSet.AR5))
            for name, value in one.gases.items()
        }
        total = sum(parts.values(), Fraction(0))
        if not within(total, printed, Fraction(1, 2000) + total / 200):
            shown = exact_text(printed)
            problem = (
                f"the gases by their GWPs (AR5) make {half_even_text(total, 4)}, {path.name} says {shown}"
            )
            cells.find(one.row, WITH, code, problem, _AGAIN)
    cells.notices.append(f"checked against {path.name}: {len(totals)} totals")


def _draft(code: str, one: Commodity, year: int) -> Draft:
    gases = {name: value for name, value in one.gases.items() if value or name in ("CO2", "CO2e")}
    return Draft(
        key=code,
        name=f"{one.title} (NAICS {code})"[:500],
        table=f"{WITH}, row {one.row}",
        year=year,
        geography="US",
        kind=FactorKind.SPEND,
        per=f"USD{year}",
        gases=gases,
        gwp="AR5" if "CO2e" in gases else None,
        activity=f"spend/naics-{code}/{slug(one.title)}",
        row=one.row,
    )
