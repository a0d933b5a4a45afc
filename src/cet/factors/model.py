"""An emission factor with where it comes from, and exact milligrams per unit of activity.

GHG Protocol Corporate Standard FAQ 10-13: a factor converts activity data to emissions; its year and place match the
activity's; combustion factors for scopes 1 and 2, life-cycle factors for scope 3.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from cet.errors import CetError
from cet.factors.kinds import BOUNDARY_OF, Boundary, FactorKind, boundary_of, kind_of
from cet.gases import Gas, GwpSet, expand, gas, gas_names
from cet.quantities import Unit, exact_text, parse_number, ratio_between, unit

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._/:+-]{0,99}"
"""Ids of factors, packs, facilities and lines."""

ACTIVITY_PATTERN = r"^[a-z0-9][a-z0-9.+-]*(/[a-z0-9][a-z0-9.+-]*){0,11}$"
"""What a factor is for, in words that finding matches on: `fuel/diesel`, `car/small/diesel`."""

CO2E = "CO2e"

Id = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\s=+@-][^\x00-\x1f\x7f]*$")
]
Geography = Annotated[str, StringConstraints(pattern=r"^(world|[A-Z]{2}(-[A-Za-z0-9]{1,12})?)$")]


class Frozen(BaseModel):
    """A part of a file: frozen, without unknown keys, nothing converted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,))


class Pack(Frozen):
    """The document a pack's factors come from."""

    id: Annotated[Id, Field(description="the pack's id; its factors' ids begin with it", examples=["own"])]
    publisher: Annotated[Words, Field(description="who publishes the figures", examples=["US EPA"])]
    document: Annotated[
        Words, Field(description="the document they stand in", examples=["GHG Emission Factors Hub"])
    ]
    edition: Annotated[Words, Field(description="its edition", examples=["2024-06"])]
    licence: Annotated[Words, Field(description="under what licence", examples=["public domain"])]


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise ValueError("no date; write it as 2024-12-31") from error


Day = Annotated[dt.date, BeforeValidator(_day)]


DECIMAL_TEXT = r"^\d+(\.\d+)?([eE][+-]?\d{1,3})?$"
"""A decimal as text, for schemas; `parse_number` reads it."""

DECIMAL = Field(json_schema_extra={"format": "decimal"})
"""Marks text that is a number: a spreadsheet's cell may hold it as one."""

_GASES_AS_WRITTEN = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"enum": [CO2E, *gas_names()]},
    "additionalProperties": {"type": "string", "format": "decimal", "pattern": DECIMAL_TEXT},
}


