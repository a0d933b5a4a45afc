"""What a package says of its energy: certificates, contracts, residual mixes, networks, consumption by month or hour.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from cet.certificates.terms import emits_nothing, technologies
from cet.errors import CetError
from cet.factors.model import Geography, Id, Words
from cet.quantities import parse_number, round_down, unit

_SERIAL = re.compile(r"(?P<prefix>.*?)(?P<number>\d{1,30})", re.ASCII)
SERIAL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._/:+-]{0,99}$"
SIGNATURE_PATTERN = r"^0x[0-9a-fA-F]{130}$"
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Serial = Annotated[str, StringConstraints(pattern=SERIAL_PATTERN)]
Signature = Annotated[str, StringConstraints(pattern=SIGNATURE_PATTERN)]
Carrier = Literal["electricity", "steam", "heating", "cooling", "gas"]


def _listed(value: object) -> object:
    """TOML's lists are tuples here."""
    return tuple(value) if isinstance(value, list) else value


Ids = Annotated[tuple[Id, ...], BeforeValidator(_listed)]
Countries = Annotated[tuple[Country, ...], BeforeValidator(_listed)]


def _amount(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('not text; write the quantity in quotes, "120.5"')  # noqa: TRY004 - Pydantic wants ValueError
    try:
        found = parse_number(value).value
    except CetError as error:
        raise ValueError(str(error)) from error
    if found < 0:
        raise ValueError("negative; write how much it was, 0 or more")
    return found


Amount = Annotated[
    Fraction, BeforeValidator(_amount), WithJsonSchema({"type": "string", "format": "decimal"})
]


def _energy_unit(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no unit; write Wh, kWh, MWh or GJ")  # noqa: TRY004 - Pydantic wants ValueError
    try:
        dimension = unit(value).dimension
    except CetError as error:
        raise ValueError(str(error)) from error
    if dimension != "energy":
        raise ValueError(f"{value} is no unit of energy; write Wh, kWh, MWh or GJ")
    return value


EnergyUnit = Annotated[str, BeforeValidator(_energy_unit), WithJsonSchema({"type": "string"})]


def watt_hours(quantity: Fraction, name: str) -> Fraction:
    """A quantity of energy in watt-hours, exactly."""
    return quantity * unit(name).ratio / unit("Wh").ratio


def serial_parts(serial: str) -> tuple[str, int | None]:
    """A serial's text and the number it ends in; None where it ends in none."""
    found = _SERIAL.fullmatch(serial)
    return (found["prefix"], int(found["number"])) if found else (serial, None)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Certificate(_Frozen):
    """`[[certificate]]`: energy attribute certificates cancelled on the claimant's behalf, one serial range an entry.

    A folder may hold them in `certificates.csv` instead, with the same columns.
    """

    id: Annotated[Id, Field(description="the entry's own id", examples=["go-2021-1"])]
    instrument: Annotated[Words, Field(description="what the system calls it", examples=["GO"])]
    carrier: Annotated[Carrier, Field(description="what energy it is of", examples=["electricity"])]
    technology: Annotated[
        Annotated[str, WithJsonSchema({"type": "string", "enum": list(technologies())})],
        Field(description="how the energy was made", examples=["wind"]),
    ]
    device: Annotated[Words, Field(description="the plant, by name", examples=["Example wind farm"])]
    country: Annotated[Country, Field(description="where it was made, ISO 3166 code", examples=["DK"])]
    network: Annotated[
        Id | None,
        Field(description="gas, steam, heat, cold: the network it was fed into", examples=["gb-gas"]),
    ] = None
    produced_from: Annotated[dt.date, Field(description="first day of production", examples=["2023-01-01"])]
    produced_to: Annotated[dt.date, Field(description="last day of production", examples=["2023-03-31"])]
    hour: Annotated[
        int | None,
        Field(ge=0, le=23, description="hourly certificates: the hour it began in, UTC", examples=[13]),
    ] = None
    system: Annotated[Words, Field(description="the tracking system", examples=["EECS"])]
    serial_first: Annotated[Serial, Field(description="first serial", examples=["DK-2023-000001"])]
    serial_last: Annotated[
        Serial, Field(description="last serial, the same but its number", examples=["DK-2023-000500"])
    ]
    quantity: Annotated[Amount, Field(description="how much energy was cancelled, as text", examples=["500"])]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["MWh"])]
    factor: Annotated[
        Id | None,
        Field(
            description="the factor of its direct emissions; empty for wind, solar, hydro",
            examples=["own/biogas"],
        ),
    ] = None
    label: Annotated[Words | None, Field(description="a quality label", examples=["Green-e"])] = None
    beneficiary: Annotated[
        Words,
        Field(description="whom it was cancelled for: the entity's id or name", examples=["example-works"]),
    ]
    sites: Annotated[
        Ids,
        Field(description="the facilities it was cancelled for; empty: any of the beneficiary's"),
    ] = ()
    used_from: Annotated[dt.date, Field(description="first day of the consumption", examples=["2023-01-01"])]
    used_to: Annotated[dt.date, Field(description="last day of the consumption", examples=["2023-12-31"])]
    use: Annotated[
        Literal["scope-2", "3.3", "3.7", "3.11", "scope-1"],
        Field(description="what the energy was used for; scope-1 is gas burned", examples=["scope-2"]),
    ] = "scope-2"
    purpose: Annotated[
        Words, Field(description="the purpose the cancellation states", examples=["disclosure"])
    ]
    cancelled: Annotated[dt.date, Field(description="the day of the cancellation", examples=["2024-02-01"])]
    expires: Annotated[dt.date | None, Field(description="when the system lets it expire")] = None
    priority: Annotated[
        int, Field(ge=1, le=9999, description="1 is used first; what has none is used last", examples=[1])
    ] = 9999
    contract: Annotated[
        Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")] | None,
        Field(description="on a ledger: the certificates' contract"),
    ] = None
    cancellation: Annotated[
        Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{24}$")] | None,
        Field(description="on a ledger: the number of the cancellation, 0x and 24 digits"),
    ] = None
    signatory: Annotated[Words | None, Field(description="who declares it", examples=["Head of energy"])] = (
        None
    )
    signature: Annotated[Signature | None, Field(description="the declaration's EIP-712 signature")] = None

    @model_validator(mode="after")
    def _rate_is_known(self) -> Certificate:
        if self.technology not in technologies():
            raise ValueError(f"no such technology; one of {', '.join(technologies())}")
        if self.factor is None and not emits_nothing(self.technology):
            raise ValueError(
                f"{self.technology} without a factor; give the factor of its direct emissions, unknown is never zero"
            )
        return self

    @model_validator(mode="after")
    def _dates_are_in_order(self) -> Certificate:
        if self.produced_to < self.produced_from:
            raise ValueError("produced_to is before produced_from; swap them")
        if self.used_to < self.used_from:
            raise ValueError("used_to is before used_from; swap them")
        if self.hour is not None and self.produced_from != self.produced_to:
            raise ValueError("an hour of several days; hourly certificates are of one day")
        if self.cancelled < self.produced_from:
            raise ValueError("cancelled before it was produced; correct the dates")
        if self.expires is not None and self.expires < self.cancelled:
            raise ValueError("cancelled after it had expired; expired certificates can't be cancelled")
        return self

    @model_validator(mode="after")
    def _use_fits_the_carrier(self) -> Certificate:
        if (self.carrier == "gas") != (self.use == "scope-1"):
            raise ValueError("gas and scope-1 belong together; other energy is used in scope 2 or 3")
        if self.use.startswith("3") and self.carrier != "electricity":
            raise ValueError("scope 3 takes electricity certificates only; write scope-2")
        if self.carrier != "electricity" and self.network is None:
            raise ValueError(
                f"{self.carrier} without its network; only users of the same network can claim it"
            )
        if self.carrier == "electricity" and self.network is not None:
            raise ValueError(
                "a network for electricity; leave it out, electricity is claimed within its market"
            )
        if (self.contract is None) != (self.cancellation is None):
            raise ValueError("contract and cancellation belong together; give both or neither")
        return self

    @model_validator(mode="after")
    def _serials_are_a_range(self) -> Certificate:
        first, last = serial_parts(self.serial_first), serial_parts(self.serial_last)
        if self.serial_first != self.serial_last and (first[0] != last[0] or first[1] is None):
            raise ValueError("serials that differ in more than their last number; write one range an entry")
        if first[1] is not None and last[1] is not None and last[1] < first[1]:
            raise ValueError("serial_last is before serial_first; swap them")
        if round_down(self.watt_hours) != self.watt_hours or self.watt_hours < 1:
            raise ValueError("not whole watt-hours, or none; certificates are issued in whole watt-hours")
        return self

    @property
    def watt_hours(self) -> Fraction:
        """What was cancelled, in Wh."""
        return watt_hours(self.quantity, self.unit)


