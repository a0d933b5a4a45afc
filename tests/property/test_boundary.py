"""Organisations of any shape: nobody owns more than there is, owners add up, and approaches agree where all is whole."""

from __future__ import annotations

import itertools
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.inventory import Consolidation, Facility, Inventory, compute, load
from cet.inventory.boundary.bridge import bridge
from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.boundary.placement import Boundary
from cet.inventory.boundary.tables import LEASES, treatments
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope
from organisations import entity, toml
from package_folders import write_package

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = [f"e{number}" for number in range(6)]
OWNED = [name for name, rules in treatments().items() if rules.owned]
EQUITY, FINANCIAL, OPERATIONAL = Consolidation


@st.composite
def organisations(draw: Callable[..., int], kinds: tuple[str, ...] = tuple(OWNED)) -> Organisation:
    """A group whose every entity is owned, wholly or in part, by those before it, the reporting company among them."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    holdings, entities = [], []
    for number, name in enumerate(names):
        kind, run = draw(st.sampled_from(kinds)), draw(st.booleans())  # type: ignore[arg-type]
        entities.append(entity(name, str(kind), operational_control=bool(run)))
        owners = ["top", *names[:number]]
        parts = draw(st.lists(st.integers(0, 100), min_size=len(owners) + 1, max_size=len(owners) + 1))  # type: ignore[arg-type]
        whole = sum(parts) or 1  # type: ignore[arg-type]
        holdings += [
            Holding(owner=owner, entity=name, share=f"{part}/{whole}")
            for owner, part in zip(owners, parts, strict=False)  # type: ignore[arg-type]
        ]
    return Organisation("top", tuple(entities), tuple(holdings))


@given(organisations())
def test_no_share_is_below_0_or_above_1(group: Organisation) -> None:
    assert not list(group.problems())
    for one in group.entities:
        for approach in Consolidation:
            standing = group.standing(one.id, approach)
            assert 0 <= standing.share <= 1
            assert 0 <= standing.owned <= 1
        assert group.standing(one.id, OPERATIONAL).share in (0, 1), "operational control is all or nothing"
        assert group.standing(one.id, EQUITY).share <= group.standing(one.id, EQUITY).owned


@given(organisations(), st.sampled_from([None, *LEASES]))
def test_the_parts_of_a_facility_are_never_more_than_all_of_it(
    group: Organisation, lease: str | None
) -> None:
    sites = tuple(
        Facility(id=f"at-{one.id}", name="Site", country="GB", entity=one.id, lease=lease)
        for one in group.entities
    )
    for approach in Consolidation:
        for site in sites:
            placement = Boundary(group, sites).place(site.id, approach)
            assert 0 <= placement.unplaced <= 1
            assert all(0 < part.share <= 1 for part in placement.parts)
            assert placement.reason or not placement.unplaced, "what is outside has its reason"


@given(st.lists(st.integers(1, 100), min_size=2, max_size=6), st.integers(0, 50))
def test_the_owners_of_a_venture_together_report_it_once(parts: list[int], others: int) -> None:
    """Σ over the owners' own inventories: equity shares and joint control add up to what they hold, operational control to one."""
    whole = sum(parts) + others
    shares = {approach: Fraction(0) for approach in Consolidation}
    for number, part in enumerate(parts):
        venture = Entity(
            id="venture", name="Venture", treatment="joint-venture", operational_control=number == 0
        )
        held = Holding(owner=f"owner-{number}", entity="venture", share=f"{part}/{whole}")
        for approach in Consolidation:
            shares[approach] += (
                Organisation(f"owner-{number}", (venture,), (held,)).standing("venture", approach).share
            )
    assert shares[EQUITY] == shares[FINANCIAL] == Fraction(sum(parts), whole)
    assert shares[OPERATIONAL] == 1


@given(st.integers(1, 6))
def test_approaches_agree_where_everything_is_owned_whole_and_operated(depth: int) -> None:
    names = NAMES[:depth]
    owners = ["top", *names]
    group = Organisation(
        "top",
        tuple(entity(name, "subsidiary") for name in names),
        tuple(
            Holding(owner=owner, entity=name, share="1") for owner, name in zip(owners, names, strict=False)
        ),
    )
    sites = tuple(Facility(id=name, name="Site", country="GB", entity=name) for name in names)
    assert all(Boundary(group, sites).whole(approach) for approach in Consolidation)


LINES = (
    {"scope": "1", "category": "mobile", "unit": "gal", "factor": "test/diesel"},
    {"scope": "1", "category": "stationary", "unit": "kg", "factor": "test/wood"},
    {
        "scope": "2",
        "category": "electricity",
        "unit": "MWh",
        "factor": "test/grid",
        "market_factor": "test/mix",
    },
    {"scope": "3", "category": "6", "unit": "passenger-mile", "factor": "test/flight"},
    {"scope": "3", "category": "15", "unit": "USD2022", "factor": "test/paper"},
    {"scope": "outside", "category": "non-kyoto", "unit": "kg", "factor": "test/old-chiller"},
)
KINDS = tuple(name for name in treatments() if name != "contractor")
lines_drawn = st.lists(
    st.tuples(st.sampled_from(LINES), st.integers(0, 5), st.decimals("0", "1e6", places=3)),
    min_size=1,
    max_size=8,
)


