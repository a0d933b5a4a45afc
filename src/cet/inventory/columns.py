"""The columns of the activity lines as people meet them: what each is for, and what may stand in it.

The names and their order are those of `rows.COLUMNS`; templates, the workbook's sheet and the JSON Schema go by this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache

from cet.inventory.methods import ANY_UNIT, ESTIMATES, PARAMETERS, methods
from cet.inventory.rows import COLUMNS, REQUIRED
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT


class ColumnKind(Enum):
    """What a column's cells are; numbers and days are cells of their own kind in a spreadsheet."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    INTEGER = "whole number"
    BOOLEAN = "TRUE or FALSE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it means, an example, the only values it may hold where there are few; whether only some methods
    ask for it."""

    name: str
    meaning: str
    kind: ColumnKind = ColumnKind.TEXT
    example: str = ""
    choices: tuple[str, ...] = ()
    parameter: bool = False

    @property
    def required(self) -> bool:
        """Whether every line has it."""
        return self.name in REQUIRED


_UNITS = {"": "empty: a plain number", ANY_UNIT: "needed, such as km, kWh/item, EUR2023/L"}
_CATEGORIES = tuple(dict.fromkeys(name for scope in SCOPE_TEXT.values() for name in CATEGORY_NAMES[scope]))

_KNOWN = (
    Column("id", "the line's own id, once in the package", example="fleet-diesel"),
    Column("facility", "the id of a facility", example="works"),
    Column("scope", "1, 2, 3 or outside", example="1", choices=tuple(SCOPE_TEXT)),
    Column(
        "category",
        "scope 1: stationary, mobile, process, fugitive; scope 2: electricity, steam, heating, cooling; scope 3: 1 to 15; "
        "outside: biogenic, non-kyoto, removals",
        example="mobile",
        choices=_CATEGORIES,
    ),
    Column("source", "what it is, in words", example="Fleet diesel"),
    Column("quantity", "how much, 0 or more, with a decimal point", ColumnKind.NUMBER, "1234.5"),
    Column("unit", "the quantity's unit, from the closed unit table", example="gal"),
    Column("share", "the part that counts, 0 to 1; empty: all of it", ColumnKind.NUMBER, "0.5"),
    Column("factor", "the emission factor's id; for scope 2 the location-based one", example="own/diesel"),
    Column("market_factor", "scope 2: the supplier's or the residual mix's factor", example=""),
    Column(
        "data",
        "where the quantity comes from",
        example="measured",
        choices=("measured", "estimated", "proxy"),
    ),
    Column("start", "the line's first day, inside the period", ColumnKind.DATE, ""),
    Column("end", "the line's last day, inside the period", ColumnKind.DATE, ""),
    Column("claimed_t", "your own figure in t CO2e, to be compared", ColumnKind.NUMBER, ""),
    Column("note", "anything a reader should know"),
    Column(
        "method",
        "the calculation method of docs/methods.md; empty: activity",
        example="distance-based",
        choices=tuple(methods()),
    ),
    Column("chp", "plant/output: the output of a heat and power plant whose part the line takes"),
    Column("estimate", "how the line is an estimate; empty: it is none", choices=tuple(ESTIMATES)),
    Column("reason", "with estimate: why, and from what"),
    Column("evidence", "files it rests on, declared as evidence, separated by ;"),
    Column(
        "quality",
        "scores of technology, time, geography, completeness and reliability, as 1-2-1-3-1: 1 very good, 2 good, 3 fair, "
        "4 poor; empty: unknown",
    ),
    Column(
        "received",
        "the lot on the ledger that a supplier's allocation gave you for this line: reported, and not minted again",
        example="0x9a3f5c0012de8841",
    ),
    Column("project", "scope 3, category 15: the id of the project that is financed"),
)
_PARAMETERS = tuple(
    column
    for one in PARAMETERS.values()
    for column in (
        Column(one.name, f"{one.role.sign} {one.text}", ColumnKind.NUMBER, parameter=True),
        Column(
            one.unit_column,
            f"the unit of {one.name}; {_UNITS.get(one.unit, f'empty: {one.unit}')}",
            parameter=True,
        ),
    )
)
_BY_NAME = {column.name: column for column in (*_KNOWN, *_PARAMETERS)}


@cache
def columns() -> tuple[Column, ...]:
    """Every column, in the order of the template."""
    return tuple(column(name) for name in COLUMNS)


def column(name: str) -> Column:
    """The column of that name; one that is not described here holds text."""
    return _BY_NAME.get(name, Column(name, ""))
