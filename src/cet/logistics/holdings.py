"""What an organisation holds: bookings and claims, what is claimed of each, available, about to expire, or over.

Of every holding `booked = claimed + retired + available + over`, in its base unit: a unit of a booking is somewhere, once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.logistics.terms import Role

SOON = dt.timedelta(days=90)
"""What ends within so many days is about to expire."""

SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Use:
    """What was done with some of a holding: a claim, a booking from it, a retirement."""

    id: str
    by: str
    on: dt.date
    amount: int


@dataclass(frozen=True, slots=True)
class Window:
    """Until when, that day included, organisations of some roles may still take from a holding."""

    roles: tuple[Role, ...]
    last: dt.date


@dataclass(frozen=True, slots=True)
class Holding:
    """One booking or claim of an organisation. Amounts in base units; `windows` in the order in which they end.

    `side` is of a solution's profile: bundled, emitter or supply-chain; of a transport service it is `service`. What is final,
    a claim that enters an inventory, has no windows: all of it counts as claimed.
    """

    id: str
    kind: str
    side: str
    modes: tuple[str, ...]
    toc: str
    unit: str
    on: dt.date
    booked: int
    claimed: int
    retired: int
    windows: tuple[Window, ...]
    uses: tuple[Use, ...]
    day: dt.date

    @property
    def last(self) -> dt.date | None:
        """The last day on which anybody may take from it; None where nobody ever may."""
        return self.windows[-1].last if self.windows else None

    @property
    def left(self) -> int:
        """What is neither claimed nor retired, in time or not."""
        return self.booked - self.claimed - self.retired

    @property
    def available(self) -> int:
        """What may still be claimed on the day."""
        return self.left if self.last is not None and self.day <= self.last else 0

    @property
    def over(self) -> int:
        """What was not claimed in time."""
        return self.left - self.available

    @property
    def expiring(self) -> int:
        """What of the available ends within 90 days."""
        return self.available if self.last is not None and self.last <= self.day + SOON else 0

    @property
    def open_windows(self) -> tuple[Window, ...]:
        """The windows that have not ended, while something is left to take."""
        return tuple(one for one in self.windows if one.last >= self.day) if self.available else ()


@dataclass(frozen=True, slots=True)
class Total:
    """Holdings of one kind, side, mode and unit together."""

    kind: str
    side: str
    modes: tuple[str, ...]
    unit: str
    booked: int = 0
    claimed: int = 0
    retired: int = 0
    available: int = 0
    expiring: int = 0
    over: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """All that an organisation holds on a day; `own` is its evidence: (mode, unit, year) with what is shown and used."""

    organisation: str
    name: str
    day: dt.date
    holdings: tuple[Holding, ...]
    own: tuple[tuple[str, str, int, int, int], ...]

    @property
    def totals(self) -> tuple[Total, ...]:
        """By kind, side, mode and unit, in the order in which they were first booked."""
        found: dict[tuple[str, str, tuple[str, ...], str], list[Holding]] = {}
        for one in self.holdings:
            found.setdefault((one.kind, one.side, one.modes, one.unit), []).append(one)
        return tuple(
            Total(
                *key,
                sum(one.booked for one in many),
                sum(one.claimed for one in many),
                sum(one.retired for one in many),
                sum(one.available for one in many),
                sum(one.expiring for one in many),
                sum(one.over for one in many),
            )
            for key, many in found.items()
        )
