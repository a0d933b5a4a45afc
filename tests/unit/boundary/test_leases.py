"""Every cell of tables A.1 and A.2 (Scope 3 Standard, appendix A), their two exceptions, franchises and outsourcing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cet.inventory import Consolidation, Facility
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.boundary.placement import Boundary, Placement
from cet.inventory.boundary.tables import LEASES, lease_table
from organisations import entity, holding

EQUITY, FINANCIAL, OPERATIONAL = Consolidation
INSIDE, UPSTREAM, DOWNSTREAM = None, 8, 13

CELLS = [
    ("lessee-finance", EQUITY, INSIDE),
    ("lessee-finance", FINANCIAL, INSIDE),
    ("lessee-finance", OPERATIONAL, INSIDE),
    ("lessee-operating", EQUITY, UPSTREAM),
    ("lessee-operating", FINANCIAL, UPSTREAM),
    ("lessee-operating", OPERATIONAL, INSIDE),
    ("lessor-finance", EQUITY, DOWNSTREAM),
    ("lessor-finance", FINANCIAL, DOWNSTREAM),
    ("lessor-finance", OPERATIONAL, DOWNSTREAM),
    ("lessor-operating", EQUITY, INSIDE),
    ("lessor-operating", FINANCIAL, INSIDE),
    ("lessor-operating", OPERATIONAL, DOWNSTREAM),
]


def boundary(organisation: Organisation | None = None, **fields: Any) -> Boundary:
    facility = Facility.model_validate({"id": "site", "name": "Site", "country": "GB", **fields})
    organisation = organisation or Organisation("top")
    assert not list(facility.problems(organisation))
    return Boundary(organisation, (facility,))


def parts(placement: Placement) -> list[tuple[Fraction, int | None]]:
    return [(part.share, part.category) for part in placement.parts]


def test_the_tables_have_twelve_cells_and_no_other() -> None:
    assert set(lease_table()) == {(lease, approach) for lease in LEASES for approach in Consolidation}
    assert len(CELLS) == len({cell[:2] for cell in CELLS}) == len(lease_table()) == 12
    excepted = {key for key, cell in lease_table().items() if cell.exception is not None}
    assert excepted == {("lessee-operating", OPERATIONAL), ("lessor-operating", OPERATIONAL)}


@pytest.mark.parametrize(("lease", "approach", "category"), CELLS)
def test_a_cell_of_the_tables(lease: str, approach: Consolidation, category: int | None) -> None:
    assert parts(boundary(lease=lease).place("site", approach)) == [(1, category)]


@pytest.mark.parametrize(
    ("lease", "expected", "operated"),
    [
        ("lessee-operating", (UPSTREAM, UPSTREAM, UPSTREAM), False),
        ("lessor-operating", (INSIDE, INSIDE, INSIDE), True),
    ],
)
def test_the_disclosed_exceptions(lease: str, expected: tuple[int | None, ...], operated: bool) -> None:
    """Notes 1 and 2: only the operational control approach has an exception, and who operates follows it."""
    found = boundary(lease=lease, exception="Shown by the contract.")
    assert tuple(found.place("site", approach).parts[0].category for approach in Consolidation) == expected
    assert found.operated("site") is operated
    assert found.minted("site") is operated


@pytest.mark.parametrize(
    ("lease", "operated"),
    [
        ("lessee-finance", True),
        ("lessee-operating", True),
        ("lessor-finance", False),
        ("lessor-operating", False),
    ],
)
def test_who_operates_a_leased_asset_follows_the_tables(lease: str, operated: bool) -> None:
    assert boundary(lease=lease).operated("site") is operated


def test_a_ventures_leased_asset_counts_at_the_ventures_share() -> None:
    group = Organisation("top", (entity("jv", "joint-venture"),), (holding("top", "jv", "0.4"),))
    found = boundary(group, entity="jv", lease="lessee-operating")
    assert parts(found.place("site", EQUITY)) == [(Fraction(4, 10), UPSTREAM)]
    assert found.place("site", EQUITY).unplaced == Fraction(6, 10)
    finance = boundary(group, entity="jv", lease="lessee-finance")
    assert parts(finance.place("site", FINANCIAL)) == [(Fraction(4, 10), INSIDE)]
    assert parts(finance.place("site", OPERATIONAL)) == [(Fraction(4, 10), 15)]


def test_what_is_owned_and_outside_is_an_investment() -> None:
    group = Organisation("top", (entity("nallo", "associate"),), (holding("top", "nallo", "0.56"),))
    found = boundary(group, entity="nallo")
    assert parts(found.place("site", EQUITY)) == [(Fraction(56, 100), INSIDE)]
    for approach in (FINANCIAL, OPERATIONAL):
        assert parts(found.place("site", approach)) == [(Fraction(56, 100), 15)]
        assert found.place("site", approach).unplaced == Fraction(44, 100)


def test_an_investment_through_no_holding_is_outside_altogether() -> None:
    group = Organisation("top", (entity("none", "associate"),), (holding("top", "none", "0"),))
    for approach in Consolidation:
        placement = boundary(group, entity="none").place("site", approach)
        assert (parts(placement), placement.unplaced) == ([], 1)
        assert placement.reason


def test_the_rule_says_what_decided() -> None:
    kinds = (("jv", "joint-venture"), ("syntal", "fixed-asset-investment"))
    group = Organisation(
        "top",
        tuple(entity(name, kind) for name, kind in kinds),
        tuple(holding("top", name, "0.5") for name, _ in kinds),
    )
    said = {
        (name, approach): [part.rule for part in boundary(group, entity=name).place("site", approach).parts]
        for name, _ in kinds
        for approach in (EQUITY, FINANCIAL)
    }
    assert said["jv", EQUITY] == ["equity share"]
    assert said["jv", FINANCIAL] == ["joint financial control, by equity share"]
    assert all("no equity share" in rule for rule in said["syntal", EQUITY])
    assert all("no financial control" in rule for rule in said["syntal", FINANCIAL])
    assert all(said.values())


def test_a_franchise_outside_the_boundary_is_category_14() -> None:
    group = Organisation("top", (entity("shops", "franchise"),))
    found = boundary(group, entity="shops")
    assert all(parts(found.place("site", approach)) == [(1, 14)] for approach in Consolidation)
    assert not found.minted("site")


def test_a_franchise_partly_inside_is_category_14_for_the_rest() -> None:
    """Category 14 is what scopes 1 and 2 do not hold (Scope 3 Standard, table 5.4)."""
    shop = entity("shops", "franchise", operational_control=True)
    group = Organisation("top", (shop,), (holding("top", "shops", "0.3"),))
    found = boundary(group, entity="shops")
    assert parts(found.place("site", EQUITY)) == [(Fraction(3, 10), INSIDE), (Fraction(7, 10), 14)]
    assert parts(found.place("site", FINANCIAL)) == [(1, 14)]
    assert parts(found.place("site", OPERATIONAL)) == [(1, INSIDE)]


def test_a_franchisors_operations_are_bought_by_the_franchisee() -> None:
    group = Organisation("top", (entity("brand", "franchisor"),))
    assert all(
        parts(boundary(group, entity="brand").place("site", approach)) == [(1, 1)]
        for approach in Consolidation
    )


@pytest.mark.parametrize("category", [1, 4, 5, 9])
def test_an_outsourced_operation_is_in_the_category_it_is_bought_in(category: int) -> None:
    group = Organisation("top", (entity("haulier", "contractor"),))
    found = boundary(group, entity="haulier", outsourced=f"3.{category}")
    assert all(parts(found.place("site", approach)) == [(1, category)] for approach in Consolidation)


def test_an_outsourced_operation_with_own_assets_is_inside_by_ownership_only() -> None:
    found = boundary(outsourced="4")
    assert parts(found.place("site", EQUITY)) == parts(found.place("site", FINANCIAL)) == [(1, INSIDE)]
    assert parts(found.place("site", OPERATIONAL)) == [(1, 4)]
    assert not found.minted("site")


def test_what_the_company_owns_and_nobody_of_it_runs_is_an_investment_under_operational_control() -> None:
    """Owned whole, but another has its operating policies (Corporate Standard, chapter 3: all or nothing)."""
    found = boundary(operated=False)
    assert parts(found.place("site", OPERATIONAL)) == [(1, 15)]
    assert parts(found.place("site", FINANCIAL)) == [(1, INSIDE)]
    assert not found.minted("site")


def test_what_an_associate_has_outsourced_is_the_associate_s_affair() -> None:
    group = Organisation("top", (entity("nallo", "associate"),), (holding("top", "nallo", "0.25"),))
    found = boundary(group, entity="nallo", outsourced="3.4")
    assert parts(found.place("site", OPERATIONAL)) == [(Fraction(1, 4), 15)]


def test_control_of_one_facility_brings_it_inside() -> None:
    group = Organisation("top", (entity("jv", "joint-venture"),), (holding("top", "jv", "0.4"),))
    found = boundary(group, entity="jv", operated=True)
    assert parts(found.place("site", OPERATIONAL)) == [(1, INSIDE)]
    assert parts(found.place("site", FINANCIAL)) == [(Fraction(4, 10), INSIDE)]
    assert found.minted("site")


def test_what_files_its_own_statement_is_minted_there() -> None:
    sub = entity("sub", "subsidiary", statement="sub-ltd")
    group = Organisation("top", (sub,), (holding("top", "sub", "1"),))
    found = boundary(group, entity="sub")
    assert parts(found.place("site", OPERATIONAL)) == [(1, INSIDE)]
    assert found.operated("site")
    assert not found.minted("site")
    assert found.operator_of("site") == "sub-ltd"


def test_the_data_file_is_written_once() -> None:
    """A.1 and A.2 are read from data, not from code."""
    source = Path(__file__).parents[3] / "src/cet/inventory/boundary/placement.py"
    assert "lessee" not in source.read_text(encoding="utf-8")
