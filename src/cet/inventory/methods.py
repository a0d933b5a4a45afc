"""The closed lists of calculation methods and of their parameters, read from `data/methods.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import Enum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

UNIT_SUFFIX = "_unit"
ANY_UNIT = "any"
ACTIVITY = "activity"
CHP = "chp"

ESTIMATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "prorated": ("portion",),
        "extrapolated": ("coverage",),
        "uplifted": ("uplift",),
        "allocated": ("own", "total"),
        "average": (),
    }
)
"""How a line may be an estimate, and the parameters that say by how much."""

ESTIMATE_ONLY = frozenset({"portion", "coverage", "uplift"})
"""Parameters that make a line an estimate."""


class Role(Enum):
    """How a parameter enters the amount."""

    MULTIPLY = "multiply"
    DIVIDE = "divide"
    ADD = "add"
    SUBTRACT = "subtract"
    INCREASE = "increase"
    REDUCE = "reduce"
    EXCLUDE = "exclude"

    @property
    def is_term(self) -> bool:
        """Whether it is added to or subtracted from the quantity, rather than multiplied with it."""
        return self in (Role.ADD, Role.SUBTRACT)

    @property
    def sign(self) -> str:
        """How a formula writes it before the number."""
        return {"multiply": "×", "divide": "÷", "add": "+", "subtract": "−"}.get(
            self.value, {"increase": "× 1 +", "reduce": "× 1 −", "exclude": "÷ 1 +"}.get(self.value, "")
        )


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Parameter(_Frozen):
    """A number a line may have beside its quantity. `unit`: "" none needed, "any" one must be given, else the implied one."""

    name: str
    role: Role
    unit: str
    text: str
    most: int | None = None

    @property
    def unit_column(self) -> str:
        """The column of its unit."""
        return self.name + UNIT_SUFFIX


class Method(_Frozen):
    """A calculation method of the guidance: where it may be used, and what its lines must have."""

    name: str
    places: Annotated[tuple[str, ...], BeforeValidator(tuple)]
    formula: str
    clause: str
    text: str
    needs: Annotated[tuple[str, ...], BeforeValidator(tuple)] = ()
    usual: Annotated[tuple[str, ...], BeforeValidator(tuple)] = ()
    quantity: Annotated[tuple[str, ...], BeforeValidator(tuple)] = ()
    estimate: bool = False
    example: Mapping[str, str]

    def usable_in(self, scope: str, category: str) -> bool:
        """Whether lines of that scope and category, as written in a package, may use it."""
        return scope in self.places or f"{scope}.{category}" in self.places

    def knows(self, parameter: str) -> bool:
        """Whether the parameter is usual in it."""
        needed = {one for need in self.needs for one in need.split("|")}
        return self.name == ACTIVITY or parameter in needed or parameter in self.usual


@cache
def methods() -> Mapping[str, Method]:
    """Every method by name, in the order of the list."""
    found = [Method.model_validate({"places": one.pop("in"), **one}) for one in _data()["method"]]
    return MappingProxyType({method.name: method for method in found})


@cache
def _parameters() -> Mapping[str, Parameter]:
    found = [Parameter.model_validate(one) for one in _data()["parameter"]]
    return MappingProxyType({parameter.name: parameter for parameter in found})


def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("cet").joinpath("data/methods.toml").read_text(encoding="utf-8"))


PARAMETERS: Mapping[str, Parameter] = _parameters()
"""Every parameter by name, in the order of the list, which is the order they stand in everywhere."""

PARAMETER_COLUMNS: tuple[str, ...] = tuple(
    column for one in PARAMETERS.values() for column in (one.name, one.unit_column)
)
"""The columns of the parameters: each with the column of its unit."""
