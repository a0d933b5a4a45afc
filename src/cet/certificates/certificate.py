"""Energy attribute certificates that were cancelled for the claimant, as a package has them, one range of serials an entry.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints, WithJsonSchema, model_validator

from cet.certificates.fields import (
    Amount,
    Carrier,
    Country,
    EnergyUnit,
    EnergyUse,
    Ids,
    Signature,
    check_use,
    watt_hours,
)
from cet.certificates.terms import emits_nothing, technologies
from cet.factors.model import Frozen, Id, Words
from cet.quantities import round_down

if TYPE_CHECKING:
    from fractions import Fraction

_SERIAL = re.compile(r"(?P<prefix>.*?)(?P<number>\d{1,30})", re.ASCII)
SERIAL_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9 ._/:+-]{0,99}$"
Serial = Annotated[str, StringConstraints(pattern=SERIAL_PATTERN)]


def serial_parts(serial: str) -> tuple[str, int | None]:
    """A serial's text and the number it ends in; None where it ends in none."""
    found = _SERIAL.fullmatch(serial)
    return (found["prefix"], int(found["number"])) if found else (serial, None)


class Certificate(Frozen):
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
        EnergyUse,
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
                f"{self.technology} without a factor; give the factor of its direct emissions, unknown is never zero (Quality Criterion 1)"
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
        check_use(self.carrier, self.use)
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
