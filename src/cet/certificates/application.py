"""What came of applying certificates and contracts: which instrument stands for which consumption, what is left, and why.

Every Wh of every certificate is used or left, every Wh consumed is covered or open.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.certificates.certificate import Certificate
    from cet.certificates.criteria import Verdict
    from cet.certificates.pools import Pool, PoolKey
    from cet.certificates.supply import Supply

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """Wh of a certificate applied to a pool, in one of its slots; `supply` is the contract they belong to, if any."""

    certificate: str
    pool: PoolKey
    slot: str
    watt_hours: int
    supply: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Wh of a pool that one instrument stands for, exactly. `kind` is on-site, certificate, or the supply's instrument."""

    kind: str
    instrument: str
    watt_hours: Fraction


@dataclass(frozen=True, slots=True)
class Covered:
    """A pool and what covers it; what no instrument covers is left to its lines' own factors, residual mix or grid."""

    pool: Pool
    parts: tuple[Part, ...]
    free_by_certificates: Fraction

    def by(self, *kinds: str) -> Fraction:
        """Wh covered by instruments of these kinds."""
        return sum((part.watt_hours for part in self.parts if part.kind in kinds), _NONE)

    @property
    def deficit(self) -> Fraction:
        """Wh that no instrument covers."""
        return self.pool.consumed - sum((part.watt_hours for part in self.parts), _NONE)


@dataclass(frozen=True, slots=True)
class Left:
    """Wh of a certificate that were not applied: `usable` later (until a day), `expired`, or `refused` by a criterion."""

    certificate: str
    watt_hours: int
    state: str
    told: str


@dataclass(frozen=True)
class Application:
    """The whole result: every Wh of every certificate is in `uses` or in `left`, every Wh consumed in a pool's parts or deficit.

    `unused` are Wh of supplies that found no consumption; `verdicts` are by instrument.
    """

    covered: Mapping[PoolKey, Covered]
    uses: tuple[Use, ...]
    left: tuple[Left, ...]
    unused: Mapping[str, Fraction]
    verdicts: Mapping[str, tuple[Verdict, ...]]
    certificates: Mapping[str, Certificate] = field(repr=False, default_factory=dict)
    supplies: Mapping[str, Supply] = field(repr=False, default_factory=dict)

    def uses_of(self, pool: PoolKey) -> tuple[Use, ...]:
        """The certificates applied to a pool."""
        return tuple(use for use in self.uses if use.pool == pool)

    def used(self, certificate: str) -> int:
        """Wh of a certificate that were applied."""
        return sum(use.watt_hours for use in self.uses if use.certificate == certificate)


def explain(covered: Covered) -> str:
    """How a pool came to be covered, in a sentence."""
    by_kind: dict[str, Fraction] = {}
    for part in covered.parts:
        by_kind[part.kind] = by_kind.get(part.kind, _NONE) + part.watt_hours
    told = [f"{exact_text(watt_hours)} Wh {kind}" for kind, watt_hours in by_kind.items()]
    told.append(f"{exact_text(covered.deficit)} Wh deficit" if covered.deficit else "no deficit")
    return f"{covered.pool.key} in {covered.pool.market}: {exact_text(covered.pool.consumed)} Wh = {', '.join(told)}"
