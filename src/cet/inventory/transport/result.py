"""What came of a package's claims of transport: by pool both series side by side, which activity stands on what, what is unused."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.activity import SHOWN_UNITS
from cet.quantities import unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.factors import Factor
    from cet.inventory.lots import Lot
    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum
    from cet.logistics.applying import Claiming, ClaimPool
    from cet.logistics.package_parts import LetsBooking
    from cet.scopes import Scope

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class ClaimedPart:
    """What a claim displaces of a pool: activity in the pool's shown unit, its CO2e, its biogenic CO2 outside the scopes."""

    claim: str
    activity: Fraction
    mg: Fraction
    biogenic_mg: Fraction


@dataclass(frozen=True, slots=True)
class ClaimedPool:
    """Lines of one use, mode and kind of activity in both series, as written, exactly; `rest_mg` is the market-based figure of
    what no claim stands for: as in the physical series, or at the non-LETS intensity that carriers declare."""

    pool: ClaimPool
    activity: Fraction
    physical_mg: Fraction
    rest_mg: Fraction
    parts: tuple[ClaimedPart, ...]
    lines: int

    @property
    def unit(self) -> str:
        """The unit its activity is shown in."""
        return shown_unit(self.pool.dimension)

    @property
    def claimed(self) -> Fraction:
        """Activity that claims stand for."""
        return sum((one.activity for one in self.parts), _NONE)

    @property
    def market_mg(self) -> Fraction:
        """The market-based figure."""
        return self.rest_mg + sum((one.mg for one in self.parts), _NONE)

    @property
    def rest_intensity(self) -> Fraction:
        """mg per shown unit of what no claim stands for; 0 where nothing is left."""
        left = self.activity - self.claimed
        return self.rest_mg / left if left else _NONE


@dataclass(frozen=True, slots=True)
class SplitLot:
    """A lot that is passed on in parts: `physical` as minted, and its market-based parts, of which the last may be the rest."""

    physical: Lot
    parts: tuple[Lot, ...]


@dataclass(frozen=True)
class TransportResult:
    """All of it. `sums` are the market-based series of scope 3 categories that claims touch, as written; `effect` is what claims
    change in a scope's market-based series, at the shares of the inventory's approach."""

    claiming: Claiming
    pools: tuple[ClaimedPool, ...]
    effect: Mapping[Scope, Fraction]
    sums: Mapping[LotKey, LotSum]
    bookings: tuple[LetsBooking, ...] = ()
    splits: tuple[SplitLot, ...] = ()
    factors: tuple[Factor, ...] = ()


def shown_unit(dimension: str) -> str:
    """The unit an activity of this kind is shown in."""
    return SHOWN_UNITS[dimension]


def shown(base: Fraction, dimension: str) -> Fraction:
    """An activity in base units as shown."""
    return base / unit(shown_unit(dimension)).ratio
