"""Quality scores are means over lines, weighted by what each emits, whatever the lines and their order."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.inventory import compute, load
from cet.inventory.quality.assessment import DataQuality, assess
from package_folders import write_package

SHAPES = [
    {},
    {"scope": "3", "category": "4", "unit": "t-km", "factor": "test/truck", "data": "estimated"},
    {"scope": "2", "category": "electricity", "unit": "MWh", "factor": "test/grid"},
    {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper", "data": "proxy"},
]
scores = st.lists(st.integers(1, 4), min_size=5, max_size=5).map(lambda one: "-".join(map(str, one)))
lines = st.fixed_dictionaries(
    {
        "shape": st.sampled_from(SHAPES),
        "quantity": st.decimals(0, 10**6, places=7).map(lambda one: f"{one:f}"),
        "quality": st.just("") | scores,
    }
)


def assessed(rows: list[dict[str, str]]) -> DataQuality:
    with tempfile.TemporaryDirectory() as folder:
        return assess(compute(load(write_package(Path(folder), rows)), lines=True))


@given(st.lists(lines, min_size=1, max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_means_are_those_of_the_lines_in_any_order(drawn: list[dict], shuffled) -> None:  # type: ignore[no-untyped-def,type-arg]
    rows = [
        {"id": f"line-{n}", "quantity": one["quantity"], "quality": one["quality"], **one["shape"]}
        for n, one in enumerate(drawn)
    ]
    with tempfile.TemporaryDirectory() as folder:
        inventory = compute(load(write_package(Path(folder), rows)))
        found = assess(inventory)
    for (scope, category, method), quality in found.categories.items():
        own = [
            (mg, line.row.shape.quality)
            for line in inventory.lines
            for key, mg in line.emissions()
            if (key.scope, key.category, key.method) == (scope, category, method)
        ]
        total = sum((mg for mg, text in own if text), Fraction(0))
        assert quality.scored_mg == total
        assert quality.mg == sum((mg for mg, _ in own), Fraction(0)) == sum(quality.data_mg.values())
        means = tuple(
            sum((mg * int(text.split("-")[place]) for mg, text in own if text), Fraction(0)) / (total or 1)
            for place in range(5)
        )
        assert quality.scores == (means if total else None)
        if quality.range is not None:
            assert quality.range.low <= total <= quality.range.high
    shuffled.shuffle(rows)
    assert assessed(rows) == found
