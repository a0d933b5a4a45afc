"""The parameters of a line in SQL: packed as `parameters.packed` packs them, and whether they are surely right.

A row is *small* when its quantity, share and multiplying parameters have few enough digits that their product is an integer
of 128 bits: it is multiplied out and added up there, by its number of decimals. What divides, and every parameter of a row
that is not small, stays a text: rows with equal ones are added up together and their product is applied to the sum as a
fraction, so that a ratio is as exact as a decimal. Terms added to the quantity are read row by row.
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
_SMALL = 28
"""Characters of all factors of a small row: 10^8 products of so many digits add up within 38."""


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


def small_sql(columns: Collection[str]) -> str:
    """That a row is small."""
    lengths = [f'length("{name}")' for name in _multiplied(columns)]
    return f"plain AND {' + '.join(lengths)} <= {_SMALL}"


def product_sql(columns: Collection[str]) -> str:
    """The digits of a small row's product, as an integer; 0 of any other row."""
    digits = [
        f"TRY_CAST(replace(if(\"{n}\" = '', '1', \"{n}\"), '.', '') AS HUGEINT)" for n in _multiplied(columns)
    ]
    return f"if(small, {' * '.join(digits)}, 0)"


def decimals_sql(columns: Collection[str]) -> str:
    """How many of those digits are decimals."""
    places = [
        f'if(contains("{name}", \'.\'), length("{name}") - strpos("{name}", \'.\'), 0)'
        for name in _multiplied(columns)
    ]
    return f"if(small, {' + '.join(places)}, 0)"


def values_sql(columns: Collection[str]) -> str:
    """How much of each parameter that is not in the product."""
    multiplied = _multiplied(columns)
    parts = [
        f"if(\"{one.name}\" = ''{' OR small' if one.name in multiplied else ''}, '', "
        f"'{one.name}=' || \"{one.name}\" || ';')"
        for one in present(columns)
    ]
    return " || ".join(parts) or "''"


def all_values_sql(columns: Collection[str]) -> str:
    """How much of every parameter, as `parameters.packed` writes it."""
    parts = [
        f"if(\"{one.name}\" = '', '', '{one.name}=' || \"{one.name}\" || ';')" for one in present(columns)
    ]
    return " || ".join(parts) or "''"


def _multiplied(columns: Collection[str]) -> tuple[str, ...]:
    own = (one.name for one in present(columns) if one.role is Role.MULTIPLY)
    return ("quantity", "share", *own)


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
