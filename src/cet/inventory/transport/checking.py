"""What a package's parts about transport must agree on among themselves, with the facilities and with the lots."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cet.errors import Finding, UnknownFactorError
from cet.inventory.folder import INVENTORY
from cet.scopes import CATEGORY_NAMES, SCOPE_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cet.factors import FactorStore
    from cet.inventory.output import Output
    from cet.inventory.settings import Settings
    from cet.inventory.shapes import Shape
    from cet.logistics.package_parts import LetsBooking, LogisticsClaim, Transport

Told = tuple[str, str, str, str]
"""Place, value, problem and remedy."""

SPLIT_PLACES = {"scope-1": ("1", "3.3"), "3.4": ("3.4",)}
"""The lots that a booking is split from, scope and category; a carrier's is tank-to-wheel in the one, well-to-tank in the other."""


def transport_disagreements(
    transports: Sequence[Transport],
    claims: Sequence[LogisticsClaim],
    bookings: Sequence[LetsBooking],
    outputs: Sequence[Output],
) -> Iterator[Told]:
    """Factors of two modes, claims entered twice, bookings of what no output shares out."""
    named = Counter(name for one in transports for name in one.factors)
    for number, transport in enumerate(transports, start=1):
        for name in transport.factors:
            if named[name] > 1:
                remedy = "a line is of one mode and category: name each factor once"
                yield f"transport {number}.factors", name, "in two entries", remedy
    yield from _twice("logistics_claim", [one.id for one in claims], "id", "give every entry its own id")
    yield from _twice("lets_booking", [one.id for one in bookings], "id", "give every entry its own id")
    yield from _claims(claims)
    for number, booking in enumerate(bookings, start=1):
        yield from _booking(f"lets_booking {number}", booking, outputs)


def _claims(claims: Sequence[LogisticsClaim]) -> Iterator[Told]:
    """A claim of a registry is entered once; so is its number on a ledger."""
    numbers: dict[tuple[str, str], str] = {}
    same: dict[tuple[object, ...], str] = {}
    for number, one in enumerate(claims, start=1):
        known = (one.registry, one.booking, one.claimed, one.used_from, one.quantity, one.unit, one.use)
        first = same.setdefault(known, one.id)
        if first != one.id and one.claim is None:
            problem = f"the claim {first} over again"
            remedy = (
                "a claim displaces its activity once: keep one entry; parts of it differ in day or quantity"
            )
            yield f"logistics_claim {number}.booking", one.booking, problem, remedy
        if one.contract is None or one.claim is None:
            continue
        first = numbers.setdefault((one.contract.lower(), one.claim.lower()), one.id)
        if first != one.id:
            yield (
                f"logistics_claim {number}.claim",
                one.claim,
                f"the claim of {first}",
                "name each claim once",
            )


def outputs_of(booking: LetsBooking, outputs: Sequence[Output]) -> list[Output]:
    """The declared outputs that the booking is a part of."""
    places = {
        (SCOPE_TEXT["3"], int(place.partition(".")[2])) for place in SPLIT_PLACES[booking.use] if "." in place
    }
    if booking.use == "scope-1":
        scope = SCOPE_TEXT["1"]
        places.add((scope, CATEGORY_NAMES[scope][booking.category]))
    return [
        one
        for one in outputs
        if one.facility == booking.facility
        and (one.scope, one.category) in places
        and one.base_unit[1] == booking.dimension
    ]


def _booking(place: str, booking: LetsBooking, outputs: Sequence[Output]) -> Iterator[Told]:
    first = f"1 {booking.category}" if booking.use == "scope-1" else booking.use
    wanted = SCOPE_TEXT["1"] if booking.use == "scope-1" else SCOPE_TEXT["3"]
    if not any(one.scope is wanted for one in outputs_of(booking, outputs)):
        problem = f"no [[output]] of scope {first} in {booking.dimension} at this facility"
        remedy = "declare what the lot is shared out by, all of it: a LETS is split from a lot before it is passed on"
        yield f"{place}.facility", booking.facility, problem, remedy


def non_lets_findings(settings: Settings, shapes: Iterable[Shape], store: FactorStore) -> Iterator[Finding]:
    """Factors of the rest that there are not, or that are of another kind of activity than the lines' own."""
    shapes = list(shapes)
    for number, one in enumerate(settings.transports, start=1):
        if one.non_lets is None:
            continue
        place = f"transport {number}.non_lets"
        try:
            dimension = store.get(one.non_lets).unit.dimension
        except UnknownFactorError as error:
            yield Finding(INVENTORY, 0, place, one.non_lets, error.problem, error.remedy)
            continue
        other = {
            shape.counted.dimension
            for shape in shapes
            if shape.text.factor in one.factors and shape.counted.dimension != dimension
        }
        if other:
            problem = f"a factor of {dimension} for lines of {', '.join(sorted(other))}"
            yield Finding(INVENTORY, 0, place, one.non_lets, problem, "give one per unit of the same kind")


def _twice(part: str, values: Sequence[str], field: str, remedy: str) -> Iterator[Told]:
    seen: set[str] = set()
    for number, value in enumerate(values, start=1):
        if value in seen:
            yield f"{part} {number}.{field}", value[:80], "twice", remedy
        seen.add(value)
