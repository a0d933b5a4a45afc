"""Shares of entities under each approach: the published table, chains, several owners, ventures of ventures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pydantic import ValidationError

from cet.inventory import Consolidation
from cet.inventory.boundary.organisation import Organisation
from organisations import HOLLAND, TABLE_2, entity, holding, holland

EQUITY, FINANCIAL, OPERATIONAL = Consolidation


@pytest.mark.parametrize("row", TABLE_2, ids=[row[0] for row in TABLE_2])
def test_holland_industries_consolidates_as_printed(row: tuple[object, ...]) -> None:
    """Corporate Standard, table 2: all of its cells."""
    group = holland()
    assert not list(group.problems())
    found = [group.standing(str(row[0]), approach).share * 100 for approach in Consolidation]
    assert found == [Fraction(share) for share in row[4]]  # type: ignore[attr-defined]


def test_the_reporting_company_is_whole_under_every_approach() -> None:
    assert all(holland().standing(HOLLAND, approach).share == 1 for approach in Consolidation)


def test_what_is_owned_stays_owned_whatever_the_approach_counts() -> None:
    """A fixed asset investment counts nothing, and is 1 % owned all the same: category 15 needs it."""
    for approach in Consolidation:
        assert holland().standing("syntal", approach).owned == Fraction(1, 100)
        assert holland().standing("bgb", approach).owned == Fraction(415, 1000)


def test_several_owners_of_the_group_add_up() -> None:
    group = Organisation(
        "top",
        (entity("a", "subsidiary"), entity("b", "subsidiary"), entity("venture", "joint-venture")),
        (
            holding("top", "a", "0.8"),
            holding("top", "b", "1/2"),
            holding("a", "venture", "1/3"),
            holding("b", "venture", "1/3"),
            holding("top", "venture", "10 %"),
        ),
    )
    assert not list(group.problems())
    equity = Fraction(8, 10) / 3 + Fraction(1, 2) / 3 + Fraction(1, 10)
    assert group.standing("venture", EQUITY).share == equity
    assert group.standing("venture", FINANCIAL).share == Fraction(2, 3) + Fraction(1, 10)


def test_a_subsidiary_of_a_joint_venture_stands_at_the_ventures_share() -> None:
    group = Organisation(
        "top",
        (entity("venture", "joint-venture"), entity("works", "subsidiary", operational_control=False)),
        (holding("top", "venture", "0.5"), holding("venture", "works", "0.8")),
    )
    assert group.standing("works", EQUITY).share == Fraction(4, 10)
    assert group.standing("works", FINANCIAL).share == Fraction(5, 10)
    assert group.standing("works", OPERATIONAL).share == 0


def test_what_an_associate_controls_is_under_no_control_of_the_company() -> None:
    group = Organisation(
        "top",
        (entity("associate", "associate"), entity("works", "subsidiary", operational_control=False)),
        (holding("top", "associate", "0.3"), holding("associate", "works", "1")),
    )
    assert group.standing("works", FINANCIAL).share == 0
    assert group.standing("works", EQUITY).share == Fraction(3, 10)


def test_a_subsidiary_is_controlled_whole_though_a_part_is_held_through_a_venture() -> None:
    group = Organisation(
        "top",
        (entity("venture", "joint-venture"), entity("works", "subsidiary")),
        (
            holding("top", "venture", "0.5"),
            holding("top", "works", "0.4"),
            holding("venture", "works", "0.3"),
        ),
    )
    assert group.standing("works", FINANCIAL).share == 1
    assert group.standing("works", EQUITY).share == Fraction(55, 100)


def test_a_franchise_counts_where_the_company_has_equity_or_control() -> None:
    """Corporate Standard, table 1, franchises."""
    plain, held = entity("shop", "franchise"), entity("shop", "franchise", financial_control=True)
    none, some = Organisation("top", (plain,)), Organisation("top", (held,), (holding("top", "shop", "0.3"),))
    assert [none.standing("shop", approach).share for approach in Consolidation] == [0, 0, 0]
    assert [some.standing("shop", approach).share for approach in Consolidation] == [Fraction(3, 10), 1, 0]


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.83", Fraction(83, 100)),
        ("1/3", Fraction(1, 3)),
        ("33.3 %", Fraction(333, 1000)),
        ("0", Fraction(0)),
    ],
)
def test_shares_are_exact(text: str, share: Fraction) -> None:
    assert holding("a", "b", text).share == share


@pytest.mark.parametrize("text", ["1.01", "101%", "-0.1", "2/1", "1/0", "half", "0,5", ""])
def test_a_share_outside_0_to_1_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        holding("a", "b", text)
