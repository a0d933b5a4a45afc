"""Energy consumption as certificates meet it: pools of one facility, use and carrier, and when their energy was used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import datetime as dt
    from fractions import Fraction

    from cet.certificates.certificate import Certificate

YEAR = ""
"""The one slot of annual matching."""


class PoolKey(NamedTuple):
    """Where energy was consumed, what for, and of which kind."""

    facility: str
    use: str
    carrier: str

    def __str__(self) -> str:
        return f"{self.carrier} of {self.facility}, {self.use}"


@dataclass(frozen=True, slots=True)
class Pool:
    """Consumption in Wh, exact: `free` of lines that name no contract, `contracted` of those with a supplier's factor.

    `slots` are its months (`2023-03`) or hours (`2023-03-05T13`, UTC), the whole year (``) with annual matching.
    """

    key: PoolKey
    country: str
    market: str
    free: Fraction
    contracted: Fraction
    slots: tuple[tuple[str, Fraction], ...]

    @property
    def consumed(self) -> Fraction:
        """All of it, in Wh."""
        return self.free + self.contracted


def slot_of(matching: str, day: dt.date, hour: int | None) -> str:
    """The slot energy of that day and hour is in."""
    if matching == "annual":
        return YEAR
    if matching == "monthly":
        return f"{day.year:04}-{day.month:02}"
    return f"{day.isoformat()}T{hour or 0:02}"


def certificate_slot(matching: str, certificate: Certificate) -> str:
    """The slot a certificate's energy was produced in."""
    return slot_of(matching, certificate.produced_from, certificate.hour)
