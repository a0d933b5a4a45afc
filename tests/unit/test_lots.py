"""How lots are formed: basis, rounding, zero emissions, bounds."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from cet.errors import PackageError
from cet.inventory import read_package
from cet.scopes import BasisUnit
from package_folders import write_package

if TYPE_CHECKING:
    from pathlib import Path

GRID = {"scope": "2", "category": "electricity", "unit": "kWh", "factor": "test/grid"}


def output(**fields: str) -> str:
    defaults = {"facility": "plant", "scope": "1", "category": "mobile", "quantity": "10", "unit": "t-km"}
    values = {**defaults, **fields}
    lines = [f"{name} = {text if name == 'scope' else repr(text)}" for name, text in values.items()]
    return "\n[[output]]\n" + "\n".join(lines) + "\n"


def test_gross_is_rounded_up_once_per_lot(tmp_path: Path) -> None:
    lines = [{"id": f"l{n}", "quantity": "0.0000001"} for n in range(3)]
    lot = read_package(write_package(tmp_path, lines)).lots[0]
    assert lot.exact == 3 * Fraction("0.0000001") * (10_210_000 + 410 * 28 + 80 * 265)
    assert lot.gross == 4
    assert lot.basis == 4


def test_a_scope_2_lot_is_shared_out_by_its_consumption(tmp_path: Path) -> None:
    lines = [
        {**GRID, "id": "a", "quantity": "1.5", "share": "0.5"},
        {**GRID, "id": "b", "quantity": "1", "unit": "MJ"},
    ]
    lots = read_package(write_package(tmp_path, lines)).lots
    assert [(lot.code.unit, lot.basis) for lot in lots] == [(BasisUnit.WATT_HOUR, 750 + 277)] * 2


def test_a_consumption_below_one_watt_hour_is_shared_out_by_mass(tmp_path: Path) -> None:
    lots = read_package(write_package(tmp_path, [{**GRID, "quantity": "0.0001"}])).lots
    assert [lot.code.unit for lot in lots] == [BasisUnit.MASS] * 2


@pytest.mark.parametrize(
    ("quantity", "unit", "basis", "base"),
    [
        ("1000", "MWh", BasisUnit.WATT_HOUR, 10**9),
        ("2.5", "t", BasisUnit.GRAM, 2_500_000),
        ("10", "t-km", BasisUnit.GRAM_KM, 10**7),
        ("3", "TEU-km", BasisUnit.TEU_M, 3000),
        ("7", "item", BasisUnit.ITEM, 7),
        ("1", "passenger-mile", BasisUnit.PASSENGER_M, 1609),
    ],
)
def test_a_declared_output_is_the_basis(
    tmp_path: Path, quantity: str, unit: str, basis: BasisUnit, base: int
) -> None:
    lot = read_package(write_package(tmp_path, more=output(quantity=quantity, unit=unit))).lots[0]
    assert (lot.code.unit, lot.basis) == (basis, base)
    assert lot.gross != lot.basis


def test_a_wind_farm_is_a_lot_of_zero_emissions(tmp_path: Path) -> None:
    line = {"category": "stationary", "quantity": "1000", "unit": "MWh", "factor": "test/wind"}
    more = output(category="stationary", quantity="1000", unit="MWh")
    lot = read_package(write_package(tmp_path, [line], more=more)).lots[0]
    assert (lot.basis, lot.gross) == (10**9, 0)


def test_zero_emissions_without_an_output_are_not_minted_but_said(tmp_path: Path) -> None:
    inventory = read_package(write_package(tmp_path, [{"quantity": "0"}]))
    assert inventory.lots == ()
    assert any(notice.kind == "zero-lot" for notice in inventory.notices)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (output(facility="elsewhere"), "unknown facility"),
        (output(category="fugitive"), "without lines"),
        (output(scope="2", category="electricity", unit="MWh"), "consumption"),
        (output(unit="m3"), "can't be an output"),
        (output(quantity="0"), "less than one"),
        (output() + output(), "two outputs"),
        (output(unit="ton-km"), "ambiguous"),
        (output().replace("'10'", "10"), "in quotes"),
        (output(category="99"), "no such category"),
    ],
)
def test_an_impossible_output_is_refused(tmp_path: Path, more: str, words: str) -> None:
    with pytest.raises(PackageError, match=words):
        read_package(write_package(tmp_path, more=more))


def test_a_lot_beyond_what_a_token_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="at most 18 billion tonnes"):
        read_package(write_package(tmp_path, [{"quantity": "1e16"}]))


def test_a_lot_word_is_code_index_basis_gross(tmp_path: Path) -> None:
    lot = read_package(write_package(tmp_path)).lots[0]
    word = lot.word
    assert word >> 144 == lot.code.encode()
    assert (word >> 128) & 0xFFFF == lot.index
    assert (word >> 64) & (2**64 - 1) == lot.basis
    assert word & (2**64 - 1) == lot.gross
