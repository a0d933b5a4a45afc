"""Low-emission transport services: booked directly, from a profile, claimed and booked again, claimed by shippers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics.register import Lets, ServiceClaim, Told
from cet.logistics.rules import row_for
from cet.logistics.terms import ACTIVITY_UNITS, Act, Basis, Bundling, LogisticsError, Material, Role

if TYPE_CHECKING:
    from cet.logistics.events import Enrolled, LetsBooked, LetsClaimed, LetsDerived, LetsRebooked
    from cet.logistics.register import Register
    from cet.logistics.rules import Row


def book_direct(book: Register, event: LetsBooked) -> None:
    """A carrier books what it carried with a solution in its own fleet; never above its own activity."""
    actor = book.actor(event.by, Role.CARRIER)
    row = row_for(Role.CARRIER, Act.BOOK, Material.OWN_TRANSPORT)
    book.fresh(event.id)
    book.unlocked(event.elsewhere, event.evidence)
    if event.activity <= 0 or event.unit not in ACTIVITY_UNITS:
        raise LogisticsError(
            f"LETS {event.id} without activity", f"give it in {', '.join(ACTIVITY_UNITS)}, above 0"
        )
    given = book.provisions.get(event.provision)
    if event.provision and (given is None or given.to != event.by):
        raise LogisticsError(
            f"provision {event.provision!r} {f'went to {given.to}' if given else 'is not in the book'}",
            f"name one that went to {event.by} before",
        )
    row.check_vintage(event.on, event.generated)
    key = (actor.id, event.mode, event.unit, event.year)
    book.within_own(key, event.activity)
    additional = event.additionality.additional(event.activity) if event.additionality else 0
    masses = event.masses
    book.lets[event.id] = Lets(
        event.id,
        event.by,
        Role.CARRIER,
        Basis.DIRECT,
        event.on,
        event.mode,
        event.toc,
        event.unit,
        event.year,
        event.activity,
        Fraction(masses.wtw_mg, event.activity),
        Fraction(masses.ttw_mg, event.activity),
        Fraction(masses.biogenic_mg, event.activity),
        event.provision,
        event.additionality,
        event.credits,
        additional,
        told=Told(event.solution, event.certificate, event.evidence, masses.ttw_known),
    )
    book.lock(event.id, event.elsewhere, event.evidence)
    book.used[key] += event.activity


def book_indirect(book: Register, event: LetsDerived) -> None:
    """A carrier or an LSP books a LETS from a profile it claimed; the emitter profile of an unbundled one is none."""
    book.actor(event.by, event.role)
    row = row_for(event.role, Act.BOOK, Material.SOLUTION)
    book.fresh(event.id)
    claim = book.profiles.get(event.claim)
    if claim is None or claim.claimed.by != event.by or claim.claimed.role is not event.role:
        raise LogisticsError(
            f"{event.claim!r} is no profile claim of {event.by} as {event.role.text}", "claim one first"
        )
    source = claim.claimed
    if source.side is Bundling.EMITTER:
        raise LogisticsError(
            "an unbundled emitter profile is no LETS (section 11)",
            "claim a bundled profile to book a LETS from it",
        )
    if not 0 < event.activity <= source.activity - claim.derived:
        raise LogisticsError(
            f"{event.activity} {source.unit} from claim {source.id}, {source.activity - claim.derived} left",
            "book at most the activity that was claimed",
        )
    booked = book.solutions[source.solution].booked
    row.check_mode(source.mode, booked.modes)
    row.check_vintage(event.on, booked.on)
    share = Fraction(source.quantity, booked.quantity * source.activity)
    book.lets[event.id] = Lets(
        event.id,
        event.by,
        event.role,
        row.basis,
        event.on,
        source.mode,
        source.toc,
        source.unit,
        source.year,
        event.activity,
        booked.masses.wtw_mg * share,
        booked.masses.ttw_mg * share,
        booked.masses.biogenic_mg * share,
        source.id,
        claim.additionality,
        claim.credits,
        event.activity,
        told=Told.of(booked),
    )
    claim.derived += event.activity
    book.ids.add(event.id)


def rebook(book: Register, event: LetsRebooked) -> None:
    """A carrier or an LSP claims a LETS and books it again; an LSP only up to its own activity in the mode."""
    actor = book.actor(event.by, event.role)
    book.fresh(event.id)
    source, row = _usable(book, actor, event.role, Act.REBOOK, event)
    key = (actor.id, event.mode, source.unit, event.year)
    if event.role is Role.LSP:
        book.within_own(key, event.activity)
        book.used[key] += event.activity
    _take(source, row, event.activity)
    if event.role is Role.CARRIER:
        source.claimed_by_carriers += event.activity
    additional = event.activity if row.additionality else _additional_of(source, event.activity)
    book.lets[event.id] = Lets(
        event.id,
        event.by,
        event.role,
        row.basis,
        event.on,
        source.mode,
        event.toc or source.toc,
        source.unit,
        event.year,
        event.activity,
        source.wtw,
        source.ttw,
        source.biogenic,
        source.id,
        source.additionality,
        source.credits,
        additional,
        told=source.told,
    )
    book.ids.add(event.id)


def claim_lets(book: Register, event: LetsClaimed) -> None:
    """A shipper includes a LETS in its inventory, up to its own activity of the mode in the year."""
    actor = book.actor(event.by, Role.SHIPPER)
    book.fresh(event.id)
    source, row = _usable(book, actor, Role.SHIPPER, Act.CLAIM, event)
    key = (actor.id, event.mode, source.unit, event.year)
    book.within_own(key, event.activity)
    book.used[key] += event.activity
    _take(source, row, event.activity)
    book.claims[event.id] = ServiceClaim(
        event.id,
        event.by,
        event.on,
        source.id,
        source.mode,
        event.toc or source.toc,
        source.unit,
        event.year,
        event.activity,
        source.wtw,
        source.ttw,
        source.biogenic,
        row.basis,
        source.additionality,
        source.credits,
    )
    book.ids.add(event.id)


def material_of(lets: Lets, actor: Enrolled) -> Material:
    """What a LETS is to somebody: an LSP's or a carrier's, direct or not, in its contracted network or not."""
    inside = lets.booker in actor.network
    if lets.role is Role.LSP:
        return Material.LSP_DIRECT if lets.basis is Basis.DIRECT and inside else Material.LSP_INDIRECT
    if lets.basis is Basis.INDIRECT:
        return Material.CARRIER_INDIRECT
    return Material.CARRIER_DIRECT if inside else Material.CARRIER_ELSEWHERE


def _usable(
    book: Register, actor: Enrolled, role: Role, act: Act, event: LetsRebooked | LetsClaimed
) -> tuple[Lets, Row]:
    """The LETS and the row that allows its use, all constraints checked."""
    source = book.lets.get(event.lets)
    if source is None:
        raise LogisticsError(f"no LETS {event.lets!r}", "claim one that is booked")
    if source.booker == actor.id:
        raise LogisticsError(f"{actor.id} claims its own LETS", "it is there for others to claim")
    row = row_for(role, act, material_of(source, actor))
    row.check_mode(event.mode, [source.mode])
    if source.toc and event.toc != source.toc:
        raise LogisticsError(
            f"transport operation category {event.toc or 'none'} from a LETS of {source.toc}",
            "its booker bound it to the category",
        )
    row.check_vintage(event.on, source.on)
    if not 0 < event.activity <= source.available:
        raise LogisticsError(
            f"{event.activity} {source.unit} of LETS {source.id}, {source.available} left",
            "claims of a booking never exceed its activity",
        )
    if row.additionality:
        if source.additionality is None:
            raise LogisticsError(
                f"LETS {source.id} has no additionality statement ({row.clause})",
                "indirect use must be additional: ask its booker to state it, or claim within your network",
            )
        left = source.additional - source.claimed_additional
        if event.activity > left:
            raise LogisticsError(
                f"{event.activity} {source.unit} of LETS {source.id}, {left} left that is additional ({row.clause})",
                "regulation already requires the rest",
            )
    return source, row


def _take(source: Lets, row: Row, activity: int) -> None:
    source.claimed += activity
    if row.additionality:
        source.claimed_additional += activity


def _additional_of(source: Lets, activity: int) -> int:
    """What of a part is additional whichever part it is: what regulation requires may all be in it."""
    return max(0, activity - (source.activity - source.additional))
