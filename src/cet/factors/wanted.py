"""What a factor is looked for: what is done, in which unit, where, when, and how much of the life cycle it must cover."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cet.errors import FactorError
from cet.factors.kinds import Boundary, FactorKind
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Scope

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cet.factors.model import Factor
    from cet.quantities import Unit

_SUPPLIER = frozenset({FactorKind.SUPPLIER})
EVERY_KIND = (_SUPPLIER, frozenset(FactorKind) - _SUPPLIER)
"""Kinds by preference: a supplier's own before any other (Corporate Standard FAQ 11)."""

EVERY_BOUNDARY = (Boundary.LIFE_CYCLE, Boundary.DIRECT, Boundary.UPSTREAM, Boundary.LOSSES)
_IN_PLACE = frozenset({FactorKind.COMBUSTION, FactorKind.PROCESS, FactorKind.FUGITIVE})
_OF_SCOPE_1 = (_SUPPLIER, _IN_PLACE)
_GRID = frozenset({FactorKind.GRID})
_OF_MARKET = (_SUPPLIER, frozenset({FactorKind.RESIDUAL_MIX}), _GRID)
_FUEL_AND_ENERGY = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """An activity that needs a factor. `kinds` and `boundaries` are in order of preference; `years` is how far from the
    activity's period a factor may be."""

    words: frozenset[str]
    unit: Unit
    place: str
    start: dt.date
    end: dt.date
    kinds: tuple[frozenset[FactorKind], ...] = EVERY_KIND
    boundaries: tuple[Boundary, ...] = EVERY_BOUNDARY
    years: int = 5

    @property
    def text(self) -> str:
        """The activity in a line."""
        period = f"{self.start}" if self.start == self.end else f"{self.start} to {self.end}"
        return f"{'/'.join(sorted(self.words))}, per {self.unit.name}, {self.place}, {period}"


@cache
def _synonyms() -> dict[str, str]:
    text = resources.files("cet").joinpath("data/activity_words.toml").read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(text)["synonyms"]
    return found


def activity_words(text: str) -> frozenset[str]:
    """The words of `fuel/diesel`, in any order and case, synonyms replaced by the words that factors use."""
    words = (word.strip().lower() for word in text.replace(" ", "/").split("/"))
    return frozenset(_synonyms().get(word, word) for word in words if word)


@cache
def _words_of(activity: str) -> frozenset[str]:
    return activity_words(activity)


def words_of(factor: Factor) -> frozenset[str]:
    """What a factor is for; of one that does not say, the parts of its id."""
    return _words_of(factor.activity or factor.id.removeprefix(f"{factor.pack.id}/"))


def known_words(factors: Iterable[Factor]) -> frozenset[str]:
    """Every word that any of the factors knows."""
    return frozenset(word for factor in factors for word in words_of(factor))


def broader(place: str, wanted: str) -> bool:
    """Whether a factor's place is the wanted one or contains it: `US` contains `US-SRVC`, `world` everything."""
    return place in ("world", wanted) or wanted.startswith(f"{place}-")


def of_scope(
    scope_text: str, category_text: str = "", *, market: bool = False
) -> tuple[tuple[frozenset[FactorKind], ...], tuple[Boundary, ...]]:
    """Kinds and boundaries, preferred first, of factors for a line of that scope and category; all without.

    Scopes 1 and 2 take what is emitted in place, scope 3.3 what came before and what was lost, other scope 3 the whole life
    cycle, and where there is none what is emitted in place (Scope 3 Standard, table 5.4: the minimum of transport).
    Raises FactorError for no such scope or category.
    """
    if not scope_text:
        return EVERY_KIND, EVERY_BOUNDARY
    scope = SCOPE_TEXT.get(scope_text)
    if scope is None:
        raise FactorError(f"no scope {scope_text!r}", f"one of {', '.join(SCOPE_TEXT)}")
    if category_text and category_text not in CATEGORY_NAMES[scope]:
        raise FactorError(
            f"scope {scope_text} has no category {category_text!r}", ", ".join(CATEGORY_NAMES[scope])
        )
    if scope is Scope.SCOPE_1:
        return _OF_SCOPE_1, (Boundary.DIRECT,)
    if scope is Scope.SCOPE_2:
        return (_OF_MARKET if market else (_GRID,)), (Boundary.DIRECT,)
    if scope is Scope.SCOPE_3 and category_text and CATEGORY_NAMES[scope][category_text] == _FUEL_AND_ENERGY:
        return EVERY_KIND, (Boundary.UPSTREAM, Boundary.LOSSES)
    return EVERY_KIND, (Boundary.LIFE_CYCLE, Boundary.DIRECT)
