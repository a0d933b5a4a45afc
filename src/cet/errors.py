"""The errors of the project, one tree.

    CetError
    ├── QuantityError            text that is no number, a unit that is not in the table, units that don't convert
    │   ├── NumberError
    │   └── UnitError
    ├── GasError                 a gas or a GWP that is not in the table
    ├── ScopeError               an impossible scope, category, method or unit
    ├── FactorError              a factor without provenance, a duplicate
    │   └── UnknownFactorError
    ├── PackageError             everything wrong with an inventory package, as a list of findings
    └── StatementError           a statement that can't be built, a proof that can't be given

Layers above add their own branches. Every message says what was wrong, where, and what would be right.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CetError(Exception):
    """Root of every error raised on purpose."""


class ExplainedError(CetError):
    """An error made of what is wrong (`problem`) and what would be right (`remedy`)."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(f"{problem}; {remedy}" if remedy else problem)
        self.problem = problem
        self.remedy = remedy


class QuantityError(ExplainedError):
    """A quantity that can't be read exactly."""


class NumberError(QuantityError):
    """Text that is not a plain decimal number."""


class UnitError(QuantityError):
    """A unit that is not in the closed table, or two units of different dimensions."""


class GasError(ExplainedError):
    """A gas that is not in the table, or has no GWP in the chosen set."""


class ScopeError(ExplainedError):
    """An impossible combination of scope, category, method and unit."""


class FactorError(ExplainedError):
    """A factor that can't be used."""


class UnknownFactorError(FactorError):
    """A factor id no loaded pack defines."""


class StatementError(ExplainedError):
    """A statement or a proof that can't be made."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a package: where it is, what is wrong, what would be right.

    `row` counts records from the header, which is row 1, as a spreadsheet shows them; 0 stands for the whole file. In a
    workbook `sheet` names the sheet, and `cell` the cell (`F12`) where there is one.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    remedy: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.sheet:
            place += f", sheet {self.sheet}"
        if self.cell:
            place += f" {self.cell}"
        elif self.row:
            place += f" row {self.row}"
        if self.column:
            place += f", {self.column}"
        shown = f" {self.value!r}" if self.value else ""
        return f"{place}{shown}: {self.problem}; {self.remedy}"


class PackageError(CetError):
    """Everything wrong with a package at once; nothing was written."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = tuple(findings)
        count = len(self.findings)
        head = f"{count} problem{'' if count == 1 else 's'} in the package"
        super().__init__("\n".join([head, *(f"  {finding}" for finding in self.findings)]))
