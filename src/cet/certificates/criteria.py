"""The Scope 2 Quality Criteria as rules, each named as the sentence it checks, each with its verdict and reason.

Scope 2 Guidance, table 7.1 (the CarbonNeutral Protocol, 2.4.1, requires them of every contractual instrument): criteria 1 to 5
of all, 6 of supplier-specific rates, 7 of contracts, 8 of what is left uncovered. Pure functions of the instrument and of facts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from cet.certificates.certificate import serial_parts
from cet.certificates.terms import emits_nothing
from cet.quantities.months import months_after

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cet.certificates.certificate import Certificate
    from cet.certificates.supply import Supply
    from cet.certificates.terms import Markets, Window

HOMEWORKING_MARKETS = frozenset({"north-america"})
"""Markets whose certificates may cross a border for homeworking (CarbonNeutral Protocol, 2.4.2: North American certificates
for US employees); elsewhere the certificate's country is the employee's."""


_DAY = dt.timedelta(days=1)


class Outcome(Enum):
    """Of a rule: kept, broken, or open because something was not said."""

    KEPT = "kept"
    BROKEN = "broken"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which rule, what came of it, and why."""

    rule: str
    clause: str
    outcome: Outcome
    told: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What instruments are held against: the period, whom they must be for, where energy was used, the other instruments.

    `countries` are the countries in which energy of a use and carrier was consumed, `places` the markets; `overlapping` the
    entries that share a serial with each.
    """

    start: dt.date
    end: dt.date
    claimant: frozenset[str]
    facilities: frozenset[str]
    places: Mapping[tuple[str, str], frozenset[str]]
    countries: Mapping[tuple[str, str], frozenset[str]]
    markets: Markets
    window: Window
    matching: str
    certificates: Mapping[str, Certificate] = field(default_factory=dict)
    supplies: tuple[Supply, ...] = ()
    overlapping: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def conveys_the_emission_rate(certificate: Certificate, _: Facts) -> Verdict:
    """Criterion 1: it conveys the direct emission rate of what it certifies."""
    if certificate.factor is not None:
        told = f"direct emissions by {certificate.factor}"
    elif emits_nothing(certificate.technology):
        told = f"{certificate.technology}: no direct emissions"
    else:
        return _verdict("conveys-the-emission-rate", 1, kept=False, told="no emission rate")
    return _verdict("conveys-the-emission-rate", 1, kept=True, told=told)


def is_the_only_claim(certificate: Certificate, facts: Facts) -> Verdict:
    """Criterion 2: nothing else claims the same energy: no other entry has its serials, no two contracts name it."""
    others = facts.overlapping.get(certificate.id, ())
    named = [one.id for one in facts.supplies if certificate.id in one.certificates]
    if others:
        told = f"serials {certificate.serial_first} to {certificate.serial_last} also in {', '.join(sorted(others))}"
    elif len(named) > 1:
        told = f"named by {' and '.join(sorted(named))}"
    else:
        return _verdict("is-the-only-claim", 2, kept=True, told="serials once")
    return _verdict("is-the-only-claim", 2, kept=False, told=told)


def is_cancelled_for_the_claimant(certificate: Certificate, facts: Facts) -> Verdict:
    """Criterion 3: tracked, and cancelled on the claimant's behalf for consumption in the period."""
    kept = False
    strangers = [site for site in certificate.sites if site not in facts.facilities]
    if certificate.beneficiary not in facts.claimant:
        told = f"cancelled for {certificate.beneficiary}, not for {', '.join(sorted(facts.claimant))}"
    elif strangers:
        told = f"cancelled for {', '.join(strangers)}, no facility of the claimant"
    elif certificate.used_to < facts.start or certificate.used_from > facts.end:
        told = f"cancelled for consumption {certificate.used_from} to {certificate.used_to}, not for {facts.start} to {facts.end}"
    else:
        kept = True
        told = f"cancelled {certificate.cancelled} in {certificate.system} for {certificate.beneficiary}"
    return _verdict("is-cancelled-for-the-claimant", 3, kept=kept, told=told)


