"""The matching against minimum cuts, which know nothing of paths; and what holds of every application."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import accumulate, combinations
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cet.certificates import Application, Certificate, Demand, Pool, apply, match, match_many
from cet.certificates.bulk_matching import LARGEST, BulkMatching
from cet.certificates.criteria import market_of
from cet.errors import CetError
from energy import certificate, facts, pool, supply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES = ("a", "b", "c", "d", "e")


def largest_coverage(demands: Sequence[Demand], supplies: Mapping[str, int]) -> int:
    """By max-flow min-cut: the least, over all sets of supplies, of what is outside the set and who can use the set."""
    return min(
        sum(wh for name, wh in supplies.items() if name not in chosen)
        + sum(one.watt_hours for one in demands if set(one.supplies) & set(chosen))
        for size in range(len(supplies) + 1)
        for chosen in combinations(supplies, size)
    )


@st.composite
def problems(draw: st.DrawFn) -> tuple[list[Demand], dict[str, int]]:
    supplies = {name: draw(st.integers(0, 30)) for name in NAMES[: draw(st.integers(1, 5))]}
    demands = [
        Demand(
            number,
            draw(st.integers(0, 30)),
            tuple(draw(st.lists(st.sampled_from(list(supplies)), unique=True))),
        )
        for number in range(draw(st.integers(0, 6)))
    ]
    return demands, supplies


@given(problems())
@settings(max_examples=50)
def test_every_prefix_of_the_demands_is_covered_as_far_as_can_be(
    problem: tuple[list[Demand], dict[str, int]],
) -> None:
    """No deficit stays while an eligible surplus exists, and the first demands come first."""
    demands, supplies = problem
    flows = match(demands, supplies)
    assert all(taken > 0 for taken in flows.values())
    assert all(name in next(d for d in demands if d.name == demand).supplies for demand, name in flows)
    for name, wh in supplies.items():
        assert sum(taken for (_, used), taken in flows.items() if used == name) <= wh
    for count in range(len(demands) + 1):
        prefix = demands[:count]
        named = {one.name for one in prefix}
        covered = sum(taken for (demand, _), taken in flows.items() if demand in named)
        assert covered == largest_coverage(prefix, supplies)


@st.composite
def many(draw: st.DrawFn) -> tuple[list[Demand], dict[str, int]]:
    """Demands of a few kinds, all of which prefer supplies in the same order."""
    names = [f"c{number}" for number in range(draw(st.integers(1, 9)))]
    supplies = {name: draw(st.integers(0, 40)) for name in names}
    kinds = draw(st.lists(st.sets(st.sampled_from(names)), min_size=1, max_size=6))
    lists = [tuple(name for name in names if name in kind) for kind in kinds]
    count = draw(st.integers(0, 25))
    demands = [
        Demand(number, draw(st.integers(0, 20)), draw(st.sampled_from(lists))) for number in range(count)
    ]
    return demands, supplies


def maximum(demands: Sequence[Demand], supplies: Mapping[str, int]) -> int:
    """By NetworkX, which knows nothing of this project."""
    graph = nx.DiGraph()
    graph.add_nodes_from(["source", "sink"])
    for name, watt_hours in supplies.items():
        graph.add_edge("source", name, capacity=watt_hours)
    for one in demands:
        graph.add_edge(one.name, "sink", capacity=one.watt_hours)
        for name in one.supplies:
            graph.add_edge(name, one.name)
    return int(nx.maximum_flow_value(graph, "source", "sink"))


@given(many())
@settings(max_examples=150)
def test_many_are_matched_as_few(problem: tuple[list[Demand], dict[str, int]]) -> None:
    """Runs of demands, groups of supplies and arrays change no Wh."""
    demands, supplies = problem
    expected = match(demands, supplies)
    assert match_many(demands, supplies) == expected
    number = {name: place for place, name in enumerate(supplies)}
    kinds = list(dict.fromkeys(one.supplies for one in demands))
    lists = [[number[name] for name in kind] for kind in kinds]
    of_demand = np.array([kinds.index(one.supplies) for one in demands], np.int64)
    bulk = BulkMatching(lists, len(supplies), of_demand)
    asked = np.array([one.watt_hours for one in demands], np.int64)
    for _ in range(2):
        found: dict[tuple[object, str], int] = {}
        uses = bulk.match(asked, list(supplies.values()))
        for demand, used, taken in zip(*(one.tolist() for one in uses), strict=True):
            assert taken > 0
            key = (demand, list(supplies)[used])
            found[key] = found.get(key, 0) + taken
        assert found == expected


def test_what_is_moved_of_a_run_is_its_first_demands() -> None:
    """Found with the last parts of a run moved first: the demands of a run then held each other's certificates."""
    wide, narrow = ("s0", "s1", "s3", "s4"), ("s0", "s2")
    lists = (wide, wide, narrow, narrow, ("s1", "s2"))
    demands = [Demand(place, wh, lists[place]) for place, wh in enumerate((3, 1, 2, 2, 2))]
    supplies = {"s0": 2, "s1": 4, "s2": 1, "s3": 2, "s4": 1}
    assert match_many(demands, supplies) == match(demands, supplies)


