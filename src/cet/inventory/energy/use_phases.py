"""The use phase of a package's products, planned year by year with the certificates that are named for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.certificates.criteria import Facts, broken, judge_certificate
from cet.certificates.fields import watt_hours
from cet.certificates.use_phase import UsePlan, UseYear, plan
from cet.certificates.zero_claims import judge_zero_claim
from cet.inventory.energy.declaration import rates_of
from cet.quantities import MG_PER_TONNE, round_down, round_down_mg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.certificates import Certificate, UsePhase
    from cet.certificates.criteria import Verdict
    from cet.factors import FactorStore
    from cet.inventory.settings import Settings

_NONE = Fraction(0)


def reserved(settings: Settings) -> frozenset[str]:
    """Certificates that are named for a product's use: they cover nothing else."""
    return frozenset(name for one in settings.use_phases for name in one.certificates)


def use_plans(settings: Settings, facts: Facts, store: FactorStore) -> tuple[UsePlan, ...]:
    """A plan for each product, by id."""
    known = {one.id: one for one in settings.certificates}
    found = []
    for product in sorted({one.product for one in settings.use_phases}):
        years = [one for one in settings.use_phases if one.product == product]
        judged = {(one.year, name): made for one in years for name, made in _judged(one, known, facts)}
        usable = {
            one.year: tuple(
                name for year, name in judged if year == one.year and broken(judged[year, name]) is None
            )
            for one in years
        }
        names = sorted({name for given in usable.values() for name in given})
        amounts = {name: round_down(known[name].watt_hours) for name in names}
        rates = {name: _rate(known[name].factor, settings, store) for name in names}
        terms = next((one.terms for one in years if one.terms), "")
        made = [_year(one, usable[one.year], settings, store) for one in years]
        found.append(replace(plan(product, made, amounts, rates, terms), judged=judged))
    return tuple(found)


def zero_claims(settings: Settings, store: FactorStore) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """Both verdicts of every claim made under another standard."""
    for one in settings.zero_claims:
        mg = watt_hours(one.quantity, one.unit) * _rate(one.factor, settings, store)
        yield one.id, judge_zero_claim(one, mg)


def _judged(
    one: UsePhase, known: Mapping[str, Certificate], facts: Facts
) -> Iterator[tuple[str, tuple[Verdict, ...]]]:
    """Every criterion of the certificates named for the year: its own year's vintage, its country's market, its users' behalf."""
    place = ("3.11", "electricity")
    market = facts.markets.market(one.country, "electricity", "")
    of_year = replace(
        facts,
        start=dt.date(one.year, 1, 1),
        end=dt.date(one.year, 12, 31),
        claimant=facts.claimant | {f"end users of {one.product}"},
        places={place: frozenset({market})},
        countries={place: frozenset({one.country})},
        matching="annual",
    )
    for name in sorted(set(one.certificates)):
        yield name, judge_certificate(known[name], of_year)


def _year(one: UsePhase, usable: tuple[str, ...], settings: Settings, store: FactorStore) -> UseYear:
    return UseYear(
        one.year,
        watt_hours(one.quantity, one.unit),
        None if one.actual is None else watt_hours(one.actual, one.unit),
        _rate(one.factor, settings, store),
        usable,
        round_down_mg((one.held_t or _NONE) * MG_PER_TONNE),
        round_down_mg((one.retired_t or _NONE) * MG_PER_TONNE),
    )


def _rate(name: str | None, settings: Settings, store: FactorStore) -> Fraction:
    return _NONE if name is None else rates_of(store.get(name), settings.header.gwp)[0]
