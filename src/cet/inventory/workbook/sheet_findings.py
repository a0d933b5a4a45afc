"""What is wrong, and what is to know, about the cells of one sheet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.columns import ColumnKind
from cet.inventory.tally import MAX_FINDINGS
from cet.inventory.workbook.cells import read_cell
from cet.sheets import column_letters, column_number

if TYPE_CHECKING:
    from cet.sheets import Cell, SheetReading, SheetRow, Workbook

_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?", re.ASCII)


@dataclass(slots=True)
class SheetFindings:
    """`noticed` counts what is to know, with the first cell; `filled` are the columns with anything below their header."""

    file: str
    sheet: str
    findings: list[Finding] = field(default_factory=list)
    noticed: dict[str, tuple[int, str]] = field(default_factory=dict)
    filled: set[int] = field(default_factory=set)

    @property
    def full(self) -> bool:
        """Whether so much is wrong that looking further would help nobody."""
        return len(self.findings) > MAX_FINDINGS

    def report(self, row: int, column: int, name: str, value: str, problem: str, remedy: str) -> None:
        """A cell that can't be taken; column 0 stands for the row, row 0 for the sheet."""
        cell = f"{column_letters(column)}{row}" if column and row else ""
        self.findings.append(
            Finding(self.file, row, name[:80], value[:80], problem, remedy, self.sheet, cell)
        )

    def notice(self, kind: str, where: str) -> None:
        """Something to know that is not wrong."""
        count, first = self.noticed.get(kind, (0, where))
        self.noticed[kind] = (count + 1, first)

    def read(self, row: SheetRow, column: int, name: str, kind: ColumnKind, book: Workbook) -> str:
        """The text of a cell; empty where there is none, or where it was refused."""
        cell = row.cells.get(column)
        if cell is None:
            return ""
        reading = read_cell(cell, kind, book)
        if row.number > 1:
            self.filled.add(column)
        if reading.problem:
            self.report(row.number, column, name, shown(cell), reading.problem, reading.remedy)
        for one in reading.noticed:
            self.notice(one, f"{self.sheet}!{column_letters(column)}{row.number}")
        return reading.text

    def beyond(self, row: SheetRow, column: int, book: Workbook) -> None:
        """A cell under no column name."""
        if self.read(row, column, "", ColumnKind.TEXT, book):
            remedy = "name the column in row 1, or clear the cell"
            self.report(row.number, column, "", shown(row.cells[column]), "a cell under no column", remedy)

    def outside_of_rows(self, reading: SheetReading, last_row: int, last_column: int) -> None:
        """Merged cells and hidden columns, which are known once the sheet was read."""
        for merged in reading.merged:
            match = _RANGE.fullmatch(merged)
            if match and int(match[2]) <= last_row and column_number(match[1]) <= last_column:
                remedy = "unmerge them, and write into every cell what it holds"
                self.report(int(match[2]), column_number(match[1]), "", merged, "merged cells", remedy)
        for column in sorted(self.filled):
            if reading.column_is_hidden(column):
                self.notice("hidden-columns", f"{self.sheet}!{column_letters(column)}1")


def shown(cell: Cell) -> str:
    """What a finding shows of a cell."""
    return f"={cell.formula}" if cell.formula else cell.text
