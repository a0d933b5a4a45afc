"""Tables 1 to 5 of the Hub: fuels burned in place, fuels burned in motion, and the CH4 and N2O of vehicles."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import NumberError
from cet.factors.importing.cells import Cells, slug, within
from cet.factors.importing.hub_drafts import drafted
from cet.factors.importing.hub_labels import is_biogenic, words
from cet.factors.importing.hub_sections import Measure, Section, clean, is_figure, measures, unit_name
from cet.factors.kinds import FactorKind
from cet.quantities import exact_text, parse_number

if TYPE_CHECKING:
    from cet.factors.importing.outcome import Draft
    from cet.sheets import SheetRow

AGAIN = "get the file from its publisher again"
KG = {"kg": Fraction(1), "g": Fraction(1, 1000)}
_ORDER = ("CO2", "CH4", "N2O")


def masses(
    cells: Cells, section: Section, row: SheetRow, columns: dict[int, Measure], *, biogenic: bool
) -> dict[str, Fraction]:
    """Kilograms of each gas that the row's columns give. Biomass gives biogenic CO2 and CH4."""
    found = {}
    for column, measure in columns.items():
        if row.text(column) in ("", "NA", "-", "–"):
            continue
        label = f"{measure.mass} {measure.gas} per {measure.per or 'unit'}"
        value = cells.number(section.name, label, row.number, row.text(column))
        if value is not None:
            name = {"CO2": "CO2-biogenic", "CH4": "CH4-biogenic"}.get(measure.gas) if biogenic else None
            found[name or {"CH4": "CH4-fossil"}.get(measure.gas, measure.gas)] = value * KG[measure.mass]
    return found


