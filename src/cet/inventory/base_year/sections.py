"""`[base_year]`: the year that later ones are compared with, and the policy by which it is recalculated."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from cet.factors.model import Frozen, Words
from cet.inventory.written_numbers import written_number, written_part


def _threshold(value: object) -> Fraction:
    part = written_part(value, 'write the threshold in quotes, "5 %"')
    if not 0 < part <= 1:
        raise ValueError("not above 0 and up to 100 %; write the part of base year emissions, 5 %")
    return part


def _tonnes(value: object) -> str:
    tonnes = written_number(value, 'write the figure in t CO2e as text, "292.5"')
    if tonnes.value < 0:
        raise ValueError("negative; write gross emissions, 0 or more")
    return tonnes.text


Policy = Annotated[
    str, StringConstraints(min_length=1, max_length=4000, pattern=r"^[^\s=+@-][^\x00-\x1f\x7f]*$")
]
Tonnes = Annotated[
    Annotated[str, BeforeValidator(_tonnes), WithJsonSchema({"type": "string", "format": "decimal"})] | None,
    Field(description="recorded for the base year, in t CO2e, as text"),
]


class BaseYear(Frozen):
    """`[base_year]`: the year that later ones are compared with, and by which policy it is recalculated.

    `threshold` is a part of base year emissions. Changes accumulate against it; at it or above it the base year is
    recalculated (Corporate Standard, chapter 5). Figures are as recorded, to as many decimals as are compared.
    """

    start: Annotated[dt.date, Field(description="the base year's first day", examples=["2019-01-01"])]
    end: Annotated[dt.date, Field(description="its last day, included", examples=["2019-12-31"])]
    policy: Annotated[
        Policy,
        Field(
            description="when the base year is recalculated, in words; the statement commits to it",
            examples=["We recalculate for structural changes, changes of method and errors of 5 % together."],
        ),
    ]
    threshold: Annotated[
        Fraction,
        BeforeValidator(_threshold),
        WithJsonSchema({"type": "string", "format": "decimal"}),
        Field(description="the significance threshold, of base year emissions", examples=["5 %"]),
    ]
    tested: Annotated[
        Literal["total", "each-scope"],
        Field(description="what the threshold is a part of: all scopes together, or each of them"),
    ] = "total"
    package: Annotated[
        Words | None,
        Field(description="where the base year's package is", examples=["../works-2019"]),
    ] = None
    scope_1_t: Tonnes = None
    scope_2_location_t: Tonnes = None
    scope_2_market_t: Tonnes = None
    scope_3_t: Tonnes = None

    @model_validator(mode="after")
    def _says_what_it_was(self) -> BaseYear:
        if self.end < self.start:
            raise ValueError("ends before it starts; swap start and end")
        if self.package is None and not any(self.recorded):
            raise ValueError(
                "neither figures nor a package; record scope_1_t and the others, or say where it is"
            )
        return self

    @property
    def recorded(self) -> tuple[str | None, ...]:
        """The recorded figures of scope 1, scope 2 location-based, scope 2 market-based and scope 3, as written."""
        return self.scope_1_t, self.scope_2_location_t, self.scope_2_market_t, self.scope_3_t
