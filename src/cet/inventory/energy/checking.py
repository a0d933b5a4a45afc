"""What a package's parts about energy must agree on among themselves and with the facilities."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cet.certificates import overlapping
from cet.errors import CetError, Finding, UnknownFactorError
from cet.factors import FactorKind
from cet.inventory.folder import INVENTORY
from cet.quantities import ratio_between, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cet.certificates import (
        Certificate,
        Consumption,
        EnergyRules,
        Network,
        ResidualMix,
        Supply,
        UsePhase,
        ZeroClaim,
    )
    from cet.factors import FactorStore
    from cet.inventory.settings import Settings

Told = tuple[str, str, str, str]
"""Place, value, problem and remedy."""

_FACILITY = "use the id of a [[facility]]"
_OWN_ID = "give every entry its own id"


def energy_disagreements(
    rules: EnergyRules,
    certificates: Sequence[Certificate],
    supplies: Sequence[Supply],
    mixes: Sequence[ResidualMix],
    networks: Sequence[Network],
    consumptions: Sequence[Consumption],
    facilities: Sequence[str],
) -> Iterator[Told]:
    """Ids used twice, serials entered twice, facilities and certificates that there are not."""
    for facility in rules.first:
        if facility not in facilities:
            yield "energy.first", facility, "unknown facility", _FACILITY
    yield from _certificates(certificates)
    yield from _supplies(supplies, {one.id for one in certificates}, facilities)
    yield from _twice("residual_mix", "geography", [one.geography for one in mixes], "keep one a place")
    places = [f"{one.facility} {one.carrier}" for one in networks]
    yield from _twice("network", "facility", places, "a facility takes each carrier from one network")
    yield from _unknown("network", [one.facility for one in networks], facilities)
    yield from _unknown("consumption", [one.facility for one in consumptions], facilities)
    times = [f"{one.facility} {one.use} {one.carrier} {one.day} {one.hour}" for one in consumptions]
    yield from _twice("consumption", "day", times, "keep one entry for a facility, use, carrier and time")


def use_disagreements(
    use_phases: Sequence[UsePhase],
    zero_claims: Sequence[ZeroClaim],
    certificates: Sequence[Certificate],
    supplies: Sequence[Supply],
    facilities: Sequence[str],
) -> Iterator[Told]:
    """Years planned twice, certificates that there are not, or that a contract and a product's use both name."""
    known = {one.id for one in certificates}
    supplied = {name: one.id for one in supplies for name in one.certificates}
    years = [f"{one.product} {one.year}" for one in use_phases]
    yield from _twice("use_phase", "year", years, "keep one entry for a product and year")
    for number, one in enumerate(use_phases, start=1):
        for name in one.certificates:
            place = f"use_phase {number}.certificates"
            if name not in known:
                yield place, name, "no such certificate", "use the id of a [[certificate]]"
            elif name in supplied:
                yield (
                    place,
                    name,
                    f"named by the supply {supplied[name]} too",
                    "let a certificate stand for one thing",
                )
    yield from _twice("zero_claim", "id", [one.id for one in zero_claims], _OWN_ID)
    yield from _unknown("zero_claim", [one.facility for one in zero_claims], facilities)


def _certificates(certificates: Sequence[Certificate]) -> Iterator[Told]:
    yield from _twice("certificate", "id", [one.id for one in certificates], _OWN_ID)
    clashes = overlapping(certificates)
    for number, one in enumerate(certificates, start=1):
        if others := clashes.get(one.id):
            problem = f"serials that are also in {', '.join(others)}: one energy claimed twice (Quality Criterion 2)"
            remedy = (
                f"keep one entry for each serial of {one.system}; the same export may have been read twice"
            )
            yield f"certificate {number}.serial_first", one.serial_first, problem, remedy
    given: dict[tuple[str, str], str] = {}
    for number, one in enumerate(certificates, start=1):
        if one.contract is None or one.cancellation is None:
            continue
        first = given.setdefault((one.contract.lower(), one.cancellation.lower()), one.id)
        if first != one.id:
            problem = f"the cancellation of {first}"
            yield (
                f"certificate {number}.cancellation",
                one.cancellation,
                problem,
                "name each cancellation once",
            )


def _supplies(supplies: Sequence[Supply], known: set[str], facilities: Sequence[str]) -> Iterator[Told]:
    yield from _twice("supply", "id", [one.id for one in supplies], _OWN_ID)
    yield from _unknown("supply", [one.facility for one in supplies], facilities)
    for number, one in enumerate(supplies, start=1):
        for name in one.certificates:
            if name not in known:
                yield (
                    f"supply {number}.certificates",
                    name,
                    "no such certificate",
                    "use the id of a [[certificate]]",
                )
        if one.id in known:
            yield f"supply {number}.id", one.id, "the id of a certificate", _OWN_ID


def _twice(part: str, field: str, values: Sequence[str], remedy: str) -> Iterator[Told]:
    counts, seen = Counter(values), set()
    for number, value in enumerate(values, start=1):
        if counts[value] > 1 and value in seen:
            yield f"{part} {number}.{field}", value[:80], "twice", remedy
        seen.add(value)


def _unknown(part: str, named: Iterable[str], facilities: Sequence[str]) -> Iterator[Told]:
    known = set(facilities)
    for number, facility in enumerate(named, start=1):
        if facility not in known:
            yield f"{part} {number}.facility", facility, "unknown facility", _FACILITY


def factor_findings(settings: Settings, store: FactorStore) -> Iterator[Finding]:
    """Factors that there are not, or that are not per energy; a residual mix that is none."""
    named: dict[str, list[str | None]] = {
        "certificate": [one.factor for one in settings.certificates],
        "supply": [one.factor for one in settings.supplies],
        "residual_mix": [one.factor for one in settings.residual_mixes],
        "use_phase": [one.factor for one in settings.use_phases],
        "zero_claim": [one.factor for one in settings.zero_claims],
    }
    for part, factors in named.items():
        for number, name in enumerate(factors, start=1):
            if name is not None:
                yield from _factor(f"{part} {number}.factor", name, part, store)
    for number, network in enumerate(settings.networks, start=1):
        for burned in network.factors:
            yield from _factor(f"network {number}.factors", burned, "network", store)


def _factor(place: str, name: str, part: str, store: FactorStore) -> Iterator[Finding]:
    try:
        factor = store.get(name)
        ratio_between(unit("Wh"), factor.unit)
    except UnknownFactorError as error:
        yield Finding(INVENTORY, 0, place, name, error.problem, error.remedy)
        return
    except CetError as error:
        yield Finding(
            INVENTORY, 0, place, name, str(error).partition(";")[0], "choose a factor per unit of energy"
        )
        return
    if part == "residual_mix" and factor.kind is not FactorKind.RESIDUAL_MIX:
        problem = f"a factor of kind {factor.kind.value}, not a residual mix"
        remedy = "give one of kind residual-mix, or say with none that there is none: the grid average then stands for it"
        yield Finding(INVENTORY, 0, place, name, problem, remedy)
