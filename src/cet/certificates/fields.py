"""The kinds of value that a package's energy is written in: amounts of energy as text, countries, carriers, uses, signatures."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

from cet.errors import CetError
from cet.factors.model import Id
from cet.quantities import parse_number, unit

SIGNATURE_PATTERN = r"^0x[0-9a-fA-F]{130}$"
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Signature = Annotated[str, StringConstraints(pattern=SIGNATURE_PATTERN)]
Carrier = Literal["electricity", "steam", "heating", "cooling", "gas"]
EnergyUse = Literal["scope-2", "3.3", "3.7", "3.11", "scope-1"]
"""What certified energy is used for: the purchaser's own; losses; homeworking; use of sold products; gas burned."""


def listed(value: object) -> object:
    """TOML's lists are tuples here."""
    return tuple(value) if isinstance(value, list) else value


Ids = Annotated[tuple[Id, ...], BeforeValidator(listed)]
Countries = Annotated[tuple[Country, ...], BeforeValidator(listed)]


def _amount(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('not text; write the quantity in quotes, "120.5"')  # noqa: TRY004 - Pydantic wants ValueError
    try:
        found = parse_number(value).value
    except CetError as error:
        raise ValueError(str(error)) from error
    if found < 0:
        raise ValueError("negative; write how much it was, 0 or more")
    return found


Amount = Annotated[
    Fraction, BeforeValidator(_amount), WithJsonSchema({"type": "string", "format": "decimal"})
]


def _energy_unit(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no unit; write Wh, kWh, MWh or GJ")  # noqa: TRY004 - Pydantic wants ValueError
    try:
        dimension = unit(value).dimension
    except CetError as error:
        raise ValueError(str(error)) from error
    if dimension != "energy":
        raise ValueError(f"{value} is no unit of energy; write Wh, kWh, MWh or GJ")
    return value


EnergyUnit = Annotated[str, BeforeValidator(_energy_unit), WithJsonSchema({"type": "string"})]


def watt_hours(quantity: Fraction, name: str) -> Fraction:
    """A quantity of energy in watt-hours, exactly."""
    return quantity * unit(name).ratio / unit("Wh").ratio


def check_use(carrier: str, use: str) -> None:
    """Raises ValueError where energy of that carrier has no such use."""
    if (carrier == "gas") != (use == "scope-1"):
        raise ValueError("gas and scope-1 belong together; other energy is used in scope 2 or 3")
