"""Money brought to another currency and price year by recorded steps.

Spend is converted and deflated to the factor's currency and year (Trace, hybrid scope 3; GHG Protocol Scope 3 guidance,
spend-based method). A step is an exchange between two currencies of one year, or a deflation within one currency; each
names its source. The way with the fewest steps is taken; of two as short, the one that exchanges first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, field_validator, model_validator

from cet.errors import UnitError
from cet.factors.model import DECIMAL, Frozen, Words
from cet.inventory.written_numbers import written_positive
from cet.quantities import exact_text, parse_number, unit

if TYPE_CHECKING:
    from fractions import Fraction

MONEY = "money "


def _price(value: object) -> str:
    try:
        found = unit(value if isinstance(value, str) else "")
    except UnitError as error:
        raise ValueError(str(error)) from error
    if not found.dimension.startswith(MONEY):
        raise ValueError("no money; write currency and price year, EUR2023")
    return found.name


def _positive(value: object) -> str:
    return written_positive(value, "1.0813", "write a positive number")


class _Step(Frozen):
    """Two prices, money and year each, and who says how one becomes the other."""

    source: Annotated[Words, Field(description="who says so", examples=["ECB, annual average 2023"])]

    @field_validator("from_money", "to_money", mode="before", check_fields=False)
    @classmethod
    def _are_prices(cls, value: object) -> str:
        return _price(value)

    @field_validator("rate", "from_index", "to_index", mode="before", check_fields=False)
    @classmethod
    def _are_positive_decimals(cls, value: object) -> str:
        return _positive(value)


class Exchange(_Step):
    """`[[exchange]]`: one unit of `from` money is `rate` units of `to` money, in the same year."""

    from_money: Annotated[
        str, Field(alias="from", description="currency and price year", examples=["EUR2023"])
    ]
    to_money: Annotated[
        str, Field(alias="to", description="another currency, the same year", examples=["USD2023"])
    ]
    rate: Annotated[
        str, DECIMAL, Field(description="how many `to` one `from` is, as text", examples=["1.0813"])
    ]

    @model_validator(mode="after")
    def _is_within_one_year(self) -> Exchange:
        if self.from_money[3:] != self.to_money[3:]:
            raise ValueError("between two years; exchange within one year and deflate by a [[deflator]]")
        if self.from_money == self.to_money:
            raise ValueError("of a currency into itself; remove it")
        return self

    @property
    def ratio(self) -> Fraction:
        """How many `to` one `from` is."""
        return parse_number(self.rate).value


class Deflator(_Step):
    """`[[deflator]]`: prices of `from` in prices of `to`, one currency: × to_index ÷ from_index."""

    from_money: Annotated[
        str, Field(alias="from", description="currency and price year", examples=["USD2023"])
    ]
    to_money: Annotated[
        str, Field(alias="to", description="the same currency, another year", examples=["USD2022"])
    ]
    from_index: Annotated[
        str, DECIMAL, Field(description="price index of the `from` year, as text", examples=["122.3"])
    ]
    to_index: Annotated[
        str, DECIMAL, Field(description="price index of the `to` year, as text", examples=["118"])
    ]

    @model_validator(mode="after")
    def _is_within_one_currency(self) -> Deflator:
        if self.from_money[:3] != self.to_money[:3]:
            raise ValueError("between two currencies; deflate within one and convert by an [[exchange]]")
        if self.from_money == self.to_money:
            raise ValueError("of a year into itself; remove it")
        return self

    @property
    def ratio(self) -> Fraction:
        """How many `to` one `from` is."""
        return parse_number(self.to_index).value / parse_number(self.from_index).value


@dataclass(frozen=True, slots=True)
class MoneyStep:
    """A step taken: an exchange or a deflation, `ratio` units of `target` for one of `origin`, and who says so."""

    kind: str
    origin: str
    target: str
    ratio: Fraction
    source: str

    def __str__(self) -> str:
        return f"{self.kind} {self.origin} to {self.target} × {exact_text(self.ratio)} ({self.source})"


def steps_between(
    origin: str, target: str, exchanges: tuple[Exchange, ...], deflators: tuple[Deflator, ...]
) -> tuple[MoneyStep, ...] | None:
    """The steps from one money to another, none where they are the same; None where there is no way."""
    edges = [MoneyStep("exchange", e.from_money, e.to_money, e.ratio, e.source) for e in exchanges]
    edges += [MoneyStep("deflation", d.from_money, d.to_money, d.ratio, d.source) for d in deflators]
    edges += [MoneyStep(e.kind, e.target, e.origin, 1 / e.ratio, e.source) for e in list(edges)]
    ways: list[tuple[MoneyStep, ...]] = [()]
    reached = {origin}
    while ways:
        for way in ways:
            if (way[-1].target if way else origin) == target:
                return way
        longer = []
        for way in ways:
            here = way[-1].target if way else origin
            longer += [(*way, e) for e in edges if e.origin == here and e.target not in reached]
        ways = _first_of_each(longer)
        reached |= {way[-1].target for way in ways}
    return None


def _first_of_each(ways: list[tuple[MoneyStep, ...]]) -> list[tuple[MoneyStep, ...]]:
    """One way to each place: the first found, which exchanges first and reads a step as it is written."""
    first: dict[str, tuple[MoneyStep, ...]] = {}
    for way in ways:
        first.setdefault(way[-1].target, way)
    return list(first.values())
