"""What `inventory.toml` says: who, when, which rules.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show; there is no other text.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
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
from cet.errors import CetError
from cet.factors.model import Id, Words
from cet.gases import GwpSet
from cet.inventory.base_year.sections import BaseYear
from cet.inventory.boundary.approach import Consolidation
from cet.inventory.boundary.entities import Entity, Holding
from cet.inventory.boundary.facilities import Facility
from cet.inventory.boundary.organisation import Organisation
from cet.inventory.boundary.placement import Boundary
from cet.inventory.chp import ChpOutput
from cet.inventory.completeness.sections import Exclusion, Plan, Relevance
from cet.inventory.evidence import Evidence
from cet.inventory.money import Deflator, Exchange
from cet.inventory.profiles.sections import Export
from cet.inventory.projected import Project
from cet.logistics.package_parts import LetsBooking, LogisticsClaim, Transport
from cet.quantities import parse_number, unit
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT, BasisUnit, Scope

MAX_PERIOD_DAYS = 366
_EPOCH = dt.date(1970, 1, 1)
_LAST_DAY = 65535
_DISTINCT_BYTES = 8  # 32 random bytes have fewer once in 2^120

BASIS_UNITS: dict[str, tuple[BasisUnit, str]] = {
    "energy": (BasisUnit.WATT_HOUR, "Wh"),
    "mass": (BasisUnit.GRAM, "g"),
    "freight": (BasisUnit.GRAM_KM, "g-km"),
    "container": (BasisUnit.TEU_M, "TEU-m"),
    "item": (BasisUnit.ITEM, "item"),
    "passenger": (BasisUnit.PASSENGER_M, "passenger-m"),
}
"""What a lot may be shared out by: a unit's dimension, the basis unit of the lot code, its name."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, ignored_types=(cached_property,))


class Period(_Frozen):
    """First and last day, both included."""

    start: Annotated[dt.date, Field(description="first day", examples=["2023-01-01"])]
    end: Annotated[dt.date, Field(description="last day, included", examples=["2023-12-31"])]

    @model_validator(mode="after")
    def _at_most_a_year_and_in_order(self) -> Period:
        if self.end < self.start:
            raise ValueError("ends before it starts; swap start and end")
        if (self.end - self.start).days >= MAX_PERIOD_DAYS:
            raise ValueError(f"longer than {MAX_PERIOD_DAYS} days; make one package per reporting year")
        if self.start < _EPOCH or (self.end - _EPOCH).days > _LAST_DAY:
            raise ValueError("outside 1970 to 2149; correct the dates")
        return self

    @property
    def years(self) -> range:
        """Every calendar year the period touches."""
        return range(self.start.year, self.end.year + 1)

    @property
    def first_day(self) -> int:
        """Days since 1970-01-01."""
        return (self.start - _EPOCH).days

    @property
    def last_day(self) -> int:
        """Days since 1970-01-01."""
        return (self.end - _EPOCH).days


def _gwp(value: object) -> GwpSet:
    if isinstance(value, str) and value in GwpSet.__members__:
        return GwpSet[value]
    raise ValueError('unknown GWP set; write "AR4", "AR5" or "AR6"')


def _consolidation(value: object) -> Consolidation:
    for choice in Consolidation:
        if choice.text == value:
            return choice
    raise ValueError("unknown approach; write " + ", ".join(choice.text for choice in Consolidation))


def _salt(value: object) -> bytes:
    if not isinstance(value, str) or not re.fullmatch(r"0x[0-9a-fA-F]{64}", value):
        raise ValueError("not 32 bytes of hexadecimal; write 0x and 64 random hexadecimal digits")
    salt = bytes.fromhex(value[2:])
    if len(set(salt)) < _DISTINCT_BYTES:
        raise ValueError(
            "not random; draw 32 random bytes, the salt keeps lines unguessable behind their root"
        )
    return salt


