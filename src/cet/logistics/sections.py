"""The entries of a book file, `book.toml`, each a model that makes its event. Quantities are text with their unit, masses kg."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator

from cet.errors import CetError
from cet.factors.model import Id, Words
from cet.gases import GwpSet
from cet.logistics import events as e
from cet.logistics.terms import Bundling, LogisticsError, Mode, Role, Word, amount
from cet.quantities import parse_number, round_up_mg

_MG_PER_KG = 10**6
_W = TypeVar("_W", bound=Word)


def _refused(error: CetError) -> ValueError:
    return ValueError(str(error))


def _number(value: object) -> Fraction:
    if not isinstance(value, str):
        raise ValueError('no text; write the number in quotes, "0.080"')  # noqa: TRY004 - pydantic's way
    try:
        found = parse_number(value).value
    except CetError as error:
        raise _refused(error) from error
    if found < 0:
        raise ValueError("negative; give 0 or more")
    return found


def _gwp(value: object) -> GwpSet:
    if isinstance(value, str) and value in GwpSet.__members__:
        return GwpSet[value]
    raise ValueError('unknown GWP set; write "AR4", "AR5" or "AR6"')


def _word(kind: type[_W]) -> BeforeValidator:
    def read(value: object) -> Word:
        try:
            return kind.of(str(value))
        except LogisticsError as error:
            raise _refused(error) from error

    return BeforeValidator(read)


Number = Annotated[Fraction, PlainValidator(_number)]
AMode = Annotated[Mode, _word(Mode)]
ARole = Annotated[Role, _word(Role)]
ASide = Annotated[Bundling, _word(Bundling)]


class Entry(BaseModel):
    """A frozen entry without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Quantity(Entry):
    """`{ quantity = "5000000", unit = "t-km" }`."""

    quantity: str
    unit: str

    def whole(self, units: tuple[str, ...] | None = None) -> tuple[int, str]:
        """In base units. Raises CetError."""
        return amount(self.quantity, self.unit, units) if units else amount(self.quantity, self.unit)


class Header(Entry):
    """`[book]`: what it is of. The boundary is always well-to-wheel, over the energy's whole life cycle."""

    name: Words
    gwp: Annotated[GwpSet, BeforeValidator(_gwp)]
    source: Words = "own records"
    registry: str = ""


class Organisation(Entry):
    """`[[organisation]]`."""

    id: Id
    name: Words
    roles: list[ARole]
    network: list[Id] = []

    def event(self) -> e.Event:
        """Its enrolment."""
        return e.Enrolled(self.id, self.name, frozenset(self.roles), frozenset(self.network))


class Activity(Entry):
    """`[[activity]]`: evidence of an organisation's own activity of a mode in a year."""

    by: Id
    mode: AMode
    year: int
    activity: Quantity
    evidence: str = ""

    def event(self) -> e.Event:
        """The evidence."""
        found, unit = self.activity.whole()
        return e.ActivityShown(self.by, self.mode, unit, self.year, found, self.evidence)


class Stated(Entry):
    """`additionality = { regulations = ["…"], share_not_additional = "0.02" }`."""

    regulations: list[Words]
    share_not_additional: Number = Fraction(0)

    def statement(self) -> e.Additionality:
        """The statement. Raises LogisticsError."""
        return e.Additionality(tuple(self.regulations), self.share_not_additional)


class Credit(Entry):
    """`credits = [{ mode = "road", scheme = "…", share = "0.5" }]`."""

    mode: AMode
    scheme: Words
    share: Number


class Dated(Entry):
    """What most entries have: an id, who, and the day."""

    id: Id
    by: Id
    on: dt.date


class Profile(Dated):
    """What solutions and LETS have in common: masses in kg CO2e of the whole, disclosures, another registry's unit."""

    wtw_kg: Number
    ttw_kg: Number | None = None
    biogenic_kg: Number = Fraction(0)
    additionality: Stated | None = None
    credits: list[Credit] = []
    registry: str = ""
    registry_unit: str = ""

    def common(self) -> dict[str, Any]:
        """The masses, rounded up to whole mg, and the disclosures."""
        of = (self.wtw_kg, self.ttw_kg or Fraction(0), self.biogenic_kg)
        wtw, ttw, biogenic = (round_up_mg(kg * _MG_PER_KG) for kg in of)
        return {
            "masses": e.Masses(wtw, ttw, biogenic, ttw_known=self.ttw_kg is not None),
            "additionality": self.additionality.statement() if self.additionality else None,
            "credits": tuple(e.CrossModeCredit(one.mode, one.scheme, one.share) for one in self.credits),
            "elsewhere": (self.registry, self.registry_unit) if self.registry else None,
        }


class Service(Profile):
    """`[[lets]]`: a carrier books what it generated directly."""

    generated: dt.date
    mode: AMode
    year: int
    activity: Quantity
    evidence: str
    toc: str = ""
    provision: str = ""
    solution: str = ""
    certificate: str = ""

    def event(self) -> e.Event:
        """The booking."""
        found, unit = self.activity.whole()
        of = (self.generated, self.mode, self.year, found, unit)
        common = {**self.common(), "solution": self.solution, "certificate": self.certificate}
        return e.LetsBooked(
            self.id,
            self.by,
            self.on,
            *of,
            common.pop("masses"),
            self.evidence,
            self.toc,
            self.provision,
            **common,
        )


class Indirect(Dated):
    """`[[indirect]]`: a LETS from a profile claim."""

    role: ARole
    claim: Id
    activity: Quantity

    def event(self) -> e.Event:
        """The booking."""
        return e.LetsDerived(self.id, self.by, self.role, self.on, self.claim, self.activity.whole()[0])


class Rebooking(Dated):
    """`[[rebooking]]`: a LETS claimed and booked again."""

    role: ARole
    lets: Id
    activity: Quantity
    mode: AMode
    year: int
    toc: str = ""

    def event(self) -> e.Event:
        """The rebooking."""
        of = (self.lets, self.activity.whole()[0], self.mode, self.year, self.toc)
        return e.LetsRebooked(self.id, self.by, self.role, self.on, *of)


class Claim(Dated):
    """`[[claim]]`: a shipper's claim of a LETS."""

    lets: Id
    activity: Quantity
    mode: AMode
    year: int
    toc: str = ""

    def event(self) -> e.Event:
        """The claim."""
        of = (self.lets, self.activity.whole()[0], self.mode, self.year, self.toc)
        return e.LetsClaimed(self.id, self.by, self.on, *of)


class Carried(Entry):
    """`[[carried]]`: what a carrier or an LSP transported for a customer."""

    by: Id
    customer: Id
    mode: AMode
    year: int
    activity: Quantity


class Emitted(Entry):
    """`[[emitted]]`: a mode's emissions in a year: the measured total, LETS included, or the rest's default intensity."""

    by: Id
    mode: AMode
    year: int
    total_kg: Number | None = None
    rest_kg_per_unit: Number | None = None
    unit: str = "t-km"
    source: Words = "own records"
