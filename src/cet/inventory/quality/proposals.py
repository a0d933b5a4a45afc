"""What a factor's year and place say about the scores of a line: proposed where they are missing, held against them where not.

Completeness and reliability are of the activity data, which no factor knows. A notice, never a score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.inventory.quality.scores import POOREST, scores_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.factors import Factor
    from cet.inventory.boundary.facilities import Facility
    from cet.inventory.header import Period
    from cet.inventory.shapes import Shape

PROPOSED = "quality-proposal"
DOUBTED = "quality-doubt"

_YEARS = (3, 6, 10)
_SAME, _SIMILAR, _DIFFERENT = 1, 2, 3


def proposed(factor: Factor, facility: Facility, period: Period) -> Mapping[str, int]:
    """The scores the factor speaks for: `technology` where its kind says it, `time`, `geography`. Box 7.2's criteria."""
    if factor.kind is FactorKind.MEASURED:
        return {}
    found: dict[str, int] = {}
    if factor.kind is FactorKind.SUPPLIER:
        found["technology"] = _SAME
    elif factor.kind is FactorKind.SPEND:
        found["technology"] = POOREST
    apart = min(abs(factor.year - year) for year in period.years)
    found["time"] = next((score for score, most in enumerate(_YEARS, start=1) if apart < most), POOREST)
    found["geography"] = _geography(factor.geography, facility)
    return found


def quality_notices(shape: Shape, facility: Facility, period: Period) -> Iterable[tuple[str, str, str]]:
    """Kind, sentence and factor: scores proposed for lines without any, scores that claim more than box 7.2 allows."""
    scores = scores_of(shape.text.quality)
    for factor in shape.factors:
        said = proposed(factor, facility, period)
        if scores is None:
            words = ", ".join(f"{name} {score}" for name, score in said.items())
            if words:
                yield PROPOSED, f"no scores, quality unknown; by year and place {words} would fit", factor.id
            continue
        technology, time, geography, *_ = scores
        given = {"technology": technology, "time": time, "geography": geography}
        for name, score in said.items():
            if given[name] < score:
                yield DOUBTED, f"{name} scored {given[name]}, by box 7.2 the factor allows {score}", factor.id


def _geography(place: str, facility: Facility) -> int:
    """The same area; an area around it or within it; another, of which the world is the widest."""
    own = facility.region or facility.country
    if place == own:
        return _SAME
    return _SIMILAR if place.partition("-")[0] == facility.country else _DIFFERENT