@given(many())
@settings(max_examples=60)
def test_no_solver_covers_more(problem: tuple[list[Demand], dict[str, int]]) -> None:
    """Of all demands, and of the first so many: a maximum flow of a library's covers as much."""
    demands, supplies = problem
    flows = match_many(demands, supplies)
    got = [sum(taken for (demand, _), taken in flows.items() if demand == one.name) for one in demands]
    expected = [maximum(demands[:count], supplies) for count in range(1, len(demands) + 1)]
    assert list(accumulate(got)) == expected


def test_sums_that_64_bits_do_not_hold_are_refused() -> None:
    bulk = BulkMatching([[0]], 1, np.zeros(2, np.int64))
    whole = bulk.match(np.array([LARGEST - 5, 5], np.int64), [LARGEST])
    assert whole.watt_hours.tolist() == [LARGEST - 5, 5]
    with pytest.raises(CetError, match="more than"):
        bulk.match(np.array([LARGEST - 5, 6], np.int64), [LARGEST])
    with pytest.raises(CetError, match="below zero"):
        bulk.match(np.array([-1, 6], np.int64), [LARGEST])


COUNTRIES = {"DE": "europe", "FR": "europe", "GB": "GB", "US": "north-america", "CA": "north-america"}
amounts = st.one_of(st.integers(0, 300).map(Fraction), st.fractions(0, 300, max_denominator=7))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Pool], list[Certificate], list[object], str]:
    matching = draw(st.sampled_from(["annual", "monthly"]))
    pools = []
    for number in range(draw(st.integers(1, 5))):
        country = draw(st.sampled_from(sorted(COUNTRIES)))
        free, contracted = draw(amounts), draw(amounts)
        slots = (("", free + contracted),)
        if matching == "monthly":
            part = draw(st.fractions(0, 1, max_denominator=5))
            whole = free + contracted
            slots = (("2023-01", whole * part), ("2023-02", whole * (1 - part)))
        use = draw(st.sampled_from(["scope-2", "3.7"]))
        market = COUNTRIES[country]
        pools.append(
            pool(
                f"site-{number}",
                free,
                contracted=contracted,
                slots=slots,
                country=country,
                market=market,
                use=use,
            )
        )
    sites = [one.key.facility for one in pools]
    certificates = []
    for number in range(draw(st.integers(0, 6))):
        month = draw(st.integers(1, 3))
        day = dt.date(2023, month, 1)
        certificates.append(
            certificate(
                f"c{number}",
                country=draw(st.sampled_from(sorted(COUNTRIES))),
                quantity=str(draw(st.integers(1, 200))),
                sites=tuple(draw(st.lists(st.sampled_from(sites), unique=True, max_size=2))),
                use=draw(st.sampled_from(["scope-2", "3.7"])),
                priority=draw(st.integers(1, 3)),
                produced_from=day,
                produced_to=day,
                used_to=draw(
                    st.sampled_from([dt.date(2023, 12, 31), dt.date(2024, 6, 30), dt.date(2022, 6, 1)])
                ),
                used_from=dt.date(2022, 1, 1),
            )
        )
    supplies: list[object] = []
    for number in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["on-site", "ppa", "allocation", "supplier-rate"]))
        named = draw(
            st.lists(st.sampled_from([one.id for one in certificates] or ["none"]), unique=True, max_size=2)
        )
        supplies.append(
            supply(
                f"s{number}",
                facility=draw(st.sampled_from(sites)),
                instrument=kind,
                quantity=str(draw(st.integers(0, 200))),
                unit="Wh",
                factor=None if kind == "on-site" else "own/x",
                certificated=bool(named) and kind != "supplier-rate",
                certificates=tuple(named) if kind != "supplier-rate" else (),
                attributes=True,
            )
        )
    return pools, certificates, supplies, matching


