"""A carrier's or an LSP's emissions of one mode, split into LETS and the rest before they are passed on (section 11).

Customers that claimed get the LETS for what they claimed and the non-LETS intensity for the rest; all others get the non-LETS
intensity. What is booked and not claimed stays with the booker: the difference stands in a line of its own, so that the sum is
the total, exactly. Nothing here knows of emitter profiles, so an unbundled one never lowers what is passed on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics.terms import LogisticsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a LETS: activity in its base unit and mg CO2e per unit, well-to-wheel; what it came from."""

    lets: str
    activity: int
    intensity: Fraction

    @property
    def mg(self) -> Fraction:
        """Its emissions."""
        return self.activity * self.intensity


@dataclass(frozen=True, slots=True)
class Share:
    """What one customer is told: its activity, the LETS it claimed, the rest at the non-LETS intensity."""

    customer: str
    activity: int
    lets: tuple[Part, ...]
    rest_intensity: Fraction

    @property
    def rest(self) -> int:
        """Activity that no LETS of the customer covers."""
        return self.activity - sum(part.activity for part in self.lets)

    @property
    def mg(self) -> Fraction:
        """Its emissions, exact."""
        return sum((part.mg for part in self.lets), self.rest * self.rest_intensity)

    @property
    def intensity(self) -> Fraction:
        """Its emissions per unit of its activity; 0 of no activity."""
        return self.mg / self.activity if self.activity else Fraction(0)


@dataclass(frozen=True, slots=True)
class Split:
    """A total by customer. `held_mg` is what booked LETS that no customer claimed would add or take away."""

    activity: int
    total_mg: Fraction
    rest_intensity: Fraction
    shares: tuple[Share, ...]
    held: tuple[Part, ...]

    @property
    def average(self) -> Fraction:
        """The overall intensity: what external stakeholders are told."""
        return self.total_mg / self.activity

    @property
    def held_mg(self) -> Fraction:
        """Emissions of LETS still held, less what the same activity was passed on with."""
        return sum((part.mg - part.activity * self.rest_intensity for part in self.held), Fraction(0))

    @property
    def difference_mg(self) -> Fraction:
        """Total less customers less held: 0, always."""
        return self.total_mg - sum((share.mg for share in self.shares), self.held_mg)


def primary(
    total_mg: Fraction,
    carried: Mapping[str, int],
    booked: Sequence[Part],
    claimed: Mapping[str, Sequence[Part]],
) -> Split:
    """Split of a measured total: what no LETS covers is the total less the LETS. Raises LogisticsError."""
    activity = sum(carried.values())
    covered = sum(part.activity for part in booked)
    rest_mg = total_mg - sum((part.mg for part in booked), Fraction(0))
    if rest_mg < 0:
        raise LogisticsError(
            "the LETS emit more than the total",
            "the total includes the LETS, well-to-wheel, of the same mode and year",
        )
    if covered >= activity:
        if covered > activity or rest_mg:
            raise LogisticsError("more LETS than activity", "book only what was transported")
        return _split(total_mg, Fraction(0), carried, booked, claimed)
    return _split(total_mg, rest_mg / (activity - covered), carried, booked, claimed)


def secondary(
    rest_intensity: Fraction,
    carried: Mapping[str, int],
    booked: Sequence[Part],
    claimed: Mapping[str, Sequence[Part]],
) -> Split:
    """Split where the rest has a modelled or default intensity (mg per unit): the total follows. Raises LogisticsError."""
    left = sum(carried.values()) - sum(part.activity for part in booked)
    if left < 0:
        raise LogisticsError("more LETS than activity", "book only what was transported")
    total = sum((part.mg for part in booked), left * rest_intensity)
    return _split(total, rest_intensity, carried, booked, claimed)


def _split(
    total: Fraction,
    rest: Fraction,
    carried: Mapping[str, int],
    booked: Sequence[Part],
    claimed: Mapping[str, Sequence[Part]],
) -> Split:
    if sum(carried.values()) <= 0:
        raise LogisticsError("no activity", "give what was carried for whom")
    left = {part.lets: part.activity for part in booked}
    for customer, parts in claimed.items():
        if sum(part.activity for part in parts) > carried.get(customer, 0):
            raise LogisticsError(
                f"{customer} claims more than was carried for it",
                "a claim displaces the claimant's own activity",
            )
        for part in parts:
            if part.activity > left.get(part.lets, 0):
                raise LogisticsError(f"claims of LETS {part.lets} exceed it", "claim at most what is booked")
            left[part.lets] -= part.activity
    shares = tuple(
        Share(customer, activity, tuple(claimed.get(customer, ())), rest)
        for customer, activity in sorted(carried.items())
    )
    held = tuple(Part(part.lets, left[part.lets], part.intensity) for part in booked if left[part.lets])
    return Split(sum(carried.values()), total, rest, shares, held)
