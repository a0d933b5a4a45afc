"""The mirror's bookings and claims as a register of `cet.logistics`: records under their ids, organisations under their addresses.

The ledger keeps evidence and deliveries as hashes. A book file given beside it supplies their words where one of its entries, as the
contract takes it, is the very booking on the ledger; nothing else of the file counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.ledger.bookings import PARTS
from cet.ledger.errors import LedgerError
from cet.ledger.from_book import lets_of, solution_of
from cet.ledger.mirror.void_records import record_of, void_origin
from cet.logistics import events as e
from cet.logistics.register import Lets, ProfileClaim, Register, ServiceClaim, Solution, Told
from cet.logistics.terms import LogisticsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cet.ledger.bookings import Credit, LetsBooking
    from cet.ledger.bookings import Solution as OnLedger
    from cet.ledger.mirror import BookedLets, State

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that no package may take: whose it is, and why."""

    by: str
    why: str


@dataclass(frozen=True, slots=True)
class MirroredBook:
    """`register` holds all that is not void, nor made from what is; `left_out` says of every other record why."""

    register: Register
    left_out: dict[str, LeftOut]


def record_text(record: int) -> str:
    """A record's id as statements, packages and scripts write it: 0x and 24 digits."""
    return f"{record:#026x}"


def day_of(day: int) -> date:
    """The day that the contract counts from 1970-01-01."""
    return _EPOCH + timedelta(days=day)


def organisation_of(state: State, given: str) -> str:
    """An organisation's address, by it or by its name. Raises LogisticsError."""
    found = {address for address, one in state.organisations.items() if given.lower() in (address.lower(), one.name.lower())}  # fmt: skip
    if len(found) == 1:
        return found.pop()
    names = ", ".join(sorted(one.name for one in state.organisations.values()))
    if found:
        raise LogisticsError(f"{len(found)} organisations are called {given!r}", "give the address")
    raise LogisticsError(
        f"no organisation {given!r} in the register", f"one of {names or 'none'}, or an address"
    )


def claimant_of(state: State, organisation: str) -> str:
    """The one entity that the organisation may make statements about. Raises LogisticsError where it isn't one."""
    found = sorted(name for name, by in state.entities.values() if by == organisation)
    if len(found) == 1:
        return found[0]
    if not found:
        raise LogisticsError(
            f"{organisation} has no entity, so no statement can use its claims",
            "an operator assigns one (`ape run operate`)",
        )
    raise LogisticsError(f"{organisation} has entities {', '.join(found)}", "say which by --claimant")


def register_of(state: State, named: Iterable[e.Event] = ()) -> MirroredBook:
    """Every solution, profile claim, LETS and shipper's claim that stands. `named` are a book file's events."""
    words = tuple(named)
    register = Register()
    left_out: dict[str, LeftOut] = {}
    for kept in (state.solutions, state.profile_claims, state.lets, state.service_claims):
        for record, found in kept.items():
            origin = void_origin(state, record)
            if origin:
                left_out[record_text(record)] = LeftOut(found.by, _why(state, record, origin))
    _solutions(state, register, words, left_out)
    _profiles(state, register, left_out)
    # A LETS is younger than what it was made from, so its source is there already.
    for one in sorted(state.lets.values(), key=lambda lets: lets.block):
        _lets(register, one, words, left_out)
    for claim in state.service_claims.values():
        name = record_text(claim.id)
        if name in left_out:
            continue
        source = register.lets[record_text(claim.use.lets)]
        register.claims[name] = ServiceClaim(
            name, claim.by, day_of(claim.day), source.id, claim.use.mode, _text(claim.toc), claim.unit, claim.use.year,
            claim.use.activity, source.wtw, source.ttw, source.biogenic, claim.basis, source.additionality, source.credits,
        )  # fmt: skip
    return MirroredBook(register, left_out)


def _solutions(
    state: State, register: Register, words: Sequence[e.Event], left_out: dict[str, LeftOut]
) -> None:
    for one in state.solutions.values():
        name, on = record_text(one.id), day_of(one.day)
        if name in left_out:
            continue
        named = next((each for each in words if isinstance(each, e.SolutionBooked) and _is_solution(each, one.solution)), None)  # fmt: skip
        made = _solution(one.solution, name, one.by, on)
        if named is not None:
            made = replace(made, name=named.name or named.id, delivery=named.delivery)
        made = replace(made, verifier=one.verifier)
        register.solutions[name] = Solution(made, one.solution.additional, free=one.free)


