"""Events of the register of bookings, written into the books."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cet.ledger.bookings import ClaimAnchor, LetsBooking, Provision, ServiceUse, Solution, SolutionClaim
from cet.ledger.mirror.booked import (
    BookedLets,
    BookedSolution,
    ClaimedProfile,
    ClaimedService,
    Organisation,
    Provided,
)
from cet.logistics.terms import ACTIVITY_UNITS, Basis, Bundling, Mode, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cet.ledger.events import Event
    from cet.ledger.mirror.books import Books


def _told(event: Event) -> dict[str, Any]:
    return {"block": event.block, "transaction": event.transaction}


def organisation_set(books: Books, event: Event) -> None:
    values = event.arguments
    books.organisations[values["organisation"]] = Organisation(values["name"], values["roles"])


def partner_set(books: Books, event: Event) -> None:
    values = event.arguments
    books.partners[values["organisation"], values["partner"]] = values["since"]


def activity_shown(books: Books, event: Event) -> None:
    values = event.arguments
    key = (values["organisation"], values["mode"], values["unit"], values["year"])
    books.own_activity[key] = books.own_activity.get(key, 0) + values["activity"]


def solution_booked(books: Books, event: Event) -> None:
    values = event.arguments
    solution = Solution.decode(values["solution"])
    books.solutions[values["id"]] = BookedSolution(
        values["id"],
        values["by"],
        values["day"],
        values["verifier"],
        solution,
        **_told(event),
        free=0 if solution.bundled else solution.additional,
    )


def solution_provided(books: Books, event: Event) -> None:
    values = event.arguments
    provision = Provision.decode(values["provision"])
    books.provisions[values["id"]] = Provided(
        values["id"], values["by"], values["day"], provision, **_told(event)
    )


def solution_claimed(books: Books, event: Event) -> None:
    values = event.arguments
    claim, attached = SolutionClaim.decode(values["claim"]), values["attached"]
    books.profile_claims[values["id"]] = ClaimedProfile(
        values["id"],
        values["by"],
        values["day"],
        claim,
        **_told(event),
        left=claim.activity,
        attached=attached,
    )
    source = books.solutions[claim.solution]
    if claim.side is not Bundling.EMITTER:
        source = replace(source, claimed=source.claimed + claim.quantity, free=source.free - attached)
    elif claim.paired:
        beside = books.profile_claims[claim.paired]
        books.profile_claims[claim.paired] = replace(beside, attached=beside.attached - claim.quantity)
    else:
        source = replace(source, free=source.free - claim.quantity)
    books.solutions[claim.solution] = source
    _use_own(books, values["by"], claim.mode, claim.unit, claim.year, claim.activity)


def emitter_retired(books: Books, event: Event) -> None:
    values = event.arguments
    claim = books.profile_claims[values["claim"]]
    books.profile_claims[values["claim"]] = replace(
        claim,
        attached=0,
        retired=claim.retired + values["quantity"],
        retired_on=values["day"],
        retired_for=values["reason"],
    )


def lets_booked(books: Books, event: Event) -> None:
    values = event.arguments
    booking = LetsBooking.decode(values["lets"])
    books.lets[values["id"]] = BookedLets(
        values["id"],
        values["by"],
        Role.CARRIER,
        Basis.DIRECT,
        values["day"],
        booking.mode,
        booking.toc,
        booking.unit,
        booking.year,
        booking.activity,
        booking.additional,
        booking.provision,
        booking,
        **_told(event),
        verifier=values["verifier"],
    )
    _use_own(books, values["by"], booking.mode, booking.unit, booking.year, booking.activity)


def lets_derived(books: Books, event: Event) -> None:
    values = event.arguments
    profile, activity = books.profile_claims[values["profile"]], values["activity"]
    claim = profile.claim
    books.lets[values["id"]] = BookedLets(
        values["id"],
        values["by"],
        claim.role,
        Basis.INDIRECT,
        values["day"],
        claim.mode,
        claim.toc,
        claim.unit,
        claim.year,
        activity,
        activity,
        profile.id,
        None,
        **_told(event),
    )
    books.profile_claims[profile.id] = replace(profile, left=profile.left - activity)


def lets_rebooked(books: Books, event: Event) -> None:
    values = event.arguments
    use, role = ServiceUse.decode(values["use"]), Role(values["role"])
    source, must = books.lets[use.lets], values["mustBeAdditional"]
    required = source.activity - source.additional
    books.lets[values["id"]] = BookedLets(
        values["id"],
        values["by"],
        role,
        Basis(values["basis"]),
        values["day"],
        source.mode,
        use.toc,
        source.unit,
        use.year,
        use.activity,
        use.activity if must else max(0, use.activity - required),
        source.id,
        None,
        **_told(event),
    )
    _take(books, use, additional=must, carrier=role is Role.CARRIER)
    if role is Role.LSP:
        _use_own(books, values["by"], use.mode, source.unit, use.year, use.activity)


def lets_claimed(books: Books, event: Event) -> None:
    values = event.arguments
    use = ServiceUse.decode(values["use"])
    unit = books.lets[use.lets].unit
    books.service_claims[values["id"]] = ClaimedService(
        values["id"],
        values["by"],
        values["day"],
        Basis(values["basis"]),
        unit,
        use.toc,
        use,
        **_told(event),
    )
    _take(books, use, additional=values["mustBeAdditional"], carrier=False)
    _use_own(books, values["by"], use.mode, unit, use.year, use.activity)


def claims_anchored(books: Books, event: Event) -> None:
    values = event.arguments
    key, activity = (values["lets"], values["root"]), values["activity"]
    books.claim_anchors[key] = ClaimAnchor(activity, 0, values["deadline"])
    _claim(books, values["lets"], activity)


def claim_materialised(books: Books, event: Event) -> None:
    """Its claim took from the LETS what the root had taken before."""
    values = event.arguments
    key, activity = (values["lets"], values["root"]), values["activity"]
    anchor = books.claim_anchors[key]
    books.claim_anchors[key] = replace(anchor, used=anchor.used + activity)
    _claim(books, values["lets"], -activity)


def claims_released(books: Books, event: Event) -> None:
    values = event.arguments
    key, activity = (values["lets"], values["root"]), values["activity"]
    anchor = books.claim_anchors[key]
    books.claim_anchors[key] = replace(anchor, reserved=anchor.reserved - activity)
    _claim(books, values["lets"], -activity)


def found_void(books: Books, event: Event) -> None:
    record, reason = event.arguments["id"], event.arguments["reason"]
    for kept in (books.solutions, books.provisions, books.profile_claims, books.lets, books.service_claims):
        found: Any = kept.get(record)
        if found is not None:
            kept[record] = replace(found, void_for=reason)


def closed_set(books: Books, event: Event) -> None:
    books.book_closed = event.arguments["closed"]


def _take(books: Books, use: ServiceUse, *, additional: bool, carrier: bool) -> None:
    lets = books.lets[use.lets]
    books.lets[use.lets] = replace(
        lets,
        claimed=lets.claimed + use.activity,
        claimed_additional=lets.claimed_additional + (use.activity if additional else 0),
        claimed_by_carriers=lets.claimed_by_carriers + (use.activity if carrier else 0),
    )


def _claim(books: Books, record: int, activity: int) -> None:
    lets = books.lets[record]
    books.lets[record] = replace(lets, claimed=lets.claimed + activity)


def _use_own(books: Books, by: str, mode: Mode, unit: str, year: int, activity: int) -> None:
    if activity:
        key = (by, int(mode), ACTIVITY_UNITS.index(unit), year)
        books.own_used[key] = books.own_used.get(key, 0) + activity


HANDLERS: Mapping[str, Callable[[Books, Event], None]] = {
    "OrganisationSet": organisation_set,
    "PartnerSet": partner_set,
    "ActivityShown": activity_shown,
    "SolutionBooked": solution_booked,
    "SolutionProvided": solution_provided,
    "SolutionClaimed": solution_claimed,
    "EmitterRetired": emitter_retired,
    "LetsBooked": lets_booked,
    "LetsDerived": lets_derived,
    "LetsRebooked": lets_rebooked,
    "LetsClaimed": lets_claimed,
    "ClaimsAnchored": claims_anchored,
    "ClaimMaterialised": claim_materialised,
    "ClaimsReleased": claims_released,
    "FoundVoid": found_void,
    "ClosedSet": closed_set,
}
