"""`.xlsx` workbooks read exactly: every cell is the text the file stores, never a binary float made from it.

Libraries for workbooks hand numbers over as floats; what is multiplied here into emissions is read from the stored text
(`0.21233000000000002`), which `parse_number` takes by its canonical rule. ECMA-376 part 1, chapter 18 (SpreadsheetML).
A file is someone else's: sizes are bounded as it is unpacked, document types and encryption are refused.

with Workbook(path) as book:
    for row in book.rows("Sheet1"): ...
"""

from cet.sheets.book import SheetPart, Workbook
from cet.sheets.container import SheetError
from cet.sheets.rows import Cell, CellKind, SheetReading, SheetRow, column_letters, column_number

__all__ = [
    "Cell",
    "CellKind",
    "SheetError",
    "SheetPart",
    "SheetReading",
    "SheetRow",
    "Workbook",
    "column_letters",
    "column_number",
]
