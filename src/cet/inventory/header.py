"""`[inventory]`: who an inventory is of, of when, and by which rules.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show; there is no other text.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    model_validator,
)

from cet.factors.model import Frozen, Id, Words
from cet.gases import GwpSet
from cet.inventory.boundary.approach import Consolidation

MAX_PERIOD_DAYS = 366
_EPOCH = dt.date(1970, 1, 1)
_LAST_DAY = 65535
_DISTINCT_BYTES = 8  # 32 random bytes have fewer once in 2^120


class Period(Frozen):
    """First and last day, both included."""

    start: Annotated[dt.date, Field(description="first day", examples=["2023-01-01"])]
    end: Annotated[dt.date, Field(description="last day, included", examples=["2023-12-31"])]

    @model_validator(mode="after")
    def _at_most_a_year_and_in_order(self) -> Period:
        if self.end < self.start:
            raise ValueError("ends before it starts; swap start and end")
        if (self.end - self.start).days >= MAX_PERIOD_DAYS:
            raise ValueError(f"longer than {MAX_PERIOD_DAYS} days; make one package per reporting year")
        if self.start < _EPOCH or (self.end - _EPOCH).days > _LAST_DAY:
            raise ValueError("outside 1970 to 2149; correct the dates")
        return self

    @property
    def years(self) -> range:
        """Every calendar year the period touches."""
        return range(self.start.year, self.end.year + 1)

    @property
    def first_day(self) -> int:
        """Days since 1970-01-01."""
        return (self.start - _EPOCH).days

    @property
    def last_day(self) -> int:
        """Days since 1970-01-01."""
        return (self.end - _EPOCH).days


def _gwp(value: object) -> GwpSet:
    if isinstance(value, str) and value in GwpSet.__members__:
        return GwpSet[value]
    raise ValueError('unknown GWP set; write "AR4", "AR5" or "AR6"')


def _consolidation(value: object) -> Consolidation:
    for choice in Consolidation:
        if choice.text == value:
            return choice
    raise ValueError("unknown approach; write " + ", ".join(choice.text for choice in Consolidation))


def _salt(value: object) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(r"0x[0-9a-fA-F]{64}", value):
        raise ValueError("not 32 bytes of hexadecimal; write 0x and 64 random hexadecimal digits")
    salt = bytes.fromhex(value[2:])
    if len(set(salt)) < _DISTINCT_BYTES:
        raise ValueError(
            "not random; draw 32 random bytes, the salt keeps lines unguessable behind their root"
        )
    return salt


class Header(Frozen):
    """`[inventory]`: who, when, which rules."""

    organisation: Annotated[
        Words, Field(description="who the inventory is of, by name", examples=["Example Works"])
    ]
    entity: Annotated[
        Id,
        Field(
            description="the id the registry enrolled; its keccak256 is the statement's entity",
            examples=["example-works"],
        ),
    ]
    period: Annotated[Period, Field(description="at most 366 days, both ends included")]
    gwp: Annotated[
        GwpSet,
        BeforeValidator(_gwp),
        WithJsonSchema({"type": "string", "enum": list(GwpSet.__members__)}),
        Field(
            description="the GWP set of the whole inventory: assessment report 4, 5 or 6 of the IPCC",
            examples=["AR5"],
        ),
    ]
    consolidation: Annotated[
        Consolidation,
        BeforeValidator(_consolidation),
        WithJsonSchema({"type": "string", "enum": [choice.text for choice in Consolidation]}),
        Field(description="how the organisational boundary is drawn", examples=["operational-control"]),
    ]
    salt: Annotated[
        bytes,
        BeforeValidator(_salt),
        WithJsonSchema({"type": "string", "pattern": "^0x[0-9a-fA-F]{64}$"}),
        Field(
            repr=False,
            description="32 random bytes that keep lines unguessable behind their Merkle root; keep it secret",
        ),
    ]
