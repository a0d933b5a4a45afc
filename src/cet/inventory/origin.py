"""Where a package's content came from, so that a finding names the file, the sheet and the cell a person would open.

Everything is checked in one form, as `inventory.toml`, `factors.toml` and rows of `activities.csv`; an origin says what
stands for these in the package at hand.
"""

from __future__ import annotations

import re
import tempfile
import weakref
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cet.inventory.folder import ACTIVITIES, FACTORS, INVENTORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.errors import Finding
    from cet.inventory.notices import Notice

ACTIVITY_SHEET = "activities"
_PLACE = re.compile(r"(?P<part>\w+)(?: (?P<number>\d+))?(?: \([^)]*\))?(?:\.(?P<field>.+))?")
_TOML_WORDS = (
    (re.compile(r"\[\[(\w+)\]\](?: with two brackets)?"), r"the sheet \1"),
    (re.compile(r"begin the file with \[(\w+)\]"), r"fill the sheet \1"),
    (re.compile(r"\[(\w+)\]"), r"the sheet \1"),
    (re.compile(r"write it as text in quotes|write them in quotes"), "format the cell as text"),
    (re.compile(r" without quotes"), ""),
)


class Scratch:
    """A temporary file that lives as long as this object, or until the program ends."""

    def __init__(self, suffix: str) -> None:
        with tempfile.NamedTemporaryFile(prefix="cet-", suffix=suffix, delete=False) as file:
            self.path = Path(file.name)
        self._remove = weakref.finalize(self, self.path.unlink, missing_ok=True)


@dataclass(frozen=True, slots=True)
class SheetPlaces:
    """Where a sheet's entries and fields stand: the row of each entry, from 1, or of each setting; each field's column."""

    entries: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)

    def find(self, number: str, name: str) -> tuple[int, str]:
        """Row and column letters of a field; 0 and empty where it has none."""
        row = self.entries.get(number or name, 0)
        if not row and not number:
            row = min((at for path, at in self.entries.items() if path.startswith(f"{name}.")), default=0)
        letters = self.columns.get(name if number else "value", "")
        return row, letters


@dataclass(frozen=True, slots=True)
class Origin:
    """`activities` is the file the lines stand in. In a workbook, `workbook` is its name, `sheets` its layout by sheet,
    `wrong` the cells (sheet, cell) that were refused as cells, of which nothing else needs to be said, and `notices` what a
    reader must know of how it was read; they are no part of a statement. In a folder, `tables` are the files that hold a part of the
    settings, and the rows of its entries."""

    activities: str = ACTIVITIES
    workbook: str = ""
    sheets: Mapping[str, SheetPlaces] = field(default_factory=dict)
    wrong: frozenset[tuple[str, str]] = frozenset()
    notices: tuple[Notice, ...] = ()
    scratch: Scratch | None = None
    tables: Mapping[str, tuple[str, SheetPlaces]] = field(default_factory=dict)

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings, each where a person finds it."""
        if not self.workbook:
            return [self._in_folder(one) for one in findings]
        pairs = [(one, self._in_workbook(one)) for one in findings]
        return [
            there for one, there in pairs if one.sheet or (there.sheet.lower(), there.cell) not in self.wrong
        ]

    def _in_folder(self, finding: Finding) -> Finding:
        if finding.file == ACTIVITIES:
            return replace(finding, file=self.activities)
        match = _PLACE.fullmatch(finding.column) if finding.file == INVENTORY and self.tables else None
        if match is None or match["part"] not in self.tables:
            return finding
        name, places = self.tables[match["part"]]
        row = places.entries.get(match["number"] or "", 0)
        remedy = finding.remedy.replace("without quotes, ", "as ").replace(", without quotes", "")
        remedy = remedy.replace("write it as text in quotes", "correct it")
        return replace(finding, file=name, row=row, column=match["field"] or "", remedy=remedy)

    def _in_workbook(self, finding: Finding) -> Finding:
        if finding.sheet or finding.file not in (ACTIVITIES, INVENTORY, FACTORS):
            return finding
        remedy = finding.remedy
        for words, instead in _TOML_WORDS:
            remedy = words.sub(instead, remedy)
        sheet, row, column = ACTIVITY_SHEET, finding.row, finding.column
        letters = self.sheets[sheet].columns.get(column, "") if sheet in self.sheets else ""
        if finding.file != ACTIVITIES:
            match = _PLACE.fullmatch(finding.column)
            sheet = match["part"] if match else "inventory"
            column = (match["field"] or "") if match else finding.column
            places = self.sheets.get(sheet, SheetPlaces())
            row, letters = places.find(match["number"] or "" if match else "", column)
        cell = f"{letters}{row}" if letters and row else ""
        return replace(
            finding, file=self.workbook, sheet=sheet, row=row, column=column, cell=cell, remedy=remedy
        )


FOLDER = Origin()
"""A folder with `activities.csv`."""
