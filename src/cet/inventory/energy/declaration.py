"""The declaration of each contractual instrument a market-based figure stands on (CarbonNeutral Protocol, 2.4.3, table 10)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.gases import Family
from cet.quantities import exact_text, ratio_between, unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.certificates import Certificate, Supply
    from cet.factors import Factor
    from cet.gases import GwpSet
    from cet.inventory.energy.result import EnergyResult
    from cet.inventory.settings import Settings

_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Declaration:
    """An instrument as declared. Wh are exact; `rate` is mg CO2e per Wh, which is kg per MWh, `biogenic` mg of biogenic CO2
    beside it; None where the instrument has no factor of its own. `used_for` says which pools it stands for."""

    id: str
    instrument: str
    system: str
    certificates: str
    technology: str
    location: str
    vintage: str
    declared: Fraction | None
    applied: Fraction
    rate: Fraction
    biogenic: Fraction
    factor: str
    beneficiary: str
    cancelled: str
    used_for: tuple[str, ...]
    label: str = ""
    signatory: str = ""
    signature: str = ""

    def fields(self) -> dict[str, str]:
        """What is signed and hashed: every value as text, exact."""
        return {
            "id": self.id,
            "instrument": self.instrument,
            "system": self.system,
            "certificates": self.certificates,
            "technology": self.technology,
            "location": self.location,
            "vintage": self.vintage,
            "declaredWh": "" if self.declared is None else exact_text(self.declared),
            "appliedWh": exact_text(self.applied),
            "kgPerMWh": exact_text(self.rate),
            "biogenicKgPerMWh": exact_text(self.biogenic),
            "factor": self.factor,
            "beneficiary": self.beneficiary,
            "cancelled": self.cancelled,
            "usedFor": "; ".join(self.used_for),
            "label": self.label,
            "signatory": self.signatory,
        }


def declarations(result: EnergyResult, settings: Settings) -> tuple[Declaration, ...]:
    """Certificates, contracts, and suppliers' factors that lines name, in the order of their ids; what was not applied too."""
    return tuple(_Declaring(result, settings).all())


class _Declaring:
    def __init__(self, result: EnergyResult, settings: Settings) -> None:
        self._result = result
        self._settings = settings
        self._gwp = settings.header.gwp
        self._factors = {factor.id: factor for factor in result.factors}
        self._applied: dict[tuple[str, str], Fraction] = {}
        self._used_for: dict[tuple[str, str], list[str]] = {}
        for pool in result.pools:
            for part in pool.parts:
                place = ("certificate" if part.kind == "certificate" else "other", part.instrument)
                self._applied[place] = self._applied.get(place, _NONE) + part.watt_hours
                self._used_for.setdefault(place, []).append(str(pool.key))

    def all(self) -> Iterator[Declaration]:
        application = self._result.application
        for certificate in sorted(self._settings.certificates, key=lambda one: one.id):
            yield self._certificate(certificate)
        for supply in application.supplies.values():
            yield self._supply(supply)
        for factor in self._result.factors:
            named = any(
                part.instrument == factor.id and part.kind == "supplier"
                for pool in self._result.pools
                for part in pool.parts
            )
            if named and factor.kind is FactorKind.SUPPLIER:
                yield self._rate(factor)

    def _certificate(self, one: Certificate) -> Declaration:
        by_supply = [use for use in self._result.application.uses if use.certificate == one.id and use.supply]
        applied = self._applied.get(("certificate", one.id), _NONE) + sum(use.watt_hours for use in by_supply)
        used_for = [
            *self._used_for.get(("certificate", one.id), []),
            *(f"{use.pool} by {use.supply}" for use in by_supply),
        ]
        for plan in self._result.use_plans:
            for year in plan.years:
                if watt_hours := year.certified.get(one.id, 0):
                    applied += watt_hours
                    used_for.append(f"use of {plan.product} in {year.year.year}")
        rate, biogenic = self._rates(one.factor)
        serials = (
            one.serial_first
            if one.serial_first == one.serial_last
            else f"{one.serial_first} to {one.serial_last}"
        )
        return Declaration(
            id=one.id,
            instrument=one.instrument,
            system=one.system,
            certificates=serials,
            technology=one.technology,
            location=f"{one.device}, {one.country}",
            vintage=f"{one.produced_from} to {one.produced_to}",
            declared=one.watt_hours,
            applied=applied,
            rate=rate,
            biogenic=biogenic,
            factor=one.factor or "",
            beneficiary=one.beneficiary,
            cancelled=one.cancelled.isoformat(),
            used_for=tuple(used_for),
            label=one.label or "",
            signatory=one.signatory or "",
            signature=one.signature or "",
        )

    def _supply(self, one: Supply) -> Declaration:
        rate, biogenic = self._rates(one.factor)
        period = self._settings.header.period
        return Declaration(
            id=one.id,
            instrument=one.instrument,
            system="",
            certificates=", ".join(one.certificates) or ("not named" if one.certificated else "none issued"),
            technology="",
            location=f"{one.supplier}, at {one.facility}",
            vintage=f"{period.start} to {period.end}",
            declared=one.watt_hours,
            applied=self._applied.get(("other", one.id), _NONE),
            rate=rate,
            biogenic=biogenic,
            factor=one.factor or "",
            beneficiary=self._settings.header.organisation,
            cancelled="",
            used_for=tuple(self._used_for.get(("other", one.id), [])),
            signatory=one.signatory or "",
            signature=one.signature or "",
        )

    def _rate(self, factor: Factor) -> Declaration:
        rate, biogenic = self._rates(factor.id)
        return Declaration(
            id=factor.id,
            instrument="supplier's rate of lines",
            system="",
            certificates="",
            technology="",
            location=f"{factor.pack.publisher}, {factor.geography}",
            vintage=str(factor.year),
            declared=None,
            applied=self._applied.get(("other", factor.id), _NONE),
            rate=rate,
            biogenic=biogenic,
            factor=factor.id,
            beneficiary=self._settings.header.organisation,
            cancelled="",
            used_for=tuple(self._used_for.get(("other", factor.id), [])),
        )

    def _rates(self, name: str | None) -> tuple[Fraction, Fraction]:
        factor = self._factors.get(name or "")
        return rates_of(factor, self._gwp) if factor is not None else (_NONE, _NONE)


def rates_of(factor: Factor, gwp: GwpSet) -> tuple[Fraction, Fraction]:
    """mg CO2e in scope, and mg of biogenic CO2, per Wh."""
    rate, biogenic = factor.co2e_mg or _NONE, _NONE
    for gas, mass in factor.components:
        if gas.family is Family.BIOGENIC_CO2:
            biogenic += mass
        elif gas.family is not Family.NON_KYOTO:
            rate += mass * gas.gwp(gwp)
    per = ratio_between(unit("Wh"), factor.unit)
    return rate * per, biogenic * per
