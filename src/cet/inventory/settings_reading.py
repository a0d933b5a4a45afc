"""`inventory.toml` read strictly: every problem at once, and as much as can be known in spite of them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from cet.certificates import (
    Certificate,
    Consumption,
    EnergyRules,
    Market,
    Network,
    ResidualMix,
    Supply,
    UsePhase,
    ZeroClaim,
)
from cet.errors import Finding
from cet.inventory.base_year.sections import BaseYear
from cet.inventory.boundary.checking import disagreements as boundary_disagreements
from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.facilities import Facility
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.chp import ChpOutput, disagreements, parts_of
from cet.inventory.completeness.sections import Exclusion, Plan, Relevance
from cet.inventory.composing import Conversions
from cet.inventory.energy.checking import energy_disagreements, use_disagreements
from cet.inventory.evidence import Evidence
from cet.inventory.folder import INVENTORY
from cet.inventory.header import Header
from cet.inventory.money import Deflator, Exchange
from cet.inventory.output import Output
from cet.inventory.profiles.sections import Export
from cet.inventory.projected import Project
from cet.inventory.projected import repeated as repeated_projects
from cet.inventory.settings import SECTIONS, Note, Settings
from cet.inventory.settings_remedies import settings_findings
from cet.inventory.transport.checking import transport_disagreements
from cet.logistics.package_parts import LetsBooking, LogisticsClaim, Transport

if TYPE_CHECKING:
    from cet.scopes import Scope

_Section = TypeVar("_Section", bound=BaseModel)


def parse_toml(text: str) -> tuple[dict[str, Any] | None, list[Finding]]:
    """The content of `inventory.toml`, decimals exact; None with a finding when it is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal), []
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return None, [Finding(INVENTORY, 0, "", "", f"not TOML: {error}", "correct the file's syntax")]


