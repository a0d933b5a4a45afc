"""Whatever the lines and events: the steps add up to the difference, order changes nothing, and a year has not changed beside itself."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.inventory import compute, load
from cet.inventory.base_year.effects import effects_of
from cet.inventory.base_year.entries import entries_of, totals_of
from comparisons import BASE, compared, event, site
from package_folders import write_package

if TYPE_CHECKING:
    import random

SITES = ("plant", "mill", "shop")
SHAPES: list[dict[str, str]] = [
    {},
    {"scope": "3", "category": "4", "unit": "t-km", "factor": "test/truck"},
    {
        "scope": "2",
        "category": "electricity",
        "unit": "MWh",
        "factor": "test/grid",
        "market_factor": "test/mix",
    },
    {"scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"},
    {"scope": "3", "category": "1", "unit": "USD2022", "factor": "test/paper"},
    {"category": "stationary", "unit": "kg", "factor": "test/wood"},
    {"category": "stationary", "unit": "kg", "factor": "test/leak"},
]
line = st.fixed_dictionaries(
    {
        "shape": st.sampled_from(SHAPES),
        "facility": st.sampled_from(SITES),
        "source": st.sampled_from(["A", "B"]),
        "quantity": st.just("0") | st.decimals("0.001", 10**5, places=3).map(lambda one: f"{one:f}"),
    }
)
lines = st.lists(line, min_size=1, max_size=7)
shares = st.sampled_from(["0", "20 %", "1/3", "100 %"])
EVENTS = [
    event("divestment", "sold", more='lines = ["line-0"]', share="1/3"),
    event("outsourcing", "moved", more='lines = ["line-0"]\nto = "3.4"', share="0.25"),
    event("insourcing", "back", more='lines = ["line-0"]\nto = "2.electricity"'),
    event("acquisition", "bought", package="joined", share="50 %"),
    event("method", "finer", package="joined"),
    event("error", "wrong", more='[[event.figure]]\nplace = "1.mobile"\nt = "-0.7"'),
]


def rows(drawn: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "id": f"line-{n}",
            **{name: one[name] for name in ("facility", "source", "quantity")},
            **one["shape"],
        }
        for n, one in enumerate(drawn)
    ]


def organisation(share: str) -> str:
    entity = '\n[[entity]]\nid = "v"\nname = "V"\ntreatment = "joint-venture"\n'
    holding = f'\n[[holding]]\nowner = "works"\nentity = "v"\nshare = "{share}"\n'
    return entity + holding + site("mill", entity="v") + site("shop", lease="lessor-operating")


@given(lines, lines, lines, shares, shares, st.sets(st.sampled_from(EVENTS)), st.booleans())
@settings(max_examples=30, deadline=None)
def test_every_step_of_the_difference_is_there(
    base: Any, current: Any, joined: Any, was: str, now: str, events: set[str], by_id: bool
) -> None:
    header = {"consolidation": '"equity-share"'}
    kept = {
        "base_header": {**header, "gwp": '"AR5"'},
        "current_header": header,
        "base_more": organisation(was),
        "current_more": organisation(now),
        "joined": rows(joined),
        "joined_more": site("mill") + site("shop"),
        "by_id": by_id,
    }
    with tempfile.TemporaryDirectory() as folder:
        found = compared(Path(folder), rows(base), rows(current), "".join(sorted(events)), **kept)
        assert totals_of(entries_of(found.current)) == dict(_by_series(found.current.sums).items())
        before, after = totals_of(entries_of(found.base)), totals_of(entries_of(found.current))
        for series, bridge in found.bridges.items():
            assert bridge.recorded == before.get(series, 0)
            assert bridge.reported == after.get(series, 0)
            own = [one for one in found.sources if one.series == series]
            assert (
                sum((one.effects.total for one in own), Fraction(0))
                == bridge.whole_year - bridge.like_for_like
            )
            assert all(one.effects.total == one.current_mg - one.base_mg for one in own)
        assert found.bridges.keys() == before.keys() | after.keys() | found.bridges.keys()
        for test in found.tests:
            assert abs(test.net_mg) <= test.gross_mg


def _by_series(sums: Any) -> dict[Any, Fraction]:
    totals: dict[Any, Fraction] = {}
    for key, one in sorted(sums.items()):
        series = key.scope, key.category, key.method
        totals[series] = totals.get(series, Fraction(0)) + one.mg
    return dict(sorted(totals.items()))


@given(lines, lines, st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_order_changes_nothing_and_a_year_has_not_changed_beside_itself(
    base: Any, current: Any, shuffled: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        more = site("mill") + site("shop")
        years = [
            entries_of(compute(load(write_package(Path(folder) / name, rows(drawn), header=BASE, more=more))))
            for name, drawn in (("base", base), ("current", current))
        ]
    effects = effects_of(*years)
    mixed = [shuffled.sample(entries, len(entries)) for entries in years]
    assert effects_of(*mixed) == effects
    by_series, _ = effects_of(years[0], mixed[0])
    assert all(one.activity == one.factor == one.share == one.unseparated == 0 for one in by_series.values())
    backwards, _ = effects_of(*reversed(years))
    assert {key: -one.activity for key, one in backwards.items()} == {
        key: one.activity for key, one in effects[0].items()
    }
