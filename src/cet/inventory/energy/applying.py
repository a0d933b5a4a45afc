"""Instruments applied to an inventory: pools are formed, certificates matched, every shape priced by what stands for it.

Nothing happens to a package that declares no instrument and no residual mix: its lines count as they always did.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates import Application, Facts, Markets, Window, apply, default_window, overlapping
from cet.factors import FactorKind
from cet.inventory.energy.blending import blended, in_scope
from cet.inventory.energy.declaration import rates_of
from cet.inventory.energy.pooling import gathered, pools_of, profile_findings
from cet.inventory.energy.result import EnergyResult, PoolResult, PricedPart
from cet.inventory.energy.use_phases import reserved, use_plans, zero_claims
from cet.inventory.shapes import EnergyInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.certificates import Covered, Pool, PoolKey
    from cet.errors import Finding
    from cet.factors import Factor, FactorStore
    from cet.inventory.energy.pooling import Drawn, Lines
    from cet.inventory.rows import ShapeText
    from cet.inventory.settings import Settings
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally

_NONE = Fraction(0)
GRID_TOLD = "no residual mix was available, the location-based factor stands for it"


def has_instruments(settings: Settings) -> bool:
    """Whether there is anything to apply."""
    return bool(
        settings.certificates
        or settings.supplies
        or settings.residual_mixes
        or settings.use_phases
        or settings.zero_claims
    )


@dataclass(frozen=True)
class Applied:
    """The shapes as priced, and the result they come from, None where there was nothing to apply; findings where consumption
    by month or hour does not agree with the lines."""

    shapes: Mapping[ShapeText, Shape]
    result: EnergyResult | None
    findings: tuple[Finding, ...] = ()


def apply_instruments(
    settings: Settings,
    shapes: Mapping[ShapeText, Shape],
    tallies: Mapping[ShapeText, ShapeTally],
    store: FactorStore,
) -> Applied:
    """Prices every shape of scope 2 by what stands for its energy. Factors were found before (`factor_findings`)."""
    if not has_instruments(settings):
        return Applied(shapes, None)
    lines = gathered([(shapes[text], tallies[text]) for text in sorted(shapes)], settings)
    markets = Markets.known((one.name, one.countries) for one in settings.markets)
    pools = pools_of(lines, settings, markets)
    facts = facts_of(settings, pools, markets)
    kept = reserved(settings)
    free = [one for one in settings.certificates if one.id not in kept]
    application = apply(pools, free, settings.supplies, facts, settings.energy.first)
    pricing = _Pricing(settings, store, application)
    changed = dict(shapes)
    results = []
    for key, one in lines.items():
        results.append(pricing.pool(key, one))
        if key.use == "scope-2":
            for drawn in one.drawn:
                inputs = pricing.inputs(key, drawn)
                changed[drawn.shape.text] = blended(drawn.shape, inputs, settings.header.gwp)
    factors = {
        part.factor.id: part.factor for one in results for part in one.parts if part.factor is not None
    }
    named = [*(one.factor for one in settings.certificates), *(one.factor for one in settings.supplies)]
    factors |= {name: store.get(name) for name in named if name is not None}
    used = tuple(factors[name] for name in sorted(factors))
    result = EnergyResult(
        application,
        facts,
        tuple(results),
        used,
        pricing.none_published,
        use_plans(settings, facts, store),
        dict(zero_claims(settings, store)),
    )
    return Applied(changed, result, tuple(profile_findings(settings, lines)))


def facts_of(settings: Settings, pools: list[Pool], markets: Markets) -> Facts:
    """What instruments are held against."""
    header, rules = settings.header, settings.energy
    places: dict[tuple[str, str], set[str]] = {}
    countries: dict[tuple[str, str], set[str]] = {}
    for pool in pools:
        places.setdefault(pool.key[1:], set()).add(pool.market)
        countries.setdefault(pool.key[1:], set()).add(pool.country)
    window = default_window()
    if rules.months_before is not None and rules.months_after is not None and rules.reason is not None:
        window = Window(rules.months_before, rules.months_after, rules.reason)
    own = {header.entity, header.organisation}
    own |= {name for one in settings.entities for name in (one.id, one.name)}
    return Facts(
        start=header.period.start,
        end=header.period.end,
        claimant=frozenset(own),
        facilities=frozenset(one.id for one in settings.facilities),
        places={place: frozenset(found) for place, found in places.items()},
        countries={place: frozenset(found) for place, found in countries.items()},
        markets=markets,
        window=window,
        matching=rules.matching,
        certificates={one.id: one for one in settings.certificates},
        supplies=settings.supplies,
        overlapping=overlapping(settings.certificates),
    )


class _Pricing:
    """Factors of instruments, and of what is used for want of them."""

    def __init__(self, settings: Settings, store: FactorStore, application: Application) -> None:
        self._settings = settings
        self._store = store
        self._application = application
        self._facilities = {one.id: one for one in settings.facilities}
        self._mixes = {one.geography: one for one in settings.residual_mixes}
        self.none_published = {one.geography: one.none for one in settings.residual_mixes if one.none}

    def inputs(self, key: PoolKey, drawn: Drawn) -> tuple[EnergyInput, ...]:
        """What stands for the energy of lines of this shape, as parts of 1."""
        parts = self._parts(self._application.covered[key], contracted=drawn.contracted)
        rest = 1 - sum((part for _, _, part in parts), _NONE)
        found = [EnergyInput(kind, name, part, self._factor(kind, name)) for kind, name, part in parts]
        if rest:
            found.append(self._fallback(drawn, rest))
        return tuple(found)

    def _parts(self, covered: Covered, *, contracted: bool) -> list[tuple[str, str, Fraction]]:
        """Kind, instrument and part of the energy of lines with a supplier's factor, or of the others."""
        pool = covered.pool
        all_of = pool.contracted if contracted else pool.free
        certified = covered.by("certificate")
        share = certified - covered.free_by_certificates if contracted else covered.free_by_certificates
        found = []
        for part in covered.parts:
            if part.kind == "on-site":
                found.append((part.kind, part.instrument, part.watt_hours / pool.consumed))
            elif part.kind == "certificate":
                found.append(
                    (
                        part.kind,
                        part.instrument,
                        part.watt_hours / certified * share / all_of if all_of else _NONE,
                    )
                )
            elif not contracted:
                found.append((part.kind, part.instrument, part.watt_hours / all_of))
        return [one for one in found if one[2]]

    def _factor(self, kind: str, name: str) -> Factor | None:
        known = self._application.certificates if kind == "certificate" else self._application.supplies
        factor = known[name].factor
        return None if factor is None else self._store.get(factor)

    def _fallback(self, drawn: Drawn, rest: Fraction) -> EnergyInput:
        """The lines' own market-based factor, the residual mix, the grid average: never zero (Scope 2 Guidance, 6.11)."""
        text, location = drawn.shape.text, drawn.shape.factors[0]
        if text.market_factor:
            own = drawn.shape.factors[-1]
            kind = "residual-mix" if own.kind is FactorKind.RESIDUAL_MIX else "supplier"
            return EnergyInput(kind, own.id, rest, own)
        facility = self._facilities[text.facility]
        for place in (facility.region, facility.country) if text.category == "electricity" else ():
            mix = self._mixes.get(place or "")
            if mix is not None and mix.factor is not None:
                return EnergyInput("residual-mix", mix.factor, rest, self._store.get(mix.factor))
            if mix is not None:
                return EnergyInput("grid", location.id, rest, location, mix.none or "")
        return EnergyInput("grid", location.id, rest, location, GRID_TOLD)

    def pool(self, key: PoolKey, lines: Lines) -> PoolResult:
        """A pool by both methods."""
        covered = self._application.covered[key]
        physical = sum((one.tally.amount * in_scope(one.shape) for one in lines.drawn), _NONE)
        parts: dict[tuple[str, str], PricedPart] = {}
        if key.use == "scope-2":
            for drawn in lines.drawn:
                for one in self.inputs(key, drawn):
                    _add(parts, self._priced(one, one.part * drawn.watt_hours))
        else:
            for part in covered.parts:
                one = EnergyInput(
                    part.kind, part.instrument, Fraction(1), self._factor(part.kind, part.instrument)
                )
                _add(parts, self._priced(one, part.watt_hours))
            if covered.deficit:
                mg = physical * covered.deficit / covered.pool.consumed
                _add(parts, PricedPart("physical", "", covered.deficit, None, mg))
        own = covered.by("on-site") / covered.pool.consumed if covered.pool.consumed else _NONE
        count = sum(one.tally.lines for one in lines.drawn)
        return PoolResult(covered.pool, physical * (1 - own), tuple(parts.values()), count)

    def _priced(self, one: EnergyInput, watt_hours: Fraction) -> PricedPart:
        rate = biogenic = _NONE
        if one.factor is not None:
            rate, biogenic = rates_of(one.factor, self._settings.header.gwp)
        priced = (watt_hours * rate, watt_hours * biogenic)
        return PricedPart(one.kind, one.instrument, watt_hours, one.factor, *priced, one.told)


def _add(parts: dict[tuple[str, str], PricedPart], one: PricedPart) -> None:
    key = (one.kind, one.instrument)
    before = parts.get(key)
    if before is not None:
        one = PricedPart(
            one.kind,
            one.instrument,
            before.watt_hours + one.watt_hours,
            one.factor,
            before.mg + one.mg,
            before.biogenic_mg + one.biogenic_mg,
            one.told,
        )
    parts[key] = one
