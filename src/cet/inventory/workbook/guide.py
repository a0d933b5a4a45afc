"""The sheets that explain a workbook: how to fill it, every column, every unit, the factors there are. They are not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.columns import columns
from cet.inventory.fields import FACTOR_SECTIONS, summary_of
from cet.inventory.origin import ACTIVITY_SHEET
from cet.inventory.settings import SECTIONS
from cet.quantities import unit, unit_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import xlsxwriter
    from xlsxwriter.format import Format

    from cet.factors import FactorStore

_WIDE = 130
"""Characters of the widest column: none of the texts is longer than two lines of it."""

STEPS = (
    "Fill the sheet inventory: who, when, which rules. Its salt was drawn for this workbook; leave it and keep it secret.",
    "Give every place a row in the sheet facility, and every activity a row in the sheet activities.",
    "What only some calculation methods ask for is folded away at the right of the sheet activities: unfold it with the +.",
    "Dark headers must be filled, light ones may stay empty; a header's note says what belongs under it.",
    "Write decimal points, no thousands separators, no units in number cells. Days are dates, or text such as 2021-06-30.",
    "Factors are named by id: those of the sheet # factors, or your own in the sheets pack and factor.",
    "Evidence files lie beside the workbook; `cet inventory evidence WORKBOOK` says what to write into the sheet evidence.",
    "Formulas count with the value last calculated. Merged cells, errors, macros and links to other files are refused.",
    "Sheets whose names begin with # are not read: keep your own workings there.",
    "`cet inventory check WORKBOOK` lists everything wrong with sheet and cell; `cet inventory compute WORKBOOK` computes.",
)
"""What to do, in order."""


def write_guide(book: xlsxwriter.Workbook, store: FactorStore) -> None:
    """Adds the sheets `# read me`, `# units` and `# factors`."""
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet("# read me")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, _WIDE)
    sheet.set_column(2, 2, 30)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, "An inventory package", title)
    row = 2
    for number, step in enumerate(STEPS, start=1):
        sheet.write_number(row, 0, number, text)
        sheet.write_string(row, 1, step, text)
        row += 1
    row = _table(sheet, row + 1, ("sheet", "what it holds", ""), _sheets(), head, text)
    described = [
        (one.name, one.meaning + ("" if one.required else " (optional)"), one.example) for one in columns()
    ]
    _table(
        sheet, row + 1, (f"{ACTIVITY_SHEET}: column", "what belongs there", "example"), described, head, text
    )
    units = book.add_worksheet("# units")
    units.set_column(0, 1, 22)
    _table(units, 0, ("unit", "kind"), [(name, unit(name).dimension) for name in unit_names()], head, text)
    units.freeze_panes(1, 0)
    factors = book.add_worksheet("# factors")
    factors.set_column(0, 1, 48)
    factors.set_column(2, 6, 16)
    known = [
        (one.id, one.name, one.per, str(one.year), one.geography, one.kind.value, one.pack.publisher)
        for one in sorted(store, key=lambda one: one.id)
    ]
    _table(factors, 0, ("id", "name", "per", "year", "geography", "kind", "publisher"), known, head, text)
    factors.freeze_panes(1, 0)


def _sheets() -> list[tuple[str, str, str]]:
    found = [
        (name, summary_of(section.model), "" if section.many else "one setting per row")
        for name, section in SECTIONS.items()
    ]
    found.append((ACTIVITY_SHEET, "one row per activity line", ""))
    return [*found, *((name, summary_of(one.model), "") for name, one in FACTOR_SECTIONS.items())]


def _table(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    heads: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    head: Format,
    text: Format,
) -> int:
    for column, name in enumerate(heads):
        sheet.write_string(row, column, name, head)
    for below, cells in enumerate(rows, start=1):
        if max(map(len, cells)) > _WIDE:
            sheet.set_row(row + below, 30)
        for column, cell in enumerate(cells):
            sheet.write_string(row + below, column, cell, text)
    return row + len(rows) + 1
