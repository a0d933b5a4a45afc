"""The seven-year product of the CarbonNeutral Protocol (2.4.2): certificates for two years, credits held for five."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cet.certificates import Outcome
from cet.certificates.use_phase import UseYear, plan
from cet.quantities import MG_PER_TONNE, round_up_mg

RATE = Fraction(400)  # mg CO2e per Wh: 0.4 t per MWh
MWH = 10**6


def year(number: int, certificates: tuple[str, ...] = (), actual: int | None = None, **given: Any) -> UseYear:
    """100 MWh are expected: 40 t."""
    used = None if actual is None else Fraction(actual * MWH)
    return UseYear(number, Fraction(100 * MWH), used, RATE, certificates, **given)


def tonnes(amount: int) -> int:
    return amount * MG_PER_TONNE


SEVEN = [
    *(year(number, (f"eac-{number}",)) for number in (2024, 2025)),
    *(year(number, held_mg=tonnes(40)) for number in range(2026, 2031)),
]
EACS = {"eac-2024": 100 * MWH, "eac-2025": 100 * MWH}


def outcomes(found: Any) -> dict[str, Outcome]:
    return {one.rule: one.outcome for one in found.verdicts}


def test_years_one_and_two_have_certificates_and_credits_of_200_t_are_held_for_the_rest() -> None:
    """7 x 40 t by the grid; 5 x 40 t with certificates; held 5 x 40 t, so the claim of zero stands for all seven years."""
    found = plan("kettle", SEVEN, EACS, {}, "terms, section 9")
    assert found.location_mg == tonnes(280)
    assert found.market_mg == tonnes(200)
    assert set(outcomes(found).values()) == {Outcome.KEPT}
    assert found.escrow is None, "use is still estimated"


def test_a_year_without_certificates_or_credits_breaks_the_claim() -> None:
    years = [*SEVEN[:-1], year(2030, held_mg=tonnes(39))]
    found = plan("kettle", years, EACS, {}, "terms, section 9")
    assert outcomes(found)["whole-life-is-zero"] is Outcome.BROKEN
    assert found.verdicts[1].told == "credits are missing, 2030: 1 t"


def test_a_year_left_out_and_terms_that_are_silent_break_it_too() -> None:
    found = plan("kettle", [one for one in SEVEN if one.year != 2027], EACS, {}, "")
    assert outcomes(found)["whole-life-is-planned"] is Outcome.BROKEN
    assert outcomes(found)["terms-disclose-cancellation"] is Outcome.BROKEN


def test_certificates_bought_later_set_credits_free_at_the_reconciliation() -> None:
    """In the end 90 MWh a year were used, and certificates were had for 2026 as well: of the 200 t held 4 x 36 t are due."""
    years = [
        *(year(number, (f"eac-{number}",), actual=90) for number in (2024, 2025)),
        year(2026, ("eac-2026",), actual=90, held_mg=tonnes(40)),
        *(year(number, actual=90, held_mg=tonnes(40)) for number in range(2027, 2031)),
    ]
    found = plan("kettle", years, {**EACS, "eac-2026": 100 * MWH}, {}, "terms")
    assert found.escrow is not None
    assert found.escrow.due_mg == tonnes(144)
    assert (found.escrow.to_retire_mg, found.escrow.short_mg) == (tonnes(144), 0)
    assert found.escrow.released_mg == tonnes(56)
    assert found.left == {"eac-2024": 10 * MWH, "eac-2025": 10 * MWH, "eac-2026": 10 * MWH}


def test_more_use_than_expected_is_short_by_what_is_missing() -> None:
    years = [year(2024, ("eac-2024",), actual=110), year(2025, actual=110, held_mg=tonnes(40))]
    found = plan("kettle", years, EACS, {}, "terms")
    assert found.escrow is not None
    assert (found.escrow.due_mg, found.escrow.short_mg) == (tonnes(48), tonnes(8))
    assert found.escrow.to_retire_mg == tonnes(40)


def test_a_certificate_that_emits_something_leaves_its_emissions_to_credits() -> None:
    found = plan(
        "kettle",
        [year(2024, ("bio",), held_mg=tonnes(1))],
        {"bio": 100 * MWH},
        {"bio": Fraction(10)},
        "terms",
    )
    assert found.market_mg == tonnes(1)
    assert outcomes(found)["whole-life-is-zero"] is Outcome.KEPT


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=7),
    st.integers(0, 500),
)
def test_credits_due_are_retired_held_or_missing(years: list[tuple[int, int, int]], certified: int) -> None:
    made = [
        year(2024 + at, ("eac",), actual=use, held_mg=tonnes(held), retired_mg=tonnes(retired))
        for at, (use, held, retired) in enumerate(years)
    ]
    found = plan("kettle", made, {"eac": certified * MWH}, {}, "terms")
    escrow = found.escrow
    assert escrow is not None
    used = sum(use for use, _, _ in years)
    assert escrow.due_mg == round_up_mg(max(0, used - certified) * MWH * RATE)
    assert escrow.retired_mg + escrow.to_retire_mg + escrow.short_mg == max(escrow.due_mg, escrow.retired_mg)
    assert escrow.to_retire_mg + escrow.released_mg == sum(tonnes(held) for _, held, _ in years)
