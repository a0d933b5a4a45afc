"""What a lot is: scope, category, method and unit, packed in 16 bits, and what a share of it may become.

Lot codes and the rescoping table are those of docs/architecture.md and of `LotCode.sol`; scopes and categories those of
the GHG Protocol Corporate Standard (chapter 4), Scope 2 Guidance and Scope 3 Standard (chapter 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from cet.errors import ScopeError


class Scope(IntEnum):
    """The three scopes, and what is reported outside every scope total."""

    OUTSIDE = 0
    SCOPE_1 = 1
    SCOPE_2 = 2
    SCOPE_3 = 3


class Method(IntEnum):
    """Which series a figure belongs to; series never mix."""

    PHYSICAL = 0
    LOCATION_BASED = 1
    MARKET_BASED = 2


class Relation(IntEnum):
    """Whether a lot is its holder's own, or only reports a share of another's (a reference: never a parent)."""

    OWN = 0
    VALUE_CHAIN = 1
    CONSOLIDATION = 2


class BasisUnit(IntEnum):
    """What a lot is shared out by: its own mass (mg CO2e), or its output."""

    MASS = 0
    WATT_HOUR = 1
    GRAM = 2
    GRAM_KM = 3
    TEU_M = 4
    ITEM = 5
    PASSENGER_M = 6


CATEGORY_NAMES: dict[Scope, dict[str, int]] = {
    Scope.OUTSIDE: {"biogenic": 1, "non-kyoto": 2, "removals": 3},
    Scope.SCOPE_1: {"stationary": 1, "mobile": 2, "process": 3, "fugitive": 4},
    Scope.SCOPE_2: {"electricity": 1, "steam": 2, "heating": 3, "cooling": 4},
    Scope.SCOPE_3: {str(number): number for number in range(1, 16)},
}
"""Category names as written in an inventory package."""

PRODUCT_NAMES: dict[str, int] = {"goods": 8, "electricity": 9, "steam": 10, "heating": 11, "cooling": 12}
"""Product lots (scope 0): compositions that stand for an output, in no scope total."""

SCOPE_TEXT: dict[str, Scope] = {
    "1": Scope.SCOPE_1,
    "2": Scope.SCOPE_2,
    "3": Scope.SCOPE_3,
    "outside": Scope.OUTSIDE,
}

BIOGENIC = 1
NON_KYOTO = 2
REMOVALS = 3
_GOODS = 8
_ENERGY_PRODUCT_OFFSET = 8
_FUEL_AND_ENERGY = 3
_FROM_GOODS = frozenset({1, 2, 4, 5, 6, 7, 8})
_UPSTREAM = range(1, 9)
_DOWNSTREAM = range(9, 16)
_ENERGY_UNITS = frozenset({BasisUnit.MASS, BasisUnit.WATT_HOUR})


@dataclass(frozen=True, slots=True, order=True)
class LotCode:
    """`scope(2) | category(4) | method(2) | unit(4) | relation(4)`. Construction refuses impossible combinations."""

    scope: Scope
    category: int
    method: Method
    unit: BasisUnit
    relation: Relation = Relation.OWN

    def __post_init__(self) -> None:
        """Raises ScopeError naming the first rule broken."""
        if self.category not in _categories(self.scope):
            raise ScopeError(
                f"{scope_text(self.scope)} has no category {self.category}",
                f"its categories are {', '.join(str(number) for number in sorted(_categories(self.scope)))}",
            )
        if self.scope is Scope.SCOPE_2 and self.method is Method.PHYSICAL:
            raise ScopeError("scope 2 without a method", "choose location-based or market-based")
        if self.scope is not Scope.SCOPE_2 and self.method is Method.LOCATION_BASED:
            raise ScopeError(f"location-based {scope_text(self.scope)}", "location-based is a scope 2 method")
        outside = self.scope is Scope.OUTSIDE
        if outside and self.category < _GOODS and self.method is not Method.PHYSICAL:
            raise ScopeError("a method outside the scopes", "biogenic, non-Kyoto and removals are physical")
        energy = self.scope is Scope.SCOPE_2 or (outside and self.category > _GOODS)
        if energy and self.unit not in _ENERGY_UNITS:
            raise ScopeError(
                f"energy shared out by {self.unit.name}", "use watt-hours, or the lot's own mass"
            )
        if self.relation is Relation.VALUE_CHAIN and (
            self.scope is not Scope.SCOPE_3 or self.category not in _DOWNSTREAM
        ):
            raise ScopeError(
                f"a value-chain reference in {scope_text(self.scope)} category {self.category}",
                "value-chain references are scope 3 categories 9 to 15",
            )
        if self.relation is Relation.CONSOLIDATION and self.is_product:
            raise ScopeError("a consolidation reference to a product", "consolidate lots of an inventory")

    @property
    def is_product(self) -> bool:
        """Whether this is a composition that stands for an output rather than an inventory line."""
        return self.scope is Scope.OUTSIDE and self.category >= _GOODS

    @property
    def is_reference(self) -> bool:
        """Whether this only reports a share of another's lot: in no sum across participants, never a parent."""
        return self.relation is not Relation.OWN

    def encode(self) -> int:
        """The 16-bit code."""
        return self.scope << 14 | self.category << 10 | self.method << 8 | self.unit << 4 | self.relation

    @classmethod
    def decode(cls, code: int) -> LotCode:
        """The combination a code stands for. Raises ScopeError for codes that stand for none."""
        return _decoded(code)

    def __str__(self) -> str:
        words = [scope_text(self.scope), category_text(self.scope, self.category)]
        if self.method is not Method.PHYSICAL:
            words.append(self.method.name.lower().replace("_", "-"))
        if self.is_reference:
            words.append(self.relation.name.lower().replace("_", "-") + " reference")
        return " ".join(words)


