"""How a line is calculated: facility, scope, category, unit and factors resolved to exact rates.

Lines with equal cells share one shape, so a million lines are checked and priced a few dozen times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import CetError, UnknownFactorError
from cet.gases import Family, GwpSet
from cet.inventory.composing import Composed, Conversions, check_parameters, composed
from cet.inventory.method_rules import check_method
from cet.inventory.problem import Problem, as_problem
from cet.inventory.projected import check_projected, is_projected, set_apart
from cet.inventory.quality.scores import check_quality
from cet.inventory.received import check_received
from cet.inventory.streams import Stream, streams_of
from cet.quantities import Unit, unit
from cet.scopes import BIOGENIC, CATEGORY_NAMES, NON_KYOTO, REMOVALS, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from cet.factors import Factor, FactorStore
    from cet.inventory.projected import Project
    from cet.inventory.rows import ShapeText

DATA_KINDS = ("measured", "estimated", "proxy")

_ALLOWED_OUTSIDE = {
    BIOGENIC: frozenset({Family.BIOGENIC_CO2}),
    NON_KYOTO: frozenset({Family.NON_KYOTO}),
    REMOVALS: frozenset({Family.BIOGENIC_CO2, Family.FOSSIL_CO2}),
}


@dataclass(frozen=True, slots=True)
class EnergyInput:
    """What stands for a part of lines' energy by the market-based method: an instrument, or what is used for want of one.

    `kind` is on-site, certificate, a supply's instrument, supplier (the factor the lines name), residual-mix or grid; `factor`
    is None where nothing is emitted. On-site generation counts by the location-based method too.
    """

    kind: str
    instrument: str
    part: Fraction
    factor: Factor | None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Everything lines of this shape have in common. `ways` lead to the unit of each of `factors`.

    `inputs` are what stands for their energy where the package has instruments; the streams are then made of them. `market` is the
    market-based series of scope 1 and 3 where claims of transport touch them, beside the streams and never among them; `claims` are the parts of 1 that these stand for.
    `projected` are projected lifetime emissions, which are in no series: such lines have no other streams.
    """

    text: ShapeText
    unit: Unit
    streams: tuple[Stream, ...]
    factors: tuple[Factor, ...]
    ways: tuple[Composed, ...]
    chp_part: Fraction = Fraction(1)
    inputs: tuple[EnergyInput, ...] = ()
    market: tuple[Stream, ...] = ()
    claims: tuple[tuple[str, Fraction], ...] = ()
    projected: tuple[Stream, ...] = ()

    @property
    def all_streams(self) -> tuple[Stream, ...]:
        """Everything a line comes to: what is summed into the series reported, the market-based one beside it, what is projected."""
        return (*self.streams, *self.market, *self.projected)

    @property
    def per_factor(self) -> Fraction:
        """Units of the (location-based) factor per unit of a row's `amount`: units, money and the part of a CHP plant."""
        return self.ways[0].ratio * self.chp_part

    @property
    def purchased(self) -> Fraction:
        """The part of its lines' energy that was purchased: all but what own generation made, which is no scope 2."""
        return 1 - sum((one.part for one in self.inputs if one.kind == "on-site"), Fraction(0))

    @property
    def counted(self) -> Unit:
        """The unit the activity is counted in: that of the (location-based) factor."""
        return self.factors[0].unit

    @property
    def minted(self) -> tuple[Stream, ...]:
        """The streams that lots here are formed of: of a line that cites a received allocation only what nobody allocates,
        the location-based figure of energy and what stays outside the scopes with it."""
        if not self.text.received:
            return self.streams
        if SCOPE_TEXT[self.text.scope] is not Scope.SCOPE_2:
            return ()
        return tuple(stream for stream in self.streams if stream.key.method is not Method.MARKET_BASED)

    @property
    def own(self) -> tuple[Stream, ...]:
        """The streams into the lots the line names itself: scope 2 has two, others at most one."""
        scope = SCOPE_TEXT[self.text.scope]
        return tuple(stream for stream in self.streams if stream.key.scope is scope)


