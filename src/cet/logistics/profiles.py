"""Solutions: booked, provided, claimed side by side, retired (section 11: bundled and unbundled bookings)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.logistics.register import ProfileClaim, Solution
from cet.logistics.rules import row_for
from cet.logistics.terms import SOLUTION_UNITS, Act, Bundling, LogisticsError, Material, Role
from cet.quantities.months import months_after

if TYPE_CHECKING:
    from cet.logistics.events import EmitterRetired, SolutionBooked, SolutionClaimed, SolutionProvided
    from cet.logistics.register import Register

EMITTER_MONTHS = 12
"""How long an emitter profile waits for a carrier after its supply-chain profile was claimed (section 11)."""


def book_solution(book: Register, event: SolutionBooked) -> None:
    """A provider books a profile. The part regulation requires already is not bookable (section 6)."""
    book.actor(event.by, Role.SOLUTION_PROVIDER)
    row = row_for(Role.SOLUTION_PROVIDER, Act.BOOK, Material.PRODUCTION)
    book.fresh(event.id)
    book.unlocked(event.elsewhere, event.delivery, event.by)
    if event.quantity <= 0 or event.unit not in SOLUTION_UNITS or event.energy_wh <= 0:
        raise LogisticsError(
            f"solution {event.id} without quantity and energy", "give both, in g or Wh, above 0"
        )
    if not event.modes:
        raise LogisticsError(f"solution {event.id} serves no mode", "name the modes it was provided to")
    if event.additionality is None:
        raise LogisticsError(
            f"solution {event.id} without additionality statement ({row.clause})", "state it"
        )
    if any(credit.mode in event.modes for credit in event.credits):
        raise LogisticsError(
            "credits towards a mode the solution serves", "that part is not additional: state it as such"
        )
    row.check_vintage(event.on, event.produced)
    bookable = event.additionality.additional(event.quantity)
    book.lock(event.id, event.elsewhere, event.delivery)
    free = 0 if event.bundled else bookable
    book.solutions[event.id] = Solution(event, bookable, free=free)


def provide_solution(book: Register, event: SolutionProvided) -> None:
    """A solution goes to a carrier; its provider can't book that delivery as a profile too. No verifier signs it on a ledger, so it
    takes the delivery from nobody else."""
    book.actor(event.by, Role.SOLUTION_PROVIDER)
    book.actor(event.to, Role.CARRIER)
    row_for(Role.SOLUTION_PROVIDER, Act.PROVIDE, Material.PRODUCTION)
    book.fresh(event.id)
    book.unlocked(None, event.delivery, event.by)
    if event.quantity <= 0 or event.unit not in SOLUTION_UNITS:
        raise LogisticsError(f"provision {event.id} without quantity", "give it in g or Wh, above 0")
    book.lock(event.id, None, "")
    if event.delivery:
        book.provided.add((event.by, event.delivery))
    book.provisions[event.id] = event


def claim_solution(book: Register, event: SolutionClaimed) -> None:
    """A profile, or one side of it, goes to its claimant."""
    actor = book.actor(event.by, event.role)
    book.fresh(event.id)
    solution = book.solutions.get(event.solution)
    if solution is None:
        raise LogisticsError(f"no solution {event.solution!r}", "claim one that is booked")
    booked = solution.booked
    _check_side(event, bundled=booked.bundled)
    paired = _paired(book, event)
    material = Material.EMITTER_PROFILE if event.role is Role.CARRIER else Material.SOLUTION
    row = row_for(event.role, Act.CLAIM, material)
    row.check_mode(event.mode, booked.modes)
    row.check_vintage(event.on, booked.on if paired is None else paired.claimed.on)
    _check_quantity(event, solution, paired)
    key = (actor.id, event.mode, event.unit, event.year)
    if event.activity * event.consumption > event.quantity:
        raise LogisticsError(
            f"{event.quantity} {booked.unit} could not have moved {event.activity} {event.unit}",
            f"at {event.consumption} {booked.unit} each claim less activity, or more of the solution",
        )
    book.within_own(key, event.activity)
    assert booked.additionality is not None  # noqa: S101 - book_solution refuses one without
    claim = ProfileClaim(event, booked.additionality, booked.credits)
    if event.side is not Bundling.EMITTER:
        solution.supply += event.quantity
    if event.side is not Bundling.SUPPLY_CHAIN:
        solution.emitter += event.quantity
    if paired is not None:
        paired.attached -= event.quantity
    elif event.side is Bundling.EMITTER:
        solution.free -= event.quantity
    elif event.side is Bundling.SUPPLY_CHAIN:
        claim.attached = min(event.quantity, solution.free)
        claim.until = months_after(event.on, EMITTER_MONTHS)
        solution.free -= claim.attached
    book.used[key] += event.activity
    book.ids.add(event.id)
    book.profiles[event.id] = claim


def retire_emitter(book: Register, event: EmitterRetired) -> None:
    """The provider retires what no carrier claimed; after the window anyone may see to it."""
    claim = book.profiles.get(event.claim)
    if claim is None or claim.claimed.side is not Bundling.SUPPLY_CHAIN:
        raise LogisticsError(
            f"{event.claim!r} is no supply-chain claim", "name the claim beside the emitter profile"
        )
    if event.by not in book.organisations:
        raise LogisticsError(f"{event.by!r} is no organisation of the book", "enrol it first")
    provider = book.solutions[claim.claimed.solution].booked.by
    if event.by != provider and event.on <= claim.until:
        raise LogisticsError(
            f"{event.by} can't retire it before {claim.until} is over",
            f"until then it is {provider}'s to retire",
        )
    if claim.attached == 0:
        raise LogisticsError(f"nothing is left of the emitter profile beside {event.claim}", "retire it once")
    if not event.reason.strip():
        raise LogisticsError("retired without a reason", "document it: it stays traceable")
    claim.retired += claim.attached
    claim.attached = 0
    claim.retired_on, claim.reason = event.on, event.reason


def _check_side(event: SolutionClaimed, *, bundled: bool) -> None:
    if event.quantity <= 0 or event.activity < 0 or event.consumption < 0:
        raise LogisticsError("nothing claimed", "claim an amount above 0")
    if bundled != (event.side is Bundling.BUNDLED):
        kind = "bundled" if bundled else "unbundled"
        raise LogisticsError(
            f"{event.side.text} profile of a solution booked {kind}", "claim it the way it was booked"
        )
    if event.side is Bundling.EMITTER and event.role is not Role.CARRIER:
        raise LogisticsError(f"a {event.role.text} claims an emitter profile", "it is for carriers")
    if event.side is Bundling.SUPPLY_CHAIN and event.role is Role.CARRIER:
        raise LogisticsError("a carrier claims a supply-chain profile", "it is for shippers and LSPs")
    if event.activity and not event.consumption:
        raise LogisticsError("activity without what it takes", "give the consumption per unit of activity")
    if not event.activity and event.role is not Role.CARRIER:
        raise LogisticsError("a claim without activity", "a shipper or an LSP claims activity of a mode")


def _paired(book: Register, event: SolutionClaimed) -> ProfileClaim | None:
    if not event.paired:
        return None
    found = book.profiles.get(event.paired)
    if event.side is not Bundling.EMITTER or found is None or found.claimed.solution != event.solution:
        raise LogisticsError(
            f"{event.paired!r} has no emitter profile of {event.solution} beside it",
            "name a supply-chain claim of the same solution, or none",
        )
    if found.claimed.side is not Bundling.SUPPLY_CHAIN:
        raise LogisticsError(f"{event.paired!r} is no supply-chain claim", "name one, or none")
    return found


def _check_quantity(event: SolutionClaimed, solution: Solution, paired: ProfileClaim | None) -> None:
    if paired is not None:
        left = paired.attached
    elif event.side is Bundling.EMITTER:
        left = solution.free
    else:
        left = solution.bookable - solution.supply
    if event.quantity > left:
        raise LogisticsError(
            f"{event.quantity} {solution.booked.unit} of {event.solution}, {left} left on the {event.side.text} side",
            "each side of a solution is claimed once, and only what is additional",
        )
