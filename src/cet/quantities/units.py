"""The closed unit table: exact ratios with their definitions cited in `data/units.toml`."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib import resources

from cet.errors import UnitError

_MONEY = re.compile(r"(?P<currency>[A-Z]{3})(?P<year>(19|20)\d{2})", re.ASCII)
_DIMENSIONS = (
    "energy",
    "volume",
    "mass",
    "distance",
    "freight",
    "passenger",
    "container",
    "item",
    "stay",
    "work",
    "area",
    "time",
    "power",
    "people",
    "boxes",
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: its dimension and how many of the dimension's base unit it is, exactly."""

    name: str
    dimension: str
    ratio: Fraction


@dataclass(frozen=True, slots=True)
class _Table:
    units: dict[str, Unit]
    ambiguous: dict[str, str]
    currencies: frozenset[str]


@cache
def _table() -> _Table:
    text = resources.files("cet").joinpath("data/units.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text, parse_float=Decimal)
    units: dict[str, Unit] = {}
    for dimension in _DIMENSIONS:
        for entry in data[dimension]["units"]:
            found = Unit(entry["name"], dimension, Fraction(Decimal(entry["ratio"])))
            for name in [found.name, *entry.get("aliases", [])]:
                if name in units:
                    raise UnitError(f"unit {name} stands twice in units.toml", "keep one")
                units[name] = found
    return _Table(units, dict(data["ambiguous"]), frozenset(data["money"]["currencies"]))


def unit(name: str) -> Unit:
    """The unit of that name or alias; money is currency and price year, `USD2022`. Raises UnitError."""
    table = _table()
    if found := table.units.get(name):
        return found
    if (money := _MONEY.fullmatch(name)) and money["currency"] in table.currencies:
        return Unit(name, f"money {name}", Fraction(1))
    if name in table.ambiguous:
        raise UnitError(f"unit {name!r} is ambiguous", f"write {table.ambiguous[name]}")
    if name in table.currencies:
        raise UnitError("money without its price year", f"write {name}2022 for prices of 2022")
    near = difflib.get_close_matches(name, table.units, n=3)
    known = (
        f"did you mean {' or '.join(near)}?" if near else "see the unit table in docs/inventory-package.md"
    )
    raise UnitError(f"unknown unit {name!r}" if name else "no unit", known)


def unit_names() -> tuple[str, ...]:
    """Every name and alias in the table, sorted; money excepted."""
    return tuple(sorted(_table().units))


def convertible(source: Unit, target: Unit) -> bool:
    """Whether a quantity in one unit can be given in the other."""
    return source.dimension == target.dimension


def ratio_between(source: Unit, target: Unit) -> Fraction:
    """How many `target` one `source` is, exactly. Raises UnitError when the dimensions differ."""
    if not convertible(source, target):
        raise UnitError(
            f"{source.name} ({source.dimension}) can't be converted to {target.name} ({target.dimension})",
            f"give the quantity in a unit of {target.dimension}, or choose a factor per unit of {source.dimension}",
        )
    return source.ratio / target.ratio
