"""`[[entity]]` and `[[holding]]`: who belongs to the reporting company, and who owns how much of whom."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from cet.factors.model import Frozen, Id, Words
from cet.inventory.boundary.tables import treatments
from cet.inventory.written_numbers import written_part

_RATIO = re.compile(r"(\d{1,18})/(\d{1,18})", re.ASCII)


def _share(value: object) -> Fraction:
    """A part of 1, exactly: `0.83`, `1/3`, or `83 %`."""
    text = value if isinstance(value, str) else ""
    ratio = _RATIO.fullmatch(text.replace(" ", ""))
    if ratio is not None and int(ratio[2]):
        share = Fraction(int(ratio[1]), int(ratio[2]))
    else:
        share = written_part(value, 'write the part in quotes, "0.5", "1/3" or "50 %"')
    if not 0 <= share <= 1:
        raise ValueError("not between 0 and 100 %; write the part that is held")
    return share


def _treatment(value: object) -> str:
    if isinstance(value, str) and value in treatments():
        return value
    raise ValueError("no such treatment; write " + ", ".join(treatments()))


Share = Annotated[
    Fraction,
    BeforeValidator(_share),
    WithJsonSchema({"type": "string", "format": "decimal"}),
    Field(description="the part held, exact", examples=["50 %"]),
]


class Entity(Frozen):
    """`[[entity]]`: a company, venture or operation beside the reporting one, as the reporting company's accounts treat it.

    `operational_control`: whether the reporting company or one of its subsidiaries introduces and implements the operating
    policies; None takes the treatment's default. `financial_control` is asked of franchises and contractors only: of the
    others the treatment says it. `statement` is the id under which the entity files its own statement on the ledger: its
    sources are then minted there and not here.
    """

    id: Annotated[Id, Field(description="what holdings and facilities call it", examples=["example-mill"])]
    name: Annotated[Words, Field(description="its name", examples=["Example Mill Ltd"])]
    treatment: Annotated[
        str,
        BeforeValidator(_treatment),
        WithJsonSchema({"type": "string", "enum": list(treatments())}),
        Field(description="how the reporting company's accounts treat it", examples=["joint-venture"]),
    ]
    operational_control: Annotated[
        bool | None,
        Field(description="of the company or a subsidiary; default: true for a subsidiary, else false"),
    ] = None
    financial_control: Annotated[
        bool | None, Field(description="of franchises, franchisors and contractors only; default: false")
    ] = None
    statement: Annotated[
        Id | None,
        Field(description="the entity id under which it files statements of its own", examples=["mill-ltd"]),
    ] = None
    operator: Annotated[
        Words | None,
        Field(description="who runs it, where nobody of the package does", examples=["Mill Ltd"]),
    ] = None

    @model_validator(mode="after")
    def _flags_belong_to_the_treatment(self) -> Entity:
        rules = treatments()[self.treatment]
        if self.financial_control is not None and rules.financial != "flag":
            raise ValueError(
                f"financial_control of a {self.treatment}; leave it out: the treatment says it, correct that if need be"
            )
        return self

    @property
    def operated(self) -> bool:
        """Whether the reporting company has operational control (all or nothing)."""
        default = treatments()[self.treatment].operated
        return default if self.operational_control is None else self.operational_control


class Holding(Frozen):
    """`[[holding]]`: the part of `entity` that `owner` holds in economic interest; several owners, several holdings.

    The owner is the reporting company or another entity of the package; partners outside it are not written down.
    """

    owner: Annotated[Id, Field(description="who holds it", examples=["example-works"])]
    entity: Annotated[Id, Field(description="of whom", examples=["example-mill"])]
    share: Share
