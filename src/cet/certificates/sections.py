"""What a package says of its energy besides its instruments: consumption by month or hour, networks, markets, residual mixes.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, model_validator

from cet.certificates.fields import (
    Amount,
    Carrier,
    Countries,
    EnergyUnit,
    EnergyUse,
    Ids,
    check_use,
)
from cet.factors.model import Frozen, Geography, Id, Words


class ResidualMix(Frozen):
    """`[[residual_mix]]`: the factor of energy that no instrument covers in a place, or that none is published there."""

    geography: Annotated[Geography, Field(description="a country or a grid region of one", examples=["DE"])]
    factor: Annotated[
        Id | None, Field(description="a factor of kind residual-mix", examples=["own/residual-de"])
    ] = None
    none: Annotated[
        Words | None,
        Field(
            description="that none is published, and how it was looked for",
            examples=["No residual mix is published for AU"],
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ResidualMix:
        if (self.factor is None) == (self.none is None):
            raise ValueError("factor and none; give the factor, or say that none is published")
        return self


class Network(Frozen):
    """`[[network]]`: which network a facility takes gas, steam, heat or cold from; for gas, by which factors its lines burn it."""

    id: Annotated[Id, Field(description="the network's id", examples=["gb-gas"])]
    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    carrier: Annotated[
        Literal["gas", "steam", "heating", "cooling"], Field(description="what it carries", examples=["gas"])
    ]
    factors: Annotated[
        Ids,
        Field(description="gas: the factors of lines that burn it", examples=[["own/natural-gas"]]),
    ] = ()

    @model_validator(mode="after")
    def _gas_is_burned_by_lines(self) -> Network:
        if (self.carrier == "gas") != bool(self.factors):
            raise ValueError(
                "factors are for gas; name those of the lines that burn it, and none for other networks"
            )
        return self


class Market(Frozen):
    """`[[market]]`: countries that certificates may be used across, where the shipped list is out of date; disclosed."""

    name: Annotated[Id, Field(description="the market's name", examples=["nordic"])]
    countries: Annotated[Countries, Field(min_length=1, description="ISO codes", examples=[["SE", "NO"]])]
    source: Annotated[Words, Field(description="who says so", examples=["RE100 Market boundary criteria"])]


class Consumption(Frozen):
    """`[[consumption]]`: what a facility took in a month or an hour; a folder may hold them in `consumption.csv` instead.

    With monthly or hourly matching only: it says when the energy of the activity lines was used, and adds up to it.
    """

    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    carrier: Annotated[
        Carrier,
        Field(description="what energy", examples=["electricity"]),
    ]
    use: Annotated[
        EnergyUse,
        Field(
            description="what for, as certificates say it; losses without times of their own follow scope-2"
        ),
    ] = "scope-2"
    day: Annotated[dt.date, Field(description="the day, or any day of the month", examples=["2023-01-01"])]
    hour: Annotated[
        int | None, Field(ge=0, le=23, description="the hour it began in, UTC", examples=[13])
    ] = None
    quantity: Annotated[Amount, Field(description="how much, as text", examples=["41.5"])]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["kWh"])]

    @model_validator(mode="after")
    def _use_fits_the_carrier(self) -> Consumption:
        check_use(self.carrier, self.use)
        return self


class EnergyRules(Frozen):
    """`[energy]`: how certificates are matched with consumption."""

    matching: Annotated[
        Literal["annual", "monthly", "hourly"],
        Field(description="the period energy must be produced in to count", examples=["annual"]),
    ] = "annual"
    months_before: Annotated[
        int | None, Field(ge=0, le=24, description="annual: months before the consumption", examples=[6])
    ] = None
    months_after: Annotated[
        int | None, Field(ge=0, le=24, description="annual: months after it", examples=[3])
    ] = None
    reason: Annotated[Words | None, Field(description="why the window differs from the shipped one")] = None
    first: Annotated[
        Ids,
        Field(description="facilities covered first where there is not enough for all, in this order"),
    ] = ()

    @model_validator(mode="after")
    def _another_window_has_its_reason(self) -> EnergyRules:
        given = [self.months_before, self.months_after]
        if (given != [None, None]) != (self.reason is not None) or given.count(None) == 1:
            raise ValueError(
                "months_before, months_after and reason belong together; give all three, or none"
            )
        return self