def stationary(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 1: two factors a fuel, per mmBtu (higher heating value) and per unit of fuel, which must agree."""
    found = section.header("Fuel Type")
    if found is None:
        cells.find(0, section.name, "", "no header with Fuel Type", AGAIN)
        return []
    drafts: list[Draft] = []
    label_column = min(found[0].cells)
    columns: dict[int, Measure] = {}
    heat_column, group = 0, ""
    block: list[tuple[SheetRow, str, str]] = []
    for row in found[1]:
        if head := measures(row):
            drafts += _block(cells, section, block, columns, heat_column, year)
            columns, block = head, []
            heat_column = min(head) - 1
        elif not any(is_figure(row, column) for column in columns):
            group = clean(row.text(label_column)) or group
        else:
            block.append((row, clean(row.text(label_column)), group))
    return drafts + _block(cells, section, block, columns, heat_column, year)


def _block(
    cells: Cells,
    section: Section,
    block: list[tuple[SheetRow, str, str]],
    columns: dict[int, Measure],
    heat_column: int,
    year: int,
) -> list[Draft]:
    """The rows under one row of units."""
    drafts = []
    ends = {
        column: _last_place([row.text(column) for row, _, _ in block]) for column in [heat_column, *columns]
    }
    for row, label, group in block:
        biogenic = group.startswith("Biomass")
        if row.text(heat_column):
            _check_heat(cells, section, row, columns, heat_column, ends)
        for per in dict.fromkeys(measure.per for measure in columns.values()):
            mine = {column: measure for column, measure in columns.items() if measure.per == per}
            found = masses(cells, section, row, mine, biogenic=biogenic)
            unit = unit_name(cells, row.number, per)
            if not found or unit is None:
                continue
            note = " (higher heating value)" if unit == "mmBtu" else ""
            drafts.append(
                drafted(
                    section,
                    row.number,
                    year,
                    key=f"stationary/{slug(label)}/{slug(unit)}",
                    name=f"{label}, stationary combustion, per {unit}{note}",
                    kind=FactorKind.COMBUSTION,
                    per=unit,
                    gases=found,
                    activity=f"fuel/{words(label)}",
                )
            )
    return drafts


def _check_heat(
    cells: Cells,
    section: Section,
    row: SheetRow,
    columns: dict[int, Measure],
    heat_column: int,
    ends: dict[int, Fraction],
) -> None:
    """Per unit of fuel = heat content × per mmBtu, as far as three rounded figures can agree."""
    heat = cells.number(section.name, "heat content, mmBtu per unit", row.number, row.text(heat_column))
    by_heat = {measure.gas: column for column, measure in columns.items() if measure.per == "mmBtu"}
    for column, measure in columns.items():
        other = by_heat.get(measure.gas)
        if measure.per == "mmBtu" or other is None or heat is None:
            continue
        per_unit, per_heat = _quietly(row.text(column)), _quietly(row.text(other))
        if per_unit is None or per_heat is None:
            continue
        own = _last_place([row.text(column)])
        slack = (own + heat * ends[other] + per_heat * ends[heat_column]) / 2
        if not within(per_unit, heat * per_heat, slack):
            problem = f"{measure.gas} per {measure.per} is not the heat content × the figure per mmBtu"
            right = f"{exact_text(heat * per_heat)} would be; {AGAIN}"
            cells.find(row.number, f"{section.name}, {measure.gas}", row.text(column), problem, right)


def _last_place(texts: list[str]) -> Fraction:
    """The last place a column prints: its longest figure's, since trailing zeros are not stored."""
    values = [value for text in texts if (value := _quietly(text)) is not None]
    places = 0
    for value in values:
        while places < 9 and (value * 10**places).denominator != 1:
            places += 1
    return Fraction(1, 10**places)


def _quietly(text: str) -> Fraction | None:
    """A figure that was counted, or found wrong, elsewhere."""
    try:
        return parse_number(text).value
    except NumberError:
        return None


def mobile(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Table 2: CO2 of fuels burned in motion; CH4 and N2O depend on the vehicle and stand in tables 3 to 5."""
    found = section.header("Fuel Type")
    columns = measures(found[0]) if found else {}
    if found is None or not columns:
        cells.find(0, section.name, "", "no header with Fuel Type and kg CO2 per unit", AGAIN)
        return []
    drafts = []
    label_column, figure = min(found[0].cells), min(columns)
    for row in found[1]:
        label, unit = clean(row.text(label_column)), unit_name(cells, row.number, row.text(figure + 1))
        masses_found = masses(cells, section, row, columns, biogenic=is_biogenic(label))
        if unit is None or not masses_found:
            continue
        drafts.append(
            drafted(
                section,
                row.number,
                year,
                key=f"mobile/{slug(label)}",
                name=f"{label}, mobile combustion, CO2 only, per {unit}",
                kind=FactorKind.COMBUSTION,
                per=unit,
                gases=masses_found,
                activity=f"fuel/{words(label)}/mobile",
            )
        )
    return drafts


def vehicles(cells: Cells, section: Section, year: int) -> list[Draft]:
    """Tables 3, 4 and 5: CH4 and N2O per vehicle-mile by model year, or per gallon by kind of machine."""
    found = section.header("Vehicle Type")
    columns = measures(found[0]) if found else {}
    if found is None or not columns:
        cells.find(0, section.name, "", "no header with Vehicle Type, CH4 and N2O", AGAIN)
        return []
    drafts = []
    titles = {
        column: clean(cell.text) for column, cell in sorted(found[0].cells.items()) if column not in columns
    }
    carried: dict[int, str] = {}
    for row in found[1]:
        for column in titles:
            text = clean(row.text(column))
            if text and not text.startswith("("):
                carried = {known: value for known, value in carried.items() if known < column} | {
                    column: text
                }
        if not any(is_figure(row, column) for column in columns):
            continue
        parts = [carried[column] for column in titles if column in carried]
        measure = columns[min(columns)]
        unit = unit_name(cells, row.number, measure.per)
        gases = masses(cells, section, row, columns, biogenic=any(is_biogenic(part) for part in parts))
        if unit is None or not gases:
            continue
        root = "fuel/mobile" if unit == "gal" else "vehicle"
        drafts.append(
            drafted(
                section,
                row.number,
                year,
                key="/".join([f"table-{section.number}", *(slug(part) for part in parts)]),
                name=f"{', '.join(parts)}, CH4 and N2O only, per {measure.per}",
                kind=FactorKind.COMBUSTION,
                per=unit,
                gases={gas: gases[gas] for gas in sorted(gases)},
                activity=f"{root}/ch4-and-n2o/{words(*parts)}",
            )
        )
    return drafts
