"""Lot codes and what a share of a lot may become."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak

from cet.errors import ScopeError
from cet.scopes import BasisUnit, LotCode, Method, Relation, Scope, may_become

P, L, M = Method.PHYSICAL, Method.LOCATION_BASED, Method.MARKET_BASED
MASS, WH, GRAM = BasisUnit.MASS, BasisUnit.WATT_HOUR, BasisUnit.GRAM


def code(scope: int, category: int, method: Method = P, unit: BasisUnit = MASS) -> LotCode:
    return LotCode(Scope(scope), category, method, unit)


def related(
    scope: int,
    category: int,
    method: Method = P,
    unit: BasisUnit = MASS,
    relation: Relation | None = None,
) -> LotCode:
    """A reference: of the value chain in categories 9 to 15 unless said otherwise, else consolidated."""
    usual = Relation.VALUE_CHAIN if scope == 3 and category > 8 else Relation.CONSOLIDATION
    return LotCode(Scope(scope), category, method, unit, relation or usual)


def test_a_code_is_scope_category_method_unit_from_the_high_end() -> None:
    assert code(1, 2).encode() == 0b01_0010_00_0000_0000
    assert code(2, 1, M, WH).encode() == 0b10_0001_10_0001_0000
    assert code(3, 15, P, BasisUnit.PASSENGER_M).encode() == 0b11_1111_00_0110_0000
    assert code(0, 12, M, WH).encode() == 0b00_1100_10_0001_0000


def test_every_valid_code_and_no_other_survives_a_round_trip() -> None:
    valid = []
    for number in range(1 << 16):
        try:
            valid.append(LotCode.decode(number).encode() == number)
        except ScopeError:
            continue
    # outside 3×7, goods 2×7, energy products 4×2×2; scope 1: 4×2×7; scope 2: 4×2×2; scope 3: 15×2×7
    own = 21 + 14 + 16 + 56 + 16 + 210
    # Value-chain references: 7 categories × 2 methods × 7 units; consolidation references: all but products.
    assert len(valid) == own + 98 + (own - 14 - 16)
    assert all(valid)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((1, 5, P, MASS), "no category 5"),
        ((1, 0, P, MASS), "no category 0"),
        ((2, 1, P, MASS), "without a method"),
        ((2, 1, M, GRAM), "watt-hours"),
        ((1, 1, L, MASS), "location-based"),
        ((3, 1, L, MASS), "location-based"),
        ((0, 1, M, MASS), "outside the scopes"),
        ((0, 4, P, MASS), "no category 4"),
        ((0, 9, P, GRAM), "watt-hours"),
        ((3, 8, P, MASS, Relation.VALUE_CHAIN), "value-chain"),
        ((1, 1, P, MASS, Relation.VALUE_CHAIN), "value-chain"),
        ((0, 8, P, MASS, Relation.CONSOLIDATION), "product"),
    ],
)
def test_an_impossible_combination_is_refused(parts: tuple[Any, ...], words: str) -> None:
    with pytest.raises(ScopeError, match=words):
        LotCode(Scope(parts[0]), *parts[1:])


@pytest.mark.parametrize("number", [-1, 1 << 16, 0x4401, 0xE403, 0x2002, 0x4470, 0x4700, 0x0000])
def test_a_number_that_is_no_code_is_refused(number: int) -> None:
    with pytest.raises(ScopeError):
        LotCode.decode(number)


@pytest.mark.parametrize(
    ("parent", "child", "may"),
    [
        (code(1, 1, P, WH), code(2, 1, M, WH), True),
        (code(1, 1, P, WH), code(2, 2, M, WH), True),
        (code(1, 1, P, WH), code(2, 1, L, WH), False),
        (code(1, 1, P, WH), code(3, 3, P, WH), True),
        (code(1, 1, P, WH), code(3, 1, P, WH), False),
        (code(2, 1, M, WH), code(2, 1, M, WH), True),
        (code(2, 1, M, WH), code(2, 2, M, WH), False),
        (code(2, 1, M, WH), code(3, 3, P, WH), True),
        (code(3, 3, P, WH), code(2, 4, M, WH), True),
        (code(3, 1, P, WH), code(2, 1, M, WH), False),
        (code(0, 9, P, WH), code(2, 1, M, WH), True),
        (code(0, 9, P, WH), code(2, 2, M, WH), False),
        (code(2, 1, L, WH), code(2, 1, M, WH), False),
        (code(1, 1), code(3, 1), True),
        (code(1, 1), code(3, 3), False),
        (code(1, 1), code(3, 9), False),
        (code(1, 1), code(1, 1), False),
        (code(1, 1), code(3, 1, P, GRAM), False),
        (code(1, 1), code(3, 1, M), False),
        (code(1, 1, M), code(3, 1, M), True),
        (code(2, 1, M), code(3, 4, P), True),
        (code(2, 1, M), code(3, 4, M), True),
        (code(3, 8), code(3, 8), True),
        (code(3, 9), code(3, 1), False),
        (code(0, 8, P, GRAM), code(3, 1, P, GRAM), True),
        (code(0, 9), code(3, 1), False),
        (code(0, 1), code(0, 1), True),
        (code(0, 2), code(0, 2), True),
        (code(0, 1), code(0, 2), False),
        (code(0, 3), code(0, 3), False),
        (code(1, 1), related(3, 11), True),
        (code(1, 1, M), related(3, 11), False),
        (code(2, 1, M, WH), related(3, 11, P, WH), True),
        (code(2, 1, L, WH), related(3, 11, P, WH), False),
        (code(3, 13), related(3, 15), True),
        (code(0, 8), related(3, 11), False),
        (related(3, 11), related(3, 11), False),
        (related(3, 11), code(3, 1), False),
        (code(2, 1, L, WH), related(2, 1, L, WH), True),
        (code(0, 3), related(0, 3), True),
        (code(3, 15), related(3, 15, relation=Relation.CONSOLIDATION), True),
        (code(1, 1), related(1, 2), False),
    ],
)
def test_the_rescoping_table(parent: LotCode, child: LotCode, *, may: bool) -> None:
    assert may_become(parent, child) is may


def test_a_lot_code_reads_as_words() -> None:
    assert str(code(2, 1, M, WH)) == "scope 2 electricity market-based"
    assert str(code(0, 9, P, WH)) == "outside product electricity"
    assert str(related(3, 11, M)) == "scope 3 category 11 market-based value-chain reference"


def test_python_and_solidity_know_the_same_codes_and_the_same_rescoping() -> None:
    """The Forge twin of this test computes the same digests from the contracts' own table."""
    codes = []
    for number in range(1 << 16):
        with contextlib.suppress(ScopeError):
            codes.append(LotCode.decode(number))
    valid = keccak(b"".join(each.encode().to_bytes(2) for each in codes))
    table = keccak(bytes(may_become(parent, child) for parent in codes for child in codes))
    twin = (Path(__file__).parents[1] / "solidity" / "libraries" / "LotCodeTwin.t.sol").read_text()
    assert f"VALID_CODES = 0x{valid.hex()};" in twin
    assert f"MAY_BECOME = 0x{table.hex()};" in twin
