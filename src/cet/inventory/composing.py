"""From a line's quantity and parameters to the unit of its factor: dimensions multiplied out, money brought across.

amount in the factor's unit = quantity × share × Π parameters × `ratio`. Nothing is assumed: what doesn't come to the factor's
kind is refused with what it comes to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING

from cet.errors import CetError
from cet.inventory.methods import ANY_UNIT, Parameter, Role
from cet.inventory.money import MONEY, MoneyStep, steps_between
from cet.inventory.parameters import unpacked
from cet.inventory.problem import Problem, as_problem
from cet.quantities import Measure, Unit, measure, measure_of, ratio_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory.money import Deflator, Exchange

_CURRENCY = len(MONEY) + 3
_HINTS = {
    (
        "people",
        "distance",
    ): "people × distance is passenger-km: divide by occupancy for a factor per vehicle-km",
    (
        "distance",
    ): "a factor per passenger-km wants people: give passengers or employees, or the unit passenger-km",
    ("mass",): "a factor per t-km wants a distance too",
}


@dataclass(frozen=True, slots=True)
class Conversions:
    """What `inventory.toml` gives to convert by. `unread` where part of it could not be read."""

    exchanges: tuple[Exchange, ...] = ()
    deflators: tuple[Deflator, ...] = ()
    chp: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Composed:
    """How a line's numbers become an amount in its factor's unit: `ratio` for units and money, and the steps of money."""

    ratio: Fraction
    money: tuple[MoneyStep, ...] = ()


def composed(
    column: str,
    named: str,
    activity: Unit,
    parameters: str,
    target: Unit,
    conversions: Conversions,
    problems: list[Problem],
) -> Composed | None:
    """The way to `target`, or None with what is wrong. `column` and `named` are where the target comes from."""
    given = unpacked(parameters)
    if not given and activity.dimension == target.dimension:
        return Composed(ratio_between(activity, target))
    found = _product(activity, given)
    if found is None:
        return None
    wanted = measure_of(target)
    aligned = _aligned(found, wanted, conversions)
    if aligned is None:
        if conversions.unread:
            return None
    else:
        found, steps = aligned
        if found.powers == wanted.powers:
            return Composed(found.ratio / wanted.ratio, steps)
    problems.append(_mismatch(column, named, activity, found, target, wanted, given=bool(given)))
    return None


def check_parameters(activity: Unit | None, parameters: str, problems: list[Problem]) -> None:
    """That every parameter has a unit that exists, and those added to the quantity are of its kind."""
    for parameter, unit_text in unpacked(parameters):
        if not unit_text and parameter.unit == ANY_UNIT:
            remedy = f"give it in {parameter.unit_column}, such as km, kWh/item, EUR2023/L"
            problems.append(Problem(parameter.unit_column, "", f"{parameter.name} without a unit", remedy))
            continue
        try:
            found = measure(unit_text)
        except CetError as error:
            problems.append(as_problem(parameter.unit_column, unit_text, error))
            continue
        if parameter.role.is_term and activity is not None and found.powers != measure_of(activity).powers:
            problem = f"{parameter.name} is added to or taken from the quantity, which is in {activity.name}"
            problems.append(
                Problem(parameter.unit_column, unit_text, problem, "give both in units of one kind")
            )


def _unit_of(parameter: Parameter, unit_text: str) -> str:
    return unit_text or ("" if parameter.unit == ANY_UNIT else parameter.unit)


def _product(activity: Unit, given: tuple[tuple[Parameter, str], ...]) -> Measure | None:
    """The measure of quantity times parameters; None where a unit is wrong, which `check_parameters` says."""
    found = measure_of(activity)
    for parameter, unit_text in given:
        if parameter.role.is_term:
            continue
        if not unit_text and parameter.unit == ANY_UNIT:
            return None
        try:
            one = measure(_unit_of(parameter, unit_text))
        except CetError:
            return None
        found = found.per(one) if parameter.role is Role.DIVIDE else found.times(one)
    return found


def _aligned(
    found: Measure, wanted: Measure, conversions: Conversions
) -> tuple[Measure, tuple[MoneyStep, ...]] | None:
    """The measure with its money brought to that of the price it is divided by, or of the factor; None without a way.

    One after the other, while there is money to bring: what is paid for a thing to what its price is in, one's own part to
    the total it is a part of, the rest to the factor's. Of two, the one of the same currency goes first.
    """
    steps: tuple[MoneyStep, ...] = ()
    while True:
        owned = [name for name, power in found.powers if name.startswith(MONEY) and power > 0]
        priced = [name for name, power in found.powers if name.startswith(MONEY) and power < 0]
        goal = priced or [name for name, _ in wanted.powers if name.startswith(MONEY)]
        if not owned or not goal or goal[0] in owned:
            return found, steps
        there = goal[0]
        here = min(owned, key=lambda name: (name[:_CURRENCY] != there[:_CURRENCY], name))
        way = steps_between(
            here.removeprefix(MONEY),
            there.removeprefix(MONEY),
            conversions.exchanges,
            conversions.deflators,
        )
        if way is None:
            return None
        ratio = Fraction(1)
        for step in way:
            ratio *= step.ratio
        steps += way
        moved = found.times(Measure(Fraction(1), ((there, 1),))).per(Measure(Fraction(1), ((here, 1),)))
        found = Measure(found.ratio * ratio, moved.powers)


def _mismatch(
    column: str, named: str, activity: Unit, found: Measure, target: Unit, wanted: Measure, *, given: bool
) -> Problem:
    if not given:
        problem = (
            f"{activity.name} ({activity.dimension}) can't be converted to {target.name} ({target.dimension})"
        )
        money = activity.dimension.startswith(MONEY) and target.dimension.startswith(MONEY)
        remedy = (
            "say how in inventory.toml, by an [[exchange]] within a year and a [[deflator]] within a currency"
            if money
            else f"give the quantity in a unit of {target.dimension}, or choose a factor per unit of {activity.dimension}"
        )
        return Problem(column, named[:80], problem, remedy)
    problem = (
        f"quantity and parameters come to {found.words}, the factor is per {target.name} ({wanted.words})"
    )
    hint = _HINTS.get(tuple(name for name, _ in reversed(found.powers)), "")
    remedy = hint or "add the parameter that is missing, or correct a unit; docs/methods.md lists them"
    return Problem(column, named[:80], problem, remedy)
