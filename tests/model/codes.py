"""Lot codes and the rescoping table, read off docs/architecture.md row by row."""

from __future__ import annotations

from dataclasses import dataclass, replace

OUTSIDE_CATEGORIES = {1, 2, 3}
PRODUCT_CATEGORIES = {8, 9, 10, 11, 12}
PHYSICAL, LOCATION, MARKET = 0, 1, 2
OWN, VALUE_CHAIN, CONSOLIDATION = 0, 1, 2
INVESTMENTS = 15
MASS, WATT_HOUR = 0, 1


@dataclass(frozen=True)
class Code:
    """scope(2) | category(4) | method(2) | unit(4) | relation(4)."""

    scope: int
    category: int
    method: int
    unit: int
    relation: int = OWN

    @classmethod
    def of(cls, code: int) -> Code:
        return cls(code >> 14, code >> 10 & 15, code >> 8 & 3, code >> 4 & 15, code & 15)

    @property
    def number(self) -> int:
        return self.scope << 14 | self.category << 10 | self.method << 8 | self.unit << 4 | self.relation

    @property
    def is_reference(self) -> bool:
        return self.relation != OWN

    @property
    def plain(self) -> Code:
        """The same without its relation."""
        return replace(self, relation=OWN)

    @property
    def is_product(self) -> bool:
        return self.scope == 0 and self.category in PRODUCT_CATEGORIES

    @property
    def is_valid(self) -> bool:
        categories = {
            0: OUTSIDE_CATEGORIES | PRODUCT_CATEGORIES,
            1: set(range(1, 5)),
            2: set(range(1, 5)),
            3: set(range(1, 16)),
        }
        if self.category not in categories[self.scope] or self.unit > 6 or self.relation > CONSOLIDATION:
            return False
        if self.relation == VALUE_CHAIN and not (self.scope == 3 and self.category >= 9):
            return False
        if self.relation == CONSOLIDATION and self.is_product:
            return False
        if self.scope == 2:
            return self.method in (LOCATION, MARKET) and self.unit in (MASS, WATT_HOUR)
        if self.scope == 0 and not self.is_product:
            return self.method == PHYSICAL
        if self.scope == 0 and self.category != 8 and self.unit not in (MASS, WATT_HOUR):
            return False
        return self.method in (PHYSICAL, MARKET)

    @property
    def is_live(self) -> bool:
        """Whether offsets and compositions may touch it."""
        return not self.is_reference and self.method != LOCATION and (self.scope != 0 or self.is_product)

    @property
    def is_passed_on(self) -> bool:
        """Whether shares of it may go anywhere: downstream categories are for reporting only."""
        return self.is_live and not (self.scope == 3 and self.category >= 9)

    def scope_2_or_same_series(self, child: Code) -> bool:
        """Purchased energy goes into either series; anything else stays in its own."""
        return self.scope == 2 or self.method == child.method

    @property
    def world(self) -> str:
        """Which figures it balances with: in scope, location-based, or a kind outside the scopes."""
        if self.method == LOCATION:
            return "location-based"
        return "in scope" if self.scope != 0 or self.is_product else f"outside {self.category}"


def may_become(parent: Code, child: Code) -> bool:
    """Whether a share of `parent` may stand in its receiver's books as `child`."""
    if not child.is_valid or parent.unit != child.unit or parent.is_reference:
        return False
    if child.is_reference:
        return _may_refer(parent, child)
    if parent.scope == 0 and parent.category in (1, 2):
        return parent == child
    if not parent.is_passed_on:
        return False
    if child.scope == 2:
        if child.method != MARKET:
            return False
    elif parent.scope != 2 and parent.method != child.method:
        return False
    return _energy(parent, child) if parent.unit == WATT_HOUR else _goods(parent, child)


def _may_refer(parent: Code, child: Code) -> bool:
    """A partner's share is what the lot is; the value chain refers to scopes 1 to 3 in the parent's series."""
    if child.relation == CONSOLIDATION:
        return child.plain == parent
    return parent.scope != 0 and parent.method != LOCATION and parent.scope_2_or_same_series(child)


def may_displace(received: Code, estimate: Code) -> bool:
    """Like for like; a partner's share displaces nothing."""
    return received.relation != CONSOLIDATION and received.plain == estimate


def _energy(parent: Code, child: Code) -> bool:
    """Energy: scope 2 of the same carrier, or 3.3; of scope 3 only 3.3 is energy that can be consumed."""
    if child.scope == 3:
        return child.category == 3
    if child.scope != 2:
        return False
    carriers = {
        0: {parent.category - 8},
        1: {1, 2, 3, 4},
        2: {parent.category},
        3: {1, 2, 3, 4} if parent.category == 3 else set(),
    }
    return child.category in carriers[parent.scope]


def _goods(parent: Code, child: Code) -> bool:
    if parent.scope == 0 and parent.category != 8:
        return False
    return child.scope == 3 and child.category in (1, 2, 4, 5, 6, 7, 8)
