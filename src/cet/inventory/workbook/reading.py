"""A workbook as the parts of a package folder: settings, factors, and the activities as CSV in a temporary file.

The sheets are named as the parts of inventory.toml and factors.toml. A part there is one of (`inventory`, `pack`) has its
fields down the column `setting` and their values in `value`; a part there are many of (`facility`, `factor` …) has its
fields across the first row and an entry per row. The sheet `activities` has the columns of activities.csv, each row of
the CSV having the number of the sheet's. A sheet whose name begins with # is the reader's own and is not read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cet.errors import Finding
from cet.inventory.fields import FACTOR_SECTIONS
from cet.inventory.notices import Notice
from cet.inventory.origin import ACTIVITY_SHEET, Origin, Scratch, SheetPlaces
from cet.inventory.settings import SECTIONS
from cet.inventory.workbook.activities import copy_activities
from cet.inventory.workbook.parts import read_part
from cet.inventory.workbook.sheet_findings import SheetFindings
from cet.sheets import SheetError, Workbook

if TYPE_CHECKING:
    from pathlib import Path

    from cet.sheets import SheetPart

_REMEDIES = {
    ".xlsm": ("a workbook with macros", "save it as .xlsx, which holds none"),
    ".xls": ("the old .xls format", "save it as .xlsx"),
    ".xlsb": ("the binary .xlsb format", "save it as .xlsx"),
    ".ods": ("an OpenDocument spreadsheet", "save it as .xlsx"),
    ".csv": ("one file of a package", "give the folder it is in"),
    ".parquet": ("one file of a package", "give the folder it is in"),
    ".toml": ("one file of a package", "give the folder it is in"),
}
_NOTICES = {
    "float-artefact": "numbers with a spreadsheet's binary noise were read at 15 significant digits",
    "formula-cells": "formulas count with the value the spreadsheet program last gave them",
    "number-as-text": "numbers stored as text were read; the spreadsheet's own sums leave them out",
    "hidden-rows": "hidden rows were read",
    "hidden-columns": "hidden columns were read",
    "hidden-sheet": "a hidden sheet was read",
}


@dataclass(slots=True)
class WorkbookContent:
    """A workbook's content in the form everything else reads, and where it came from."""

    settings: dict[str, Any] = field(default_factory=dict)
    factors: dict[str, Any] | None = None
    activities: Path | None = None
    origin: Origin = field(default_factory=Origin)


def read_workbook(path: Path) -> tuple[WorkbookContent | None, list[Finding]]:
    """All of a workbook, and everything wrong with its cells; None when it can't be read at all."""
    if path.suffix.lower() != ".xlsx":
        problem, remedy = _REMEDIES.get(
            path.suffix.lower(), ("not a package", "give a folder or an .xlsx workbook")
        )
        return None, [Finding(path.name, 0, "", "", problem, remedy)]
    if path.is_symlink():
        return None, [Finding(path.name, 0, "", "", "a link, not a file", "give the workbook itself")]
    try:
        with Workbook(path, closed=True) as book:
            return _read(path.name, book)
    except SheetError as error:
        return None, [Finding(path.name, 0, "", "", error.problem, error.remedy)]


def _read(name: str, book: Workbook) -> tuple[WorkbookContent, list[Finding]]:
    content = WorkbookContent()
    sheets: dict[str, SheetPlaces] = {}
    findings: list[Finding] = []
    noticed: dict[str, tuple[int, str]] = {}
    wrong: set[tuple[str, str]] = set()
    factors: dict[str, Any] = {}
    scratch = None
    for sheet, part in _named(name, book, findings):
        found = SheetFindings(name, sheet.name)
        if sheet.hidden:
            found.notice("hidden-sheet", sheet.name)
        if part == ACTIVITY_SHEET:
            scratch = Scratch(".csv")
            sheets[part] = copy_activities(book, sheet, scratch.path, found)
            content.activities = scratch.path
        else:
            data, sheets[part] = read_part(book, sheet, part, found)
            if data:
                (content.settings if part in SECTIONS else factors)[part] = data
        findings += found.findings
        wrong |= {(part, one.cell) for one in found.findings if one.cell}
        for kind, (count, first) in found.noticed.items():
            before, where = noticed.get(kind, (0, first))
            noticed[kind] = (before + count, where)
    if ACTIVITY_SHEET not in sheets:
        findings.append(
            Finding(
                name, 0, "", "", f"sheet {ACTIVITY_SHEET} missing", "add a sheet of that name", ACTIVITY_SHEET
            )
        )
    content.factors = factors or None
    notices = tuple(Notice(kind, _NOTICES[kind], *where) for kind, where in sorted(noticed.items()))
    content.origin = Origin(ACTIVITY_SHEET, name, sheets, frozenset(wrong), notices, scratch)
    return content, findings


def _named(name: str, book: Workbook, findings: list[Finding]) -> list[tuple[SheetPart, str]]:
    """The sheets of the package with the parts they hold; a sheet that is none is reported."""
    parts = [*SECTIONS, *FACTOR_SECTIONS, ACTIVITY_SHEET]
    found: list[tuple[SheetPart, str]] = []
    for sheet in book.parts:
        part = sheet.name.strip().lower()
        if part.startswith("#"):
            continue
        if part not in parts or not sheet.part:
            remedy = f"the sheets are {', '.join(parts)}; begin the name of a sheet of your own with #"
            findings.append(Finding(name, 0, "", "", "unknown sheet", remedy, sheet.name[:80]))
        elif any(part == known for _, known in found):
            findings.append(Finding(name, 0, "", "", "sheet twice", "keep one", sheet.name[:80]))
        else:
            found.append((sheet, part))
    return found
