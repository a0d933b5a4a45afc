"""An organisation's position on a day: its holdings, with until when somebody may take from each (section 9's windows)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cet.logistics.book import Book
from cet.logistics.events import ActivityShown
from cet.logistics.holdings import SERVICE, Holding, Position, Use, Window
from cet.logistics.rules import row_for
from cet.logistics.terms import Act, Bundling, LogisticsError, Material, Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.logistics.events import SolutionBooked
    from cet.logistics.register import Lets, ProfileClaim, ServiceClaim


def as_of(book: Book, day: dt.date) -> Book:
    """The book as it stood at the end of a day. Evidence and enrolments have no day: all count."""
    return Book(event for event in book.events if getattr(event, "on", dt.date.min) <= day)


def position(book: Book, who: str, day: dt.date) -> Position:
    """What `who` holds at the end of `day`. Raises LogisticsError when it is no organisation of the book."""
    found = book.organisations.get(who)
    if found is None:
        raise LogisticsError(
            f"{who!r} is no organisation of the book", f"one of {', '.join(book.organisations)}"
        )
    then = as_of(book, day)
    holdings = sorted(_holdings(then, who, day), key=lambda one: one.on)
    years = sorted({one.year for one in book.events if isinstance(one, ActivityShown) and one.by == who})
    own = tuple(
        (mode, unit, year, shown, used)
        for year in years
        for (mode, unit), (shown, used) in then.own_activity(who, year).items()
    )
    return Position(who, found.name, day, tuple(holdings), own)


def _holdings(book: Book, who: str, day: dt.date) -> Iterator[Holding]:
    for solution in book.solutions.values():
        if solution.booked.by == who:
            yield from _sides(book, solution.booked, solution.bookable, solution.free, day)
    for profile in book.profiles.values():
        if profile.claimed.by == who:
            yield _profile(book, profile, day)
    for lets in book.lets.values():
        if lets.booker == who:
            yield _service(book, lets, day)
    for claim in book.claims.values():
        if claim.by == who:
            yield _final(claim, day)


def _sides(book: Book, booked: SolutionBooked, bookable: int, free: int, day: dt.date) -> Iterator[Holding]:
    """A solution by side. The emitter profile stands in parts: beside no supply-chain claim, and beside each of them."""
    of = [one for one in book.profiles.values() if one.claimed.solution == booked.id]
    modes = tuple(mode.text for mode in sorted(booked.modes))
    windows = _solution_windows(booked.on, carriers=booked.bundled)
    supply = [_use_of(one) for one in of if one.claimed.side is not Bundling.EMITTER]
    side = "bundled" if booked.bundled else "supply-chain"
    yield Holding(
        booked.id, "solution", side, modes, "", booked.unit, booked.on, bookable, _sum(supply), 0, windows,
        tuple(supply), day,
    )  # fmt: skip
    if booked.bundled:
        return
    emitters = [one for one in of if one.claimed.side is Bundling.EMITTER]
    alone = [_use_of(one) for one in emitters if not one.claimed.paired]
    carrier = Window((Role.CARRIER,), _last(Role.CARRIER, Material.EMITTER_PROFILE, booked.on))
    if free or alone:
        yield Holding(
            booked.id, "solution", "emitter", modes, "", booked.unit, booked.on, free + _sum(alone), _sum(alone), 0,
            (carrier,), tuple(alone), day,
        )  # fmt: skip
    for beside in of:
        taken = [_use_of(one) for one in emitters if one.claimed.paired == beside.claimed.id]
        amount = beside.attached + beside.retired + _sum(taken)
        if not amount:
            continue
        retired = [Use("retired", booked.by, beside.retired_on, beside.retired)] if beside.retired_on else []
        yield Holding(
            beside.claimed.id, "beside claim", "emitter", modes, "", booked.unit, beside.claimed.on, amount, _sum(taken),
            beside.retired, (Window((Role.CARRIER,), beside.until),), (*taken, *retired), day,
        )  # fmt: skip


def _profile(book: Book, profile: ProfileClaim, day: dt.date) -> Holding:
    """A claimed profile: a carrier's or an LSP's may still become a LETS, unless it is an emitter profile by itself."""
    made = profile.claimed
    derived = tuple(
        Use(one.id, one.booker, one.on, one.activity) for one in book.lets.values() if one.parent == made.id
    )
    amount, unit = (
        (made.activity, made.unit)
        if made.activity
        else (made.quantity, book.solutions[made.solution].booked.unit)
    )
    final = made.role is Role.SHIPPER or made.side is Bundling.EMITTER or not made.activity
    windows: tuple[Window, ...] = ()
    if not final:
        since = book.solutions[made.solution].booked.on
        last = row_for(made.role, Act.BOOK, Material.SOLUTION).last_day(since)
        windows = (Window((made.role,), last or dt.date.max),)
    return Holding(
        made.id, "profile claim", made.side.text, (made.mode.text,), made.toc, unit, made.on, amount,
        amount if final else profile.derived, 0, windows, derived, day,
    )  # fmt: skip


def _service(book: Book, lets: Lets, day: dt.date) -> Holding:
    """A booked LETS: others book it again within its year, shippers claim it longer."""
    again = [
        Use(one.id, one.booker, one.on, one.activity) for one in book.lets.values() if one.parent == lets.id
    ]
    claims = [
        Use(one.id, one.by, one.on, one.activity) for one in book.claims.values() if one.lets == lets.id
    ]
    from_carrier = lets.role is Role.CARRIER
    shipper = _last(Role.SHIPPER, Material.CARRIER_DIRECT if from_carrier else Material.LSP_DIRECT, lets.on)
    windows = [Window((Role.SHIPPER,), shipper)]
    if from_carrier:
        roles = (Role.LSP,) if lets.basis.text == "indirect" else (Role.CARRIER, Role.LSP)
        ends = {role: _last(role, Material.CARRIER_ELSEWHERE, lets.on, Act.REBOOK) for role in roles}
        windows.insert(0, Window(roles, max(ends.values())))
    uses = tuple(sorted((*again, *claims), key=lambda one: one.on))
    return Holding(
        lets.id, "LETS", SERVICE, (lets.mode.text,), lets.toc, lets.unit, lets.on, lets.activity, lets.claimed, 0,
        tuple(windows), uses, day,
    )  # fmt: skip


def _final(claim: ServiceClaim, day: dt.date) -> Holding:
    return Holding(
        claim.id, "claim", SERVICE, (claim.mode.text,), claim.toc, claim.unit, claim.on, claim.activity, claim.activity,
        0, (), (), day,
    )  # fmt: skip


def _solution_windows(on: dt.date, *, carriers: bool) -> tuple[Window, ...]:
    """LSPs, and carriers of a bundled profile, claim within its year; shippers longer."""
    first = [Role.CARRIER, Role.LSP] if carriers else [Role.LSP]
    short = _last(Role.LSP, Material.SOLUTION, on)
    return (Window(tuple(first), short), Window((Role.SHIPPER,), _last(Role.SHIPPER, Material.SOLUTION, on)))


def _last(role: Role, material: Material, since: dt.date, act: Act = Act.CLAIM) -> dt.date:
    return row_for(role, act, material).last_day(since) or dt.date.max


def _use_of(profile: ProfileClaim) -> Use:
    made = profile.claimed
    return Use(made.id, made.by, made.on, made.quantity)


def _sum(uses: list[Use]) -> int:
    return sum(one.amount for one in uses)
