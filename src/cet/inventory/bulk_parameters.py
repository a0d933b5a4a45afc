"""The parameters of a line in SQL: packed as `parameters.packed` packs them, and whether they are surely right.

Rows of one shape with the same parameter texts are added up together; their product is applied to the sum as a fraction, so
that a ratio is as exact as a decimal and no DECIMAL has to hold it. Terms added to the quantity are read row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.methods import PARAMETERS, Parameter, Role

if TYPE_CHECKING:
    from collections.abc import Collection

_UNIT = "[A-Za-z0-9_/ -]{0,60}"
_DECIMAL = r"[0-9]{1,15}(\.[0-9]{1,9})?"
_PART = r"0(\.[0-9]{1,9})?|1(\.0{1,9})?"
_MOST_CHARACTERS = 16


def present(columns: Collection[str]) -> tuple[Parameter, ...]:
    """The parameters of which the file has the number or the unit."""
    return tuple(one for one in PARAMETERS.values() if one.name in columns or one.unit_column in columns)


def cells_of(columns: Collection[str]) -> tuple[str, ...]:
    """The columns of those parameters; the one a file lacks is read as empty."""
    return tuple(name for one in present(columns) for name in (one.name, one.unit_column))


def names_sql(columns: Collection[str]) -> str:
    """Which parameters a row has, in which units."""
    parts = [
        f"if({one.name} = '', '', '{one.name}=' || {one.unit_column} || ';')" for one in present(columns)
    ]
    return " || ".join(parts) or "''"


def values_sql(columns: Collection[str]) -> str:
    """How much of each."""
    parts = [
        f"if(\"{one.name}\" = '', '', '{one.name}=' || \"{one.name}\" || ';')" for one in present(columns)
    ]
    return " || ".join(parts) or "''"


def plain_sql(columns: Collection[str]) -> str:
    """That every parameter cell is empty, or a decimal within its bounds with a unit that can be one."""
    return " AND ".join(f"({_plain(one)})" for one in present(columns)) or "true"


def _plain(one: Parameter) -> str:
    value, unit = f'"{one.name}"', f'"{one.unit_column}"'
    empty = f"{value} = '' AND {unit} = ''"
    if one.role.is_term:
        return empty
    number = _DECIMAL if one.most is None else _PART
    right = f"length({value}) <= {_MOST_CHARACTERS} AND regexp_full_match({value}, '{number}')"
    if one.role is Role.DIVIDE:
        right += f" AND regexp_matches({value}, '[1-9]')"
    return f"({empty}) OR ({right} AND regexp_full_match({unit}, '{_UNIT}'))"
