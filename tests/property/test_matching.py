"""Laws of finding a factor: packs have no order, and what is less specific changes nothing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cet.factors import Factor, Pack
from cet.factors.matching import AmbiguousFactorError, NoFactorError, choose
from cet.factors.wanted import Wanted, words_of
from cet.quantities import unit

if TYPE_CHECKING:
    from collections.abc import Sequence

PACK = Pack(id="p", publisher="P", document="D", edition="1", licence="public domain")
WORDS = ("fuel", "diesel", "mineral", "winter")
PLACES = ("world", "US", "US-CAMX", "GB")


def factor(number: int, words: Sequence[str], place: str, year: int, co2: int) -> Factor:
    return Factor.model_validate(
        {
            "pack": PACK,
            "id": f"p/{number}",
            "name": "n",
            "table": "t",
            "year": year,
            "geography": place,
            "kind": "combustion",
            "per": "L",
            "mass": "kg",
            "gases": {"CO2": str(co2)},
            "activity": "/".join(words),
        }
    )


@st.composite
def factors(draw: st.DrawFn) -> list[Factor]:
    number = draw(st.integers(1, 8))
    return [
        factor(
            one,
            sorted(draw(st.sets(st.sampled_from(WORDS), min_size=1))),
            draw(st.sampled_from(PLACES)),
            draw(st.integers(2019, 2025)),
            draw(st.integers(1, 3)),
        )
        for one in range(number)
    ]


@st.composite
def asked(draw: st.DrawFn) -> Wanted:
    start = draw(st.dates(dt.date(2019, 1, 1), dt.date(2025, 1, 1)))
    words = draw(st.sets(st.sampled_from(WORDS), min_size=1))
    end = start + dt.timedelta(days=draw(st.integers(0, 400)))
    return Wanted(frozenset(words), unit("L"), draw(st.sampled_from(PLACES)), start, end)


def outcome(given: Sequence[Factor], wanted: Wanted) -> str:
    try:
        return choose(given, wanted).factor.id
    except AmbiguousFactorError as error:
        return f"ambiguous: {', '.join(factor.id for factor in error.factors)}"
    except NoFactorError:
        return "none"


@given(factors(), asked(), st.randoms(use_true_random=False))
def test_the_order_of_factors_changes_nothing(given: list[Factor], wanted: Wanted, random: object) -> None:
    shuffled = list(given)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outcome(shuffled, wanted) == outcome(given, wanted)


@given(factors(), asked(), st.data())
def test_a_less_specific_factor_changes_no_choice(
    given: list[Factor], wanted: Wanted, data: st.DataObject
) -> None:
    """Fewer words, a wider place, another year: none of them may displace what was chosen."""
    before = outcome(given, wanted)
    if before in ("none",) or before.startswith("ambiguous"):
        return
    best = next(one for one in given if one.id == before)
    words = sorted(data.draw(st.sets(st.sampled_from(sorted(words_of(best))), min_size=1)))
    wider = data.draw(
        st.sampled_from([place for place in ("world", "US") if best.geography.startswith(place)] or ["world"])
    )
    if words == sorted(words_of(best)) and wider == best.geography:
        return
    extra = factor(99, words, wider, best.year, data.draw(st.integers(1, 3)))
    assert outcome([*given, extra], wanted) == before


@given(factors(), asked())
def test_the_chosen_factor_fits_and_every_other_that_fits_has_a_reason(
    given: list[Factor], wanted: Wanted
) -> None:
    try:
        found = choose(given, wanted)
    except (AmbiguousFactorError, NoFactorError):
        return
    assert words_of(found.factor) <= wanted.words
    assert all(one.why for one in found.lost)
    assert len({one.factor.id for one in found.lost}) == len(found.lost)
    assert found.factor.id not in {one.factor.id for one in found.lost}
