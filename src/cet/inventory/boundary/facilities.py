"""`[[facility]]`: a place or operation, whose it is, who runs it, and under which arrangement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from cet.factors.model import Frozen, Geography, Id, Words
from cet.inventory.boundary.tables import EXCEPTED_LEASES, LEASES, treatments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.inventory.boundary.organisation import Organisation

_SCOPE_3_CATEGORIES = 15


def _lease(value: object) -> str:
    if isinstance(value, str) and value in LEASES:
        return value
    raise ValueError("no such lease; write " + ", ".join(LEASES) + " (a capital lease is a finance lease)")


def _outsourced(value: object) -> int:
    """`3.4` or `4`: the scope 3 category that an outsourced operation has outside the boundary."""
    text = value.removeprefix("3.") if isinstance(value, str) else ""
    if (
        text.isascii()
        and text.isdecimal()
        and str(int(text)) == text
        and 1 <= int(text) <= _SCOPE_3_CATEGORIES
    ):
        return int(text)
    raise ValueError('no scope 3 category; write what the operation would be bought as, "3.1" or "3.4"')


class Facility(Frozen):
    """`[[facility]]`: a place or an operation whose activity the lines record, and who runs it.

    `country` is an ISO code, `region` one of its grid regions.

    `entity` is whose it is, None the reporting one's. `operated` is operational control of the reporting company or one of its
    subsidiaries; None: as its entity, or as the lease says. `lease` is the entity's part in a lease of the facility,
    `exception` the disclosed justification of one of the two exceptions of tables A.1 and A.2. `outsourced` is the scope 3
    category of an operation that a contractor runs. `operator` names who runs it, where that is nobody of the package.
    """

    id: Annotated[Id, Field(description="what activity lines call it", examples=["works"])]
    name: Annotated[Words, Field(description="its name", examples=["The works"])]
    country: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Z]{2}$"),
        Field(description="ISO 3166 code, two capitals", examples=["US"]),
    ]
    region: Annotated[
        Geography | None, Field(description="grid region of the country", examples=["US-SRVC"])
    ] = None
    entity: Annotated[
        Id | None, Field(description="whose it is; default: the reporting entity", examples=["example-mill"])
    ] = None
    operated: Annotated[
        bool | None,
        Field(
            description="operational control of the company or a subsidiary, where it is not as its entity's"
        ),
    ] = None
    operator: Annotated[
        Words | None,
        Field(description="who runs it, where nobody of the package does", examples=["Mill Ltd"]),
    ] = None
    lease: Annotated[
        Annotated[str, BeforeValidator(_lease), WithJsonSchema({"type": "string", "enum": list(LEASES)})]
        | None,
        Field(description="the entity's part in a lease of it", examples=["lessee-operating"]),
    ] = None
    exception: Annotated[
        Words | None,
        Field(
            description="why the exception of tables A.1 and A.2 is taken; it is disclosed",
            examples=["The landlord introduces all operating policies"],
        ),
    ] = None
    outsourced: Annotated[
        Annotated[int, BeforeValidator(_outsourced), WithJsonSchema({"type": "string"})] | None,
        Field(
            description="run by a contractor: the scope 3 category it would be bought in", examples=["3.4"]
        ),
    ] = None

    @model_validator(mode="after")
    def _arrangements_agree(self) -> Facility:
        if self.exception is not None and self.lease not in EXCEPTED_LEASES:
            raise ValueError(
                "an exception without an operating lease; tables A.1 and A.2 have exceptions for operating leases only"
            )
        if self.lease is not None and self.operated is not None:
            raise ValueError(
                "lease and operated together; leave operated out, the lease says who has control, or give the exception"
            )
        if self.lease is not None and self.outsourced is not None:
            raise ValueError(
                "leased and outsourced at once; write what is outsourced as a facility of its own"
            )
        return self

    def problems(self, organisation: Organisation) -> Iterator[tuple[str, str, str, str]]:
        """Section, value, problem and remedy of what does not fit the organisation."""
        if self.entity is None or self.entity == organisation.reporting:
            return
        if self.entity not in organisation.by_id:
            yield "facility", self.entity, "unknown entity", "use the id of an [[entity]], or leave it out"
            return
        name = organisation.by_id[self.entity].treatment
        rules = treatments()[name]
        if self.lease is not None and not rules.owned:
            remedy = f"leave the lease out: it is the {name}'s own affair"
            yield "facility", self.id, f"a lease at a facility of a {name}", remedy
        if rules.outside is None and self.outsourced is None:
            remedy = 'add outsourced = "3.4", the category the operation would be bought in'
            yield "facility", self.id, f"a facility of a {name} that is not outsourced", remedy
