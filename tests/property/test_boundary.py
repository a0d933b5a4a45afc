"""Organisations of any shape: nobody owns more than there is, owners add up, and approaches agree where all is whole."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from cet.inventory import Consolidation, Facility
from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.boundary.placement import Boundary
from cet.inventory.boundary.tables import LEASES, treatments
from organisations import entity

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