def packaged(group: Organisation, leases: list[str | None], drawn: Any, approach: Consolidation) -> Inventory:
    """The group as a package with a site at each entity, whole leases among them, and lines at any of them."""
    text = ""
    sites = ["plant", *(f"at-{one.id}" for one in group.entities)]
    for one, lease in zip(group.entities, leases, strict=False):
        text += toml(
            "entity", id=one.id, name=one.id, treatment=one.treatment, operational_control=one.operated
        )
        let = {"lease": lease} if lease and treatments()[one.treatment].owned else {}
        text += toml("facility", id=f"at-{one.id}", name="Site", country="GB", entity=one.id, **let)
    for held in group.holdings:
        text += toml("holding", owner=held.owner, entity=held.entity, share=str(held.share))
    rows = [
        {"id": f"line-{number}", "facility": sites[place % len(sites)], "quantity": f"{quantity}", **line}
        for number, (line, place, quantity) in enumerate(drawn)
    ]
    header = {"entity": '"top"', "consolidation": f'"{approach.text}"'}
    with tempfile.TemporaryDirectory() as folder:
        return compute(load(write_package(Path(folder) / "package", rows, header=header, more=text)))


def line_by_line(found: Inventory, approach: Consolidation) -> dict[tuple[Scope, int, Method], Fraction]:
    """The consolidated figures by another way: each line's own emissions, placed one by one."""
    totals: dict[tuple[Scope, int, Method], Fraction] = {}
    for line in found.lines:
        scope = SCOPE_TEXT[line.row.shape.scope]
        category = CATEGORY_NAMES[scope][line.row.shape.category]
        for part in found.package.settings.boundary.place(line.row.shape.facility, approach).parts:
            for key, mg in line.emissions():
                place = (key.scope, key.category, key.method)
                if (
                    part.category is not None
                    and scope in (Scope.SCOPE_1, Scope.SCOPE_2)
                    and key.scope is scope
                ):
                    if key.method is Method.MARKET_BASED:
                        continue
                    place = (Scope.SCOPE_3, part.category, Method.PHYSICAL)
                elif scope is Scope.SCOPE_3 and not (
                    part.own_scope_3 or part.category is None or category == part.category
                ):
                    continue
                totals[place] = totals.get(place, Fraction(0)) + mg * part.share
    return {place: mg for place, mg in totals.items() if mg}


@settings(max_examples=40, deadline=None)
@given(
    organisations(KINDS),
    st.lists(st.sampled_from([None, *LEASES]), min_size=6, max_size=6),
    lines_drawn,
    st.sampled_from(Consolidation),
)
def test_a_consolidated_package_agrees_with_its_lines(
    group: Organisation, leases: list[str | None], drawn: Any, approach: Consolidation
) -> None:
    """Under every approach; nothing is lost; the steps lead from the lots to the reported figures."""
    found = packaged(group, leases, drawn, approach)
    for one in Consolidation:
        consolidated = found.under(one)
        sums: dict[tuple[Scope, int, Method], Fraction] = {}
        for key, total in consolidated.sums.items():
            place = (key.scope, key.category, key.method)
            sums[place] = sums.get(place, Fraction(0)) + total.mg
        assert {place: mg for place, mg in sums.items() if mg} == line_by_line(found, one)
        outside = sum(
            (sum(moved.mg.values()) + moved.outside_mg for moved in consolidated.outside.values()),
            Fraction(0),
        )
        memo = sum((moved.market_mg for moved in consolidated.moves.values()), Fraction(0))
        assert sum(sums.values()) + outside + memo == sum(one.mg for one in found.written.values())
    steps = bridge(found)
    for column, mg in enumerate(found.reported):
        assert steps.lots.columns[column] + sum(step.columns[column] for step in steps.steps) == mg
    assert sum(found.data_mg.values()) == sum(
        one.mg
        for key, one in found.sums.items()
        if key.scope is not Scope.OUTSIDE and key.method is not Method.LOCATION_BASED
    )


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 4), lines_drawn)
def test_where_all_is_whole_the_approaches_give_the_same_totals(depth: int, drawn: Any) -> None:
    owners = ["top", *NAMES[:depth]]
    group = Organisation(
        "top",
        tuple(entity(name, "subsidiary") for name in owners[1:]),
        tuple(Holding(owner=a, entity=b, share="1") for a, b in itertools.pairwise(owners)),
    )
    found = packaged(group, [None] * depth, drawn, EQUITY)
    figures = [{key: one.mg for key, one in found.under(approach).sums.items()} for approach in Consolidation]
    assert figures[0] == figures[1] == figures[2]
    assert not found.consolidated.moves
    assert sum(found.reported) == sum(lot.gross for lot in found.lots)
