"""Emissions of a combined heat and power plant allocated to its outputs (Corporate Standard FAQ 16).

Part of an output = its weight ÷ Σ weights (WRI and WBCSD, Allocation of GHG Emissions from a Combined Heat and Power Plant):
- efficiency, the default where no contract says otherwise: energy ÷ efficiency of making it alone; 0.8 for heat and 0.35
  for power where nothing is given, the values of that guidance;
- energy-content: its energy;
- work-potential: power counts whole, heat by the work it could do: as given (`work`), or energy × (1 − T0 ÷ T).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from cet.errors import CetError
from cet.factors.model import DECIMAL, Frozen, Id
from cet.inventory.written_numbers import written_positive
from cet.quantities import exact_text, parse_number, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DEFAULT_EFFICIENCY = {"heat": "0.8", "power": "0.35"}
REFERENCE_TEMPERATURE = "288.15"


def _number(value: object) -> str:
    return written_positive(value, "300", "leave out what the plant did not deliver")


def _energy_unit(value: object) -> str:
    try:
        found = unit(value if isinstance(value, str) else "")
    except CetError as error:
        raise ValueError(str(error)) from error
    if found.dimension != "energy":
        raise ValueError(f"{found.name} is no unit of energy; write MWh, GJ or mmBtu")
    return found.name


def _name(value: object) -> object:
    if isinstance(value, str) and "/" in value:
        raise ValueError("a slash in it; a line names the two as plant/output")
    return value


Name = Annotated[Id, BeforeValidator(_name)]
Positive = Annotated[str, BeforeValidator(_number), DECIMAL]
ChpMethod = Literal["efficiency", "energy-content", "work-potential"]


class ChpOutput(Frozen):
    """`[[chp]]`: an output of a plant, its energy, and what the plant's method asks of it."""

    plant: Annotated[Name, Field(description="the plant", examples=["cogen"])]
    output: Annotated[Name, Field(description="the output; a line names it plant/output", examples=["steam"])]
    kind: Annotated[Literal["heat", "power"], Field(description="heat or power", examples=["heat"])]
    energy: Annotated[
        Positive, Field(description="what it delivered in the period, as text", examples=["300"])
    ]
    unit: Annotated[
        str, BeforeValidator(_energy_unit), Field(description="a unit of energy", examples=["MWh"])
    ]
    method: Annotated[
        ChpMethod, Field(description="efficiency, energy-content or work-potential; one for a plant")
    ] = "efficiency"
    efficiency: Annotated[
        Positive | None,
        Field(description="efficiency of making it alone; 0.8 for heat, 0.35 for power if left out"),
    ] = None
    work: Annotated[
        Positive | None, Field(description="work-potential: the work the heat could do, in the same unit")
    ] = None
    temperature: Annotated[
        Positive | None,
        Field(description="work-potential: the heat's temperature in kelvin, instead of work"),
    ] = None
    reference_temperature: Annotated[
        Positive, Field(description="work-potential: that of the surroundings in kelvin")
    ] = REFERENCE_TEMPERATURE

    @model_validator(mode="after")
    def _has_what_its_method_asks(self) -> ChpOutput:
        if not 0 < self.weight <= self._joules * (1 / self._alone if self.method == "efficiency" else 1):
            raise ValueError("could do no work, or more than its energy; correct work or temperature")
        return self

    @property
    def name(self) -> str:
        """As a line names it."""
        return f"{self.plant}/{self.output}"

    @property
    def _joules(self) -> Fraction:
        return parse_number(self.energy).value * unit(self.unit).ratio

    @property
    def _alone(self) -> Fraction:
        return parse_number(self.efficiency or DEFAULT_EFFICIENCY[self.kind]).value

    @property
    def weight(self) -> Fraction:
        """What its part of the emissions is in proportion to. Raises ValueError where something is missing."""
        if self.method == "efficiency":
            return self._joules / self._alone
        if self.method == "energy-content" or self.kind == "power":
            return self._joules
        if self.work is not None:
            return parse_number(self.work).value * unit(self.unit).ratio
        if self.temperature is not None:
            lost = parse_number(self.reference_temperature).value / parse_number(self.temperature).value
            return self._joules * (1 - lost)
        raise ValueError("no work potential; give work, or temperature in kelvin")


def parts_of(outputs: Iterable[ChpOutput]) -> dict[str, Fraction]:
    """The part of its plant's emissions that each output takes, as `plant/output`; those of a plant sum to 1."""
    listed = list(outputs)
    totals: dict[str, Fraction] = {}
    for one in listed:
        totals[one.plant] = totals.get(one.plant, Fraction(0)) + one.weight
    return {one.name: one.weight / totals[one.plant] for one in listed}


def disagreements(outputs: Sequence[ChpOutput]) -> list[tuple[str, str, str]]:
    """Name, problem and remedy of every output listed twice, and of every plant with two methods."""
    found = []
    names = [one.name for one in outputs]
    found += [
        (name, "output of a plant listed twice", "give every output its own name")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    for plant in sorted({one.plant for one in outputs}):
        rules = {(one.method, one.reference_temperature) for one in outputs if one.plant == plant}
        if len(rules) > 1:
            found.append((plant, "two methods for one plant", "allocate all its outputs by one method"))
    return found


def allocation_trail(outputs: Sequence[ChpOutput]) -> list[dict[str, str]]:
    """What was given of every output, and the part it came to."""
    parts = parts_of(outputs)
    found = []
    for one in outputs:
        given = {
            "name": one.name,
            "method": one.method,
            "kind": one.kind,
            "energy": one.energy,
            "unit": one.unit,
        }
        if one.method == "efficiency":
            given["efficiency"] = one.efficiency or DEFAULT_EFFICIENCY[one.kind]
        if one.method == "work-potential" and one.kind == "heat":
            kelvin = {
                "temperature": one.temperature or "",
                "reference_temperature": one.reference_temperature,
            }
            given |= {"work": one.work} if one.work else kelvin
        found.append({**given, "part": exact_text(parts[one.name])})
    return found
