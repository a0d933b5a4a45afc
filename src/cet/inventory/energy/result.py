"""What came of a package's instruments: by pool both methods side by side, which Wh stand on what, what is left."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates.criteria import residual_mix_or_absence_is_told

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.certificates import Application, Facts, Pool, PoolKey, Verdict
    from cet.certificates.use_phase import UsePlan
    from cet.factors import Factor

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class PricedPart:
    """A part of a pool: what stands for it, how much energy, by which factor, and what that comes to.

    `mg` is CO2e in scope, `biogenic_mg` biogenic CO2, which is reported outside the scopes.
    """

    kind: str
    instrument: str
    watt_hours: Fraction
    factor: Factor | None
    mg: Fraction
    biogenic_mg: Fraction = _NONE
    told: str = ""


@dataclass(frozen=True, slots=True)
class PoolResult:
    """A pool by both methods, in mg CO2e: `location_mg` is the location-based figure, of scope 1 and 3 the physical one.

    Scope 2's market-based figure is reported; that of scope 1 and 3 stands beside the physical one, in no total.
    """

    pool: Pool
    location_mg: Fraction
    parts: tuple[PricedPart, ...]
    lines: int

    @property
    def key(self) -> PoolKey:
        """Facility, use and carrier."""
        return self.pool.key

    @property
    def market_mg(self) -> Fraction:
        """The market-based figure."""
        return sum((part.mg for part in self.parts), _NONE)

    @property
    def biogenic_mg(self) -> Fraction:
        """Biogenic CO2 of the parts, outside the scopes."""
        return sum((part.biogenic_mg for part in self.parts), _NONE)

    def energy(self, *kinds: str) -> Fraction:
        """Wh that stand on these kinds."""
        return sum((part.watt_hours for part in self.parts if part.kind in kinds), _NONE)

    @property
    def by_instruments(self) -> Fraction:
        """Wh that a contractual instrument or own generation stands for."""
        return self.pool.consumed - self.energy("residual-mix", "grid", "physical")


@dataclass(frozen=True)
class EnergyResult:
    """All of it."""

    application: Application
    facts: Facts
    pools: tuple[PoolResult, ...]
    factors: tuple[Factor, ...]
    none_published: Mapping[str, str] = field(default_factory=dict)
    use_plans: tuple[UsePlan, ...] = ()
    zero_claims: Mapping[str, tuple[Verdict, ...]] = field(default_factory=dict)

    @property
    def uncovered(self) -> dict[str, Verdict]:
        """Criterion 8 for each site's purchased electricity that no instrument covers."""
        found = {}
        for pool in self.pools:
            if pool.key.use == "scope-2" and pool.key.carrier == "electricity":
                for part in pool.parts:
                    if part.kind in ("residual-mix", "grid"):
                        mix = part.instrument if part.kind == "residual-mix" else ""
                        found[pool.key.facility] = residual_mix_or_absence_is_told(mix, part.told)
        return found
