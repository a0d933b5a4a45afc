"""The matching against minimum cuts, which know nothing of paths; and what holds of every application."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.certificates import Application, Certificate, Demand, Pool, apply, match
from cet.certificates.criteria import market_of
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
