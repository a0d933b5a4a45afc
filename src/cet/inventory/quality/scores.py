"""A line's five data quality scores: the indicators and what each score asks for (Scope 3 Standard, table 7.6, box 7.2).

`1-2-1-3-1` is technology, time, geography, completeness, reliability, each 1 very good to 4 poor. No scores are unknown
quality: they enter no average, and never count as good.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from cet.inventory.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

WORDS = {1: "very good", 2: "good", 3: "fair", 4: "poor"}
POOREST = 4

_SCORES = re.compile(r"[1-4](-[1-4]){4}", re.ASCII)

Scores = tuple[int, int, int, int, int]


class Indicator(BaseModel):
    """An indicator: what each score asks for, and the uncertainty factor of each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    text: str
    criteria: tuple[str, str, str, str]
    factors: tuple[Decimal, Decimal, Decimal, Decimal]


@cache
def indicators() -> tuple[Indicator, ...]:
    """The five, in the order in which scores are written."""
    return tuple(Indicator.model_validate(one) for one in _data()["indicator"])


@cache
def basic_factors() -> Mapping[str, Decimal]:
    """Basic uncertainty factors by the dimension of what is counted; `other` is that of all else."""
    return {name: Decimal(text) for name, text in _data()["basic"].items()}


@cache
def sources() -> Mapping[str, str]:
    """Where scores and factors are published."""
    return dict(_data()["source"])


def scores_of(text: str) -> Scores | None:
    """The scores a line gives, None where it gives none. The text has been checked."""
    if not text:
        return None
    technology, time, geography, completeness, reliability = (int(one) for one in text.split("-"))
    return technology, time, geography, completeness, reliability


def check_quality(text: str, problems: list[Problem]) -> None:
    """Scores are five digits from 1 to 4, or nothing."""
    if text and not _SCORES.fullmatch(text):
        remedy = (
            "write five scores from 1 (very good) to 4 (poor) for technology, time, geography, completeness and "
            "reliability, 1-2-1-3-1; leave it empty where they are unknown"
        )
        problems.append(Problem("quality", text[:80], "no data quality scores", remedy))


def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("cet").joinpath("data/quality.toml").read_text(encoding="utf-8"))