def _profiles(state: State, register: Register, left_out: dict[str, LeftOut]) -> None:
    for one in state.profile_claims.values():
        name, claim = record_text(one.id), one.claim
        if name in left_out:
            continue
        booked = register.solutions[record_text(claim.solution)].booked
        consumption = Fraction(*claim.consumption) if claim.consumption[1] else Fraction(0)
        told = e.SolutionClaimed(
            name, one.by, claim.role, day_of(one.day), booked.id, claim.side, claim.quantity, claim.mode, claim.year,
            claim.activity, claim.unit, consumption, _text(claim.toc), record_text(claim.paired) if claim.paired else "",
        )  # fmt: skip
        if booked.additionality is None:
            raise LedgerError(f"solution {booked.id} without additionality", "read the mirror anew")
        made = ProfileClaim(
            told, booked.additionality, booked.credits, claim.activity - one.left, one.attached
        )
        register.profiles[name] = made


def _lets(
    register: Register, one: BookedLets, words: Sequence[e.Event], left_out: dict[str, LeftOut]
) -> None:
    name = record_text(one.id)
    if name in left_out:
        return
    parent = record_text(one.parent) if one.parent else ""
    if one.booking is not None:
        intensities, stated, earned, told = _stated(one.booking, words)
        told = replace(told, verifier=one.verifier)
    elif parent in register.lets:
        source = register.lets[parent]
        intensities = (source.wtw, source.ttw, source.biogenic)
        stated, earned, told = source.additionality, source.credits, source.told
    else:
        profile = register.profiles[parent]
        booked = register.solutions[profile.claimed.solution].booked
        share = Fraction(profile.claimed.quantity, booked.quantity * profile.claimed.activity)
        masses = booked.masses
        intensities = (masses.wtw_mg * share, masses.ttw_mg * share, masses.biogenic_mg * share)
        stated, earned, told = profile.additionality, profile.credits, Told.of(booked)
    register.lets[name] = Lets(
        name, one.by, one.role, one.basis, day_of(one.day), one.mode, _text(one.toc), one.unit, one.year, one.activity,
        *intensities, parent, stated, earned, one.additional, one.claimed, one.claimed_additional, one.claimed_by_carriers,
        told,
    )  # fmt: skip


def _stated(booking: LetsBooking, words: Sequence[e.Event]) -> tuple[tuple[Fraction, Fraction, Fraction], e.Additionality | None, tuple[e.CrossModeCredit, ...], Told]:  # fmt: skip
    masses = booking.masses
    wtw, ttw, biogenic = (Fraction(mg, booking.activity) for mg in (masses.wtw, masses.ttw, masses.biogenic))
    told = Told(evidence=_hash(booking.evidence))
    for each in words:
        if isinstance(each, e.LetsBooked) and _is_lets(each, booking):
            told = Told(each.solution, each.certificate, each.evidence)
    stated = _additionality(booking.regulations, booking.additional, booking.activity)
    return (wtw, ttw, biogenic), stated, _credits(booking.credits), told


def _solution(one: OnLedger, name: str, by: str, on: date) -> e.SolutionBooked:
    elsewhere = (_text(one.registry), one.registry_id) if any(one.registry) else None
    return e.SolutionBooked(
        name, by, on, day_of(one.produced), one.bundled, one.modes, one.quantity, one.unit, one.energy_wh,
        e.Masses(one.masses.wtw, one.masses.ttw, one.masses.biogenic),
        e.Certification(one.scheme, one.proof, one.feedstock), _hash(one.delivery),
        _additionality(one.regulations, one.additional, one.quantity), _credits(one.credits), elsewhere,
    )  # fmt: skip


def _is_solution(event: e.SolutionBooked, booked: OnLedger) -> bool:
    try:
        return solution_of(event) == booked
    except LedgerError:
        return False


def _is_lets(event: e.LetsBooked, booking: LetsBooking) -> bool:
    try:
        return lets_of(event, booking.provision) == booking
    except LedgerError:
        return False


def _additionality(regulations: str, additional: int, amount: int) -> e.Additionality | None:
    return e.Additionality((regulations,), 1 - Fraction(additional, amount)) if regulations else None


def _credits(earned: Iterable[Credit]) -> tuple[e.CrossModeCredit, ...]:
    return tuple(e.CrossModeCredit(one.mode, _text(one.scheme), Fraction(one.share, PARTS)) for one in earned)


def _text(word: bytes) -> str:
    return word.rstrip(b"\0").decode("utf-8", "replace")


def _hash(word: bytes) -> str:
    return "keccak256 0x" + word.hex()


def _why(state: State, record: int, origin: int) -> str:
    found = record_of(state, origin)
    reason = found.void_for if found is not None else ""
    return (
        f"found void: {reason}"
        if origin == record
        else f"made from {record_text(origin)}, found void: {reason}"
    )