class Factor(Frozen):
    """Mass of each gas per unit of activity, and its provenance. `gases` keeps the published decimal text.

    `weighted` holds gases that the publisher prints as CO2e under the set `gwp` names; their masses are exact quotients.
    """

    pack: Pack
    id: Annotated[Id, Field(description="begins with the pack's id", examples=["own/diesel"])]
    name: Annotated[
        Words, Field(description="what it is for, in words", examples=["Diesel, mobile combustion"])
    ]
    table: Annotated[Words, Field(description="where in the document", examples=["Table 2"])]
    year: Annotated[int, Field(ge=1990, le=2100, description="the year it is for", examples=[2024])]
    geography: Annotated[
        Geography, Field(description='"world", a country\'s ISO code, or a region of one', examples=["US"])
    ]
    kind: Annotated[
        FactorKind,
        BeforeValidator(kind_of),
        Field(description="what it covers", examples=["combustion"]),
    ]
    per: Annotated[str, Field(description="the unit of activity it applies to", examples=["gal"])]
    mass: Annotated[
        Literal["mg", "g", "kg", "t", "kt", "lb", "short-ton", "long-ton"],
        Field(description="the unit of the gas masses", examples=["kg"]),
    ]
    gases: Annotated[
        tuple[tuple[str, str], ...],
        WithJsonSchema(_GASES_AS_WRITTEN),
        Field(description="mass of each gas, as decimal text", examples=[{"CO2": "10.21"}]),
    ]
    weighted: Annotated[
        tuple[tuple[str, str], ...],
        WithJsonSchema(_GASES_AS_WRITTEN),
        Field(description="gases the publisher prints as CO2e under the set that gwp names, as decimal text"),
    ] = ()
    gwp: Annotated[
        Literal["AR4", "AR5", "AR6", "unstated"] | None,
        Field(description="with CO2e or weighted: the GWP set it was published in", examples=["AR5"]),
    ] = None
    boundary: Annotated[
        Annotated[Boundary, BeforeValidator(boundary_of)] | None,
        Field(description="how much of a life cycle it covers; empty: as its kind does"),
    ] = None
    valid_from: Annotated[Day | None, Field(description="first day it is valid, where its document says")] = (
        None
    )
    valid_to: Annotated[Day | None, Field(description="last day it is valid, where its document says")] = None
    activity: Annotated[
        Annotated[str, StringConstraints(pattern=ACTIVITY_PATTERN)] | None,
        Field(description="what it is for, in words that finding matches on", examples=["fuel/diesel"]),
    ] = None

    @field_validator("per")
    @classmethod
    def _unit_is_in_the_table(cls, value: str) -> str:
        try:
            unit(value)
        except CetError as error:
            raise ValueError(str(error)) from error
        return value

    @field_validator("gases", mode="before")
    @classmethod
    def _masses_are_decimal_strings(cls, value: object) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, dict) or not value:
            raise ValueError('no gases; write gases = { CO2 = "10.21" }')
        return _exact_masses(value)

    @field_validator("weighted", mode="before")
    @classmethod
    def _weighted_masses_are_of_single_gases(cls, value: object) -> tuple[tuple[str, str], ...]:
        if not isinstance(value, dict) or not value:
            raise ValueError('no gases; write weighted = { CH4 = "0.00028" }, or leave it out')
        for name in value:
            try:
                gas(name)
            except CetError as error:
                raise ValueError(f"{name}: {error}") from error
        return _exact_masses(value)

    @model_validator(mode="after")
    def _co2e_names_its_gwp_set(self) -> Factor:
        if any(name == CO2E for name, _ in self.gases) and self.gwp is None:
            raise ValueError('CO2e without its GWP set; add gwp = "AR4", "AR5", "AR6" or "unstated"')
        if self.weighted and self.gwp in (None, "unstated"):
            raise ValueError('weighted gases without their GWP set; add gwp = "AR4", "AR5" or "AR6"')
        if twice := sorted(dict(self.gases).keys() & dict(self.weighted).keys()):
            raise ValueError(f"{twice[0]} stands in gases and in weighted; keep one")
        if not self.id.startswith(self.pack.id + "/"):
            raise ValueError(f"id outside its pack; begin it with {self.pack.id}/")
        return self

    @model_validator(mode="after")
    def _spend_factors_are_per_money(self) -> Factor:
        if (self.kind is FactorKind.SPEND) != self.unit.dimension.startswith("money"):
            raise ValueError(
                "kind spend and money belong together; write per as currency and price year, USD2022"
            )
        return self

    @model_validator(mode="after")
    def _validity_has_both_ends(self) -> Factor:
        if (self.valid_from is None) != (self.valid_to is None):
            raise ValueError("one end of the validity; give valid_from and valid_to, or neither")
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError("valid_from is after valid_to; exchange them")
        return self

    @cached_property
    def unit(self) -> Unit:
        """The unit of activity the factor applies to."""
        return unit(self.per)

    @cached_property
    def components(self) -> tuple[tuple[Gas, Fraction], ...]:
        """Milligrams of each gas per `per`, blends taken apart, sorted by gas; CO2e is not among them."""
        masses = {name: parse_number(mass).value for name, mass in self.gases if name != CO2E}
        if self.weighted and self.gwp not in (None, "unstated"):
            published = GwpSet[self.gwp]
            for name, co2e in self.weighted:
                masses[name] = parse_number(co2e).value / gas(name).gwp(published)
        return tuple((gas, mass * self._mg) for gas, mass in expand(masses))

    @cached_property
    def co2e_mg(self) -> Fraction | None:
        """Milligrams of CO2e per `per` that the publisher gives in no gas; None where every gas is known."""
        for name, mass in self.gases:
            if name == CO2E:
                return parse_number(mass).value * self._mg
        return None

    @cached_property
    def _mg(self) -> Fraction:
        return ratio_between(unit(self.mass), unit("mg"))

    @property
    def published_under(self) -> GwpSet | None:
        """The GWP set its CO2e was published in; None where unstated or where there is no CO2e."""
        if self.gwp in (None, "unstated") or self.co2e_mg is None:
            return None
        return GwpSet[self.gwp]

    @property
    def covers(self) -> Boundary | None:
        """Its boundary: as stated, else what its kind implies; None for a supplier's factor that states none."""
        return self.boundary or BOUNDARY_OF.get(self.kind)

    @property
    def validity(self) -> tuple[dt.date, dt.date]:
        """First and last day it is for: as stated, else the whole of its year."""
        if self.valid_from and self.valid_to:
            return self.valid_from, self.valid_to
        return dt.date(self.year, 1, 1), dt.date(self.year, 12, 31)

    def co2e(self, gwp: GwpSet) -> Fraction:
        """CO2e under a GWP set, in its own unit of mass per `per`, all gases together, biogenic CO2 left out."""
        inside = (mass * one.gwp(gwp) for one, mass in self.components if one.name != "CO2-biogenic")
        return sum(inside, self.co2e_mg or Fraction(0)) / self._mg

    def trail(self) -> dict[str, str]:
        """Where the factor comes from, as it stands in reports and in a statement's document."""
        return {
            "id": self.id,
            "name": self.name,
            "publisher": self.pack.publisher,
            "document": self.pack.document,
            "edition": self.pack.edition,
            "licence": self.pack.licence,
            "table": self.table,
            "year": str(self.year),
            "geography": self.geography,
            "kind": self.kind.value,
            "boundary": self.covers.value if self.covers else "",
            "valid_from": self.validity[0].isoformat(),
            "valid_to": self.validity[1].isoformat(),
            "per": self.per,
            "mass": self.mass,
            "gases": " ".join(
                [
                    *(f"{name}={mass}" for name, mass in self.gases),
                    *(f"CO2e({name})={mass}" for name, mass in self.weighted),
                ]
            ),
            "gwp": self.gwp or "",
        }


def _exact_masses(value: dict[str, object]) -> tuple[tuple[str, str], ...]:
    """Names and canonical decimal texts, sorted. Raises ValueError."""
    for name, mass in value.items():
        _check_mass(name, mass)
    return tuple((name, exact_text(parse_number(str(value[name])).value)) for name in sorted(value))


def _check_mass(name: str, mass: object) -> None:
    if not isinstance(mass, str):
        problem = f"{name} = {mass} is a number, not text"
        raise ValueError(f'{problem}; write {name} = "{mass}" so that it is read exactly')  # noqa: TRY004 - Pydantic wants ValueError
    try:
        value = parse_number(mass).value
        if name != CO2E:
            expand({name: value})
    except CetError as error:
        raise ValueError(f"{name}: {error}") from error
    if value < 0:
        raise ValueError(f"{name} is negative; avoided emissions are no emissions and stand in no inventory")
