"""Which factor fits an activity: specific before generic, the right place, the right year; and why each other lost.

Corporate Standard FAQ 11-12: source- and facility-specific factors before generic ones; a factor's year and place match the
activity's; combustion factors for scopes 1 and 2, life-cycle factors for scope 3. The rules stand in `_RULES` in the order
in which they decide. What is left undecided is an error: nothing is guessed, and neither the order of packs nor a factor that
is less specific can change a choice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cet.errors import FactorError
from cet.factors.editions import natural
from cet.factors.kinds import Boundary
from cet.factors.wanted import Wanted, broader, known_words, words_of
from cet.quantities import convertible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cet.factors.model import Factor

_DAYS = 365
_MOST_NEAR = 12


class NoFactorError(FactorError):
    """No factor fits; `near` says what came close and why it did not."""

    def __init__(self, problem: str, remedy: str, near: tuple[Rejected, ...]) -> None:
        super().__init__(problem, remedy)
        self.near = near


class AmbiguousFactorError(FactorError):
    """Several factors fit equally well."""

    def __init__(self, problem: str, remedy: str, factors: tuple[Factor, ...]) -> None:
        super().__init__(problem, remedy)
        self.factors = factors


@dataclass(frozen=True, slots=True)
class Rejected:
    """A factor that was not chosen: the rule that decided, and why."""

    factor: Factor
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The factor that fits best, what to know about it, and every other that fitted with the reason it lost."""

    factor: Factor
    remarks: tuple[str, ...]
    lost: tuple[Rejected, ...]


def choose(factors: Iterable[Factor], wanted: Wanted) -> Choice:
    """The factor for an activity. Raises NoFactorError, or AmbiguousFactorError where the rules decide nothing."""
    every = sorted(factors, key=lambda factor: factor.id)
    unknown = sorted(wanted.words - known_words(every))
    if unknown:
        raise _unknown_words(unknown, every)
    fitting = [factor for factor in every if not misfits(factor, wanted)]
    if not fitting:
        raise _nothing(every, wanted)
    lost: list[Rejected] = []
    left = fitting
    for name, rule in _RULES:
        kept = []
        for factor in left:
            why = rule(factor, left, wanted)
            if why is None:
                kept.append(factor)
            else:
                lost.append(Rejected(factor, name, why))
        left = kept
        if name == "what" and len({words_of(factor) for factor in left}) > 1:
            # Neither is more specific than the other; place and year do not say which of the two is meant.
            break
    if len(left) > 1:
        raise _ambiguous(left)
    return Choice(left[0], tuple(_remarks(left[0], wanted)), tuple(lost))


def companion(factors: Iterable[Factor], wanted: Wanted, choice: Choice) -> Choice | None:
    """The factor of the part of the life cycle that the chosen one leaves out: what came before, or what was lost.

    None where it covers all that was asked for, or where there is no such factor, or no single one.
    """
    other = {Boundary.DIRECT: Boundary.UPSTREAM, Boundary.UPSTREAM: Boundary.LOSSES}
    boundary = other.get(choice.factor.covers) if choice.factor.covers else None
    asked = boundary in wanted.boundaries or Boundary.LIFE_CYCLE in wanted.boundaries
    if boundary is None or not asked:
        return None
    try:
        return choose(factors, replace(wanted, boundaries=(boundary,)))
    except FactorError:
        return None


def misfits(factor: Factor, wanted: Wanted) -> list[tuple[str, str]]:
    """Every reason why a factor can't be used for the activity, as rule and sentence; empty where it can."""
    reasons = []
    if more := sorted(words_of(factor) - wanted.words):
        reasons.append(("what", f"is only for {', '.join(more)}"))
    if not convertible(wanted.unit, factor.unit):
        reasons.append(("unit", f"is per {factor.per}, not per {wanted.unit.name}"))
    if not any(factor.kind in kinds for kinds in wanted.kinds):
        reasons.append(("kind", f"is a {factor.kind.value} factor"))
    if factor.covers is not None and factor.covers not in wanted.boundaries:
        reasons.append(("boundary", f"covers {factor.covers.value}"))
    if not broader(factor.geography, wanted.place):
        reasons.append(("where", f"is for {factor.geography}, not {wanted.place}"))
    away = _days_away(factor, wanted)
    if away > wanted.years * _DAYS:
        reasons.append(("when", f"is of {factor.year}, more than {wanted.years} years away"))
    return reasons


def _words(factor: Factor, left: list[Factor], _: Wanted) -> str | None:
    mine = words_of(factor)
    better = next((other for other in left if words_of(other) > mine), None)
    return None if better is None else f"does not know {', '.join(sorted(words_of(better) - mine))}"


def _kind(factor: Factor, left: list[Factor], wanted: Wanted) -> str | None:
    best = next(kinds for kinds in wanted.kinds if any(other.kind in kinds for other in left))
    if factor.kind in best:
        return None
    preferred = sorted({other.kind.value for other in left if other.kind in best})
    return f"{factor.kind.value} comes after {', '.join(preferred)}"


def _boundary(factor: Factor, left: list[Factor], wanted: Wanted) -> str | None:
    def rank(one: Factor) -> int:
        return wanted.boundaries.index(one.covers) if one.covers else len(wanted.boundaries)

    best = min(left, key=rank)
    if rank(factor) == rank(best):
        return None
    return f"covers {factor.covers.value if factor.covers else 'nobody knows what'} only"


