"""Data quality as tables, and for machines: mean scores, the part that is scored, primary data, ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from cet.inventory.quality.assessment import DataQuality, Quality, assess
from cet.inventory.quality.scores import WORDS, indicators, sources
from cet.inventory.quality.uncertainty import PLACES
from cet.quantities import exact_text, half_even_text
from cet.report.tables import HEAD, MUTED, add, figures, table, words
from cet.report.words import category_words, grouped, method_words, percent, tonnes
from cet.scopes import Scope, category_text, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from rich.console import RenderableType

    from cet.inventory import Inventory

_UNKNOWN = "unknown"


def quality_blocks(inventory: Inventory) -> list[RenderableType]:
    """Scores and ranges by category, then where data and factors come from."""
    found = assess(inventory)
    scale = ", ".join(f"{score} {word}" for score, word in WORDS.items())
    scores = table(
        "Data quality",
        (words("category", 1), *(figures(header) for header in _SCORE_HEADERS)),
        f"Means by emissions of what is scored: {scale}. Without scores quality is unknown, and in no mean.",
    )
    ranges = table(
        "Uncertainty of what is scored",
        (words("category", 1), *(figures(header) for header in _RANGE_HEADERS)),
        "95 % lies between the scored emissions ÷ factor and × factor. What is not scored is in no range.",
    )
    origins = table(
        "Where the data comes from",
        (words("category", 1), *(figures(header) for header in _ORIGIN_HEADERS)),
        "Primary: measured data of the activity, with a factor that is neither spend-based nor put in the place of data.",
    )
    for name, one in _rows(found):
        label = Text(name, HEAD) if name.startswith("all") else name
        add(scores, label, *_score_cells(one))
        if one.range is not None:
            spread = one.range
            figure = (tonnes(one.scored_mg), grouped(spread.factor, PLACES))
            add(ranges, label, *figure, tonnes(spread.low), tonnes(spread.high))
        add(origins, label, *_origin_cells(one))
    shown = [scores, ranges, origins] if found.any_scores else [scores, origins]
    return [*shown, Text(f"Sources: {sources()['scores']}; {sources()['factors']}.", MUTED)]


_SCORE_HEADERS = ("t CO2e", "scored", "tech", "time", "geo", "compl", "reliab")
_RANGE_HEADERS = ("t CO2e scored", "factor", "from t", "to t")
_ORIGIN_HEADERS = ("measured", "estimated", "proxy", "specific", "average", "spend", "primary")


def _rows(found: DataQuality) -> Iterator[tuple[str, Quality]]:
    for (scope, category, method), one in found.categories.items():
        name = category_words(scope, category)
        told = name if scope in (Scope.SCOPE_3, Scope.OUTSIDE) else f"{scope_text(scope)} {name}"
        yield f"{told}, {method_words(method)}" if scope is Scope.SCOPE_2 else told, one
    for method, one in found.totals.items():
        yield f"all scopes, scope 2 {method_words(method)}", one


def _score_cells(one: Quality) -> list[str | Text]:
    cells: list[str | Text] = [tonnes(one.mg), _part(one.scored)]
    if one.scores is None:
        return [*cells, Text(_UNKNOWN, MUTED), *[""] * 4]
    return [*cells, *(grouped(score, 2) for score in one.scores)]


def _origin_cells(one: Quality) -> list[str]:
    return [
        *(_part(one.part(mg)) for mg in one.data_mg.values()),
        *(_part(one.part(mg)) for mg in one.factor_mg.values()),
        _part(one.primary),
    ]


def _part(value: Fraction | None) -> str:
    """A part to a tenth of a percent; nothing where there are no emissions to be a part of."""
    if value is None:
        return ""
    return percent(value) if value in (0, 1) else f"{half_even_text(value * 100, 1)} %"


def quality_json(inventory: Inventory) -> dict[str, Any]:
    """Data quality for machines: exact text; means are null where nothing is scored, parts where nothing is emitted."""
    found = assess(inventory)
    return {
        "indicators": [one.name for one in indicators()],
        "sources": dict(sources()),
        "categories": [
            {
                "scope": scope_text(scope),
                "category": category_text(scope, category),
                "name": category_words(scope, category),
                "method": method_words(method),
                **_quality(one),
            }
            for (scope, category, method), one in found.categories.items()
        ],
        "totals": [
            {"scope_2": method_words(method), **_quality(one)} for method, one in found.totals.items()
        ],
    }


def _quality(one: Quality) -> dict[str, Any]:
    spread = one.range
    return {
        "mg": exact_text(one.mg),
        "scored_mg": exact_text(one.scored_mg),
        "scored": _exact(one.scored),
        "scores": None if one.scores is None else [exact_text(score) for score in one.scores],
        "uncertainty_factor": None if spread is None else exact_text(spread.factor),
        "low_mg": None if spread is None else str(spread.low),
        "high_mg": None if spread is None else str(spread.high),
        "data_mg": {name: exact_text(mg) for name, mg in one.data_mg.items()},
        "factor_mg": {name: exact_text(mg) for name, mg in one.factor_mg.items()},
        "primary_mg": exact_text(one.primary_mg),
        "primary": _exact(one.primary),
        "lines": one.lines,
        "scored_lines": one.scored_lines,
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)
