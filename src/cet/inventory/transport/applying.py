"""Claims applied to an inventory: lines gathered by mode, every shape of a pool given its market-based stream.

Nothing happens to the physical streams: the market-based ones stand beside them (`Shape.market`). Shapes are few, so a million
lines are priced by them as ever, in DuckDB too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.boundary.consolidation import place_of, written_of
from cet.inventory.folder import INVENTORY
from cet.inventory.streams import LotKey, Stream, split_by_lot
from cet.inventory.sums import add_up
from cet.inventory.transport.checking import non_lets_findings
from cet.inventory.transport.result import ClaimedPart, ClaimedPool, TransportResult, shown, shown_unit
from cet.logistics.applying import ClaimFacts, Claiming, ClaimPool, apply_claims
from cet.logistics.package_parts import FUELS
from cet.quantities import exact_text, ratio_between
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, Method, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.factors import FactorStore
    from cet.inventory.rows import ShapeText
    from cet.inventory.settings import Settings
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally
    from cet.logistics.applying import Activity, ClaimPart
    from cet.logistics.package_parts import LogisticsClaim

_NONE = Fraction(0)
_USES = {"3": "3.3", "4": "3.4", "6": "3.6", "9": "3.9"}
MINTED = frozenset({"3.4", "3.6", "3.9"})
"""Uses whose market-based figure is a lot of its own. A carrier's emitter profile is in none: it never lowers what is passed on."""


def has_claims(settings: Settings) -> bool:
    """Whether there is anything to apply or to split."""
    declared = any(one.non_lets for one in settings.transports)
    return bool(settings.logistics_claims or settings.lets_bookings or declared)


@dataclass(slots=True)
class _Member:
    """Lines of one shape in a pool, and their activity in the base unit of its dimension."""

    shape: Shape
    tally: ShapeTally
    toc: str
    base: Fraction
    non_lets: str | None


@dataclass(frozen=True)
class AppliedClaims:
    """The shapes with their market-based streams, the result (None where there is nothing to apply), and claims that exceed."""

    shapes: Mapping[ShapeText, Shape]
    result: TransportResult | None = None
    findings: tuple[Finding, ...] = ()
    touched: frozenset[tuple[Scope, int]] = field(default_factory=frozenset)


def apply_transport(
    settings: Settings,
    shapes: Mapping[ShapeText, Shape],
    tallies: Mapping[ShapeText, ShapeTally],
    store: FactorStore,
) -> AppliedClaims:
    """Claims spread over the lines of their mode. Findings where they are more than the package's own activity."""
    if not has_claims(settings):
        return AppliedClaims(shapes)
    pools = _gathered(settings, shapes, tallies)
    header = settings.header
    names = {header.entity, header.organisation}
    names |= {name for one in settings.entities for name in (one.id, one.name)}
    own = {pool: _activity(members) for pool, members in pools.items()}
    facts = ClaimFacts(header.period.start, header.period.end, frozenset(names), header.gwp.name, own)
    claiming = apply_claims(settings.logistics_claims, facts)
    findings = (*_excess(settings, claiming), *non_lets_findings(settings, shapes.values(), store))
    pricing = _Pricing(claiming, settings, store)
    changed = dict(shapes)
    results = []
    touched: set[tuple[Scope, int]] = set()
    for pool, members in sorted(pools.items()) if not findings else ():
        if pool not in claiming.parts and not any(one.non_lets for one in members):
            continue
        for one in members:
            claims = tuple((part.claim, part.part) for part in pricing.parts(pool, one))
            changed[one.shape.text] = replace(one.shape, market=(pricing.stream(pool, one),), claims=claims)
            if pool.use in MINTED:
                touched.add(_place(one.shape))
        results.append(pricing.pool(pool, members))
    for text, shape in changed.items():
        if not shape.market and _place(shape) in touched:
            changed[text] = replace(shape, market=tuple(_beside(one) for one in shape.own))
    pairs = [(changed[text], tallies[text]) for text in sorted(changed)]
    scope_3 = [(shape, tally) for shape, tally in pairs if _place(shape) in touched]
    declared = {one.non_lets for one in settings.transports if one.non_lets} if not findings else set()
    result = TransportResult(
        claiming,
        tuple(results),
        _effect(pairs, settings),
        add_up(scope_3, of=lambda shape: () if shape.text.received else shape.market),
        settings.lets_bookings,
        factors=tuple(store.get(name) for name in sorted(declared)),
    )
    return AppliedClaims(changed, result, findings, frozenset(touched))


def _gathered(
    settings: Settings, shapes: Mapping[ShapeText, Shape], tallies: Mapping[ShapeText, ShapeTally]
) -> dict[ClaimPool, list[_Member]]:
    modes = {name: one for one in settings.transports for name in one.factors}
    found: dict[ClaimPool, list[_Member]] = {}
    for text in sorted(shapes):
        shape, transport = shapes[text], modes.get(text.factor)
        use = "scope-1" if SCOPE_TEXT[text.scope] is Scope.SCOPE_1 else _USES.get(text.category, "")
        if transport is None or not use or SCOPE_TEXT[text.scope] not in (Scope.SCOPE_1, Scope.SCOPE_3):
            continue
        dimension = shape.counted.dimension
        if use in ("scope-1", "3.3") and dimension not in FUELS:
            continue
        base = tallies[text].amount * shape.per_factor * shape.counted.ratio
        declared = transport.non_lets if use in MINTED else None
        member = _Member(shape, tallies[text], transport.toc or "", base, declared)
        found.setdefault(ClaimPool(use, transport.mode, dimension), []).append(member)
    return found


