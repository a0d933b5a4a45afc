"""The parameters of one line: read cell by cell, and brought into its amount exactly.

A line's cells are packed into two texts. `distance=km;trips=;` says which parameters it has and in which units, and decides
how it is calculated; `distance=1200;trips=2;` says how much. Both are written alike here and in SQL (`bulk_parameters`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from cet.errors import CetError, NumberError
from cet.inventory.methods import PARAMETERS, Parameter, Role
from cet.quantities import measure, parse_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_VALUE = 10**24
_UNIT = re.compile(r"[A-Za-z0-9²³_/ -]{0,60}")
_ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter of a line as given: its exact value, canonical text, unit as written (empty: the implied one)."""

    parameter: Parameter
    value: Fraction
    text: str
    unit: str
    artefact: str = ""

    @property
    def unit_name(self) -> str:
        """The unit it is in; empty for a plain number."""
        return self.unit or ("" if self.parameter.unit == "any" else self.parameter.unit)

    @property
    def canonical(self) -> str:
        """Name, number and unit without spaces: `distance=1200[km]`."""
        return f"{self.parameter.name}={self.text}[{self.unit_name.replace(' ', '_')}]"


def packed(cells: Mapping[str, str]) -> tuple[str, str]:
    """Which parameters the cells hold in which units, and how much of each."""
    names, values = [], []
    for name, parameter in PARAMETERS.items():
        if value := cells.get(name, ""):
            names.append(f"{name}={cells.get(parameter.unit_column, '')};")
            values.append(f"{name}={value};")
    return "".join(names), "".join(values)


def unpacked(text: str) -> tuple[tuple[Parameter, str], ...]:
    """What `packed` wrote, by parameter."""
    pairs = (part.partition("=") for part in text.split(";") if part)
    return tuple((PARAMETERS[name], rest) for name, _, rest in pairs if name in PARAMETERS)


@lru_cache(maxsize=4096)
def given_of(names: str, values: str) -> tuple[Given, ...]:
    """The parameters of two texts that `packed` wrote of right cells."""
    units = dict(unpacked(names))
    return tuple(_given(parameter, text, units[parameter]) for parameter, text in unpacked(values))


def read_given(
    cells: Mapping[str, str], report: Callable[[str, str, str, str], None]
) -> tuple[Given, ...] | None:
    """Every parameter of the cells; None when one is wrong, which `report` takes as column, value, problem and remedy."""
    found: list[Given] = []
    sound = True
    for name, parameter in PARAMETERS.items():
        value, unit_text = cells.get(name, ""), cells.get(parameter.unit_column, "")
        if not value and not unit_text:
            continue
        if not value:
            report(name, "", "a unit without a number", f"give the number, or leave {name}_unit empty")
            sound = False
            continue
        if not _UNIT.fullmatch(unit_text):
            report(
                parameter.unit_column,
                unit_text[:80],
                "not a unit",
                "write one such as km, kWh/item or EUR2023/L",
            )
            sound = False
        try:
            one = _given(parameter, value, unit_text)
        except NumberError as error:
            report(name, value[:80], error.problem, error.remedy)
            sound = False
        else:
            found.append(one)
    return tuple(found) if sound else None


def _given(parameter: Parameter, text: str, unit_text: str) -> Given:
    number, artefact, canonical = _ratio(text)
    if number < 0:
        raise NumberError(
            "negative", "write what is taken away in a parameter that is subtracted, without a sign"
        )
    if number > MAX_VALUE:
        raise NumberError("absurdly large", "check the number and its unit")
    if parameter.most is not None and number > parameter.most:
        raise NumberError(
            f"over {parameter.most}, which is the whole", "write the part as a decimal, 0.5 for 50%"
        )
    if parameter.role is Role.DIVIDE and number == 0:
        raise NumberError("zero, and divided by", "leave it empty where it is not known")
    return Given(parameter, number, canonical, unit_text, artefact)


def _ratio(text: str) -> tuple[Fraction, str, str]:
    """A decimal, or two of them with a slash: exact value, the text of a spreadsheet's noise, canonical text."""
    above, slash, below = text.partition("/")
    first = parse_number(above)
    if not slash:
        return first.value, first.artefact, first.text
    second = parse_number(below)
    if second.value <= 0:
        raise NumberError("divided by zero or less", "write a ratio such as 184/366")
    artefact = text if first.artefact or second.artefact else ""
    return first.value / second.value, artefact, f"{first.text}/{second.text}"


def multiplier(given: tuple[Given, ...]) -> Fraction:
    """The product of the parameters that multiply and divide, without their units."""
    found = _ONE
    for one in given:
        if not one.parameter.role.is_term:
            found *= entering(one.parameter.role, one.value)
    return found


def entering(role: Role, value: Fraction) -> Fraction:
    """What a parameter multiplies the amount by."""
    match role:
        case Role.MULTIPLY:
            return value
        case Role.DIVIDE:
            return 1 / value
        case Role.INCREASE:
            return 1 + value
        case Role.REDUCE:
            return 1 - value
        case Role.EXCLUDE:
            return 1 / (1 + value)
        case _:
            raise ValueError(role)


def added(given: tuple[Given, ...], unit_text: str) -> Fraction:
    """What is added to the quantity less what is subtracted, in the quantity's unit; 0 where units are wrong."""
    total = Fraction(0)
    for one in given:
        if one.parameter.role.is_term:
            try:
                ratio = measure(one.unit_name).ratio / measure(unit_text).ratio
            except CetError:
                continue
            total += one.value * ratio * (1 if one.parameter.role is Role.ADD else -1)
    return total


@lru_cache(maxsize=4096)
def multiplier_of(values: str) -> Fraction:
    """`multiplier` of a packed text of right values."""
    return multiplier(tuple(_given(parameter, text, "") for parameter, text in unpacked(values)))
