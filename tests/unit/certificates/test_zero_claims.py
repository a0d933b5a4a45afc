"""The CarbonNeutral Protocol's two original requirements, for inventories under other standards (2.4.1)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from cet.certificates import Outcome, ZeroClaim
from cet.certificates.zero_claims import judge_zero_claim, may_be_zero
from cet.quantities import MG_PER_TONNE

EMISSIONS = Fraction(40 * MG_PER_TONNE)
OFFSET = {"offset_t": "40", "credits": "CAR 100 to 139", "credits_accepted": True}


def judged(**given: Any) -> tuple[tuple[Outcome, Outcome], bool]:
    base = {"id": "green", "facility": "works", "quantity": "100", "unit": "MWh", "factor": "own/grid"}
    verdicts = judge_zero_claim(ZeroClaim.model_validate({**base, **given}), EMISSIONS)
    return (verdicts[0].outcome, verdicts[1].outcome), may_be_zero(verdicts)


KEPT, BROKEN = Outcome.KEPT, Outcome.BROKEN


@pytest.mark.parametrize(
    ("given", "expected", "zero"),
    [
        ({}, (BROKEN, BROKEN), False),
        ({"evidence": "off-grid", "document": "single-line diagram"}, (KEPT, BROKEN), True),
        ({"evidence": "outside-grid-factors", "document": "factor method, page 3"}, (KEPT, BROKEN), True),
        ({"evidence": "off-grid"}, (BROKEN, BROKEN), False),
        (OFFSET, (BROKEN, KEPT), True),
        ({**OFFSET, "offset_t": "39.999"}, (BROKEN, BROKEN), False),
        ({**OFFSET, "credits_accepted": False}, (BROKEN, BROKEN), False),
        ({"offset_t": "40", "credits": "CAR 100 to 139"}, (BROKEN, BROKEN), False),
        ({"offset_t": "40", "credits_accepted": True}, (BROKEN, BROKEN), False),
    ],
)
def test_zero_needs_one_of_the_two_requirements(
    given: dict[str, Any], expected: tuple[Outcome, Outcome], zero: bool
) -> None:
    assert judged(**given) == (expected, zero)
