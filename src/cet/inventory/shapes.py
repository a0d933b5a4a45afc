"""How a line is calculated: facility, scope, category, unit and factors resolved to exact rates.

Lines with equal cells share one shape, so a million lines are checked and priced a few dozen times.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cet.errors import CetError, UnknownFactorError
from cet.gases import Family, GwpSet
from cet.inventory.rows import Problem, ShapeText
from cet.inventory.streams import Stream, streams_of
from cet.quantities import Unit, ratio_between, unit
from cet.scopes import BIOGENIC, CATEGORY_NAMES, NON_KYOTO, REMOVALS, SCOPE_TEXT, Scope

if TYPE_CHECKING:
    from cet.factors import Factor, FactorStore

DATA_KINDS = ("measured", "estimated", "proxy")

_ALLOWED_OUTSIDE = {
    BIOGENIC: frozenset({Family.BIOGENIC_CO2}),
    NON_KYOTO: frozenset({Family.NON_KYOTO}),
    REMOVALS: frozenset({Family.BIOGENIC_CO2, Family.FOSSIL_CO2}),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything lines of this shape have in common."""

    text: ShapeText
    unit: Unit
    streams: tuple[Stream, ...]
    factors: tuple[Factor, ...]

    @property
    def own(self) -> tuple[Stream, ...]:
        """The streams into the lots the line names itself: scope 2 has two, others at most one."""
        scope = SCOPE_TEXT[self.text.scope]
        return tuple(stream for stream in self.streams if stream.key.scope is scope)


@dataclass(frozen=True, slots=True)
class ShapeRules:
    """What shapes are resolved against; facilities and GWP set are None where they could not be read.

    A factor id that begins with `unread` is not called unknown: its definition may be what could not be read. None where
    every pack was.
    """

    facilities: frozenset[str] | None
    gwp: GwpSet | None
    store: FactorStore
    unread: str | None = None


def examine_shape(text: ShapeText, rules: ShapeRules) -> tuple[Shape | None, list[Problem]]:
    """The shape, or everything wrong with it."""
    problems: list[Problem] = []
    if rules.facilities is not None and text.facility not in rules.facilities:
        remedy = f"one of {', '.join(sorted(rules.facilities)[:10]) or 'the facilities of inventory.toml'}"
        problems.append(Problem("facility", text.facility[:80], "unknown facility", remedy))
    if text.data not in DATA_KINDS:
        problems.append(
            Problem("data", text.data[:80], "no such kind of data", f"write {', '.join(DATA_KINDS)}")
        )
    place = _place(text, problems)
    activity = _unit(text.unit, problems)
    factor = _factor("factor", text.factor, activity, rules, problems)
    market = None
    if text.market_factor:
        if text.scope == "2":
            market = _factor("market_factor", text.market_factor, activity, rules, problems)
        else:
            remedy = "leave it empty: the market-based method is one of scope 2"
            problems.append(
                Problem("market_factor", text.market_factor[:80], "market factor outside scope 2", remedy)
            )
    if place is not None and factor is not None and place[0] is Scope.OUTSIDE:
        _check_outside(place[1], factor, problems)
    if problems or place is None or activity is None or factor is None or rules.gwp is None:
        return None, problems
    streams = streams_of(text.facility, place, activity, (factor, market or factor), rules.gwp)
    factors = (factor,) if market is None or market.id == factor.id else (factor, market)
    return Shape(text, activity, streams, factors), []


def _place(text: ShapeText, problems: list[Problem]) -> tuple[Scope, int] | None:
    scope = SCOPE_TEXT.get(text.scope)
    if scope is None:
        problems.append(Problem("scope", text.scope[:80], "no such scope", f"write {', '.join(SCOPE_TEXT)}"))
        return None
    category = CATEGORY_NAMES[scope].get(text.category)
    if category is None:
        remedy = f"scope {text.scope} has {', '.join(CATEGORY_NAMES[scope])}"
        problems.append(Problem("category", text.category[:80], f"no category of scope {text.scope}", remedy))
        return None
    return scope, category


def _unit(name: str, problems: list[Problem]) -> Unit | None:
    try:
        return unit(name)
    except CetError as error:
        problems.append(_as_problem("unit", name, error))
        return None


def _factor(
    column: str, name: str, activity: Unit | None, rules: ShapeRules, problems: list[Problem]
) -> Factor | None:
    if not name:
        problems.append(
            Problem(column, "", "no factor", "give the id of a factor of a pack, or of factors.toml")
        )
        return None
    try:
        factor = rules.store.get(name)
    except UnknownFactorError as error:
        if rules.unread is None or not name.startswith(rules.unread):
            problems.append(_as_problem(column, name, error))
        return None
    if activity is not None:
        try:
            ratio_between(activity, factor.unit)
        except CetError as error:
            own = column == "factor"
            problems.append(_as_problem("unit" if own else column, activity.name if own else name, error))
    try:
        if rules.gwp is not None:
            for gas, _ in factor.components:
                gas.gwp(rules.gwp)
    except CetError as error:
        problems.append(_as_problem(column, name, error))
    return factor


def _check_outside(category: int, factor: Factor, problems: list[Problem]) -> None:
    allowed = _ALLOWED_OUTSIDE[category]
    strangers = [gas.name for gas, _ in factor.components if gas.family not in allowed]
    if strangers:
        remedy = "give the line its scope: what belongs outside goes there by itself"
        problem = f"the factor has gases that don't belong here ({', '.join(strangers)})"
        problems.append(Problem("factor", factor.id, problem, remedy))


def _as_problem(column: str, value: str, error: CetError) -> Problem:
    problem, remedy = getattr(error, "problem", str(error)), getattr(error, "remedy", "")
    return Problem(column, value[:80], problem, remedy or "correct it")
