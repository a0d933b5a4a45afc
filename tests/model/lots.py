"""Lots of the model: what they are born with, what moves, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from model.codes import CONSOLIDATION, INVESTMENTS

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from model.codes import Code

CARRY = 2**64


@dataclass(frozen=True)
class Figure:
    """Gross, inherited net, net and surplus: integers in mg as the ledger rounds, fractions where exact."""

    gross: int | Fraction
    inherited: int | Fraction
    net: int | Fraction
    surplus: int | Fraction


@dataclass(frozen=True)
class Offered:
    """An offer, naming its parent as the model does."""

    parent: Hashable
    dependent: str
    units: int
    code: Code
    consumed: tuple[int, int]
    deadline: int
    activity: int


@dataclass
class LotModel:
    """A lot; `minted` is a source lot's gross."""

    name: Hashable
    holder: str
    code: Code
    basis: int
    minted: int | None
    edges: tuple[tuple[Hashable, int], ...]
    ancestry: frozenset[tuple[Hashable, Hashable]]
    """Distinct edges above it, as (child, parent)."""
    period: tuple[int, int] | None = None
    """First and last day of a source lot's statement."""
    allocated: int = 0
    displaced: int = 0
    reserved: int = 0
    """Of what is allocated: for anchors, and no lot yet."""
    frozen: int = 0
    offset: int = 0
    announced: int | None = None
    consenting: set[str] = field(default_factory=set)
    """Who agreed to hold it."""
    successors: dict[str, int] = field(default_factory=dict)
    """Who agreed to succeed its holder, and until when."""
    history: list[tuple[int, int, int]] = field(default_factory=list)
    """What a source lot was restated from and to, by which statement."""
    references: dict[tuple[int, int, str], int] = field(default_factory=dict)
    """Units referred to, by relation, category and referrer; nobody in particular for investments."""
    most_referenced: int = 0
    """The most that was ever referred to under one cap."""
    corrections: list[tuple[int, int]] = field(default_factory=list)
    """Units before and after, as both parties signed."""
    displaces: tuple[Hashable, int] | None = None
    """The estimate it stands instead of, and for how many units."""

    @property
    def passed_on(self) -> int:
        return self.allocated - self.displaced - self.reserved

    def refer(self, cap: tuple[int, int, str], units: int) -> None:
        self.references[cap] = self.references.get(cap, 0) + units
        self.most_referenced = max(self.most_referenced, self.references[cap])

    def forget(self, cap: tuple[int, int, str], units: int) -> None:
        self.references[cap] -= units
        if not self.references[cap]:
            del self.references[cap]

    def left_to_refer(self, cap: tuple[int, int, str]) -> int:
        """Units that may still be referred to under a cap: nothing is taken, so each cap is the whole lot."""
        return max(0, self.basis - self.frozen - self.references.get(cap, 0))

    @property
    def available(self) -> int:
        return max(0, self.basis - self.allocated - self.frozen)


def ledger_figures(lots: Mapping[Hashable, LotModel]) -> dict[Hashable, Figure]:
    """Figures as the ledger rounds them: once per lot, up, over a carry of 2^-64 mg."""
    return _evaluate(lots, exact=False)


def exact_figures(lots: Mapping[Hashable, LotModel]) -> dict[Hashable, Figure]:
    """Figures without any rounding."""
    return _evaluate(lots, exact=True)


def _evaluate(lots: Mapping[Hashable, LotModel], *, exact: bool) -> dict[Hashable, Figure]:
    done: dict[Hashable, Figure] = {}

    def share(lot: LotModel, which: str) -> int | Fraction:
        total = Fraction(0)
        for parent, units in lot.edges:
            part = Fraction(getattr(figure(parent), which)) * Fraction(units, lots[parent].basis)
            total += part if exact else Fraction(ceil(part * CARRY), CARRY)
        return total if exact else ceil(total)

    def figure(name: Hashable) -> Figure:
        if name not in done:
            lot = lots[name]
            gross = lot.minted if lot.minted is not None else share(lot, "gross")
            inherited = lot.minted if lot.minted is not None else share(lot, "net")
            rest = inherited - lot.offset
            done[name] = Figure(gross, inherited, max(0, rest), max(0, -rest))
        return done[name]

    for name in lots:
        figure(name)
    return done


def cap_of_reference(code: Code, referrer: str) -> tuple[int, int, str]:
    """What a reference counts towards: a category for each referrer, investors together, a partner's share as one."""
    if code.relation == CONSOLIDATION:
        return code.relation, 0, referrer
    return code.relation, code.category, "" if code.category == INVESTMENTS else referrer
