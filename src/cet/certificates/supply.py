"""What a facility is supplied by besides certificates: contracts, suppliers' rates, allocations, its own generation.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from cet.certificates.fields import Amount, EnergyUnit, Ids, Signature, watt_hours
from cet.factors.model import Frozen, Id, Words

if TYPE_CHECKING:
    from fractions import Fraction


class Supply(Frozen):
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
