"""Decimals that DuckDB multiplies are exact up to the greatest amount that has room, and rounded as Python rounds."""

# ruff: noqa: S608 - the SQL is our own

from __future__ import annotations

from fractions import Fraction

import duckdb
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cet.inventory.decimal_lines import LEAST, MOST, Scales
from cet.inventory.exact_sql import half_even, rate_of, trimmed_decimal
from cet.quantities import exact_text, half_even_text

decimal_rates = st.builds(
    lambda digits, places: Fraction(digits, 10**places), st.integers(0, 10**24), st.integers(0, 12)
)


@given(
    st.integers(0, 9),
    st.integers(0, 6),
    st.lists(decimal_rates, min_size=1, max_size=3),
    st.integers(0, 10**15),
    st.integers(0, 3),
)
@example(9, 6, [Fraction(1)], 10**15, 0)
@example(0, 0, [Fraction(0)], 10**15, 0)
def test_products_up_to_the_greatest_amount_are_exact(
    quantity_places: int, share_places: int, rates: list[Fraction], digits: int, below: int
) -> None:
    places = quantity_places + share_places
    scales = Scales(quantity_places, share_places, max(0, min(MOST - places, max(12, LEAST - places))))
    assert LEAST <= scales.mg <= MOST
    most = scales.most(rates)
    decimals = all(rate * 10**scales.rate % 1 == 0 for rate in rates)
    assume(most is not None)
    assert decimals
    assert most is not None
    limit = Fraction(most)
    quantity = min(Fraction(digits, 10**quantity_places), limit - Fraction(below, 10**quantity_places))
    quantity = Fraction(int(quantity * 10**quantity_places), 10**quantity_places)
    assume(0 <= quantity < 10**15)
    with duckdb.connect() as connection:
        for rate in rates:
            row = connection.execute(
                f"""
                SELECT exact_amount <= ?::{scales.amount_type}, {trimmed_decimal("product", scales.mg)}
                FROM (SELECT exact_amount, exact_amount * ?::{scales.rate_type} AS product
                      FROM (SELECT {scales.amount} AS exact_amount
                            FROM (SELECT ?::DECIMAL(24, 9) AS exact_quantity, 1::DECIMAL(7, 6) AS exact_part)))
                """,
                [most, exact_text(rate), exact_text(quantity)],
            ).fetchone()
            assert row == (True, exact_text(quantity * rate))


def test_a_rate_that_is_no_decimal_of_the_type_has_no_quick_lines() -> None:
    scales = Scales(2, 2, 5)
    assert scales.most([Fraction(1, 3)]) is None
    assert scales.most([Fraction(1), Fraction(1, 10**6)]) is None
    assert scales.most([Fraction(10**33)]) is None
    assert scales.most([Fraction(-1)]) is None
    assert scales.most([]) is None
    assert scales.most([Fraction(7, 10**5)]) is not None


@given(
    st.integers(0, 10**30),
    st.integers(0, 12),
    st.sampled_from([1, 3, 7, 9, 1_609_347, 3**20]),
    st.integers(0, 8),
)
@example(25, 0, 1, 1)
@example(5, 0, 1, 1)
@example(10**28 + 5, 10, 1, 0)
def test_quotients_are_rounded_half_to_even(value: int, places: int, odd: int, more: int) -> None:
    rate = rate_of(Fraction(value, odd * 10 ** (places + more)))
    with duckdb.connect() as connection:
        row = connection.execute(
            f"""
            SELECT {half_even("mg", LEAST, "DECIMAL(38,9)")}::VARCHAR
            FROM (SELECT ?::HUGEINT AS mg_value, ?::HUGEINT AS mg_odd, ?::INTEGER AS mg_places)
            """,
            [str(rate.digits), str(rate.odd), rate.scale],
        ).fetchone()
    exact = Fraction(rate.digits, rate.odd * 10**rate.scale)
    room = rate.odd * 10**rate.scale < 10**29 and exact < 10**29
    assert row == (half_even_text(exact, LEAST) if room else None,)
