"""What a package says of transport: which lines are of which mode, what was claimed, and what was booked for its customers.

The fields' descriptions and examples are what templates, workbooks and the JSON Schema show.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from cet.certificates.fields import Amount, Ids
from cet.errors import CetError
from cet.factors.model import Frozen, Id, Words
from cet.logistics.terms import Material, Mode
from cet.quantities import parse_number, unit

FUELS = ("energy", "mass", "volume")
"""Dimensions of lines that count a mode's fuel: a solution's profile takes the place of as much fuel as has its energy."""

ACTIVITIES = {
    "3.4": ("freight", "container", "item"),
    "3.6": ("passenger",),
    "3.9": ("freight", "container", "item"),
}
"""Dimensions of activity by the scope 3 category it is of."""

MG_PER_KG = 10**6


def _ratio(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('not text; write the number in quotes, "0.080" or "60000/2000000"')  # noqa: TRY004 - Pydantic wants ValueError
    above, _, below = value.partition("/")
    try:
        found, by = (
            parse_number(above.strip()).value,
            parse_number(below.strip()).value if below else Fraction(1),
        )
    except CetError as error:
        raise ValueError(str(error)) from error
    if found < 0 or by <= 0:
        raise ValueError("negative, or divided by 0; give 0 or more")
    return found / by


def _share(value: object) -> Fraction:
    found = _ratio(value)
    if found > 1:
        raise ValueError('more than all of it; write a share from 0 to 1, "0.02"')
    return found


def _unit(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no unit; write t-km, TEU-km, passenger-km or item")  # noqa: TRY004 - Pydantic wants ValueError
    try:
        unit(value)
    except CetError as error:
        raise ValueError(str(error)) from error
    return value


_QUOTIENT = WithJsonSchema({"type": "string", "pattern": r"^[^/]+(/[^/]+)?$"})
Intensity = Annotated[Fraction, BeforeValidator(_ratio), _QUOTIENT]
Share = Annotated[Fraction, BeforeValidator(_share), _QUOTIENT]
AUnit = Annotated[str, BeforeValidator(_unit), WithJsonSchema({"type": "string"})]
AMode = Literal["air", "inland-waterway", "logistics-sites", "rail", "road", "sea"]
AGwp = Literal["AR4", "AR5", "AR6"]


class Transport(Frozen):
    """`[[transport]]`: which lines are transport of a mode: those with these factors. Claims of a mode touch no others."""

    factors: Annotated[Ids, Field(description="the factors of the lines", examples=[["own/road-average"]])]
    mode: Annotated[AMode, Field(description="the mode", examples=["road"])]
    toc: Annotated[
        Words | None,
        Field(description="the transport operation category", examples=["articulated truck, 40 t"]),
    ] = None
    non_lets: Annotated[
        Id | None,
        Field(
            description="the factor of what no claim stands for, where carriers declare one: their non-LETS intensity",
            examples=["own/carrier-non-lets"],
        ),
    ] = None

    @model_validator(mode="after")
    def _names_factors(self) -> Transport:
        if not self.factors:
            raise ValueError("no factors; name those of the lines that are transport of this mode")
        return self


class _Profile(Frozen):
    """What claims and bookings have in common."""

    id: Annotated[Id, Field(description="the entry's own id", examples=["claim-2023-1"])]
    registry: Annotated[Words, Field(description="who keeps the book", examples=["Example registry"])]
    booking: Annotated[
        Words, Field(description="what the registry calls the LETS or solution", examples=["biogas-2023"])
    ]
    solution: Annotated[
        Words | None, Field(description="the solution it comes from", examples=["biogas"])
    ] = None
    certificate: Annotated[
        Words | None,
        Field(
            description="its sustainability certification: scheme and proof", examples=["ISCC, PoS-2023-17"]
        ),
    ] = None
    mode: Annotated[AMode, Field(description="the mode, which binds", examples=["road"])]
    toc: Annotated[
        Words | None, Field(description="the transport operation category, where the booker set one")
    ] = None
    quantity: Annotated[
        Amount,
        Field(description="activity, or the fuel it takes the place of, as text", examples=["1500000"]),
    ]
    unit: Annotated[AUnit, Field(description="a unit of activity or of fuel", examples=["t-km"])]
    wtw: Annotated[
        Intensity,
        Field(description="kg CO2e per unit, well-to-wheel; or mass / quantity", examples=["60000/2000000"]),
    ]
    ttw: Annotated[
        Intensity | None, Field(description="the part of it that is tank-to-wheel", examples=["0.002"])
    ] = None
    biogenic: Annotated[
        Intensity, Field(description="kg of biogenic CO2 per unit, outside the scopes", examples=["0.075"])
    ] = Fraction(0)
    gwp: Annotated[AGwp, Field(description="the GWP set of these figures", examples=["AR5"])]
    booked: Annotated[dt.date, Field(description="the day of the booking", examples=["2023-12-15"])]
    additionality: Annotated[
        Words | None,
        Field(
            description="the regulation considered, and that it does not require this",
            examples=["Renewable Energy Directive, transport target: not applied to it"],
        ),
    ] = None
    not_additional: Annotated[
        Share, Field(description="share of the booking that regulation requires", examples=["0"])
    ] = Fraction(0)
    credits: Annotated[
        Words,
        Field(description="credits earned towards another mode, or none", examples=["none"]),
    ]
    evidence: Annotated[Words | None, Field(description="what shows it", examples=["fuel records 2023"])] = (
        None
    )
    verifier: Annotated[
        Words | None, Field(description="who verified the booking", examples=["Example Assurance"])
    ] = None

    @model_validator(mode="after")
    def _parts_are_parts(self) -> _Profile:
        if self.ttw is not None and self.ttw > self.wtw:
            raise ValueError("ttw above wtw; tank-to-wheel is a part of well-to-wheel")
        if not self.quantity:
            raise ValueError("a quantity of 0; leave the entry out")
        return self

    @property
    def dimension(self) -> str:
        """What kind of activity or fuel it is."""
        return unit(self.unit).dimension

    @property
    def base(self) -> Fraction:
        """Its quantity in the base unit of its dimension."""
        return self.quantity * unit(self.unit).ratio

    @property
    def wtw_mg(self) -> Fraction:
        """mg CO2e per base unit, well-to-wheel."""
        return self._per_base(self.wtw)

    @property
    def ttw_mg(self) -> Fraction:
        """mg CO2e per base unit, tank-to-wheel; 0 where it was not said, which only claims and bookings may that need none."""
        return self._per_base(self.ttw or Fraction(0))

    @property
    def biogenic_mg(self) -> Fraction:
        """mg of biogenic CO2 per base unit."""
        return self._per_base(self.biogenic)

    def _per_base(self, kg: Fraction) -> Fraction:
        return kg * MG_PER_KG / unit(self.unit).ratio


class LogisticsClaim(_Profile):
    """`[[logistics_claim]]`: a LETS or a solution's profile that was claimed for this inventory, in a registry of book and claim.

    A folder may hold them in `logistics_claims.csv` instead, with the same columns.
    """

    claimant: Annotated[
        Words,
        Field(description="whom it was claimed for: the entity's id or name", examples=["example-works"]),
    ]
    role: Annotated[
        Literal["shipper", "lsp", "carrier"], Field(description="what the claimant is", examples=["shipper"])
    ]
    material: Annotated[
        Literal[
            "solution",
            "emitter-profile",
            "carrier-direct",
            "carrier-elsewhere",
            "carrier-indirect",
            "lsp-direct",
            "lsp-indirect",
        ],
        Field(description="what was claimed (docs/book-and-claim.md)", examples=["carrier-direct"]),
    ]
    use: Annotated[
        Literal["3.4", "3.6", "3.9", "scope-1"],
        Field(description="what it is used for; scope-1 is a carrier's emitter profile", examples=["3.4"]),
    ]
    bundled: Annotated[
        bool | None, Field(description="scope-1: whether emitter and supply-chain profile were one booking")
    ] = None
    claimed: Annotated[dt.date, Field(description="the day of the claim", examples=["2024-02-01"])]
    used_from: Annotated[
        dt.date, Field(description="first day of the activity it is claimed for", examples=["2023-01-01"])
    ]
    used_to: Annotated[dt.date, Field(description="last day of that activity", examples=["2023-12-31"])]
    contract: Annotated[
        Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{40}$")] | None,
        Field(description="on a ledger: the registry's contract"),
    ] = None
    claim: Annotated[
        Annotated[str, StringConstraints(pattern=r"^0x[0-9a-fA-F]{24}$")] | None,
        Field(description="on a ledger: the number of the claim, 0x and 24 digits"),
    ] = None

    @model_validator(mode="after")
    def _use_fits_the_claimant(self) -> LogisticsClaim:
        emitter = self.use == "scope-1"
        if emitter != (self.role == "carrier") or emitter != (self.material == "emitter-profile"):
            raise ValueError(
                "carrier, emitter-profile and scope-1 belong together; shippers and LSPs claim for 3.4, 3.6 or 3.9"
            )
        if emitter != (self.bundled is not None):
            raise ValueError(
                "bundled belongs to a carrier's emitter profile; say it of one, and of nothing else"
            )
        if emitter and self.ttw is None:
            raise ValueError(
                "an emitter profile without ttw; it is what scope 1 takes, unknown is never zero"
            )
        allowed = FUELS if emitter else (*ACTIVITIES[self.use], *FUELS)
        if self.dimension not in allowed:
            kinds = "fuel: energy, mass or volume" if emitter else f"{' or '.join(allowed)}"
            raise ValueError(f"{self.unit} for {self.use}; count it in {kinds}")
        return self

    @model_validator(mode="after")
    def _hangs_together(self) -> LogisticsClaim:
        if self.used_to < self.used_from:
            raise ValueError("used_to is before used_from; swap them")
        if (self.contract is None) != (self.claim is None):
            raise ValueError("contract and claim belong together; give both or neither")
        return self

    @property
    def a_material(self) -> Material:
        """What was claimed, as section 9's table calls it."""
        return Material(Material.of(self.material))

    @property
    def a_mode(self) -> Mode:
        """The mode as a word of the framework."""
        return Mode(Mode.of(self.mode))