def is_of_close_vintage(certificate: Certificate, facts: Facts) -> Verdict:
    """Criterion 4: produced as close as possible to the consumption: in the window, the same month, the same hour."""
    first, last = certificate.produced_from, certificate.produced_to
    told = f"produced {first} to {last}"
    if facts.matching == "annual":
        opens, closes = window_of(facts)
        kept = opens <= first and last <= closes
        told += f", window {opens} to {closes}"
    elif facts.matching == "monthly":
        kept = (first.year, first.month) == (last.year, last.month)
        told += (
            ", within one month"
            if kept
            else ", in more than one month; monthly matching needs one entry a month"
        )
    else:
        kept = certificate.hour is not None
        told += (
            f", hour {certificate.hour}"
            if kept
            else ", hour unknown; hourly matching needs hourly certificates"
        )
    if kept and facts.matching != "annual" and (first < facts.start or last > facts.end):
        kept, told = False, f"{told}, outside the period"
    if (
        kept
        and facts.matching != "annual"
        and not certificate.used_from <= first <= last <= certificate.used_to
    ):
        kept, told = (
            False,
            f"{told}, cancelled for consumption {certificate.used_from} to {certificate.used_to}",
        )
    return _verdict("is-of-close-vintage", 4, kept=kept, told=told)


def is_of_the_same_market(certificate: Certificate, facts: Facts) -> Verdict:
    """Criterion 5: from the market, or network, in which the energy is used; homeworking: from the employee's country."""
    market = market_of(certificate, facts)
    place = (certificate.use, certificate.carrier)
    used = facts.places.get(place, frozenset())
    kept = market in used
    told = (
        f"market {market}"
        if kept
        else f"market {market}, {certificate.carrier} used in {', '.join(sorted(used)) or 'none'}"
    )
    if kept and certificate.use == "3.7" and market not in HOMEWORKING_MARKETS:
        at_home = facts.countries.get(place, frozenset())
        kept = certificate.country in at_home
        told = f"from {certificate.country}, employees in {', '.join(sorted(at_home))}"
    return _verdict("is-of-the-same-market", 5, kept=kept, told=told)


def rate_counts_certificates(supply: Supply, _: Facts) -> Verdict:
    """Criterion 6: a supplier's rate is of the energy it delivers, with certificates cancelled for its customers counted."""
    name = "rate-counts-certificates"
    if supply.counts_certificates is None:
        return Verdict(
            name, _clause(6), Outcome.OPEN, f"{supply.supplier} has not said whether certificates are counted"
        )
    told = (
        "of delivered energy, certificates counted"
        if supply.counts_certificates
        else "certificates sold apart are counted in it"
    )
    return _verdict(name, 6, kept=supply.counts_certificates, told=told)


def contract_conveys_the_attributes(supply: Supply, facts: Facts) -> Verdict:
    """Criterion 7: a contract conveys the attributes to the claimant alone; certificates there are, are cancelled for it."""
    name = "contract-conveys-the-attributes"
    if supply.certificated:
        return certificates_are_cancelled_for_it(supply, facts)
    if supply.attributes is None:
        return Verdict(
            name, _clause(7), Outcome.BROKEN, "not said whether the contract conveys the attributes"
        )
    told = (
        "the contract conveys them to the claimant alone"
        if supply.attributes
        else "the contract does not convey them"
    )
    return _verdict(name, 7, kept=supply.attributes, told=told)


def certificates_are_cancelled_for_it(supply: Supply, facts: Facts) -> Verdict:
    """Criterion 3 of generation that has certificates: it counts as far as those are cancelled on the claimant's behalf."""
    name = "certificates-are-cancelled-for-it"
    if not supply.certificated:
        return _verdict(name, 3, kept=True, told="no certificates were issued for it")
    missing = [one for one in supply.certificates if one not in facts.certificates]
    if not supply.certificates:
        return _verdict(
            name, 3, kept=False, told="certificated, and none of the certificates is named as cancelled"
        )
    if missing:
        return _verdict(name, 3, kept=False, told=f"no such certificates: {', '.join(missing)}")
    return _verdict(name, 3, kept=True, told=f"cancelled: {', '.join(supply.certificates)}")