def _activity(members: list[_Member]) -> Activity:
    found: Activity = {}
    for one in members:
        found[one.toc] = found.get(one.toc, _NONE) + one.base
    return found


def _place(shape: Shape) -> tuple[Scope, int]:
    scope = SCOPE_TEXT[shape.text.scope]
    return scope, CATEGORY_NAMES[scope][shape.text.category]


def _beside(stream: Stream) -> Stream:
    """The same figure in the market-based series: what no claim touches."""
    return replace(stream, key=replace(stream.key, method=Method.MARKET_BASED))


class _Pricing:
    def __init__(self, claiming: Claiming, settings: Settings, store: FactorStore) -> None:
        self._claiming = claiming
        self._gwp = settings.header.gwp
        self._store = store
        self._claims: dict[str, LogisticsClaim] = {one.id: one for one in claiming.applied}

    def parts(self, pool: ClaimPool, member: _Member) -> tuple[ClaimPart, ...]:
        """The claims that stand for parts of the lines."""
        return self._claiming.parts.get(pool, {}).get(member.toc, ())

    def stream(self, pool: ClaimPool, member: _Member) -> Stream:
        """What lines of the shape come to: the part no claim stands for as it is, and each claim's part by its intensity."""
        shape, parts = member.shape, self.parts(pool, member)
        rest = 1 - sum((one.part for one in parts), _NONE)
        per_amount = shape.per_factor * shape.counted.ratio
        claimed = sum((one.part * self._rate(pool, one.claim) for one in parts), _NONE) * per_amount
        key = LotKey(shape.text.facility, *_place(shape), Method.MARKET_BASED)
        own = self._rest(member, key)
        if own is None:
            return Stream(key, shape.factors[0], claimed, (), claimed)
        gases = tuple((gas, mass * rest) for gas, mass in own.gases)
        return Stream(key, own.factor, own.mg * rest + claimed, gases, own.unsplit * rest + claimed)

    def _rest(self, member: _Member, key: LotKey) -> Stream | None:
        """What the lines would come to without a claim: as in the physical series, or at the carriers' non-LETS intensity."""
        shape = member.shape
        if member.non_lets is None:
            return next(iter(shape.own), None)
        factor = self._store.get(member.non_lets)
        rate = shape.per_factor * ratio_between(shape.counted, factor.unit)
        return next((one for one in split_by_lot(key, factor, rate, self._gwp) if one.key == key), None)

    def pool(self, pool: ClaimPool, members: list[_Member]) -> ClaimedPool:
        """The pool in both series."""
        physical = market = _NONE
        activity: dict[str, Fraction] = {}
        for member in members:
            physical += member.tally.amount * sum((one.mg for one in member.shape.own), _NONE)
            market += member.tally.amount * self.stream(pool, member).mg
            for part in self.parts(pool, member):
                activity[part.claim] = activity.get(part.claim, _NONE) + member.base * part.part
        parts = tuple(
            ClaimedPart(
                name,
                shown(base, pool.dimension),
                base * self._rate(pool, name),
                # Burned in scope 1; the same CO2 is not counted again with the making of the fuel.
                _NONE if pool.use == "3.3" else base * self._claims[name].biogenic_mg,
            )
            for name, base in sorted(activity.items())
        )
        whole = shown(sum((one.base for one in members), _NONE), pool.dimension)
        lines = sum(one.tally.lines for one in members)
        rest = market - sum((one.mg for one in parts), _NONE)
        return ClaimedPool(pool, whole, physical, rest, parts, lines)

    def _rate(self, pool: ClaimPool, name: str) -> Fraction:
        """mg per base unit: tank-to-wheel in scope 1, well-to-tank in 3.3, well-to-wheel elsewhere (section 10)."""
        claim = self._claims[name]
        if pool.use == "scope-1":
            return claim.ttw_mg
        return claim.wtw_mg - claim.ttw_mg if pool.use == "3.3" else claim.wtw_mg


def _effect(pairs: list[tuple[Shape, ShapeTally]], settings: Settings) -> dict[Scope, Fraction]:
    """What claims change in each scope, at the entity's share of what stays in its place."""
    found = {Scope.SCOPE_1: _NONE, Scope.SCOPE_3: _NONE}
    approach = settings.header.consolidation
    for shape, tally in pairs:
        if not shape.market:
            continue
        written = written_of(shape)
        parts = settings.boundary.place(shape.text.facility, approach).parts
        inside = sum((one.share for one in parts if place_of(written, one) == written), _NONE)
        physical = sum((one.mg for one in shape.own), _NONE)
        change = sum((one.mg for one in shape.market), _NONE) - physical
        found[SCOPE_TEXT[shape.text.scope]] += tally.amount * change * inside
    return found


def _excess(settings: Settings, claiming: Claiming) -> Iterator[Finding]:
    numbers = {one.id: number for number, one in enumerate(settings.logistics_claims, start=1)}
    claims = {one.id: one for one in settings.logistics_claims}
    for one in claiming.excess:
        name, left = shown_unit(one.pool.dimension), shown(one.left, one.pool.dimension)
        place = f"logistics_claim {numbers[one.claim]}.quantity"
        what = claims[one.claim].toc or one.pool.mode
        problem = f"more than the package's own activity: {exact_text(left)} {name} of {what} left in {one.pool.use}"
        remedy = (
            "a claim displaces the claimant's own activity, once (section 11): claim less, or add the lines"
        )
        yield Finding(INVENTORY, 0, place, exact_text(claims[one.claim].quantity), problem, remedy)