class Header(_Frozen):
    """`[inventory]`: who, when, which rules."""

    organisation: Annotated[
        Words, Field(description="who the inventory is of, by name", examples=["Example Works"])
    ]
    entity: Annotated[
        Id,
        Field(
            description="the id the registry enrolled; its keccak256 is the statement's entity",
            examples=["example-works"],
        ),
    ]
    period: Annotated[Period, Field(description="at most 366 days, both ends included")]
    gwp: Annotated[
        GwpSet,
        BeforeValidator(_gwp),
        WithJsonSchema({"type": "string", "enum": list(GwpSet.__members__)}),
        Field(
            description="the GWP set of the whole inventory: assessment report 4, 5 or 6 of the IPCC",
            examples=["AR5"],
        ),
    ]
    consolidation: Annotated[
        Consolidation,
        BeforeValidator(_consolidation),
        WithJsonSchema({"type": "string", "enum": [choice.text for choice in Consolidation]}),
        Field(description="how the organisational boundary is drawn", examples=["operational-control"]),
    ]
    salt: Annotated[
        bytes,
        BeforeValidator(_salt),
        WithJsonSchema({"type": "string", "pattern": "^0x[0-9a-fA-F]{64}$"}),
        Field(
            repr=False,
            description="32 random bytes that keep lines unguessable behind their Merkle root; keep it secret",
        ),
    ]


def _output_as_written(schema: dict[str, Any]) -> None:
    """An output is written as a quantity in a unit and held in the basis unit of its lot."""
    scopes = [text for text, scope in SCOPE_TEXT.items() if scope in (Scope.SCOPE_1, Scope.SCOPE_3)]
    categories = [name for text in scopes for name in CATEGORY_NAMES[SCOPE_TEXT[text]]]
    said = {
        "facility": {"description": "a facility's id", "examples": ["works"]},
        "scope": {"description": "1 or 3", "enum": scopes, "examples": ["1"]},
        "category": {"description": "the lot's category", "enum": categories, "examples": ["stationary"]},
        "quantity": {
            "format": "decimal",
            "description": "what it put out in the period, as text",
            "examples": ["400"],
        },
        "unit": {"description": "from the closed unit table", "examples": ["MWh"]},
    }
    schema["properties"] = {
        name: {"type": ["string", "integer"] if name in ("scope", "category") else "string", **said[name]}
        for name in said
    }
    for name in ("scope", "category"):
        schema["properties"][name]["enum"] = [
            *(choices := schema["properties"][name]["enum"]),
            *(int(one) for one in choices if one.isdigit()),
        ]
    schema["required"] = list(said)


class Output(_Frozen):
    """`[[output]]`: what a facility's lot is shared out by instead of by mass: what it made, hauled or carried."""

    model_config = ConfigDict(json_schema_extra=_output_as_written)

    facility: Id
    scope: Scope
    category: int
    basis: BasisUnit
    quantity: Fraction

    @model_validator(mode="before")
    @classmethod
    def _reads_as_a_whole(cls, data: Any) -> Any:
        if not isinstance(data, dict) or set(data) != {"facility", "scope", "category", "quantity", "unit"}:
            raise ValueError("incomplete; give facility, scope, category, quantity and unit, nothing else")
        if not all(isinstance(data[name], str) for name in ("quantity", "unit")):
            raise ValueError("quantity and unit are text; write them in quotes")
        scope = SCOPE_TEXT.get(str(data["scope"]))
        if scope not in (Scope.SCOPE_1, Scope.SCOPE_3):
            raise ValueError(
                "only lots of scope 1 and 3 have an output; a scope 2 lot is shared out by its consumption"
            )
        category = CATEGORY_NAMES[scope].get(str(data["category"]))
        if category is None:
            raise ValueError(f"no such category; one of {', '.join(CATEGORY_NAMES[scope])}")
        try:
            made, amount = unit(data["unit"]), parse_number(data["quantity"]).value
        except CetError as error:
            raise ValueError(str(error)) from error
        if made.dimension not in BASIS_UNITS:
            raise ValueError(
                f"{made.name} can't be an output; use energy, mass, freight, containers, passengers or items"
            )
        basis, base = BASIS_UNITS[made.dimension]
        quantity = amount * made.ratio / unit(base).ratio
        if quantity < 1:
            raise ValueError(f"less than one {base}; give what the facility put out in the period")
        values = {"scope": scope, "category": category, "basis": basis, "quantity": quantity}
        return {"facility": data["facility"], **values}

    @property
    def base_unit(self) -> tuple[str, str]:
        """The unit `quantity` is in, and its dimension."""
        return next((base, name) for name, (basis, base) in BASIS_UNITS.items() if basis is self.basis)


class Note(_Frozen):
    """`[[note]]`: a label shown wherever the package is shown."""

    text: Annotated[
        Words,
        Field(description="a label for readers", examples=["Refrigerant losses are screened, not weighed."]),
    ]


class Settings(_Frozen):
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