def has_no_certificates_that_were_sold(supply: Supply, _: Facts) -> Verdict:
    """Generation behind the meter is zero only if no certificate was created, transferred or sold from it (Trace, electricity)."""
    kept = not supply.certificated
    told = (
        "no certificates were created from it"
        if kept
        else "certificates were created from it; cancel them for the claimant and enter them as [[certificate]]"
    )
    return _verdict("has-no-certificates-that-were-sold", 2, kept=kept, told=told)


def residual_mix_or_absence_is_told(mix: str, absence: str) -> Verdict:
    """Criterion 8: what no instrument covers takes the residual mix `mix`, or its `absence` is disclosed, in these words."""
    kept = bool(mix or absence)
    told = f"residual mix {mix}" if mix else absence or "neither a residual mix nor a word of its absence"
    return _verdict("residual-mix-or-absence-is-told", 8, kept=kept, told=told)


CERTIFICATE_RULES = (
    conveys_the_emission_rate,
    is_the_only_claim,
    is_cancelled_for_the_claimant,
    is_of_close_vintage,
    is_of_the_same_market,
)
SUPPLY_RULES = {
    "on-site": (has_no_certificates_that_were_sold,),
    "ppa": (contract_conveys_the_attributes,),
    "allocation": (certificates_are_cancelled_for_it,),
    "supplier-rate": (rate_counts_certificates,),
    "default-tariff": (rate_counts_certificates,),
}


def judge_certificate(certificate: Certificate, facts: Facts) -> tuple[Verdict, ...]:
    """A verdict for every rule of certificates."""
    return tuple(rule(certificate, facts) for rule in CERTIFICATE_RULES)


def judge_supply(supply: Supply, facts: Facts) -> tuple[Verdict, ...]:
    """A verdict for every rule of that kind of instrument."""
    return tuple(rule(supply, facts) for rule in SUPPLY_RULES[supply.instrument])


def broken(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The first rule that is broken."""
    return next((one for one in verdicts if one.outcome is Outcome.BROKEN), None)


def overlapping(certificates: Iterable[Certificate]) -> dict[str, tuple[str, ...]]:
    """The entries of the same tracking system that share a serial with an entry, by its id; in O(n log n) plus what is found."""
    ranges: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
    for one in certificates:
        (prefix, first), (_, last) = serial_parts(one.serial_first), serial_parts(one.serial_last)
        span = (first, last) if first is not None and last is not None else (0, 0)
        ranges.setdefault((one.system, prefix), []).append((*span, one.id))
    found: dict[str, set[str]] = {}
    for entries in ranges.values():
        reaching: list[tuple[int, int, str]] = []
        for start, end, name in sorted(entries):
            reaching = [one for one in reaching if one[1] >= start]
            for _, _, other in reaching:
                found.setdefault(name, set()).add(other)
                found.setdefault(other, set()).add(name)
            reaching.append((start, end, name))
    return {name: tuple(sorted(others)) for name, others in found.items()}


def market_of(certificate: Certificate, facts: Facts) -> str:
    """The market, or network, a certificate may be used in."""
    return facts.markets.market(certificate.country, certificate.carrier, certificate.network or "")


def window_of(facts: Facts) -> tuple[dt.date, dt.date]:
    """First and last day of production that counts, with annual matching."""
    opens = months_after(facts.start - _DAY, -facts.window.before) + _DAY
    return opens, months_after(facts.end, facts.window.after)


def _verdict(rule: str, criterion: int, *, kept: bool, told: str) -> Verdict:
    return Verdict(rule, _clause(criterion), Outcome.KEPT if kept else Outcome.BROKEN, told)


def _clause(criterion: int) -> str:
    return f"Scope 2 Guidance, table 7.1, criterion {criterion}"
