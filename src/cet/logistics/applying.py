"""Claims held to the framework and spread over a claimant's own activity, exactly.

What a claim displaces is a part of every line of its mode (and its transport operation category, where one was set): lines of a
million shipments each take part in proportion to their activity, so that the same tonne-kilometre is displaced once and lines add
up to lots with nothing left to share out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from cet.certificates import Outcome, Verdict
from cet.logistics.rules import Row, row_for
from cet.logistics.terms import Act, LogisticsError, Role

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping, Sequence

    from cet.logistics.package_parts import LogisticsClaim

_NONE = Fraction(0)
EMITTER_USES = ("scope-1", "3.3")
"""Where a carrier's emitter profile counts: tank-to-wheel in scope 1, well-to-tank in category 3 of scope 3."""


class ClaimPool(NamedTuple):
    """Lines of one use, mode and kind of activity."""

    use: str
    mode: str
    dimension: str

    def __str__(self) -> str:
        return f"{self.use}/{self.mode}/{self.dimension}"


Activity = dict[str, Fraction]
"""A pool's activity in the base unit of its dimension, by transport operation category (empty: none)."""


@dataclass(frozen=True)
class ClaimFacts:
    """What claims are held against: the period, whom they must be for, the GWP set, the lines' activity."""

    start: dt.date
    end: dt.date
    claimant: frozenset[str]
    gwp: str
    own: Mapping[ClaimPool, Activity]


@dataclass(frozen=True, slots=True)
class ClaimPart:
    """The part of lines that a claim stands for."""

    claim: str
    part: Fraction


@dataclass(frozen=True, slots=True)
class Excess:
    """A claim that would displace more than there is: its id, what is left for it in the pool, in base units."""

    claim: str
    pool: ClaimPool
    left: Fraction


@dataclass(frozen=True)
class Claiming:
    """`verdicts` by claim, `parts` by pool and category, `excess` where claims are more than the activity."""

    verdicts: Mapping[str, tuple[Verdict, ...]]
    applied: tuple[LogisticsClaim, ...]
    refused: tuple[LogisticsClaim, ...]
    parts: Mapping[ClaimPool, Mapping[str, tuple[ClaimPart, ...]]] = field(default_factory=dict)
    excess: tuple[Excess, ...] = ()


def pools_of_claim(claim: LogisticsClaim) -> tuple[ClaimPool, ...]:
    """The pools it displaces the same activity in."""
    uses = EMITTER_USES if claim.use == "scope-1" else (claim.use,)
    return tuple(ClaimPool(use, claim.mode, claim.dimension) for use in uses)


def apply_claims(claims: Sequence[LogisticsClaim], facts: ClaimFacts) -> Claiming:
    """Claims that break a rule are applied to nothing; the others each displace their activity once, in whatever order."""
    verdicts = {one.id: tuple(rule(one, facts) for rule in RULES) for one in claims}
    kept = [one for one in claims if all(verdict.outcome is Outcome.KEPT for verdict in verdicts[one.id])]
    pools: dict[ClaimPool, list[LogisticsClaim]] = {}
    for one in kept:
        for pool in pools_of_claim(one):
            pools.setdefault(pool, []).append(one)
    parts: dict[ClaimPool, dict[str, tuple[ClaimPart, ...]]] = {}
    excess: list[Excess] = []
    for pool, group in sorted(pools.items()):
        parts[pool], over = _spread(pool, group, facts.own[pool])
        excess += over
    ids = {one.id for one in kept}  # ids, because models are compared field by field
    refused = tuple(one for one in claims if one.id not in ids)
    return Claiming(verdicts, tuple(kept), refused, parts, tuple(excess))


def _spread(
    pool: ClaimPool, claims: Sequence[LogisticsClaim], own: Activity
) -> tuple[dict[str, tuple[ClaimPart, ...]], list[Excess]]:
    """Claims bound to a category take their part of its lines, the others of what is left of all, in one proportion."""
    excess: list[Excess] = []
    left = dict(own)
    for one in claims:
        if one.toc is not None:
            if one.base > left[one.toc]:
                excess.append(Excess(one.id, pool, left[one.toc]))
            left[one.toc] = max(_NONE, left[one.toc] - one.base)
    free = rest = sum(left.values(), _NONE)
    for one in claims:
        if one.toc is None:
            if one.base > rest:
                excess.append(Excess(one.id, pool, rest))
            rest = max(_NONE, rest - one.base)
    if excess:
        return {}, excess
    return {
        toc: tuple(
            ClaimPart(one.id, part) for one in claims if (part := _part(one, toc, activity, left[toc], free))
        )
        for toc, activity in own.items()
    }, []


