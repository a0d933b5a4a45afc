"""When consumption was covered: month by month or hour by hour, what certificates matched, what is short, what was too much."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates.pools import certificate_slot

if TYPE_CHECKING:
    from cet.certificates.application import Application
    from cet.certificates.pools import PoolKey

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Time:
    """A month or hour of a pool, in Wh: `bought` is what was consumed and not made behind the meter, `matched` what certificates
    of that time stand for, those of contracts included."""

    when: str
    consumed: Fraction
    bought: Fraction
    matched: Fraction

    @property
    def deficit(self) -> Fraction:
        """Bought, and no certificate of that time stands for it."""
        return self.bought - self.matched


def times_of(application: Application, key: PoolKey) -> tuple[Time, ...]:
    """Every month or hour in which a pool's energy was consumed, in order. With annual matching the one period."""
    covered = application.covered[key]
    used: dict[str, int] = {}
    for use in application.uses_of(key):
        used[use.slot] = used.get(use.slot, 0) + use.watt_hours
    own = covered.by("on-site") / covered.pool.consumed if covered.pool.consumed else _NONE
    found = []
    for when, consumed in covered.pool.slots:
        bought = consumed * (1 - own)
        # A use is of whole Wh, so that of what is no whole number of them the last is used up and not matched.
        found.append(Time(when, consumed, bought, min(bought, Fraction(used.get(when, 0)))))
    return tuple(found)


def surplus_of(application: Application, matching: str) -> dict[str, int]:
    """Wh of certificates that keep every criterion and found no consumption, by the month or hour they were produced in; with
    annual matching nothing."""
    found: dict[str, int] = {}
    for left in application.left:
        if left.state != "refused" and matching != "annual":
            when = certificate_slot(matching, application.certificates[left.certificate])
            found[when] = found.get(when, 0) + left.watt_hours
    return dict(sorted(found.items()))
