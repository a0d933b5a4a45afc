"""DuckDB's path and the fraction reference give the same inventory to the last digit, whatever the numbers."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from cet.errors import PackageError
from cet.inventory import compute, load, reference
from package_folders import write_package

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = [
    ("1", "mobile", "gal", "test/diesel", ""),
    ("1", "mobile", "L", "test/diesel", ""),
    ("1", "stationary", "t", "test/wood", ""),
    ("1", "stationary", "lb", "test/wood", ""),
    ("1", "fugitive", "oz", "test/leak", ""),
    ("1", "fugitive", "kg", "test/freon-mix", ""),
    ("2", "electricity", "kWh", "test/grid", ""),
    ("2", "electricity", "mmBtu", "test/grid", "test/mix"),
    ("2", "heating", "GJ", "test/grid", "test/wind"),
    ("3", "1", "USD2022", "test/paper", ""),
    ("3", "4", "ton-mile", "test/truck", ""),
    ("3", "6", "passenger-km", "test/flight", ""),
    ("outside", "non-kyoto", "g", "test/old-chiller", ""),
]

plain = st.from_regex(r"[0-9]{1,8}(\.[0-9]{1,6})?", fullmatch=True)
wide = st.from_regex(r"[0-9]{1,8}\.[0-9]{1,22}", fullmatch=True)
noisy = st.from_regex(r"0\.[1-9][0-9]{15,16}", fullmatch=True)
tiny = st.integers(1, 30).map(lambda places: f"1e-{places}")
edge = st.sampled_from(["0", "0.0", "1", "99999999", "000.5", "1e8", "0.000000001", "23456789.123456789"])
quantities = st.one_of(plain, wide, noisy, tiny, edge)
shares = st.one_of(
    st.sampled_from(["", "0", "1", "0.0", "1.000000", "0.5", "1e-9", "0.333333"]),
    st.from_regex(r"0\.[0-9]{1,12}", fullmatch=True),
    noisy,
)
days = st.sampled_from(["", "2024-02-29", "2024-01-01", "2024-12-31", "2024-06-15"])
claims = st.one_of(st.just(""), st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,3})?", fullmatch=True))
lines = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.sampled_from(["plant", "depot"]), quantities, shares, days, days, claims
    ),
    min_size=1,
    max_size=12,
)


def rows(drawn: Sequence[tuple[tuple[str, ...], str, str, str, str, str, str]]) -> list[dict[str, str]]:
    made = []
    for number, (kind, facility, quantity, share, one, other, claimed) in enumerate(drawn):
        scope, category, unit, factor, market = kind
        start, end = sorted([one, other])
        made.append(
            {
                "id": f"line-{number}",
                "facility": facility,
                "scope": scope,
                "category": category,
                "quantity": quantity,
                "unit": unit,
                "factor": factor,
                "market_factor": market,
                "share": share,
                "start": start,
                "end": end,
                "claimed_t": claimed,
                "received": "0x9a3f5c0012de8841" if scope == "3" and number % 3 == 2 else "",
                "note": "first, second" if number % 3 else 'says "so"',
            }
        )
    return made


LEAP_YEAR = {"period": "{ start = 2024-01-01, end = 2024-12-31 }"}


@settings(max_examples=30)
@given(lines)
def test_bulk_and_reference_agree_on_everything(
    drawn: list[tuple[tuple[str, ...], str, str, str, str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        package = load(write_package(Path(folder), rows(drawn), header=LEAP_YEAR))
        bulk, slow = compute(package), reference(package)
        assert bulk.sums == slow.sums
        assert bulk.lots == slow.lots
        assert bulk.notices == slow.notices
        assert bulk.claims == slow.claims
        assert bulk.lines == slow.lines
        assert bulk.data_mg == slow.data_mg


@settings(max_examples=10)
@given(lines)
def test_the_lines_of_a_lot_add_up_to_it_exactly(
    drawn: list[tuple[tuple[str, ...], str, str, str, str, str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        inventory = compute(load(write_package(Path(folder), rows(drawn), header=LEAP_YEAR)))
        for lot in inventory.lots:
            parts = [mg for line in inventory.lines_of(lot) for key, mg in line.emissions() if key == lot.key]
            assert sum(parts, Fraction(0)) == lot.exact
            assert 0 <= lot.gross - lot.exact < 1
            assert len(parts) == lot.lines


@settings(max_examples=10)
@given(lines, st.randoms())
def test_the_order_of_rows_changes_nothing(
    drawn: list[tuple[tuple[str, ...], str, str, str, str, str, str]], random: object
) -> None:
    made = rows(drawn)
    shuffled = list(made)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as folder:
        one = compute(load(write_package(Path(folder) / "one", made, header=LEAP_YEAR)))
        other = compute(load(write_package(Path(folder) / "other", shuffled, header=LEAP_YEAR)))
        assert one.sums == other.sums
        assert one.lots == other.lots
        assert one.notices == other.notices
        assert one.claims == other.claims
        assert one.lines == other.lines


@settings(max_examples=10)
@given(
    st.lists(
        st.sampled_from(["900000000000000", "999999999999999.5", "1e20", "1e24", "7"]), min_size=1, max_size=4
    )
)
def test_lots_too_large_for_a_token_are_refused_alike(quantities: list[str]) -> None:
    made = [{"id": f"line-{number}", "quantity": quantity} for number, quantity in enumerate(quantities)]
    with tempfile.TemporaryDirectory() as folder:
        package = load(write_package(Path(folder), made))
        outcomes = []
        for way in (compute, reference):
            try:
                outcomes.append(way(package).lots)
            except PackageError as error:
                outcomes.append(error.findings)
        assert outcomes[0] == outcomes[1]
