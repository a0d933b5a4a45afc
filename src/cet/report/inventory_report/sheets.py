"""The report as a workbook: a sheet that tells it, and a sheet for every table with fixed headers, filters and print set-up.

A figure is a number as it was rounded for showing; the exact milligrams stand as text in a column of their own at the
right wherever rounding took something away, and figures with more digits than a spreadsheet's number holds are text.
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import TYPE_CHECKING

import xlsxwriter

from cet.report.inventory_report.blocks import Facts, Notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from cet.report.inventory_report.blocks import Cell, Report, Section, Table

_FLOAT_DIGITS = 15
_MOST_LETTERS = 32_000
_CREATED = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - a spreadsheet's own time has no zone; fixed, so that files are alike
_A4 = 9
_HEAD = 3
"""The row of a table's titles, from 0: its own title, its section and a caption stand above."""

_EXACT_WIDTH = 34
_PAGE_WIDTH = 88
"""Letters that a landscape page holds at full size; wider tables are fitted to it."""

_NARROWEST = 70
_LINE = 15
_TALLEST = 400
_FIRST = "Report"
_NAMES, _TELLING = 34, 110
_FORMULA_STARTS = ("=", "+", "-", "@")


class _Styles:
    """The formats of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, int, bool], Format] = {}
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.section = book.add_format(
            {"bold": True, "font_size": 13, "bottom": 2, "bottom_color": "#1F4E3D"}
        )
        self.heading = book.add_format({"bold": True})
        self.quiet = book.add_format({"font_color": "#555555", "text_wrap": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.name = book.add_format({"font_color": "#555555", "valign": "top"})
        self.link = book.add_format({"font_color": "#14506B", "underline": 1, "valign": "top"})
        self.head = book.add_format(
            {
                "bold": True,
                "bg_color": "#1F4E3D",
                "font_color": "white",
                "text_wrap": True,
                "valign": "top",
                "border": 1,
            }
        )

    def cell(self, kind: str, places: int, *, total: bool) -> Format:
        """The format of a kind of cell, made once."""
        key = (kind, places, total)
        if key not in self._made:
            look: dict[str, object] = {"valign": "top"}
            if kind in ("figure", "share"):
                decimals = f".{'0' * places}" if places else ""
                percent = "0.0000%" if kind == "share" else ""
                look["num_format"] = percent or f"#,##0{decimals}"
                look |= {"align": "right", "indent": 1}
            elif kind == "exact":
                look |= {"align": "right", "font_color": "#555555"}
            else:
                look["text_wrap"] = True
            if kind == "quoted":
                look["quote_prefix"] = True
            if total:
                look |= {"bold": True, "top": 1}
            self._made[key] = self._book.add_format(look)
        return self._made[key]


def workbook(report: Report) -> bytes:
    """The bytes of the .xlsx file, the same for the same report."""
    buffer = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": report.title[:250], "created": _CREATED})
        book.set_size(2400, 1400)
        styles = _Styles(book)
        _tell(book.add_worksheet(_FIRST), report, styles)
        for section, table in report.tables():
            _tabulate(book.add_worksheet(table.name), section, table, styles, report)
    return buffer.getvalue()


def _tell(sheet: Worksheet, report: Report, styles: _Styles) -> None:
    """Facts and sentences of every section, and the way to its tables."""
    sheet.set_column(0, 0, _NAMES)
    sheet.set_column(1, 1, _TELLING)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    sheet.hide_gridlines(2)
    _text(sheet, 0, 0, report.title, styles.title)
    _text(sheet, 1, 0, report.subtitle, styles.name)
    row = 3
    for section in report.sections:
        _text(sheet, row, 0, section.title, styles.section)
        sheet.write_blank(row, 1, None, styles.section)
        row += 1
        for name, words, look in _told(section, styles):
            _text(sheet, row, 0, name, styles.name)
            _text(sheet, row, 1, words, look)
            sheet.set_row(row, _height([(name, _NAMES), (words, _TELLING)]))
            row += 1
        for table in section.tables():
            _text(sheet, row, 0, "sheet", styles.name)
            sheet.write_url(row, 1, _to(table.name), styles.link, table.title)
            row += 1
        row += 1


def _told(section: Section, styles: _Styles) -> Iterator[tuple[str, str, Format]]:
    if section.lead:
        yield "", section.lead, styles.wrapped
    yield "asked for by", section.clause, styles.quiet
    for block in section.blocks:
        if isinstance(block, Facts):
            for name, cell in block.pairs:
                yield name, _joined(cell), styles.wrapped
        elif isinstance(block, Notes):
            for number, item in enumerate(block.items, start=1):
                yield (
                    block.title if number == 1 else "",
                    f"{number}. {item}" if block.steps else item,
                    styles.wrapped,
                )


def _tabulate(sheet: Worksheet, section: Section, table: Table, styles: _Styles, report: Report) -> None:
    exact = [at for at in range(len(table.columns)) if any(_rounded(row.cells[at]) for row in table.rows)]
    width = len(table.columns) + len(exact)
    _text(sheet, 0, 0, table.title, styles.title)
    _text(sheet, 1, 0, f"{section.title}. {table.caption}".strip(), styles.name)
    widths = [column.width for column in table.columns]
    # A narrow table has room for its title.
    widths[0] += max(0, _NARROWEST - sum(widths))
    # Bold, and a filter button in the corner.
    titles = [(column.title, max(width - 4, 4)) for column, width in zip(table.columns, widths, strict=True)]
    sheet.set_row(_HEAD, _height(titles))
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, widths[at])
        _text(sheet, _HEAD, at, column.title, styles.head)
    for offset, at in enumerate(exact, start=len(table.columns)):
        sheet.set_column(offset, offset, _EXACT_WIDTH)
        _text(sheet, _HEAD, offset, f"{table.columns[at].title}, exact", styles.head)
    for number, row in enumerate(table.rows, start=_HEAD + 1):
        sheet.set_row(number, _height(zip(map(_joined, row.cells), widths, strict=True)))
        for at, cell in enumerate(row.cells):
            _write(sheet, (number, at), cell, styles, report, total=row.total)
        for offset, at in enumerate(exact, start=len(table.columns)):
            look = styles.cell("exact", 0, total=row.total)
            _text(sheet, number, offset, row.cells[at].exact, look)
    last = _HEAD + sum(not row.total for row in table.rows)
    if table.rows and not any(row.total for row in table.rows[:-1]):
        # A total is no row to be sorted or filtered.
        sheet.autofilter(_HEAD, 0, max(last, _HEAD), width - 1)
    sheet.freeze_panes(_HEAD + 1, 1)
    sheet.repeat_rows(_HEAD)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    # On paper the figures as shown; their exact columns are for the screen.
    sheet.print_area(0, 0, _HEAD + len(table.rows), len(table.columns) - 1)
    if sum(widths) > _PAGE_WIDTH:
        sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&C&P / &N")


def _height(cells: Iterable[tuple[str, int]]) -> int:
    """Points that texts need in columns so many letters wide: not every program measures wrapped text itself."""
    lines = max(sum(max(1, -(-len(part) // width)) for part in text.split("\n")) for text, width in cells)
    return min(lines * _LINE, _TALLEST)


def _rounded(cell: Cell) -> bool:
    """Whether rounding took something of the figure away."""
    return bool(cell.exact) and cell.exact != _whole(cell.number, cell.places)


def _whole(number: str, places: int) -> str:
    """The milligrams that a number of tonnes says."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    units, _, part = digits.partition(".")
    whole = str(int(units + part + "0" * (9 - places))) if places <= 9 else ""
    return f"{sign}{whole} mg"


def _write(
    sheet: Worksheet, place: tuple[int, int], cell: Cell, styles: _Styles, report: Report, *, total: bool
) -> None:
    row, column = place
    if cell.kind == "link":
        names = {section.id: next(section.tables(), None) for section in report.sections}
        target = names.get(cell.target)
        sheet.write_url(row, column, _to(target.name if target else _FIRST), styles.link, cell.text)
        return
    digits = cell.number.lstrip("-").replace(".", "").lstrip("0")
    if cell.number and len(digits) <= _FLOAT_DIGITS:
        # The nearest double prints as these digits again: they are 15 at most.
        sheet.write_number(row, column, float(cell.number), styles.cell(cell.kind, cell.places, total=total))
        return
    text = _joined(cell)
    kind = "quoted" if text.startswith(_FORMULA_STARTS) else "words"
    _text(sheet, row, column, text, styles.cell(kind, 0, total=total))


def _joined(cell: Cell) -> str:
    return f"{cell.text}\n{cell.detail}" if cell.detail else cell.text


def _text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    sheet.write_string(row, column, text[:_MOST_LETTERS], look)


def _to(name: str) -> str:
    return f"internal:'{name}'!A1"
