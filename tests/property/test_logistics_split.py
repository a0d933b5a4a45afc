"""Whatever was booked and claimed, customers and what is held add up to the total, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis.strategies as st
from hypothesis import given

from cet.logistics.split import Part, primary, secondary

if TYPE_CHECKING:
    from collections.abc import Callable

INTENSITY = st.fractions(0, 10**6, max_denominator=10**6)


@given(st.data(), st.booleans())
def test_a_split_conserves_the_total(data: st.DataObject, measured: bool) -> None:
    draw: Callable[..., int] = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731
    carried = {f"c{number}": draw(1, 10**6) for number in range(draw(1, 4))}
    room = sum(carried.values()) - 1
    booked = []
    for number in range(draw(0, 3)):
        if room > 0:
            part = Part(f"l{number}", draw(1, room), data.draw(INTENSITY))
            room -= part.activity
            booked.append(part)
    claimed: dict[str, list[Part]] = {}
    left = {part.lets: part.activity for part in booked}
    for customer, activity in carried.items():
        for part in booked:
            amount = draw(0, min(activity, left[part.lets]))
            activity -= amount
            left[part.lets] -= amount
            claimed.setdefault(customer, []).append(Part(part.lets, amount, part.intensity))
    rest = data.draw(INTENSITY)
    found = secondary(rest, carried, booked, claimed)
    if measured:
        found = primary(found.total_mg, carried, booked, claimed)
        assert found.rest_intensity == rest
    assert found.difference_mg == 0
    assert sum((share.mg for share in found.shares), found.held_mg) == found.total_mg
    assert all(share.intensity == rest for share in found.shares if not any(p.activity for p in share.lets))
