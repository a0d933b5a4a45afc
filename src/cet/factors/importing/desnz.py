"""The UK Government's GHG conversion factors, flat file (`.xlsx`), as DESNZ publishes it every June.

One sheet, one row per gas of a factor. The columns of single gases are kg CO2e, weighted by AR5: CO2 weighs 1 and is a
mass, CH4 and N2O stay weighted in the pack. Gases and total must agree within the print's rounding; the largest gas then
takes that rounding, so that a factor under AR5 is the published total to the last digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import PackageError
from cet.factors.importing import desnz_labels as meaning
from cet.factors.importing.cells import Cells, within
from cet.factors.importing.desnz_labels import Labels
from cet.factors.importing.outcome import Draft, Import, finish
from cet.factors.importing.refrigerants import refrigerant_draft
from cet.factors.model import Pack
from cet.quantities import half_even_text, parse_number
from cet.sheets import CellKind, SheetRow, Workbook, column_letters

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TOTAL, CO2, CH4, N2O = "CO2e", "CO2", "CH4", "N2O"
_GASES = {
    "kg CO2e": TOTAL,
    "kg CO2e of CO2 per unit": CO2,
    "kg CO2e of CH4 per unit": CH4,
    "kg CO2e of N2O per unit": N2O,
}
_YEAR = re.compile(r"GHG Conversion Factor (20\d\d)")
_PRINT = Fraction(1, 100_000)
"""The last place of the print. Four rounded figures may differ by half of it each."""

_HEADER_ROWS = 50
_MILE_KM = Fraction("1.609344")


@dataclass(slots=True)
class Group:
    """The rows of one factor: numbers by gas, and the row where it begins."""

    row: int
    numbers: dict[str, Fraction] = field(default_factory=dict)
    empty: set[str] = field(default_factory=set)


def read(path: Path) -> Import:
    """Raises PackageError with every cell that is wrong, SheetError where it is no workbook."""
    cells = Cells(path.name)
    with Workbook(path) as book:
        found = _find_sheet(book)
        if found is None:
            headings = ", ".join(meaning.headings())
            cells.find(0, "", "", "no sheet has the headings of the flat file", f"it needs {headings}")
            raise PackageError(cells.findings)
        sheet, header, columns, year = found
        version = _version(book)
        groups = _groups(cells, (row for row in book.rows(sheet) if row.number > header), columns)
        if others := [name for name in book.sheets if name not in (sheet, "Front page")]:
            cells.notices.append(f"sheets that are not the publisher's were not read: {', '.join(others)}")
    pack = Pack(
        id=f"desnz-{year}-v{version}",
        publisher="UK DESNZ and Defra",
        document="UK Government GHG conversion factors for company reporting, flat file",
        edition=f"{year} v{version}",
        licence="Open Government Licence v3.0",
    )
    return finish("desnz", cells, pack, _drafts(cells, groups, int(year)))


def _find_sheet(book: Workbook) -> tuple[str, int, dict[str, int], str] | None:
    """The first sheet with the headings, its header row, the column of each heading, and the year."""
    for sheet in book.sheets:
        for row in book.rows(sheet):
            columns = {row.text(column): column for column in row.cells}
            year = next((match[1] for name in columns if (match := _YEAR.fullmatch(name))), None)
            if year and all(name in columns for name in meaning.headings()):
                columns["value"] = columns[f"GHG Conversion Factor {year}"]
                return sheet, row.number, columns, year
            if row.number > _HEADER_ROWS:
                break
    return None


def _version(book: Workbook) -> str:
    for row in book.rows(book.sheets[0]):
        for column in row.cells:
            if row.text(column) == "Version:" and (version := row.text(column + 1)):
                number = parse_number(version).text
                return number if "." in number else f"{number}.0"
    return "1.0"


def _groups(cells: Cells, rows: Iterable[SheetRow], columns: dict[str, int]) -> dict[Labels, Group]:
    groups: dict[Labels, Group] = {}
    place = [columns[name] for name in meaning.headings()]
    for row in rows:
        _, *labels, gas_text = (row.text(column) for column in place)
        if not gas_text:
            continue
        found = Labels(*labels)
        if meaning.is_energy(found):
            cells.leave_out("energy content (SECR), no emissions")
            continue
        if meaning.theme(found.level1) is None:
            cells.leave_out(f"theme not known: {found.level1}")
            continue
        gas = _GASES.get(gas_text)
        if gas is None:
            cells.find(
                row.number, "GHG/Unit", gas_text, "not a gas of the flat file", f"one of {', '.join(_GASES)}"
            )
            continue
        group = groups.setdefault(found, Group(row.number))
        if gas in group.numbers or gas in group.empty:
            cells.find(row.number, "GHG/Unit", gas_text, "stands twice for the same factor", "keep one row")
        elif number := _number(cells, row, columns["value"], found, gas):
            group.numbers[gas] = number[0]
        else:
            group.empty.add(gas)
    return groups


def _number(cells: Cells, row: SheetRow, column: int, labels: Labels, gas: str) -> tuple[Fraction] | None:
    cell = row.cells.get(column)
    if cell is None or not cell.text.strip():
        cells.leave_out("no figure published")
        return None
    place = f"{column_letters(column)}{row.number}"
    if cell.kind not in (CellKind.NUMBER, CellKind.TEXT):
        cells.find(row.number, place, cell.text, f"{cell.kind.value}, not a number", "get the file again")
        return None
    value = cells.number(labels.level1, gas, row.number, cell.text.strip(), place=place)
    return None if value is None else (value,)


def _drafts(cells: Cells, groups: dict[Labels, Group], year: int) -> list[Draft]:
    drafts = []
    biogenic = {
        _fuel(labels): group for labels, group in groups.items() if labels.level1 == "Outside of scopes"
    }
    taken: set[tuple[str, str]] = set()
    for labels, group in groups.items():
        if not group.numbers or (labels.level1 == "Outside of scopes" and _fuel(labels) in taken):
            continue
        unit, place = meaning.unit_of(labels), meaning.place_of(labels)
        if unit is None:
            cells.find(
                group.row, "UOM", labels.uom, "unit is not in the closed table", "add it to data/units.toml"
            )
            continue
        if place is None:
            cells.find(
                group.row, "Level 3", labels.level3, "country is not known", "add it to data/desnz.toml"
            )
            continue
        if labels.level1 == "Refrigerant & other":
            draft = refrigerant_draft(cells, labels, group.row, group.numbers.get(TOTAL), groups, year)
        else:
            outside = biogenic.get(_fuel(labels)) if labels.level1 in ("Fuels", "Bioenergy") else None
            if outside is not None:
                taken.add(_fuel(labels))
            draft = _draft(cells, labels, group, groups, outside, (unit, place, year))
        if draft is not None:
            drafts.append(draft)
    _check_miles(cells, groups)
    return [draft for draft in drafts if not _is_taken(draft, taken, groups)]


def _is_taken(draft: Draft, taken: set[tuple[str, str]], groups: dict[Labels, Group]) -> bool:
    """Whether a biogenic figure stands in its fuel's own factor already; the file lists it before or after the fuel."""
    if not draft.key.startswith("outside/"):
        return False
    return any(
        labels.level1 == "Outside of scopes" and group.row == draft.row and _fuel(labels) in taken
        for labels, group in groups.items()
    )


