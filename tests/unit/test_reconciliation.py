"""From a published inventory to the compliant one: every step is named, and the steps add up to the last digit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from cet.inventory import Inventory, compute, load
from cet.quantities import MG_PER_TONNE, tonnes_text
from cet.report.reconciliation import (
    COLUMNS,
    Cause,
    Reconciliation,
    ReconciliationError,
    Step,
    figure,
    read_published,
    reconcile,
)
from cet.scopes import Scope

EXAMPLES = Path(__file__).parents[2] / "examples"
YEARS = ("duke-university-fy2016", "duke-university-fy2021")


def table(folder: str) -> tuple[Reconciliation, Inventory]:
    inventory = compute(load(EXAMPLES / folder))
    return reconcile(read_published(EXAMPLES / folder / "published.toml"), inventory), inventory


def step(found: Reconciliation, cause: Cause) -> Step:
    return next(one for one in found.steps if one.title == cause.value)


def tonnes(text: str) -> Fraction:
    return Fraction(text) * MG_PER_TONNE


@pytest.mark.parametrize("folder", YEARS)
def test_steps_lead_from_the_published_figures_to_the_statement_exactly(folder: str) -> None:
    found, inventory = table(folder)
    for scope in COLUMNS:
        assert sum((one.of(scope) for one in found.rows()[:-1]), Fraction(0)) == found.compliant.of(scope)
    scope_1, location, market, scope_3, outside = inventory.reported
    assert found.compliant.columns == (scope_1, market, scope_3, outside)
    assert found.location_based == location


def test_2016_is_published_to_the_printed_digit() -> None:
    found, _ = table("duke-university-fy2016")
    assert [tonnes_text(mg, 2) for mg in found.published.columns] == [
        "61314.81",
        "110136.11",
        "89768.88",
        "0.00",
    ]
    assert tonnes_text(found.published.total, 2) == "261219.80"


def test_2016_has_no_factor_error() -> None:
    found, _ = table("duke-university-fy2016")
    assert Cause.ERROR.value not in [one.title for one in found.steps]


def test_2021s_diesel_is_the_factor_error_and_says_what_reproduces_it() -> None:
    found, _ = table("duke-university-fy2021")
    error = step(found, Cause.ERROR)
    assert error.columns == (tonnes("315.9378"), 0, 0, 0)
    (detail,) = error.details
    assert "published 1120.405 t, recomputed 1436.343 t" in detail
    assert "propane" in detail
    assert "line fleet-gasoline" in detail


@pytest.mark.parametrize(("folder", "hcfc"), [(YEARS[0], "769.8705"), (YEARS[1], "946.2268")])
def test_hcfc_22_moves_out_of_scope_1(folder: str, hcfc: str) -> None:
    outside = step(table(folder)[0], Cause.OUTSIDE)
    assert outside.columns == (-tonnes(hcfc), 0, 0, tonnes(hcfc))
    assert outside.total == -tonnes(hcfc)


def test_avoided_emissions_are_added_back_where_they_were_netted() -> None:
    found, _ = table("duke-university-fy2016")
    assert step(found, Cause.AVOIDED).columns == (0, 0, tonnes("62.48"), 0)
    found, _ = table("duke-university-fy2021")
    assert Cause.AVOIDED.value not in [one.title for one in found.steps]


@pytest.mark.parametrize("folder", YEARS)
def test_the_rest_is_noise_of_floats_and_milligrams(folder: str) -> None:
    found, inventory = table(folder)
    assert all(abs(mg) < 1 for mg in step(found, Cause.FLOATS).columns)
    rounding = step(found, Cause.ROUNDING)
    assert all(0 <= mg < len(inventory.lots) for mg in rounding.columns)


PUBLISHED = """
publisher = "P"
document = "D"
edition = "E"
printed = { scope_1 = "1.00", scope_2 = "0.00", scope_3 = "0.00", total = "1.00" }
line = [ { id = "a", scope = 1, tonnes = "1" } ]
"""


def package(folder: Path, row: str, published: str = PUBLISHED) -> Path:
    """A package with one line, and published figures beside it."""
    folder.mkdir()
    (folder / "inventory.toml").write_text(
        """
        [inventory]
        organisation = "Works"
        entity = "works"
        period = { start = 2024-01-01, end = 2024-12-31 }
        gwp = "AR5"
        consolidation = "operational-control"
        salt = "0x3b0c9d51e7f24a86b1d08c63f59e27a4c86b13d0e95f7a421d8b60c4f3e9a275"
        [[facility]]
        id = "works"
        name = "Works"
        country = "US"
        """
    )
    header = "id,facility,scope,category,source,quantity,unit,factor,data,claimed_t\n"
    (folder / "activities.csv").write_text(header + row + "\n")
    (folder / "published.toml").write_text(published)
    return folder


DIESEL = "a,works,1,mobile,Diesel,100,gal,epa-hub-2024/mobile/diesel,measured,"


def reconciled(folder: Path) -> Reconciliation:
    return reconcile(read_published(folder / "published.toml"), compute(load(folder)))


def test_a_difference_is_an_error_whether_the_package_claims_the_figure_or_not(tmp_path: Path) -> None:
    for name, claim in (("claimed", "1.000"), ("unclaimed", "")):
        error = step(reconciled(package(tmp_path / name, DIESEL + claim)), Cause.ERROR)
        assert error.columns == (tonnes("0.021"), 0, 0, 0)
        assert error.details == ("a: published 1.000 t, recomputed 1.021 t",)


def test_biogenic_co2_of_a_published_line_moves_outside(tmp_path: Path) -> None:
    row = "a,works,1,mobile,Biodiesel,100,gal,epa-hub-2024/mobile/biodiesel,measured,"
    found = reconciled(package(tmp_path / "package", row))
    assert step(found, Cause.OUTSIDE).columns == (-tonnes("0.945"), 0, 0, tonnes("0.945"))
    assert found.compliant.total == 0


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('total = "1.00"', 'total = "1.01"', "the lines add up to 1.00 t, printed total is 1.01 t"),
        ('tonnes = "1"', "tonnes = 1.0", "no decimal text"),
        ('tonnes = "1"', 'tonnes = "1e0"', "no decimal text"),
        ("scope = 1,", "scope = 4,", "scope 4"),
        ('publisher = "P"', "", "incomplete"),
        ('publisher = "P"', "publisher =", "readable TOML"),
        ('id = "a"', 'id = "b"', "were not published: a"),
        (
            'line = [ { id = "a", scope = 1, tonnes = "1" } ]',
            'line = [ { id = "a", scope = 1, tonnes = "1" }, { id = "b", scope = 2, tonnes = "0.001" } ]',
            "b was published and is no line of the package",
        ),
        (
            'line = [ { id = "a", scope = 1, tonnes = "1" } ]',
            'line = [ { id = "a", scope = 1, tonnes = "1" }, { id = "a", scope = 1, tonnes = "0.001" } ]',
            "don't lead to the inventory's figure",
        ),
    ],
)
def test_figures_that_cannot_be_reconciled_are_refused(
    tmp_path: Path, before: str, after: str, says: str
) -> None:
    folder = package(tmp_path / "package", DIESEL, PUBLISHED.replace(before, after))
    with pytest.raises(ReconciliationError, match=says):
        reconciled(folder)


def test_a_line_published_in_another_scope_is_refused(tmp_path: Path) -> None:
    row = "a,works,3,6,Diesel,100,gal,epa-hub-2024/mobile/diesel,measured,"
    with pytest.raises(ReconciliationError, match="counts in scope 3"):
        reconciled(package(tmp_path / "package", row))


@pytest.mark.parametrize(
    ("mg", "shown"),
    [
        (tonnes("261219.8026"), "261,219.803"),
        (-tonnes("62.48"), "-62.480"),
        (Fraction(0), "0.000"),
        (Fraction(-1, 2), "-5.0e-10"),
    ],
)
def test_a_figure_is_shown_in_tonnes_and_noise_by_its_magnitude(mg: Fraction, shown: str) -> None:
    assert figure(mg) == shown


def test_outside_is_in_no_total() -> None:
    assert Step("x", (Fraction(1), Fraction(2), Fraction(3), Fraction(100))).total == 6
    assert Step("x", (Fraction(1), Fraction(2), Fraction(3), Fraction(100))).of(Scope.OUTSIDE) == 100