class Supply(_Frozen):
    """`[[supply]]`: a contract, a supplier's rate, an allocation or the site's own generation behind a facility's meters."""

    id: Annotated[Id, Field(description="the entry's own id", examples=["ppa-1"])]
    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    carrier: Annotated[
        Literal["electricity", "steam", "heating", "cooling"],
        Field(description="what energy", examples=["electricity"]),
    ]
    instrument: Annotated[
        Literal["on-site", "ppa", "allocation", "supplier-rate", "default-tariff"],
        Field(description="what it is; on-site is generation behind the meter", examples=["supplier-rate"]),
    ]
    quantity: Annotated[
        Amount | None, Field(description="how much, as text; empty: all that is left", examples=["120"])
    ] = None
    unit: Annotated[EnergyUnit | None, Field(description="a unit of energy", examples=["MWh"])] = None
    factor: Annotated[
        Id | None, Field(description="the factor of its emissions; on-site: none", examples=["own/supplier"])
    ] = None
    supplier: Annotated[Words, Field(description="who supplies it", examples=["Example Power"])]
    certificated: Annotated[
        bool,
        Field(description="whether certificates were issued for this generation, or are part of the product"),
    ]
    certificates: Annotated[
        Ids,
        Field(description="the [[certificate]] entries cancelled for it on the claimant's behalf"),
    ] = ()
    lot: Annotated[
        str | None,
        Field(
            pattern=r"^0x[89a-f][0-9a-f]{15}$",
            description="allocation: the key of the lot that was received on the ledger",
            examples=["0x8a51f0c2d3e4b596"],
        ),
    ] = None
    attributes: Annotated[
        bool | None,
        Field(description="ppa: whether the contract conveys the attributes, to the claimant alone"),
    ] = None
    counts_certificates: Annotated[
        bool | None,
        Field(description="supplier-rate: whether the rate is of delivered energy, certificates included"),
    ] = None
    signatory: Annotated[Words | None, Field(description="who declares it")] = None
    signature: Annotated[Signature | None, Field(description="the declaration's EIP-712 signature")] = None

    @model_validator(mode="after")
    def _hangs_together(self) -> Supply:
        if (self.quantity is None) != (self.unit is None):
            raise ValueError("quantity and unit belong together; give both, or neither for all that is left")
        if self.instrument in ("on-site", "ppa", "allocation") and self.quantity is None:
            raise ValueError(
                f"{self.instrument} without a quantity; only rates and tariffs cover all that is left"
            )
        if (self.instrument == "on-site") != (self.factor is None):
            raise ValueError(
                "on-site generation has no factor, and everything else needs one; its emissions are lines of scope 1"
            )
        if self.certificates and not self.certificated:
            raise ValueError("certificates of generation that has none; write certificated = true")
        if self.lot is not None and self.instrument != "allocation":
            raise ValueError(f"{self.instrument} with a lot; only an allocation was received as one")
        return self

    @property
    def watt_hours(self) -> Fraction | None:
        """How much, in Wh; None for all that is left."""
        return None if self.quantity is None or self.unit is None else watt_hours(self.quantity, self.unit)