@dataclass(frozen=True, slots=True)
class ShapeRules:
    """What shapes are resolved against; facilities, GWP set, projects and period are None where they could not be read.

    A factor id that begins with `unread` is not called unknown: its definition may be what could not be read. None where
    every pack was.
    """

    facilities: frozenset[str] | None
    gwp: GwpSet | None
    store: FactorStore
    unread: str | None = None
    conversions: Conversions = field(default_factory=Conversions)
    projects: Mapping[str, Project] | None = None
    period: tuple[dt.date, dt.date] | None = None


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
    check_parameters(activity, text.parameters, problems)
    check_method(text, activity, problems)
    check_quality(text.quality, problems)
    check_received(text, problems)
    check_projected(text, rules.projects, rules.period, problems)
    part = _chp_part(text.chp, rules, problems)
    factor, way = _factor("factor", text.factor, text, activity, rules, problems)
    market, market_way = None, None
    if text.market_factor:
        if text.scope == "2":
            market, market_way = _factor("market_factor", text.market_factor, text, activity, rules, problems)
        else:
            remedy = "leave it empty: the market-based method is one of scope 2"
            problems.append(
                Problem("market_factor", text.market_factor[:80], "market factor outside scope 2", remedy)
            )
    if place is not None and factor is not None and place[0] is Scope.OUTSIDE:
        _check_outside(place[1], factor, problems)
    if problems or place is None or activity is None or factor is None or way is None or rules.gwp is None:
        return None, problems
    rates = (way.ratio * part, (market_way or way).ratio * part)
    streams = streams_of(text.facility, place, rates, (factor, market or factor), rules.gwp)
    if market is None or market_way is None or market.id == factor.id:
        if is_projected(text):
            return Shape(text, activity, (), (factor,), (way,), part, projected=set_apart(streams)), []
        return Shape(text, activity, streams, (factor,), (way,), part), []
    return Shape(text, activity, streams, (factor, market), (way, market_way), part), []


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
        problems.append(as_problem("unit", name, error))
        return None


def _chp_part(name: str, rules: ShapeRules, problems: list[Problem]) -> Fraction:
    """The part of a plant's emissions that is allocated to the output named; all of them where none is."""
    if not name:
        return Fraction(1)
    if name not in rules.conversions.chp:
        if not rules.conversions.unread:
            known = ", ".join(sorted(rules.conversions.chp)[:10])
            remedy = f"one of {known}" if known else "describe the plant by a [[chp]] in inventory.toml"
            problems.append(Problem("chp", name[:80], "no such output of a plant", remedy))
        return Fraction(1)
    return rules.conversions.chp[name]


def _factor(
    column: str,
    name: str,
    text: ShapeText,
    activity: Unit | None,
    rules: ShapeRules,
    problems: list[Problem],
) -> tuple[Factor | None, Composed | None]:
    if not name:
        problems.append(
            Problem(column, "", "no factor", "give the id of a factor of a pack, or of factors.toml")
        )
        return None, None
    try:
        factor = rules.store.get(name)
    except UnknownFactorError as error:
        if rules.unread is None or not name.startswith(rules.unread):
            problems.append(as_problem(column, name, error))
        return None, None
    way = None
    if activity is not None:
        place = ("unit", activity.name) if column == "factor" else (column, name)
        way = composed(*place, activity, text.parameters, factor.unit, rules.conversions, problems)
    try:
        if rules.gwp is not None:
            for gas, _ in factor.components:
                gas.gwp(rules.gwp)
    except CetError as error:
        problems.append(as_problem(column, name, error))
    return factor, way


def _check_outside(category: int, factor: Factor, problems: list[Problem]) -> None:
    allowed = _ALLOWED_OUTSIDE[category]
    strangers = [gas.name for gas, _ in factor.components if gas.family not in allowed]
    if strangers:
        remedy = "give the line its scope: what belongs outside goes there by itself"
        problem = f"the factor has gases that don't belong here ({', '.join(strangers)})"
        problems.append(Problem("factor", factor.id, problem, remedy))
