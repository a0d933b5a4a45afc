"""Claims are compared at the precision they are printed in, and differing ones explained where a cause reproduces them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cet.inventory import Inventory, explain_claim, read_package
from package_folders import DEFAULT_FACTORS, FACTORS, factor, write_package

if TYPE_CHECKING:
    from pathlib import Path

FUELS = (
    FACTORS
    + DEFAULT_FACTORS
    + factor("propane", "gal", {"CO2": "5.5"})
    + factor("gasoline", "gal", {"CO2": "8.78"})
)


def claims(inventory: Inventory) -> list[tuple[str, str, str]]:
    return [(claim.claimed, claim.recomputed, claim.difference) for claim in inventory.claims]


def reasons(inventory: Inventory) -> tuple[str, ...]:
    rows = [line.row for line in inventory.lines]
    shapes = {line.row.shape: line.shape for line in inventory.lines}
    package = inventory.package
    return explain_claim(inventory.claims[0], rows, shapes, package.store(), package.settings.header.gwp)


@pytest.mark.parametrize(
    "claimed", ["0.878", "0.88", "0.9", "1", "0.878000", "0.87800000000000002", "8.78e-1"]
)
def test_a_claim_that_is_the_figure_at_its_own_precision_is_right(tmp_path: Path, claimed: str) -> None:
    line = {"factor": "test/gasoline", "claimed_t": claimed}
    assert read_package(write_package(tmp_path, [line], factors=FUELS)).claims == ()


@pytest.mark.parametrize(
    ("claimed", "recomputed", "difference"),
    [("0.879", "0.878", "0.001"), ("0.5", "0.9", "-0.4"), ("2", "1", "1"), ("0.8781", "0.8780", "0.0001")],
)
def test_a_claim_that_differs_is_found_at_its_own_precision(
    tmp_path: Path, claimed: str, recomputed: str, difference: str
) -> None:
    line = {"factor": "test/gasoline", "claimed_t": claimed}
    found = read_package(write_package(tmp_path, [line], factors=FUELS))
    assert claims(found) == [(claimed, recomputed, difference)]


def test_beyond_12_digits_a_claim_is_the_noise_of_a_spreadsheet(tmp_path: Path) -> None:
    line = {"factor": "test/gasoline", "quantity": "123456789", "claimed_t": "1083950.60742001"}
    assert read_package(write_package(tmp_path, [line], factors=FUELS)).claims == ()


def test_a_scope_2_claim_may_be_either_method(tmp_path: Path) -> None:
    grid = {
        "scope": "2",
        "category": "electricity",
        "unit": "MWh",
        "factor": "test/grid",
        "market_factor": "test/mix",
    }
    lines = [{**grid, "id": "a", "claimed_t": "50.0"}, {**grid, "id": "b", "claimed_t": "37.204"}]
    assert read_package(write_package(tmp_path, lines)).claims == ()


def test_another_factor_explains_a_claim(tmp_path: Path) -> None:
    line = {"quantity": "140680", "factor": "test/gasoline", "claimed_t": "773.740"}
    assert reasons(read_package(write_package(tmp_path, [line], factors=FUELS))) == (
        "applies test/propane (Propane) to this line's quantity",
    )


def test_another_line_and_factor_explain_a_claim(tmp_path: Path) -> None:
    """Duke University's published fleet diesel of fiscal 2021, 1,120.405 t, is the gasoline's gallons times propane's factor."""
    lines = [
        {"id": "diesel", "quantity": "140680", "factor": "test/gasoline", "claimed_t": "1120.405"},
        {"id": "gasoline", "quantity": "203710", "factor": "test/gasoline"},
    ]
    assert reasons(read_package(write_package(tmp_path, lines, factors=FUELS))) == (
        "applies test/propane (Propane) to the quantity of line gasoline",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({"quantity": "1234.5", "share": "0.25", "claimed_t": "10.83891"}, "leaves the share out"),
        ({"quantity": "1234.5", "claimed_t": "10838.91"}, "a thousand times too large"),
        ({"quantity": "1234500", "claimed_t": "10.83891"}, "a thousand times too small"),
    ],
)
def test_slips_explain_a_claim(tmp_path: Path, line: dict[str, str], words: str) -> None:
    found = reasons(
        read_package(write_package(tmp_path, [{**line, "factor": "test/gasoline"}], factors=FUELS))
    )
    assert words in found[0]


def test_gases_counted_inside_the_scopes_explain_a_claim(tmp_path: Path) -> None:
    line = {
        "category": "fugitive",
        "quantity": "1226",
        "unit": "kg",
        "factor": "test/old-chiller",
        "claimed_t": "2157.76",
    }
    assert "outside the scopes" in reasons(read_package(write_package(tmp_path, [line])))[0]


def test_a_claim_of_few_digits_is_explained_by_nothing(tmp_path: Path) -> None:
    line = {"quantity": "140680", "factor": "test/gasoline", "claimed_t": "774"}
    assert reasons(read_package(write_package(tmp_path, [line], factors=FUELS))) == ()