class ResidualMix(_Frozen):
    """`[[residual_mix]]`: the factor of energy that no instrument covers in a place, or that none is published there."""

    geography: Annotated[Geography, Field(description="a country or a grid region of one", examples=["DE"])]
    factor: Annotated[
        Id | None, Field(description="a factor of kind residual-mix", examples=["own/residual-de"])
    ] = None
    none: Annotated[
        Words | None,
        Field(
            description="that none is published, and how it was looked for",
            examples=["No residual mix is published for AU"],
        ),
    ] = None

    @model_validator(mode="after")
    def _one_of_both(self) -> ResidualMix:
        if (self.factor is None) == (self.none is None):
            raise ValueError("factor and none; give the factor, or say that none is published")
        return self


class Network(_Frozen):
    """`[[network]]`: which network a facility takes gas, steam, heat or cold from; for gas, by which factors its lines burn it."""

    id: Annotated[Id, Field(description="the network's id", examples=["gb-gas"])]
    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    carrier: Annotated[
        Literal["gas", "steam", "heating", "cooling"], Field(description="what it carries", examples=["gas"])
    ]
    factors: Annotated[
        Ids,
        Field(description="gas: the factors of lines that burn it", examples=[["own/natural-gas"]]),
    ] = ()

    @model_validator(mode="after")
    def _gas_is_burned_by_lines(self) -> Network:
        if (self.carrier == "gas") != bool(self.factors):
            raise ValueError(
                "factors are for gas; name those of the lines that burn it, and none for other networks"
            )
        return self