def _place(factor: Factor, left: list[Factor], _: Wanted) -> str | None:
    # All places left contain the activity's, so of any two one contains the other.
    best = max((other.geography for other in left), key=lambda place: (place != "world", len(place)))
    return None if factor.geography == best else f"{factor.geography} is wider than {best}"


def _time(factor: Factor, left: list[Factor], wanted: Wanted) -> str | None:
    best = min(left, key=lambda other: _time_rank(other, wanted))
    if _time_rank(factor, wanted) == _time_rank(best, wanted):
        return None
    return f"{factor.year} fits the period less well than {best.year}"


def _unit(factor: Factor, left: list[Factor], wanted: Wanted) -> str | None:
    if factor.unit == wanted.unit or all(other.unit != wanted.unit for other in left):
        return None
    return f"is per {factor.per}, another is per {wanted.unit.name} as asked"


def _edition(factor: Factor, left: list[Factor], _: Wanted) -> str | None:
    mine = (factor.pack.publisher, factor.pack.document)
    editions = [other for other in left if (other.pack.publisher, other.pack.document) == mine]
    latest = max(editions, key=lambda other: natural(other.pack.edition))
    if natural(factor.pack.edition) == natural(latest.pack.edition):
        return None
    return f"edition {factor.pack.edition} is older than {latest.pack.edition}"


def _same_figure(factor: Factor, left: list[Factor], _: Wanted) -> str | None:
    """One figure may stand in two packs, a starter pack and an imported one; either gives the same result."""
    twin = next((other for other in left if other.id < factor.id and _figure(other) == _figure(factor)), None)
    return None if twin is None else f"is the same figure as {twin.id}"


_RULES: tuple[tuple[str, Callable[[Factor, list[Factor], Wanted], str | None]], ...] = (
    ("what", _words),
    ("kind", _kind),
    ("boundary", _boundary),
    ("where", _place),
    ("when", _time),
    ("unit", _unit),
    ("edition", _edition),
    ("same figure", _same_figure),
)


def _figure(factor: Factor) -> object:
    return factor.unit, factor.components, factor.co2e_mg, factor.gwp


def _days_away(factor: Factor, wanted: Wanted) -> int:
    """Days between the factor's validity and the activity's period; 0 where they overlap."""
    first, last = factor.validity
    return max((first - wanted.end).days, (wanted.start - last).days, 0)


def _time_rank(factor: Factor, wanted: Wanted) -> tuple[int, int, int]:
    """Most days in common first, then the nearest, then the earlier of two as near."""
    first, last = factor.validity
    common = (min(last, wanted.end) - max(first, wanted.start)).days + 1
    return -max(common, 0), _days_away(factor, wanted), int(first > wanted.end)


def _ambiguous(left: list[Factor]) -> AmbiguousFactorError:
    named = ", ".join(factor.id for factor in left)
    difference = _difference(left)
    remedy = f"say more of what it is ({difference})" if difference else "name one of them by its id"
    return AmbiguousFactorError(f"{len(left)} factors fit equally well: {named}", remedy, tuple(left))


def _difference(factors: list[Factor]) -> str:
    """The words that some of the factors have and others lack."""
    words = [words_of(factor) for factor in factors]
    return ", ".join(sorted(frozenset.union(*words) - frozenset.intersection(*words)))


def _remarks(factor: Factor, wanted: Wanted) -> list[str]:
    """What a report should say about the factor chosen."""
    remarks = []
    if ignored := sorted(wanted.words - words_of(factor)):
        remarks.append(f"no factor that fits knows {', '.join(ignored)}: it is a more general one")
    if factor.geography != wanted.place:
        remarks.append(f"for {factor.geography}, which is wider than {wanted.place}")
    if (away := _days_away(factor, wanted)) > 0:
        remarks.append(f"of {factor.year}, {away} days from the period of the activity")
    if wanted.boundaries[0] is Boundary.LIFE_CYCLE and factor.covers is Boundary.DIRECT:
        remarks.append(
            "covers what is emitted in place only; a line with its upstream counterpart completes it"
        )
    return remarks


def _unknown_words(unknown: list[str], every: list[Factor]) -> NoFactorError:
    near = [match for word in unknown for match in difflib.get_close_matches(word, known_words(every), n=2)]
    hint = (
        f"did you mean {' or '.join(near)}?" if near else "`cet factors list` shows the words of every factor"
    )
    return NoFactorError(f"no factor knows the word {', '.join(unknown)}", hint, ())


def _nothing(every: list[Factor], wanted: Wanted) -> NoFactorError:
    near = []
    for factor in every:
        reasons = misfits(factor, wanted)
        if len(reasons) == 1 and words_of(factor) & wanted.words:
            near.append(Rejected(factor, *reasons[0]))
    near.sort(
        key=lambda one: (
            -len(words_of(one.factor) & wanted.words),
            len(words_of(one.factor) - wanted.words),
            one.factor.id,
        )
    )
    remedy = (
        "see what came close"
        if near
        else "import a pack that has one, or write it in the package's factors.toml"
    )
    return NoFactorError(f"no factor fits {wanted.text}", remedy, tuple(near[:_MOST_NEAR]))
