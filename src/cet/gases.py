"""Greenhouse gases, their families and 100-year GWPs (AR4, AR5, AR6), and refrigerant blends.

GHG Protocol, "Required greenhouse gases in inventories" (2013): the seven families of the UNFCCC, 100-year GWPs of one
assessment report for the whole inventory; other gases are reported separately from the scopes. Biogenic CO2 likewise.
"""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cet.errors import GasError

if TYPE_CHECKING:
    from collections.abc import Mapping


class GwpSet(IntEnum):
    """The IPCC assessment report whose 100-year GWPs an inventory uses; the value is a statement's `gwpSet`."""

    AR4 = 4
    AR5 = 5
    AR6 = 6


class Family(Enum):
    """The columns of a statement's gas masses in their order, and last the gases outside the UNFCCC's families."""

    FOSSIL_CO2 = "fossil-co2"
    BIOGENIC_CO2 = "biogenic-co2"
    CH4 = "ch4"
    N2O = "n2o"
    HFC = "hfc"
    PFC = "pfc"
    SF6 = "sf6"
    NF3 = "nf3"
    NON_KYOTO = "non-kyoto"


GAS_COLUMNS: tuple[Family, ...] = tuple(family for family in Family if family is not Family.NON_KYOTO)
"""The eight columns of `Statement.gasMasses`."""

_OTHER = "other"


@dataclass(frozen=True, slots=True)
class Gas:
    """A gas: its canonical name, family, and GWP under each set that gives one."""

    name: str
    family: Family
    gwps: tuple[tuple[GwpSet, Fraction], ...]

    def gwp(self, gwp_set: GwpSet) -> Fraction:
        """Mass of CO2 equal to one mass of this gas over 100 years. Raises GasError where the report gives none."""
        for known, value in self.gwps:
            if known is gwp_set:
                return value
        raise GasError(
            f"{gwp_set.name} gives no GWP for {self.name}", "use a GWP set that does, for the whole inventory"
        )


@dataclass(frozen=True, slots=True)
class _Table:
    gases: dict[str, Gas]
    blends: dict[str, tuple[tuple[Gas, Fraction], ...]]


@cache
def _table() -> _Table:
    text = resources.files("cet").joinpath("data/gwp.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text, parse_float=Decimal)
    gases: dict[str, Gas] = {}
    for entry in data["gas"]:
        gwps = tuple((GwpSet[name], Fraction(Decimal(value))) for name, value in entry["gwp"].items())
        found = Gas(entry["name"], Family(entry["family"]), gwps)
        for name in [found.name, *entry.get("aliases", [])]:
            if name in gases:
                raise GasError(f"gas {name} stands twice in gwp.toml", "keep one")
            gases[name] = found
    blends = {}
    for entry in data["blend"]:
        parts = {name: Fraction(Decimal(value)) for name, value in entry["parts"].items()}
        if sum(parts.values()) != 1:
            raise GasError(f"the parts of {entry['name']} don't sum to 1", "correct gwp.toml")
        blends[entry["name"]] = tuple((gases[name], part) for name, part in parts.items() if name != _OTHER)
    return _Table(gases, blends)


def gas(name: str) -> Gas:
    """The gas of that name or alias (`CH4` alone is fossil methane). Raises GasError; blends are not gases."""
    if found := _table().gases.get(name):
        return found
    near = difflib.get_close_matches(name, [*_table().gases, *_table().blends], n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "see data/gwp.toml for the gases that have a GWP"
    raise GasError(f"unknown gas {name!r}", hint)


def gas_names() -> tuple[str, ...]:
    """Every gas, alias and blend that a factor may name, sorted."""
    return tuple(sorted([*_table().gases, *_table().blends]))


def own_names() -> tuple[str, ...]:
    """Every gas and blend once, by its first name, sorted."""
    return tuple(sorted([*{found.name for found in _table().gases.values()}, *_table().blends]))


def expand(masses: Mapping[str, Fraction]) -> tuple[tuple[Gas, Fraction], ...]:
    """Masses by gas name, blends taken apart into their components by mass, sorted by gas name.

    A component that is no listed greenhouse gas (the propane of a blend) drops out. Raises GasError.
    """
    total: dict[str, tuple[Gas, Fraction]] = {}
    for name, mass in masses.items():
        for part, weight in _table().blends.get(name) or ((gas(name), Fraction(1)),):
            _, already = total.get(part.name, (part, Fraction(0)))
            total[part.name] = (part, already + mass * weight)
    return tuple(total[name] for name in sorted(total))
