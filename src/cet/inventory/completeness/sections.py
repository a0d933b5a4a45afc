"""`[[exclusion]]`, `[[relevance]]` and `[[plan]]`: what is left out and why, what is relevant, how missing data will come.

Trace, "Boundary Setting Methodology", step 2; Scope 3 Standard, chapter 6 and table 6.1; Corporate Standard, chapter 9.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from cet.factors.model import Frozen, Words
from cet.inventory.written_numbers import written_number, written_part
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Scope

CATEGORY_PATHS = [
    *SCOPE_TEXT,
    *(f"{text}.{name}" for text, scope in SCOPE_TEXT.items() for name in CATEGORY_NAMES[scope]),
]
"""Every scope, and every category as scope.category."""

SCOPE_3_PATHS = [f"3.{name}" for name in CATEGORY_NAMES[Scope.SCOPE_3]]

ENOUGH_CRITERIA = 2
"""A scope 3 source is relevant when at least two of the five criteria hold (Trace, step 2)."""


def _category_path(value: object) -> str:
    if isinstance(value, str) and value in CATEGORY_PATHS:
        return value
    raise ValueError('no such category; write "3.1", "1.fugitive", "2.steam" or a whole scope, "3"')


def _scope_3_path(value: object) -> str:
    if isinstance(value, str) and value in SCOPE_3_PATHS:
        return value
    raise ValueError('no scope 3 category; write "3.1" to "3.15": scopes 1 and 2 are always relevant')


def _tonnes(value: object) -> Fraction:
    tonnes = written_number(value, 'write tonnes CO2e as text, "12.5"').value
    if tonnes < 0:
        raise ValueError("negative; write what is left out as a mass, 0 or more")
    return tonnes


def _uplift(value: object) -> Fraction:
    uplift = written_part(value, 'write what was added as text, "0.1" or "10 %"')
    if uplift < 0:
        raise ValueError("negative; an uplift adds to what is missing, it takes nothing away")
    return uplift


CategoryPath = Annotated[
    str,
    BeforeValidator(_category_path),
    WithJsonSchema({"type": "string", "enum": CATEGORY_PATHS}),
]


class Exclusion(Frozen):
    """`[[exclusion]]`: an empty or excluded category and why (Trace, "Rules for applying the Emissions Boundary").

    `because` says what kind of reason it is, `estimated_t` how large the company takes it to be.
    """

    category: Annotated[CategoryPath, Field(description="a category, or a whole scope", examples=["3.8"])]
    reason: Annotated[
        Words, Field(description="why it is empty or left out", examples=["No leased assets upstream."])
    ]
    because: Annotated[
        Literal["does-not-occur", "not-relevant", "no-data"] | None,
        Field(description="what kind of reason it is", examples=["does-not-occur"]),
    ] = None
    estimated_t: Annotated[
        Annotated[Fraction, BeforeValidator(_tonnes), WithJsonSchema({"type": "string"})] | None,
        Field(description="how much is left out, in t CO2e, as text", examples=["0"]),
    ] = None


class Relevance(Frozen):
    """`[[relevance]]`: the five criteria applied to a scope 3 category, and on what that judgement rests."""

    category: Annotated[
        str,
        BeforeValidator(_scope_3_path),
        WithJsonSchema({"type": "string", "enum": SCOPE_3_PATHS}),
        Field(description="the scope 3 category", examples=["3.6"]),
    ]
    size: Annotated[
        bool, Field(description="large beside the electricity, stationary energy and fuel", examples=[True])
    ]
    risk: Annotated[bool, Field(description="adds to the greenhouse gas risk exposure", examples=[False])]
    stakeholders: Annotated[bool, Field(description="key stakeholders hold it relevant", examples=[True])]
    influence: Annotated[bool, Field(description="the company could bring it down", examples=[True])]
    outsourcing: Annotated[
        bool, Field(description="outsourced, once or usually done in-house", examples=[False])
    ]
    reason: Annotated[
        Words, Field(description="what the judgement rests on", examples=["Travel records and staff survey."])
    ]

    @property
    def holding(self) -> tuple[str, ...]:
        """The criteria that hold."""
        return tuple(name for name in CRITERIA if getattr(self, name))

    @property
    def relevant(self) -> bool:
        """Whether at least two of the five hold."""
        return len(self.holding) >= ENOUGH_CRITERIA


CRITERIA = ("size", "risk", "stakeholders", "influence", "outsourcing")


class Plan(Frozen):
    """`[[plan]]`: a data management plan: what data is missing, what stands in for it, who will get it by when."""

    category: Annotated[CategoryPath, Field(description="a category, or a whole scope", examples=["3.6"])]
    gap: Annotated[Words, Field(description="what data is missing", examples=["Hotel nights by country."])]
    assumption: Annotated[
        Words | None,
        Field(description="what stands in for it", examples=["All nights at the world average."]),
    ] = None
    uplift: Annotated[
        Annotated[Fraction, BeforeValidator(_uplift), WithJsonSchema({"type": "string"})] | None,
        Field(description="what the assumption adds, in the lines already", examples=["10 %"]),
    ] = None
    action: Annotated[
        Words, Field(description="how the data will be got", examples=["Ask the travel agent for nights."])
    ]
    responsible: Annotated[Words, Field(description="who does it", examples=["Travel desk"])]
    due: Annotated[dt.date, Field(description="by when", examples=["2024-06-30"])]


def covers(path: str, category: str) -> bool:
    """Whether a path, which may be a whole scope, covers a category written as scope.category."""
    return path == category or path == category.partition(".")[0]