class PartialSettings:
    """What could be read of `inventory.toml`, so that the lines can be checked as far as possible all the same."""

    def __init__(self, data: dict[str, Any]) -> None:
        """`data` is the file's content, however it was written. `findings` holds everything wrong with it."""
        self.findings: list[Finding] = []
        self.header: Header | None = None
        self.facilities: tuple[Facility, ...] = ()
        self.every_facility_read = False
        self.evidence: tuple[Evidence, ...] | None = None
        self.conversions = Conversions(unread=True)
        self.projects: dict[str, Project] | None = None
        self.complete: Settings | None = None
        for name in sorted(set(data) - set(SECTIONS)):
            self._found(name, "", "unknown part", f"the parts are {', '.join(sorted(SECTIONS))}")
        if isinstance(header := data.get("inventory"), dict) and header:
            try:
                self.header = Header.model_validate(header)
            except ValidationError as error:
                self.findings += settings_findings(error, "inventory", Header)
        else:
            self._found(
                "inventory", "", "missing", "begin the file with [inventory] and say who, when, which rules"
            )
        before = len(self.findings)
        self.facilities = self._list(data, "facility", Facility)
        self.every_facility_read = len(self.findings) == before
        before = len(self.findings)
        entities = self._list(data, "entity", Entity)
        holdings = self._list(data, "holding", Holding)
        every_entity_read = len(self.findings) == before and self.header is not None
        outputs = self._list(data, "output", Output)
        exclusions = self._list(data, "exclusion", Exclusion)
        relevance = self._list(data, "relevance", Relevance)
        plans = self._list(data, "plan", Plan)
        exports = self._list(data, "export", Export)
        projects = self._projects(data)
        energy = self._energy(data)
        before_energy = len(self.findings)
        certificates = self._list(data, "certificate", Certificate)
        supplies = self._list(data, "supply", Supply)
        residual_mixes = self._list(data, "residual_mix", ResidualMix)
        networks = self._list(data, "network", Network)
        markets = self._list(data, "market", Market)
        consumptions = self._list(data, "consumption", Consumption)
        use_phases = self._list(data, "use_phase", UsePhase)
        zero_claims = self._list(data, "zero_claim", ZeroClaim)
        every_entry_read = len(self.findings) == before_energy
        transports, claims, bookings = self._transport(data, outputs)
        notes = self._list(data, "note", Note)
        base_year = self._base_year(data)
        said = data.get("evidence", [])
        self.said_of_evidence: list[Any] = said if isinstance(said, list) else []
        before = len(self.findings)
        evidence = self._list(data, "evidence", Evidence)
        self.evidence = evidence if len(self.findings) == before else None
        before = len(self.findings)
        exchanges = self._list(data, "exchange", Exchange)
        deflators = self._list(data, "deflator", Deflator)
        chp = self._list(data, "chp", ChpOutput)
        for wrong in disagreements(chp):
            self._found("chp", *wrong)
        self.conversions = Conversions(exchanges, deflators, parts_of(chp), len(self.findings) > before)
        self._check_references(outputs, exclusions)
        self._check_reporting(relevance, exports)
        if every_entry_read and self.every_facility_read:
            known = [facility.id for facility in self.facilities]
            told_of_energy = (
                *energy_disagreements(
                    energy, certificates, supplies, residual_mixes, networks, consumptions, known
                ),
                *use_disagreements(use_phases, zero_claims, certificates, supplies, known),
            )
            for told in told_of_energy:
                self._found(*told)
        if self.header is not None and every_entity_read:
            organisation = Organisation(self.header.entity, entities, holdings)
            declared, whole = [output.facility for output in outputs], self.every_facility_read
            for told in boundary_disagreements(
                organisation, self.facilities, declared, every_facility_read=whole
            ):
                self._found(*told)
        if self.header is not None and not self.findings:
            self.complete = Settings(
                header=self.header,
                facilities=self.facilities,
                outputs=outputs,
                exclusions=exclusions,
                notes=notes,
                evidence=evidence,
                exchanges=exchanges,
                deflators=deflators,
                chp=chp,
                entities=entities,
                holdings=holdings,
                relevance=relevance,
                plans=plans,
                exports=exports,
                projects=projects,
                base_year=base_year,
                energy=energy,
                certificates=certificates,
                supplies=supplies,
                residual_mixes=residual_mixes,
                networks=networks,
                markets=markets,
                consumptions=consumptions,
                use_phases=use_phases,
                zero_claims=zero_claims,
                transports=transports,
                logistics_claims=claims,
                lets_bookings=bookings,
            )

    def _found(self, where: str, value: str, problem: str, remedy: str) -> None:
        self.findings.append(Finding(INVENTORY, 0, where, value, problem, remedy))

    def _projects(self, data: dict[str, Any]) -> tuple[Project, ...]:
        """The projects; known by id where every one could be read."""
        before = len(self.findings)
        found = self._list(data, "project", Project)
        if len(self.findings) == before:
            self.projects = {one.id: one for one in found}
        for twice in repeated_projects(found):
            self._found("project", twice, "project id used twice", "give every project its own id")
        return found

    def _list(self, data: dict[str, Any], name: str, model: type[_Section]) -> tuple[_Section, ...]:
        entries = data.get(name, [])
        if not isinstance(entries, list):
            self._found(name, "", "not a list", f"write [[{name}]] with two brackets")
            return ()
        read: list[_Section] = []
        for number, entry in enumerate(entries, start=1):
            try:
                read.append(model.model_validate(entry))
            except ValidationError as error:
                self.findings += settings_findings(error, f"{name} {number}", model)
        return tuple(read)

    def _transport(
        self, data: dict[str, Any], outputs: tuple[Output, ...]
    ) -> tuple[tuple[Transport, ...], tuple[LogisticsClaim, ...], tuple[LetsBooking, ...]]:
        before = len(self.findings)
        transports = self._list(data, "transport", Transport)
        claims = self._list(data, "logistics_claim", LogisticsClaim)
        bookings = self._list(data, "lets_booking", LetsBooking)
        if len(self.findings) == before:
            # An output that could not be read may be the one that a booking is split from.
            every_output_read = not any(one.column.startswith("output") for one in self.findings)
            told_of = bookings if every_output_read else ()
            for told in transport_disagreements(transports, claims, told_of, outputs):
                self._found(*told)
        return transports, claims, bookings

    def _energy(self, data: dict[str, Any]) -> EnergyRules:
        try:
            return EnergyRules.model_validate(data.get("energy", {}))
        except ValidationError as error:
            self.findings += settings_findings(error, "energy", EnergyRules)
            return EnergyRules()

    def _base_year(self, data: dict[str, Any]) -> BaseYear | None:
        said = data.get("base_year")
        if said is None:
            return None
        try:
            found = BaseYear.model_validate(said)
        except ValidationError as error:
            self.findings += settings_findings(error, "base_year", BaseYear)
            return None
        if self.header is not None and found.start > self.header.period.start:
            remedy = "a base year is the inventory's own year or an earlier one"
            self._found("base_year.start", found.start.isoformat(), "after the inventory's period", remedy)
        return found

    def _check_references(self, outputs: tuple[Output, ...], exclusions: tuple[Exclusion, ...]) -> None:
        ids = [facility.id for facility in self.facilities]
        if not ids and not self.findings:
            self._found("facility", "", "no facilities", "describe at least one with [[facility]]")
        for repeated in sorted({one for one in ids if ids.count(one) > 1}):
            self._found("facility", repeated, "facility id used twice", "give every facility its own id")
        seen: set[tuple[str, Scope, int]] = set()
        for output in outputs:
            if self.every_facility_read and output.facility not in ids:
                self._found("output", output.facility, "unknown facility", "use the id of a [[facility]]")
            lot = (output.facility, output.scope, output.category)
            if lot in seen:
                self._found("output", output.facility, "two outputs for one lot", "give one output per lot")
            seen.add(lot)
        paths = [exclusion.category for exclusion in exclusions]
        for repeated in sorted({one for one in paths if paths.count(one) > 1}):
            self._found("exclusion", repeated, "excluded twice", "give one reason per category")

    def _check_reporting(self, relevance: tuple[Relevance, ...], exports: tuple[Export, ...]) -> None:
        tested = [one.category for one in relevance]
        for repeated in sorted({one for one in tested if tested.count(one) > 1}):
            self._found("relevance", repeated, "tested twice", "keep one test per category")
        ids = {facility.id for facility in self.facilities}
        for export in exports if self.every_facility_read else ():
            if export.facility not in ids:
                self._found("export", export.facility, "unknown facility", "use the id of a [[facility]]")
