"""Data quality and uncertainty: mean scores, primary data, ranges (Scope 3 Standard, chapter 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.inventory.quality.assessment import assess
from cet.inventory.quality.scores import WORDS, indicators, sources
from cet.inventory.quality.uncertainty import PLACES
from cet.report.inventory_report.blocks import (
    EMPTY,
    Column,
    Section,
    Table,
    mass,
    number,
    rows,
    share,
    words,
)
from cet.report.inventory_report.plots import shares
from cet.report.words import category_words, method_words
from cet.scopes import Scope, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from cet.inventory import Inventory
    from cet.inventory.quality.assessment import DataQuality, Quality
    from cet.report.inventory_report.blocks import Block, Cell

_LEGEND = (("measured", "primary data"), ("estimated", "other data"))


def data_quality(inventory: Inventory) -> Section:
    """Scores and ranges by category and method; what is not scored is unknown, and in no mean and no range."""
    found = assess(inventory)
    scale = ", ".join(f"{score} {word}" for score, word in WORDS.items())
    lead = (
        f"Scores are means weighted by emissions: {scale}. Primary is measured data of the activity, with a factor that is "
        "neither spend-based nor put in the place of data."
        if found.any_scores
        else "No line has quality scores: the quality of the data is unknown, and there is no range of uncertainty. "
        "What is known is how much of it is primary."
    )
    charted = [
        (name, mass(one.mg), (("measured", one.primary), ("estimated", 1 - one.primary)))
        for name, one in _named(found)
        if one.primary is not None
    ]
    caption = "Each category as wide as the plot, divided by emissions; its t CO2e beside."
    blocks: list[Block] = [shares("Primary data by category", charted, _LEGEND, caption), _scores(found)]
    if found.any_scores:
        blocks.append(_ranges(found))
    clause = "Scope 3 Standard, chapters 7 and 11; Corporate Standard, chapter 7"
    return Section("quality", "Data quality and uncertainty", clause, lead, tuple(blocks))


def _named(found: DataQuality) -> Iterator[tuple[str, Quality]]:
    for (scope, category, method), one in found.categories.items():
        name = category_words(scope, category)
        told = name if scope in (Scope.SCOPE_3, Scope.OUTSIDE) else f"{scope_text(scope)} {name}"
        yield f"{told}, {method_words(method)}" if scope is Scope.SCOPE_2 else told, one


def _scores(found: DataQuality) -> Table:
    columns = (
        Column("category", width=46),
        Column("t CO2e", figures=True),
        Column("primary", figures=True, width=12),
        Column("scored", figures=True, width=12),
        *(Column(one.name, figures=True, width=14) for one in indicators()),
    )
    lines = (
        (words(name), mass(one.mg), share(one.primary), share(one.scored), *_means(one.scores))
        for name, one in _named(found)
    )
    return Table("Data quality", "Data quality by category", columns, rows(*lines), f"{sources()['scores']}.")


def _means(scores: tuple[Fraction, ...] | None) -> tuple[Cell, ...]:
    if scores is None:
        return (words("unknown"), *(EMPTY for _ in indicators()[1:]))
    return tuple(number(score, 2) for score in scores)


def _ranges(found: DataQuality) -> Table:
    columns = (
        Column("category", width=46),
        Column("t CO2e scored", figures=True),
        Column("factor", figures=True, width=12),
        Column("from t CO2e", figures=True),
        Column("to t CO2e", figures=True),
    )
    lines = (
        (
            words(name),
            mass(one.scored_mg),
            number(one.range.factor, PLACES),
            mass(one.range.low),
            mass(one.range.high),
        )
        for name, one in _named(found)
        if one.range is not None
    )
    caption = f"95 % lies between the scored emissions ÷ factor and × factor. {sources()['factors']}."
    return Table("Uncertainty", "Uncertainty of what is scored", columns, rows(*lines), caption)