def _fuel(labels: Labels) -> tuple[str, str]:
    return labels.level3.casefold(), labels.uom


def _draft(
    cells: Cells,
    labels: Labels,
    group: Group,
    groups: dict[Labels, Group],
    outside: Group | None,
    of: tuple[str, str, int],
) -> Draft | None:
    unit, place, year = of
    theme = meaning.theme(labels.level1)
    if theme is None:
        return None
    gases, weighted = _masses(cells, labels, group, groups)
    if labels.level1 == "Outside of scopes":
        gases = {"CO2-biogenic": group.numbers.get(CO2, Fraction(0))}
    if outside is not None and CO2 in outside.numbers:
        gases["CO2-biogenic"] = outside.numbers[CO2]
    published = "CO2e" in gases or weighted
    return Draft(
        key=meaning.key_of(labels),
        name=meaning.name_of(labels),
        table=f"Factors by Category: {labels.level1}, row {group.row}",
        year=year,
        geography=place,
        kind=theme.kind,
        per=unit,
        gases=gases,
        weighted=weighted,
        gwp="AR5" if published else None,
        boundary=theme.boundary,
        activity=meaning.words_of(labels),
        row=group.row,
    )


def _masses(
    cells: Cells, labels: Labels, group: Group, groups: dict[Labels, Group]
) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
    """CO2 as a mass and what is CO2e, the other gases weighted; a total alone stays CO2e."""
    numbers = group.numbers
    total = numbers.get(TOTAL)
    single = [gas for gas in (CO2, CH4, N2O) if gas in numbers]
    if total is None or not single:
        return {TOTAL: total if total is not None else Fraction(0)}, {}
    if len(single) != len((CO2, CH4, N2O)) and group.empty:
        problem, remedy = "some gases have a figure and others none", "get the file from its publisher again"
        cells.find(group.row, "GHG/Unit", labels.level3, problem, remedy)
    parts = {gas: numbers[gas] for gas in single}
    if not within(total, sum(parts.values(), Fraction(0)), 2 * _PRINT):
        shown = " + ".join(f"{half_even_text(part, 5)} {gas}" for gas, part in parts.items())
        problem = f"the gases do not add up to the total: {shown} is not {half_even_text(total, 5)}"
        cells.find(group.row, "GHG/Unit", labels.level3, problem, "get the file from its publisher again")
        return {TOTAL: total}, {}
    if labels.column == "With RF":
        # Radiative forcing multiplies the CO2 column; it is no mass of CO2 and stands apart as CO2e.
        without = groups.get(labels._replace(column="Without RF"))
        parts[CO2] = without.numbers.get(CO2, Fraction(0)) if without else Fraction(0)
        forcing = total - sum(parts.values(), Fraction(0))
        if forcing >= 0:
            return {CO2: parts[CO2], TOTAL: forcing}, {gas: parts[gas] for gas in single if gas != CO2}
        return {TOTAL: total}, {}
    largest = max(parts, key=lambda gas: parts[gas])
    parts[largest] += total - sum(parts.values(), Fraction(0))
    weighted = {gas: part for gas, part in parts.items() if gas != CO2}
    return ({CO2: parts[CO2]} if CO2 in parts else {}), weighted


def _check_miles(cells: Cells, groups: dict[Labels, Group]) -> None:
    """A factor per mile is the one per kilometre × 1.609344, both as printed."""
    for labels, group in groups.items():
        other = groups.get(labels._replace(uom="miles")) if labels.uom == "km" else None
        if other is None:
            continue
        for gas in sorted(group.numbers.keys() & other.numbers.keys()):
            expected = group.numbers[gas] * _MILE_KM
            if not within(expected, other.numbers[gas], 5 * _PRINT):
                problem = f"{gas} per mile is not 1.609344 times the figure per km in row {group.row}"
                shown = half_even_text(other.numbers[gas], 5)
                cells.find(other.row, "UOM", shown, problem, "get the file from its publisher again")