class Market(_Frozen):
    """`[[market]]`: countries that certificates may be used across, where the shipped list is out of date; disclosed."""

    name: Annotated[Id, Field(description="the market's name", examples=["nordic"])]
    countries: Annotated[Countries, Field(min_length=1, description="ISO codes", examples=[["SE", "NO"]])]
    source: Annotated[Words, Field(description="who says so", examples=["RE100 Market boundary criteria"])]


class Consumption(_Frozen):
    """`[[consumption]]`: what a facility took in a month or an hour; a folder may hold them in `consumption.csv` instead.

    With monthly or hourly matching only: it says when the energy of the activity lines was used, and adds up to it.
    """

    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    carrier: Annotated[
        Carrier,
        Field(description="what energy", examples=["electricity"]),
    ]
    use: Annotated[
        Literal["scope-2", "3.3", "3.7", "3.11", "scope-1"],
        Field(
            description="what for, as certificates say it; losses without times of their own follow scope-2"
        ),
    ] = "scope-2"
    day: Annotated[dt.date, Field(description="the day, or any day of the month", examples=["2023-01-01"])]
    hour: Annotated[
        int | None, Field(ge=0, le=23, description="the hour it began in, UTC", examples=[13])
    ] = None
    quantity: Annotated[Amount, Field(description="how much, as text", examples=["41.5"])]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["kWh"])]

    @model_validator(mode="after")
    def _use_fits_the_carrier(self) -> Consumption:
        if (self.carrier == "gas") != (self.use == "scope-1"):
            raise ValueError("gas and scope-1 belong together; other energy is used in scope 2 or 3")
        return self


class UsePhase(_Frozen):
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


class ZeroClaim(_Frozen):
    """`[[zero_claim]]`: energy counted as zero under a standard other than the GHG Protocol's; judged, and in no figure."""

    id: Annotated[Id, Field(description="the entry's own id", examples=["green-tariff"])]
    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    quantity: Annotated[Amount, Field(description="how much energy, as text", examples=["120"])]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["MWh"])]
    factor: Annotated[Id, Field(description="the grid's factor there", examples=["own/grid"])]
    evidence: Annotated[
        Literal["off-grid", "outside-grid-factors"] | None,
        Field(description="why nothing is counted twice"),
    ] = None
    document: Annotated[Words | None, Field(description="the document that shows it")] = None
    offset_t: Annotated[Amount | None, Field(description="credits retired for it, t CO2e, as text")] = None
    credits: Annotated[Words | None, Field(description="which credits, by programme and serial")] = None
    credits_accepted: Annotated[
        bool | None, Field(description="whether they meet the Protocol's requirements")
    ] = None


class EnergyRules(_Frozen):
    """`[energy]`: how certificates are matched with consumption."""

    matching: Annotated[
        Literal["annual", "monthly", "hourly"],
        Field(description="the period energy must be produced in to count", examples=["annual"]),
    ] = "annual"
    months_before: Annotated[
        int | None, Field(ge=0, le=24, description="annual: months before the consumption", examples=[6])
    ] = None
    months_after: Annotated[
        int | None, Field(ge=0, le=24, description="annual: months after it", examples=[3])
    ] = None
    reason: Annotated[Words | None, Field(description="why the window differs from the shipped one")] = None
    first: Annotated[
        Ids,
        Field(description="facilities covered first where there is not enough for all, in this order"),
    ] = ()

    @model_validator(mode="after")
    def _another_window_has_its_reason(self) -> EnergyRules:
        given = [self.months_before, self.months_after]
        if (given != [None, None]) != (self.reason is not None) or given.count(None) == 1:
            raise ValueError(
                "months_before, months_after and reason belong together; give all three, or none"
            )
        return self
