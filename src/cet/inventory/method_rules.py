"""What a line's method, estimate and data must agree on: data/methods.toml applied."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from cet.inventory.methods import CHP, ESTIMATE_ONLY, ESTIMATES, methods
from cet.inventory.parameters import unpacked
from cet.inventory.problem import Problem

if TYPE_CHECKING:
    from cet.inventory.methods import Method
    from cet.inventory.rows import ShapeText
    from cet.quantities import Unit


def check_method(text: ShapeText, activity: Unit | None, problems: list[Problem]) -> None:
    """Everything wrong between a line's method, its parameters, its estimate and its kind of data."""
    given = {parameter.name for parameter, _ in unpacked(text.parameters)}
    if text.method:
        method = methods().get(text.method)
        if method is None:
            near = difflib.get_close_matches(text.method, methods(), n=3)
            remedy = f"did you mean {' or '.join(near)}?" if near else f"one of {', '.join(methods())}"
            problems.append(Problem("method", text.method[:80], "no such method", remedy))
        else:
            _check_use(method, text, activity, problems)
            _check_needs(method, text, given, problems)
    _check_estimate(text, given, problems)


def unusual(text: ShapeText) -> tuple[str, ...]:
    """Parameters that the line's method doesn't usually have; none without a method."""
    method = methods().get(text.method)
    if method is None:
        return ()
    expected = set(ESTIMATES.get(text.estimate, ())) | ESTIMATE_ONLY
    names = (parameter.name for parameter, _ in unpacked(text.parameters))
    return tuple(name for name in names if not method.knows(name) and name not in expected)


def _check_use(method: Method, text: ShapeText, activity: Unit | None, problems: list[Problem]) -> None:
    if not method.usable_in(text.scope, text.category):
        places = ", ".join(method.places)
        problem = f"not a method of scope {text.scope}, category {text.category}"[:120]
        problems.append(
            Problem("method", text.method, problem, f"it is one of {places}; docs/methods.md has the others")
        )
    if activity is not None and method.quantity:
        kind = activity.dimension.partition(" ")[0]
        if kind not in method.quantity:
            remedy = f"{method.name} wants a quantity of {' or '.join(method.quantity)}"
            problems.append(Problem("unit", text.unit[:80], f"{kind} under the method {method.name}", remedy))


def _check_needs(method: Method, text: ShapeText, given: set[str], problems: list[Problem]) -> None:
    have = given | ({CHP} if text.chp else set())
    for need in method.needs:
        choices = need.split("|")
        if not have.intersection(choices):
            problem = f"{method.name} without {' or '.join(choices)}"
            problems.append(Problem(choices[0], "", problem, f"give it: {method.formula}"))


def _check_estimate(text: ShapeText, given: set[str], problems: list[Problem]) -> None:
    if text.estimate and text.estimate not in ESTIMATES:
        remedy = f"write {', '.join(ESTIMATES)}"
        problems.append(Problem("estimate", text.estimate[:80], "no such kind of estimate", remedy))
        return
    for name in ESTIMATES.get(text.estimate, ()):
        if name not in given:
            remedy = f"give the column {name}: it says by how much the line is {text.estimate}"
            problems.append(Problem(name, "", f"{text.estimate} without {name}", remedy))
    if text.estimate and text.data == "measured":
        problems.append(Problem("data", text.data, "an estimate called measured", "write estimated or proxy"))
    if not text.estimate:
        for name in sorted(given & ESTIMATE_ONLY):
            kind = next(kind for kind, names in ESTIMATES.items() if name in names)
            problems.append(
                Problem(
                    "estimate", "", f"{name} makes the line an estimate", f"write {kind}, and why in reason"
                )
            )