def applied(world: tuple[list[Pool], list[Certificate], list[object], str]) -> Application:
    pools, certificates, supplies, matching = world
    return apply(pools, certificates, supplies, facts(pools, certificates, supplies, matching=matching))  # type: ignore[arg-type]


@given(worlds())
@settings(max_examples=80)
def test_every_watt_hour_is_accounted_for(
    world: tuple[list[Pool], list[Certificate], list[object], str],
) -> None:
    """applied + usable + expired + refused = cancelled; parts + deficit = consumption; a deficit is never negative."""
    found = applied(world)
    left = {one.certificate: one.watt_hours for one in found.left}
    for one in world[1]:
        assert found.used(one.id) + left.get(one.id, 0) == one.watt_hours
    assert {one.state for one in found.left} <= {"usable", "expired", "refused"}
    for key, covered in found.covered.items():
        assert covered.deficit >= 0
        assert all(part.watt_hours > 0 for part in covered.parts)
        certified = sum(part.watt_hours for part in covered.parts if part.kind == "certificate")
        used = sum(use.watt_hours for use in found.uses_of(key) if not use.supply)
        slots = len(covered.pool.slots)
        assert certified <= used < certified + max(1, slots)
        assert 0 <= covered.free_by_certificates <= min(certified, covered.pool.free)


@given(worlds())
@settings(max_examples=60)
def test_nothing_crosses_a_market_or_is_used_for_whom_it_was_not_cancelled(
    world: tuple[list[Pool], list[Certificate], list[object], str],
) -> None:
    found = applied(world)
    known = facts(world[0], world[1], matching=world[3])
    by_key = {one.key: one for one in world[0]}
    for use in found.uses:
        one, used_in = found.certificates[use.certificate], by_key[use.pool]
        assert market_of(one, known) == used_in.market
        assert one.use == use.pool.use
        assert not one.sites or use.pool.facility in one.sites
        assert one.used_to >= known.start
        if use.pool.use == "3.7" and used_in.market != "north-america":
            assert one.country == used_in.country
        if world[3] == "monthly" and use.slot:
            assert use.slot == f"2023-{one.produced_from.month:02}"


@given(worlds(), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_rows_does_not_matter(
    world: tuple[list[Pool], list[Certificate], list[object], str], random: object
) -> None:
    pools, certificates, supplies, matching = ([*world[0]], [*world[1]], [*world[2]], world[3])
    for rows in (pools, certificates, supplies):
        random.shuffle(rows)  # type: ignore[attr-defined]
    assert applied((pools, certificates, supplies, matching)) == applied(world)


@given(worlds())
@settings(max_examples=60)
def test_no_site_is_short_while_a_certificate_it_may_use_is_left(
    world: tuple[list[Pool], list[Certificate], list[object], str],
) -> None:
    """Annual matching: what is left over could not have covered any deficit."""
    if world[3] != "annual":
        return
    found = applied(world)
    reserved = {name for one in world[2] for name in one.certificates}  # type: ignore[attr-defined]
    for one in found.left:
        if one.state == "refused" or one.certificate in reserved:
            continue
        certificate_left = found.certificates[one.certificate]
        for key, covered in found.covered.items():
            pool_of = covered.pool
            home = certificate_left.country == pool_of.country or pool_of.market == "north-america"
            eligible = (
                certificate_left.use == key.use
                and COUNTRIES[certificate_left.country] == pool_of.market
                and (not certificate_left.sites or key.facility in certificate_left.sites)
                and (key.use != "3.7" or home)
            )
            if eligible:
                kinds = covered.by("certificate", "on-site") + sum(
                    part.watt_hours
                    for part in covered.parts
                    if found.supplies.get(part.instrument) and found.supplies[part.instrument].certificates
                )
                assert kinds == pool_of.consumed
