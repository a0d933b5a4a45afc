"""The use phase of a sold product: zero for its whole life, by certificates for years that have them, by credits held for the rest.

CarbonNeutral Protocol, 2.4.2: credits of the estimated emissions of years without certificates are held until certificates are
cancelled for them; at the end of the certification period the actual use is reconciled and enough of either is retired.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from cet.certificates.criteria import Outcome, Verdict
from cet.certificates.fields import Amount, Country, EnergyUnit, Ids
from cet.certificates.matching import Demand, match
from cet.factors.model import Frozen, Id, Words
from cet.quantities import exact_text, round_up, round_up_mg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NONE = Fraction(0)
_CLAUSE = "CarbonNeutral Protocol, 2.4.2"


class UsePhase(Frozen):
    """`[[use_phase]]`: a year of a sold product's use, for its whole life: zero by certificates, or by credits that are held."""

    product: Annotated[Id, Field(description="the product", examples=["kettle"])]
    year: Annotated[int, Field(ge=1990, le=2100, description="the year of use", examples=[2024])]
    country: Annotated[Country, Field(description="where it is used, ISO 3166 code", examples=["DE"])]
    quantity: Annotated[
        Amount, Field(description="energy all units are expected to use in it, as text", examples=["500"])
    ]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["MWh"])]
    actual: Annotated[Amount | None, Field(description="energy they did use, once known, as text")] = None
    factor: Annotated[Id, Field(description="the grid's factor there", examples=["own/grid"])]
    method: Annotated[
        Words, Field(description="data and assumptions", examples=["3 kWh a week, survey of 2023"])
    ]
    certificates: Annotated[
        Ids, Field(description="[[certificate]] entries with use 3.11 that may cover it")
    ] = ()
    held_t: Annotated[Amount | None, Field(description="credits held for it, t CO2e, as text")] = None
    retired_t: Annotated[Amount | None, Field(description="credits retired for it, t CO2e, as text")] = None
    terms: Annotated[
        Words | None,
        Field(description="where the product's terms say that certificates are cancelled on users' behalf"),
    ] = None


@dataclass(frozen=True, slots=True)
class UseYear:
    """A year of the product's life: energy as estimated, and as used once it is known, in Wh; `rate` is mg CO2e per Wh by the
    grid; `certificates` may be used for it; credits in mg CO2e."""

    year: int
    estimated: Fraction
    actual: Fraction | None
    rate: Fraction
    certificates: tuple[str, ...]
    held_mg: int = 0
    retired_mg: int = 0

    @property
    def energy(self) -> Fraction:
        """What was used, as far as it is known, else what is expected."""
        return self.estimated if self.actual is None else self.actual


@dataclass(frozen=True, slots=True)
class PlannedYear:
    """A year with what covers it. `location_mg` is without certificates, `market_mg` with them: what credits must stand for."""

    year: UseYear
    certified: Mapping[str, int]
    covered: Fraction
    location_mg: Fraction
    market_mg: Fraction

    @property
    def credits_mg(self) -> int:
        """Credits the year needs, in whole mg, rounded up."""
        return round_up_mg(self.market_mg)

    @property
    def kept_mg(self) -> int:
        """Credits held or retired for it."""
        return self.year.held_mg + self.year.retired_mg


@dataclass(frozen=True, slots=True)
class Escrow:
    """What becomes of the credits once all of the use is known: `due` must be retired, of which some are; the rest goes free."""

    due_mg: int
    retired_mg: int
    to_retire_mg: int
    short_mg: int
    released_mg: int


@dataclass(frozen=True, slots=True)
class UsePlan:
    """A product's life, year by year, and a verdict for every requirement. `escrow` is None while some use is an estimate.

    `judged` are the Quality Criteria of each certificate named for a year, by year and certificate.
    """

    product: str
    years: tuple[PlannedYear, ...]
    verdicts: tuple[Verdict, ...]
    left: Mapping[str, int]
    escrow: Escrow | None
    judged: Mapping[tuple[int, str], tuple[Verdict, ...]] = field(default_factory=dict)

    @property
    def location_mg(self) -> Fraction:
        """Without certificates."""
        return sum((one.location_mg for one in self.years), _NONE)

    @property
    def market_mg(self) -> Fraction:
        """With certificates, before credits."""
        return sum((one.market_mg for one in self.years), _NONE)


def plan(
    product: str,
    years: Sequence[UseYear],
    certificates: Mapping[str, int],
    rates: Mapping[str, Fraction],
    terms: str,
) -> UsePlan:
    """Covers the years in their order, each as far as can be; `rates` are mg CO2e per Wh of certificates that emit something.

    `certificates` are Wh by id, `terms` where users are told that certificates are cancelled on their behalf.
    """
    ordered = sorted(years, key=lambda one: one.year)
    demands = [Demand(one.year, round_up(one.energy), tuple(sorted(one.certificates))) for one in ordered]
    taken = match(demands, certificates)
    planned = tuple(_planned(one, taken, rates) for one in ordered)
    left = dict(certificates)
    for (_, name), watt_hours in taken.items():
        left[name] -= watt_hours
    escrow = _escrow(planned) if all(one.actual is not None for one in ordered) else None
    return UsePlan(product, planned, _verdicts(planned, terms), left, escrow)


def _planned(
    year: UseYear, taken: Mapping[tuple[object, str], int], rates: Mapping[str, Fraction]
) -> PlannedYear:
    certified = {
        name: watt_hours for (at, name), watt_hours in sorted(taken.items(), key=str) if at == year.year
    }
    rest, emitted = year.energy, _NONE
    for name, watt_hours in certified.items():
        used = min(rest, Fraction(watt_hours))
        rest -= used
        emitted += used * rates.get(name, _NONE)
    return PlannedYear(
        year, certified, year.energy - rest, year.energy * year.rate, rest * year.rate + emitted
    )


def _escrow(years: Sequence[PlannedYear]) -> Escrow:
    due = sum(one.credits_mg for one in years)
    retired, held = sum(one.year.retired_mg for one in years), sum(one.year.held_mg for one in years)
    wanted = max(0, due - retired)
    return Escrow(due, retired, min(wanted, held), max(0, wanted - held), max(0, held - wanted))


def _verdicts(years: Sequence[PlannedYear], terms: str) -> tuple[Verdict, ...]:
    numbers = [one.year.year for one in years]
    gaps = [year for year in range(numbers[0], numbers[-1] + 1) if year not in numbers] if numbers else []
    short = [one for one in years if one.credits_mg > one.kept_mg]
    wanting = ", ".join(
        f"{one.year.year}: {exact_text(Fraction(one.credits_mg - one.kept_mg, 10**9))} t" for one in short
    )
    whole = "every year is covered by certificates or credits"
    return (
        _verdict(
            "whole-life-is-planned",
            not gaps,
            "no year is left out",
            f"no use planned for {', '.join(map(str, gaps))}",
        ),
        _verdict("whole-life-is-zero", not short, whole, f"credits are missing, {wanting}"),
        _verdict("terms-disclose-cancellation", bool(terms), terms, "the product's terms do not say so"),
    )


def _verdict(rule: str, kept: object, told: str, otherwise: str) -> Verdict:
    return Verdict(rule, _CLAUSE, Outcome.KEPT if kept else Outcome.BROKEN, told if kept else otherwise)