@lru_cache(maxsize=1 << 12)
def _decoded(code: int) -> LotCode:
    """A ledger of millions of lots has a few dozen codes."""
    if not 0 <= code < 1 << 16:
        raise ScopeError(f"lot code {code:#06x}", "16 bits")
    method, unit, relation = (code >> 8) & 3, (code >> 4) & 0xF, code & 0xF
    if method > max(Method) or unit > max(BasisUnit) or relation > max(Relation):
        raise ScopeError(
            f"lot code {code:#06x} has no such method, unit or relation",
            "methods are 0 to 2, units 0 to 6, relations 0 to 2",
        )
    return LotCode(Scope(code >> 14), (code >> 10) & 0xF, Method(method), BasisUnit(unit), Relation(relation))


def _categories(scope: Scope) -> frozenset[int]:
    named = frozenset(CATEGORY_NAMES[scope].values())
    return named | frozenset(PRODUCT_NAMES.values()) if scope is Scope.OUTSIDE else named


def scope_text(scope: Scope) -> str:
    """`scope 1`, …, or `outside`."""
    return "outside" if scope is Scope.OUTSIDE else f"scope {int(scope)}"


def category_text(scope: Scope, category: int) -> str:
    """The category's name as an inventory package writes it; products as `product electricity`, scope 3 as `category 5`."""
    if scope is Scope.SCOPE_3:
        return f"category {category}"
    for name, number in CATEGORY_NAMES[scope].items():
        if number == category:
            return name
    return "product " + next(name for name, number in PRODUCT_NAMES.items() if number == category)


def may_become(parent: LotCode, child: LotCode) -> bool:
    """Whether a share of a lot coded `parent` may stand in its receiver's books as `child`.

    The rescoping table of docs/architecture.md: the unit is inherited; energy passes as energy; location-based lots,
    removals and scope 3 categories 9 to 15 pass to nobody; series never mix. References follow rules of their own.
    """
    if parent.unit is not child.unit or parent.is_reference:
        return False
    if child.is_reference:
        return _may_be_referred_to_as(parent, child)
    if parent.scope is Scope.OUTSIDE and not parent.is_product:
        return parent.category != REMOVALS and parent == child
    if parent.method is Method.LOCATION_BASED or not _series_follows(parent, child):
        return False
    if parent.scope is Scope.SCOPE_3 and parent.category not in _UPSTREAM:
        return False
    if parent.unit is BasisUnit.WATT_HOUR:
        return _energy_may_become(parent, child)
    if parent.scope is Scope.OUTSIDE and parent.category != _GOODS:
        return False
    return child.scope is Scope.SCOPE_3 and child.category in _FROM_GOODS


def _may_be_referred_to_as(parent: LotCode, child: LotCode) -> bool:
    """Consolidation keeps what the lot is; the value chain refers to scopes 1 to 3, never to location-based figures."""
    if child.relation is Relation.CONSOLIDATION:
        return replace(child, relation=Relation.OWN) == parent
    if parent.scope is Scope.OUTSIDE or parent.method is Method.LOCATION_BASED:
        return False
    return _series_follows(parent, child)


def _series_follows(parent: LotCode, child: LotCode) -> bool:
    if child.scope is Scope.SCOPE_2:
        return child.method is Method.MARKET_BASED
    return parent.scope is Scope.SCOPE_2 or parent.method is child.method


def _energy_may_become(parent: LotCode, child: LotCode) -> bool:
    if child.scope is Scope.SCOPE_3:
        return child.category == _FUEL_AND_ENERGY
    if child.scope is not Scope.SCOPE_2:
        return False
    if parent.scope is Scope.SCOPE_2:
        return child.category == parent.category
    if parent.scope is Scope.OUTSIDE:
        return child.category + _ENERGY_PRODUCT_OFFSET == parent.category
    return parent.scope is Scope.SCOPE_1 or parent.category == _FUEL_AND_ENERGY
