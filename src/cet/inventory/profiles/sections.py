"""`[[export]]`: electricity made and sold, a memo that no GHG Protocol total holds; a profile may deduct it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from cet.errors import CetError, Finding
from cet.factors.model import Frozen, Id
from cet.inventory.folder import INVENTORY
from cet.inventory.written_numbers import written_number
from cet.quantities import ratio_between, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cet.factors import FactorStore


def _quantity(value: object) -> Fraction:
    quantity = written_number(value, 'write what was exported as text, "120.5"').value
    if quantity < 0:
        raise ValueError("negative; write what was exported, power bought is an activity line")
    return quantity


class Export(Frozen):
    """`[[export]]`: electricity of a facility delivered to the grid, and the factor of what it would be deducted with."""

    facility: Annotated[Id, Field(description="where it was made", examples=["works"])]
    quantity: Annotated[
        Fraction,
        BeforeValidator(_quantity),
        WithJsonSchema({"type": "string"}),
        Field(description="how much was exported in the period, as text", examples=["12"]),
    ]
    unit: Annotated[str, Field(description="a unit of energy", examples=["MWh"])]
    factor: Annotated[Id, Field(description="the factor it is valued with", examples=["own/grid"])]

    @model_validator(mode="before")
    @classmethod
    def _unit_is_of_energy(cls, data: Any) -> Any:
        name = data.get("unit") if isinstance(data, dict) else None
        if isinstance(name, str):
            try:
                dimension = unit(name).dimension
            except CetError as error:
                raise ValueError(str(error)) from error
            if dimension != "energy":
                raise ValueError(f"{name} is no unit of energy; write what was exported in kWh or MWh")
        return data


def export_findings(exports: Iterable[Export], store: FactorStore) -> Iterator[Finding]:
    """Exports valued with a factor that there is not, or that is not per energy."""
    for export in exports:
        try:
            ratio_between(unit(export.unit), store.get(export.factor).unit)
        except CetError as error:
            problem, remedy = getattr(error, "problem", str(error)), getattr(error, "remedy", "")
            yield Finding(INVENTORY, 0, "export", export.factor, problem, remedy or "correct it")
