"""What is to know about how lines are calculated: factors of the wrong kind, estimates, money converted, odd parameters.

Combustion factors belong to scopes 1 and 2, life-cycle factors to scope 3 (Corporate Standard FAQ 13).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.factors.kinds import Boundary
from cet.inventory.method_rules import unusual
from cet.inventory.methods import methods
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.factors import Factor
    from cet.inventory.shapes import Shape

_OF_SCOPE_1 = {
    FactorKind.LIFE_CYCLE: "life-cycle factors in scope 1, where combustion factors belong",
    FactorKind.GRID: "grid factors in scope 1: purchased energy is scope 2",
    FactorKind.RESIDUAL_MIX: "residual-mix factors in scope 1: purchased energy is scope 2",
    FactorKind.SPEND: "spend factors in scope 1: they hold the whole supply chain, which is scope 3",
}
_OF_SCOPE_2 = {
    FactorKind.LIFE_CYCLE: "life-cycle factors in scope 2, where combustion factors belong",
    FactorKind.SPEND: "spend factors in scope 2: they hold the whole supply chain, which is scope 3",
    FactorKind.PROCESS: "process factors in scope 2: purchased energy is generated, not processed",
    FactorKind.FUGITIVE: "fugitive factors in scope 2: leaks are scope 1 of whoever has the equipment",
}
_CRADLE_TO_GATE = frozenset({"1", "2", "3"})
_USE_OF_PRODUCTS = "11"
"""Fuels sold and burned count by combustion alone: what is upstream of them is the seller's already (S3 formula 11.2)."""
_HEAT = frozenset({"steam", "heating", "cooling"})


def wrong_kind(factor: Factor, scope: Scope, category: str) -> str:
    """Why a factor of that kind doesn't belong there; empty where it does."""
    kind = factor.kind
    if scope in (Scope.SCOPE_1, Scope.SCOPE_2) and factor.covers in (Boundary.UPSTREAM, Boundary.LOSSES):
        return f"factors of what is upstream or lost in scope {int(scope)}: those emissions are scope 3, category 3"
    if scope is Scope.SCOPE_1:
        return _OF_SCOPE_1.get(kind, "")
    if scope is Scope.SCOPE_2:
        if category in _HEAT and kind is not FactorKind.SPEND and _is_zero(factor):
            return "heat of zero emissions: waste steam, heat or cooling bears those of its generation"
        return _OF_SCOPE_2.get(kind, "")
    if scope is not Scope.SCOPE_3:
        return ""
    if kind is FactorKind.COMBUSTION and factor.covers is Boundary.DIRECT and category != _USE_OF_PRODUCTS:
        return "combustion factors in scope 3, where life-cycle factors belong"
    if kind in (FactorKind.GRID, FactorKind.RESIDUAL_MIX) and category in _CRADLE_TO_GATE:
        return f"factors of generation alone in category 3.{category}, which asks for what is upstream of it"
    return ""


def of_method(shape: Shape) -> Iterable[tuple[str, str, str]]:
    """Kind, sentence and subject of every notice about how lines of this shape are calculated."""
    text = shape.text
    if text.estimate:
        yield "estimate", f"{text.estimate} figures; each line says why", ""
    method = methods().get(text.method)
    if method is not None and method.estimate and text.data == "measured":
        yield "method-data", "called measured under a method that estimates", method.name
    if shape.projected:
        sentence = "projected lifetime emissions of investments, reported separately from scope 3 (Scope 3 Standard, table 5.9)"
        yield "projected-lifetime", sentence, ""
        if not text.project:
            sentence = "projected lifetime emissions that name no [[project]]: whether it began in this period is not checked"
            yield "projected-year", sentence, ""
    for name in unusual(text):
        yield "method-parameter", "parameters that are unusual in their method", f"{name} in {text.method}"
    if text.received:
        yield (
            "received",
            "covered by allocations received: reported here, minted by their suppliers",
            text.received,
        )
    for way in shape.ways:
        for step in way.money:
            yield "money", "money brought to the currency and prices of its factor", str(step)


def _is_zero(factor: Factor) -> bool:
    return not factor.co2e_mg and not any(mass for _, mass in factor.components)
