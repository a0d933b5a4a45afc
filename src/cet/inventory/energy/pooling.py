"""The lines whose energy instruments may stand for, gathered into pools of a facility, use and carrier.

Scope 2 lines with a factor per energy; gas that lines of scope 1 burn from a declared network; in scope 3, categories 3 (losses),
7 (homeworking) and 11 (use of sold products), lines with a grid factor, which is one of the energy itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates import Markets, Pool, PoolKey
from cet.certificates.fields import watt_hours
from cet.certificates.pools import YEAR, slot_of
from cet.errors import Finding
from cet.factors import FactorKind
from cet.inventory.folder import INVENTORY
from cet.quantities import exact_text, unit
from cet.scopes import SCOPE_TEXT, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cet.inventory.settings import Settings
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally

SCOPE_3_USES = {"3": "3.3", "7": "3.7", "11": "3.11"}
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Lines of one shape, and the energy they took, in Wh."""

    shape: Shape
    tally: ShapeTally
    watt_hours: Fraction

    @property
    def contracted(self) -> bool:
        """Whether the lines name a supplier's factor."""
        return bool(self.shape.text.market_factor) and self.shape.factors[-1].kind is FactorKind.SUPPLIER


@dataclass(slots=True)
class Lines:
    """The lines of a pool."""

    drawn: list[Drawn] = field(default_factory=list)

    def energy(self, *, contracted: bool) -> Fraction:
        """Wh of the lines that name a supplier's factor, or of the others."""
        return sum((one.watt_hours for one in self.drawn if one.contracted is contracted), _NONE)


def gathered(pairs: Iterable[tuple[Shape, ShapeTally]], settings: Settings) -> dict[PoolKey, Lines]:
    """The lines by pool; lines without energy of their own are in none."""
    networks = {(one.facility, name) for one in settings.networks for name in one.factors}
    found: dict[PoolKey, Lines] = {}
    for shape, tally in pairs:
        key = _key(shape, networks)
        if key is not None:
            per = shape.counted.ratio / unit("Wh").ratio
            drawn = Drawn(shape, tally, tally.amount * shape.per_factor * per)
            found.setdefault(key, Lines()).drawn.append(drawn)
    return {key: found[key] for key in sorted(found)}


def _key(shape: Shape, networks: set[tuple[str, str]]) -> PoolKey | None:
    text = shape.text
    if shape.counted.dimension != "energy":
        return None
    scope = SCOPE_TEXT[text.scope]
    if scope is Scope.SCOPE_2:
        return PoolKey(text.facility, "scope-2", text.category)
    if scope is Scope.SCOPE_1 and (text.facility, text.factor) in networks:
        return PoolKey(text.facility, "scope-1", "gas")
    if scope is Scope.SCOPE_3 and text.category in SCOPE_3_USES and shape.factors[0].kind is FactorKind.GRID:
        return PoolKey(text.facility, SCOPE_3_USES[text.category], "electricity")
    return None


def pools_of(lines: Mapping[PoolKey, Lines], settings: Settings, markets: Markets) -> list[Pool]:
    """The pools, with the months or hours their energy was used in where the matching asks for them."""
    facilities = {one.id: one for one in settings.facilities}
    networks: dict[tuple[str, str], str] = {(one.facility, one.carrier): one.id for one in settings.networks}
    profiles = profiles_of(settings)
    found = []
    for key, one in lines.items():
        free, contracted = one.energy(contracted=False), one.energy(contracted=True)
        country = facilities[key.facility].country
        network = networks.get((key.facility, key.carrier), "")
        market = markets.market(country, key.carrier, network)
        slots = _slots(_profile(key, profiles), free + contracted, settings)
        found.append(Pool(key, country, market, free, contracted, slots))
    return found


def profiles_of(settings: Settings) -> dict[PoolKey, dict[str, Fraction]]:
    """Declared consumption in Wh by facility, use and carrier, and by slot."""
    matching = settings.energy.matching
    found: dict[PoolKey, dict[str, Fraction]] = {}
    for one in settings.consumptions if matching != "annual" else ():
        slots = found.setdefault(PoolKey(one.facility, one.use, one.carrier), {})
        slot = slot_of(matching, one.day, one.hour)
        slots[slot] = slots.get(slot, _NONE) + watt_hours(one.quantity, one.unit)
    return found


def _profile(key: PoolKey, profiles: Mapping[PoolKey, dict[str, Fraction]]) -> Mapping[str, Fraction] | None:
    """When its energy was used. Losses occur when the energy itself is used, unless something else is declared."""
    if key.use == "3.3" and key not in profiles:
        return profiles.get(key._replace(use="scope-2"))
    return profiles.get(key)


def _slots(
    profile: Mapping[str, Fraction] | None, consumed: Fraction, settings: Settings
) -> tuple[tuple[str, Fraction], ...]:
    if settings.energy.matching == "annual":
        return ((YEAR, consumed),)
    total = sum(profile.values(), _NONE) if profile else _NONE
    if profile is None or not total:
        return ()
    return tuple((slot, profile[slot] * consumed / total) for slot in sorted(profile))


def profile_findings(settings: Settings, lines: Mapping[PoolKey, Lines]) -> Iterator[Finding]:
    """Consumption by month or hour that is missing, outside the period, or adds up to something else than the lines.

    A Wh of difference is allowed for each entry, for rounding.
    """
    if settings.energy.matching == "annual":
        return
    yield from _times(settings)
    profiles = profiles_of(settings)
    kept = {name for one in settings.use_phases for name in one.certificates}
    certified = {(one.use, one.carrier) for one in settings.certificates if one.id not in kept}
    for key, one in lines.items():
        if key[1:] not in certified:
            continue
        consumed = one.energy(contracted=False) + one.energy(contracted=True)
        profile = profiles.get(key)
        if _profile(key, profiles) is None:
            remedy = f"{settings.energy.matching} matching needs when it was used"
            yield Finding(
                INVENTORY,
                0,
                "consumption",
                "",
                f"no consumption of {key.carrier} at {key.facility}{_used(key)}",
                remedy,
            )
        elif profile is not None and abs(sum(profile.values(), _NONE) - consumed) > len(profile):
            declared = exact_text(sum(profile.values(), _NONE))
            problem = f"adds up to {declared} Wh at {key.facility}{_used(key)}, the lines to {exact_text(consumed)} Wh"
            yield Finding(
                INVENTORY, 0, "consumption", "", problem, "correct the lines, or the consumption by time"
            )


def _used(key: PoolKey) -> str:
    return "" if key.use == "scope-2" else f", {key.use}"


def _times(settings: Settings) -> Iterator[Finding]:
    period = settings.header.period
    for number, one in enumerate(settings.consumptions, start=1):
        if not period.start <= one.day <= period.end:
            problem, remedy = (
                "outside the inventory's period",
                f"the period is {period.start} to {period.end}",
            )
            yield Finding(INVENTORY, 0, f"consumption {number}.day", one.day.isoformat(), problem, remedy)
        if settings.energy.matching == "hourly" and one.hour is None:
            remedy = "hourly matching needs the hour, 0 to 23, UTC"
            yield Finding(INVENTORY, 0, f"consumption {number}.hour", "", "no hour", remedy)
