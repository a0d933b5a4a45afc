"""Emissions of a combined heat and power plant allocated to its outputs (Corporate Standard FAQ 16).

Part of an output = its weight ÷ Σ weights (WRI and WBCSD, Allocation of GHG Emissions from a Combined Heat and Power Plant):
- efficiency, the default where no contract says otherwise: energy ÷ efficiency of making it alone; 0.8 for heat and 0.35
  for power where nothing is given, the values of that guidance;
- energy-content: its energy;
- work-potential: power counts whole, heat by the work it could do: as given (`work`), or energy × (1 − T0 ÷ T).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from cet.errors import CetError
from cet.factors.model import Id
from cet.quantities import exact_text, parse_number, unit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

DEFAULT_EFFICIENCY = {"heat": "0.8", "power": "0.35"}
REFERENCE_TEMPERATURE = "288.15"


def _number(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError('a number, not text; write it in quotes, "300"')  # noqa: TRY004 - Pydantic wants ValueError
    try:
        number = parse_number(value)
    except CetError as error:
        raise ValueError(str(error)) from error
    if number.value <= 0:
        raise ValueError("not above zero; leave out what the plant did not deliver")
    return number.text


def _energy_unit(value: object) -> str:
    try:
        found = unit(value if isinstance(value, str) else "")
    except CetError as error:
        raise ValueError(str(error)) from error
    if found.dimension != "energy":
        raise ValueError(f"{found.name} is no unit of energy; write MWh, GJ or mmBtu")
    return found.name


Positive = Annotated[str, BeforeValidator(_number)]
Method = Literal["efficiency", "energy-content", "work-potential"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ChpOutput(_Frozen):
    """An output of the plant: heat (steam, hot water) or power, its energy, and what the method asks of it."""

    id: Id
    kind: Literal["heat", "power"]
    energy: Positive
    unit: Annotated[str, BeforeValidator(_energy_unit)]
    efficiency: Positive | None = None
    work: Positive | None = None
    temperature: Positive | None = None

    def weight(self, method: Method, reference: str) -> Fraction:
        """What its part of the emissions is in proportion to, in joules. Raises ValueError where something is missing."""
        joules = unit(self.unit).ratio
        energy = parse_number(self.energy).value * joules
        if method == "efficiency":
            return energy / parse_number(self.efficiency or DEFAULT_EFFICIENCY[self.kind]).value
        if method == "energy-content" or self.kind == "power":
            return energy
        if self.work is not None:
            work = parse_number(self.work).value * joules
        elif self.temperature is not None:
            work = energy * (1 - parse_number(reference).value / parse_number(self.temperature).value)
        else:
            raise ValueError(f"{self.id} has no work potential; give work, or temperature in kelvin")
        if not 0 < work <= energy:
            raise ValueError(
                f"{self.id} could do no work, or more than its energy; correct work or temperature"
            )
        return work


class Chp(_Frozen):
    """`[[chp]]`: a plant, the method, and its outputs."""

    id: Id
    method: Method = "efficiency"
    reference_temperature: Positive = REFERENCE_TEMPERATURE
    outputs: Annotated[
        tuple[ChpOutput, ...],
        BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value),
    ]

    @model_validator(mode="after")
    def _can_be_allocated(self) -> Chp:
        ids = [output.id for output in self.outputs]
        if not ids or len(set(ids)) < len(ids):
            raise ValueError("outputs are none, or share an id; list every output under an id of its own")
        if any("/" in name for name in ids):
            raise ValueError("an output's id with a slash; a line names it plant/output")
        for output in self.outputs:
            output.weight(self.method, self.reference_temperature)
        return self

    def parts(self) -> dict[str, Fraction]:
        """Each output's part of the plant's emissions, as `plant/output`; they sum to 1."""
        weights = {one.id: one.weight(self.method, self.reference_temperature) for one in self.outputs}
        total = sum(weights.values())
        return {f"{self.id}/{name}": weight / total for name, weight in weights.items()}

    def trail(self) -> dict[str, Any]:
        """What was given and what it came to."""
        parts = self.parts()
        return {
            "id": self.id,
            "method": self.method,
            **(
                {"reference_temperature_k": self.reference_temperature}
                if self.method == "work-potential"
                else {}
            ),
            "outputs": [self._output(one, parts[f"{self.id}/{one.id}"]) for one in self.outputs],
        }

    def _output(self, one: ChpOutput, part: Fraction) -> dict[str, str]:
        given = {"id": one.id, "kind": one.kind, "energy": one.energy, "unit": one.unit}
        if self.method == "efficiency":
            given["efficiency"] = one.efficiency or DEFAULT_EFFICIENCY[one.kind]
        if self.method == "work-potential" and one.kind == "heat":
            given |= {"work": one.work} if one.work else {"temperature_k": one.temperature or ""}
        return {**given, "part": exact_text(part)}


def parts_of(plants: Iterable[Chp]) -> dict[str, Fraction]:
    """Every output of every plant, `plant/output`, with its part."""
    return {name: part for plant in plants for name, part in plant.parts().items()}
