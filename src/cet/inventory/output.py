"""`[[output]]`: what a facility's lot is shared out by, written in any unit and held in the basis unit of its lot."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pydantic import ConfigDict, model_validator

from cet.errors import CetError
from cet.factors.model import Frozen, Id
from cet.quantities import parse_number, unit
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, BasisUnit, Scope

BASIS_UNITS: dict[str, tuple[BasisUnit, str]] = {
    "energy": (BasisUnit.WATT_HOUR, "Wh"),
    "mass": (BasisUnit.GRAM, "g"),
    "freight": (BasisUnit.GRAM_KM, "g-km"),
    "container": (BasisUnit.TEU_M, "TEU-m"),
    "item": (BasisUnit.ITEM, "item"),
    "passenger": (BasisUnit.PASSENGER_M, "passenger-m"),
}
"""What a lot may be shared out by: a unit's dimension, the basis unit of the lot code, its name."""


def _output_as_written(schema: dict[str, Any]) -> None:
    """An output is written as a quantity in a unit and held in the basis unit of its lot."""
    scopes = [text for text, scope in SCOPE_TEXT.items() if scope in (Scope.SCOPE_1, Scope.SCOPE_3)]
    categories = [name for text in scopes for name in CATEGORY_NAMES[SCOPE_TEXT[text]]]
    said = {
        "facility": {"description": "a facility's id", "examples": ["works"]},
        "scope": {"description": "1 or 3", "enum": scopes, "examples": ["1"]},
        "category": {"description": "the lot's category", "enum": categories, "examples": ["stationary"]},
        "quantity": {
            "format": "decimal",
            "description": "what it put out in the period, as text",
            "examples": ["400"],
        },
        "unit": {"description": "from the closed unit table", "examples": ["MWh"]},
    }
    schema["properties"] = {
        name: {"type": ["string", "integer"] if name in ("scope", "category") else "string", **said[name]}
        for name in said
    }
    for name in ("scope", "category"):
        schema["properties"][name]["enum"] = [
            *(choices := schema["properties"][name]["enum"]),
            *(int(one) for one in choices if one.isdigit()),
        ]
    schema["required"] = list(said)


class Output(Frozen):
    """`[[output]]`: what a facility's lot is shared out by instead of by mass: what it made, hauled or carried."""

    model_config = ConfigDict(json_schema_extra=_output_as_written)

    facility: Id
    scope: Scope
    category: int
    basis: BasisUnit
    quantity: Fraction

    @model_validator(mode="before")
    @classmethod
    def _reads_as_a_whole(cls, data: Any) -> Any:
        if not isinstance(data, dict) or set(data) != {"facility", "scope", "category", "quantity", "unit"}:
            raise ValueError("incomplete; give facility, scope, category, quantity and unit, nothing else")
        if not all(isinstance(data[name], str) for name in ("quantity", "unit")):
            raise ValueError("quantity and unit are text; write them in quotes")
        scope = SCOPE_TEXT.get(str(data["scope"]))
        if scope not in (Scope.SCOPE_1, Scope.SCOPE_3):
            raise ValueError(
                "only lots of scope 1 and 3 have an output; a scope 2 lot is shared out by its consumption"
            )
        category = CATEGORY_NAMES[scope].get(str(data["category"]))
        if category is None:
            raise ValueError(f"no such category; one of {', '.join(CATEGORY_NAMES[scope])}")
        try:
            made, amount = unit(data["unit"]), parse_number(data["quantity"]).value
        except CetError as error:
            raise ValueError(str(error)) from error
        if made.dimension not in BASIS_UNITS:
            raise ValueError(
                f"{made.name} can't be an output; use energy, mass, freight, containers, passengers or items"
            )
        basis, base = BASIS_UNITS[made.dimension]
        quantity = amount * made.ratio / unit(base).ratio
        if quantity < 1:
            raise ValueError(f"less than one {base}; give what the facility put out in the period")
        values = {"scope": scope, "category": category, "basis": basis, "quantity": quantity}
        return {"facility": data["facility"], **values}

    @property
    def base_unit(self) -> tuple[str, str]:
        """The unit `quantity` is in, and its dimension."""
        return next((base, name) for name, (basis, base) in BASIS_UNITS.items() if basis is self.basis)