def _part(claim: LogisticsClaim, toc: str, activity: Fraction, left: Fraction, free: Fraction) -> Fraction:
    if not activity:
        return _NONE
    if claim.toc is not None:
        return claim.base / activity if claim.toc == toc else _NONE
    return claim.base / free * left / activity if free else _NONE


def row_of(claim: LogisticsClaim) -> Row | None:
    """The row of section 9 that allows it: a claim, or of an LSP a claim that it may book again."""
    role = Role(Role.of(claim.role))
    for act in (Act.CLAIM, Act.REBOOK):
        try:
            return row_for(role, act, claim.a_material)
        except LogisticsError:
            continue
    return None


def has_a_row_of_the_table(claim: LogisticsClaim, _: ClaimFacts) -> Verdict:
    """Section 9: this role may claim this."""
    row = row_of(claim)
    told = f"{row.clause}" if row else f"a {claim.role} may not claim {claim.material}"
    return _verdict("has-a-row-of-the-table", "section 9", kept=row is not None, told=told)


def is_claimed_for_the_claimant(claim: LogisticsClaim, facts: ClaimFacts) -> Verdict:
    """Section 11: a profile is its claimant's, nobody else's."""
    kept = claim.claimant in facts.claimant
    told = f"claimed {claim.claimed} in {claim.registry} for {claim.claimant}"
    if not kept:
        told = f"claimed for {claim.claimant}, not for {', '.join(sorted(facts.claimant))}"
    return _verdict("is-claimed-for-the-claimant", "section 11", kept=kept, told=told)


def is_claimed_for_the_period(claim: LogisticsClaim, facts: ClaimFacts) -> Verdict:
    """Section 11: it displaces activity of the reporting period, all of it."""
    kept = facts.start <= claim.used_from and claim.used_to <= facts.end
    told = f"for activity of {claim.used_from} to {claim.used_to}"
    if not kept:
        told += f", not within {facts.start} to {facts.end}"
    return _verdict("is-claimed-for-the-period", "section 11", kept=kept, told=told)


def is_of_close_vintage(claim: LogisticsClaim, _: ClaimFacts) -> Verdict:
    """Section 8: claimed within the months that its row counts from the booking."""
    row, told, kept = row_of(claim), "no row that sets a window", False
    if row is not None:
        try:
            row.check_vintage(claim.claimed, claim.booked)
            kept, told = (
                True,
                f"booked {claim.booked}, claimed {claim.claimed}, until {row.last_day(claim.booked)}",
            )
        except LogisticsError as error:
            told = str(error)
    return _verdict("is-of-close-vintage", "section 8", kept=kept, told=told)


def is_additional(claim: LogisticsClaim, _: ClaimFacts) -> Verdict:
    """Section 6: what is generated indirectly goes beyond what regulation requires, and says so."""
    row = row_of(claim)
    kept, told = True, "generated directly: need not be additional"
    if row is None or row.additionality:
        kept = claim.additionality is not None and claim.not_additional < 1
        told = claim.additionality or "no additionality statement"
        if claim.not_additional == 1:
            told = "regulation requires all of it"
    return _verdict("is-additional", "section 6", kept=kept, told=told)


def has_own_activity_in_its_mode(claim: LogisticsClaim, facts: ClaimFacts) -> Verdict:
    """Section 7: a LETS never leaves its mode, nor its category where one was set."""
    for pool in pools_of_claim(claim):
        own = facts.own.get(pool, {})
        what = f"{claim.toc}, {claim.mode}" if claim.toc is not None else claim.mode
        activity = own.get(claim.toc, _NONE) if claim.toc is not None else sum(own.values(), _NONE)
        if not activity:
            told = f"no lines of {what} in {pool.use} that count {pool.dimension}"
            return _verdict("has-own-activity-in-its-mode", "section 7", kept=False, told=told)
    return _verdict("has-own-activity-in-its-mode", "section 7", kept=True, told=f"{claim.mode}, {claim.use}")


def is_in_the_same_gwp_set(claim: LogisticsClaim, facts: ClaimFacts) -> Verdict:
    """Section 10, note 16: one GWP set, stated."""
    kept = claim.gwp == facts.gwp
    told = claim.gwp if kept else f"{claim.gwp}, the inventory is in {facts.gwp}"
    return _verdict("is-in-the-same-gwp-set", "section 10", kept=kept, told=told)


RULES: tuple[Callable[[LogisticsClaim, ClaimFacts], Verdict], ...] = (
    has_a_row_of_the_table,
    is_claimed_for_the_claimant,
    is_claimed_for_the_period,
    is_of_close_vintage,
    is_additional,
    has_own_activity_in_its_mode,
    is_in_the_same_gwp_set,
)


def _verdict(rule: str, clause: str, *, kept: bool, told: str) -> Verdict:
    return Verdict(rule, clause, Outcome.KEPT if kept else Outcome.BROKEN, told)