class LetsBooking(_Profile):
    """`[[lets_booking]]`: a LETS that a carrier or an LSP booked for its customers: it is split from the lot before it is passed on."""

    facility: Annotated[
        Id, Field(description="the facility whose [[output]] it is a part of", examples=["fleet"])
    ]
    use: Annotated[
        Literal["scope-1", "3.4"],
        Field(description="scope-1: a carrier's own transport; 3.4: an LSP's carriers", examples=["scope-1"]),
    ]
    category: Annotated[
        Literal["mobile", "stationary"],
        Field(description="scope-1: the category of the output", examples=["mobile"]),
    ] = "mobile"
    basis: Annotated[
        Literal["direct", "indirect"],
        Field(
            description="direct: its emissions are in the lines; indirect: calculated as if",
            examples=["direct"],
        ),
    ]
    claimed_by_carriers: Annotated[
        Amount | None,
        Field(
            description="of the quantity, what other carriers claimed: it is passed on as the rest is",
            examples=["500000"],
        ),
    ] = None

    @model_validator(mode="after")
    def _is_activity(self) -> LetsBooking:
        if self.dimension not in ("freight", "container", "passenger", "item"):
            raise ValueError(f"{self.unit} of a LETS; count it in t-km, TEU-km, passenger-km or items")
        if self.use == "scope-1" and self.ttw is None:
            raise ValueError("a carrier's LETS without ttw; scope 1 is tank-to-wheel, unknown is never zero")
        return self

    @model_validator(mode="after")
    def _carriers_claim_of_carriers(self) -> LetsBooking:
        if self.claimed_by_carriers is None:
            return self
        if self.use != "scope-1":
            raise ValueError("claimed_by_carriers of an LSP's LETS; carriers claim of carriers only")
        if not 0 < self.claimed_by_carriers <= self.quantity:
            raise ValueError(
                "claimed_by_carriers is not above 0 and up to the quantity; leave it out for none"
            )
        return self

    @property
    def own_base(self) -> Fraction:
        """What its booker still discloses and passes on, in the base unit: not what other carriers claimed (section 11)."""
        return (self.quantity - (self.claimed_by_carriers or 0)) * unit(self.unit).ratio
