"""What `inventory.toml` says, part by part: one table of them all.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show; there is no other text.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import (
    BaseModel,
    Field,
)

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
from cet.factors.model import Frozen, Words
from cet.inventory.base_year.sections import BaseYear
from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.facilities import Facility
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.boundary.placement import Boundary
from cet.inventory.chp import ChpOutput
from cet.inventory.completeness.sections import Exclusion, Plan, Relevance
from cet.inventory.evidence import Evidence
from cet.inventory.header import Header
from cet.inventory.money import Deflator, Exchange
from cet.inventory.output import Output
from cet.inventory.profiles.sections import Export
from cet.inventory.projected import Project
from cet.logistics.package_parts import LetsBooking, LogisticsClaim, Transport


class Note(Frozen):
    """`[[note]]`: a label shown wherever the package is shown."""

    text: Annotated[
        Words,
        Field(description="a label for readers", examples=["Refrigerant losses are screened, not weighed."]),
    ]


class Settings(Frozen):
    """All of `inventory.toml`."""

    header: Header
    facilities: tuple[Facility, ...]
    outputs: tuple[Output, ...]
    exclusions: tuple[Exclusion, ...]
    notes: tuple[Note, ...]
    evidence: tuple[Evidence, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    deflators: tuple[Deflator, ...] = ()
    chp: tuple[ChpOutput, ...] = ()
    entities: tuple[Entity, ...] = ()
    holdings: tuple[Holding, ...] = ()
    relevance: tuple[Relevance, ...] = ()
    plans: tuple[Plan, ...] = ()
    exports: tuple[Export, ...] = ()
    projects: tuple[Project, ...] = ()
    base_year: BaseYear | None = None
    energy: EnergyRules = EnergyRules()
    certificates: tuple[Certificate, ...] = ()
    supplies: tuple[Supply, ...] = ()
    residual_mixes: tuple[ResidualMix, ...] = ()
    networks: tuple[Network, ...] = ()
    markets: tuple[Market, ...] = ()
    consumptions: tuple[Consumption, ...] = ()
    use_phases: tuple[UsePhase, ...] = ()
    zero_claims: tuple[ZeroClaim, ...] = ()
    transports: tuple[Transport, ...] = ()
    logistics_claims: tuple[LogisticsClaim, ...] = ()
    lets_bookings: tuple[LetsBooking, ...] = ()

    @cached_property
    def boundary(self) -> Boundary:
        """Who belongs to the reporting entity, and where each facility is reported under which approach."""
        organisation = Organisation(self.header.entity, self.entities, self.holdings)
        return Boundary(organisation, self.facilities)


class Section(NamedTuple):
    """A part of inventory.toml: the field of `Settings` that holds it, its model, and whether there may be many."""

    field: str
    model: type[BaseModel]
    many: bool = True


SECTIONS: dict[str, Section] = {
    "inventory": Section("header", Header, many=False),
    "facility": Section("facilities", Facility),
    "entity": Section("entities", Entity),
    "holding": Section("holdings", Holding),
    "output": Section("outputs", Output),
    "exchange": Section("exchanges", Exchange),
    "deflator": Section("deflators", Deflator),
    "chp": Section("chp", ChpOutput),
    "exclusion": Section("exclusions", Exclusion),
    "relevance": Section("relevance", Relevance),
    "plan": Section("plans", Plan),
    "export": Section("exports", Export),
    "project": Section("projects", Project),
    "base_year": Section("base_year", BaseYear, many=False),
    "energy": Section("energy", EnergyRules, many=False),
    "certificate": Section("certificates", Certificate),
    "supply": Section("supplies", Supply),
    "residual_mix": Section("residual_mixes", ResidualMix),
    "network": Section("networks", Network),
    "market": Section("markets", Market),
    "consumption": Section("consumptions", Consumption),
    "use_phase": Section("use_phases", UsePhase),
    "zero_claim": Section("zero_claims", ZeroClaim),
    "transport": Section("transports", Transport),
    "logistics_claim": Section("logistics_claims", LogisticsClaim),
    "lets_booking": Section("lets_bookings", LetsBooking),
    "note": Section("notes", Note),
    "evidence": Section("evidence", Evidence),
}
"""Every part by its name in the file. Reading, templates, workbook sheets and the JSON Schema all go by this table."""
