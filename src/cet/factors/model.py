"""An emission factor with where it comes from, and exact milligrams per unit of activity.

GHG Protocol Corporate Standard FAQ 10-13: a factor converts activity data to emissions; its year and place match the
activity's; combustion factors for scopes 1 and 2, life-cycle factors for scope 3.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from cet.errors import CetError
from cet.gases import Gas, GwpSet, expand
from cet.quantities import Unit, exact_text, parse_number, ratio_between, unit

if TYPE_CHECKING:
    from fractions import Fraction

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._/:+-]{0,99}"
"""Ids of factors, packs, facilities and lines."""

CO2E = "CO2e"

Id = Annotated[str, StringConstraints(pattern=f"^{ID_PATTERN}$")]
Words = Annotated[
    str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\s=+@-][^\x00-\x1f\x7f]*$")
]
Geography = Annotated[str, StringConstraints(pattern=r"^(world|[A-Z]{2}(-[A-Za-z0-9]{1,12})?)$")]


class FactorKind(Enum):
    """What a factor covers."""

    COMBUSTION = "combustion"
    PROCESS = "process"
    FUGITIVE = "fugitive"
    GRID = "grid"
    RESIDUAL_MIX = "residual-mix"
    SUPPLIER = "supplier"
    LIFE_CYCLE = "life-cycle"
    SPEND = "spend"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,))


class Pack(_Frozen):
    """The document a pack's factors come from."""

    id: Id
    publisher: Words
    document: Words
    edition: Words
    licence: Words


def _kind(value: object) -> FactorKind:
    for kind in FactorKind:
        if kind.value == value:
            return kind
    raise ValueError(f"no such kind; one of {', '.join(kind.value for kind in FactorKind)}")


class Factor(_Frozen):
    """Mass of each gas per unit of activity, and its provenance. `gases` keeps the published decimal text."""

    pack: Pack
    id: Id
    name: Words
    table: Words
    year: Annotated[int, Field(ge=1990, le=2100)]
    geography: Geography
    kind: Annotated[FactorKind, BeforeValidator(_kind)]
    per: str
    mass: Literal["mg", "g", "kg", "t", "kt", "lb", "short-ton", "long-ton"]
    gases: tuple[tuple[str, str], ...]
    gwp: Literal["AR4", "AR5", "AR6", "unstated"] | None = None

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
        for name, mass in value.items():
            _check_mass(name, mass)
        return tuple((name, exact_text(parse_number(value[name]).value)) for name in sorted(value))

    @model_validator(mode="after")
    def _co2e_names_its_gwp_set(self) -> Factor:
        if any(name == CO2E for name, _ in self.gases) and self.gwp is None:
            raise ValueError('CO2e without its GWP set; add gwp = "AR4", "AR5", "AR6" or "unstated"')
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

    @cached_property
    def unit(self) -> Unit:
        """The unit of activity the factor applies to."""
        return unit(self.per)

    @cached_property
    def components(self) -> tuple[tuple[Gas, Fraction], ...]:
        """Milligrams of each gas per `per`, blends taken apart, sorted by gas; CO2e is not among them."""
        masses = {name: parse_number(mass).value for name, mass in self.gases if name != CO2E}
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
        return None if self.gwp in (None, "unstated") else GwpSet[self.gwp]

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
            "per": self.per,
            "mass": self.mass,
            "gases": " ".join(f"{name}={mass}" for name, mass in self.gases),
            "gwp": self.gwp or "",
        }


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
