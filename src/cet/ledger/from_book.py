"""Bookings of a book file as the contract takes them. Texts of evidence and delivery become their hashes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from eth_utils.crypto import keccak

from cet.ledger.bookings import NO_HASH, PARTS, Credit, LetsBooking, Masses, Solution
from cet.ledger.errors import LedgerError
from cet.ledger.statements import text32

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.logistics import events

_EPOCH = date(1970, 1, 1)


def solution_of(event: events.SolutionBooked) -> Solution:
    """A solution. Raises LedgerError for what the contract has no room for."""
    stated = event.additionality
    registry, unit = _elsewhere(event.elsewhere)
    return Solution(
        produced=(event.produced - _EPOCH).days,
        bundled=event.bundled,
        modes=event.modes,
        unit=event.unit,
        quantity=event.quantity,
        energy_wh=event.energy_wh,
        masses=_masses(event.masses),
        scheme=event.certification.scheme,
        proof=event.certification.proof,
        feedstock=event.certification.feedstock,
        delivery=keccak(text=event.delivery),
        regulations="; ".join(stated.regulations) if stated else "",
        additional=stated.additional(event.quantity) if stated else 0,
        credits=_credits(event.credits),
        registry=registry,
        registry_id=unit,
    )


def lets_of(event: events.LetsBooked, provision: int = 0) -> LetsBooking:
    """A service a carrier generated; `provision` is the record of the solution it got. Raises LedgerError."""
    stated = event.additionality
    registry, unit = _elsewhere(event.elsewhere)
    return LetsBooking(
        generated=(event.generated - _EPOCH).days,
        mode=event.mode,
        unit=event.unit,
        year=event.year,
        activity=event.activity,
        masses=_masses(event.masses),
        evidence=keccak(text=event.evidence),
        toc=_short(event.toc) if event.toc else NO_HASH,
        provision=provision,
        regulations="; ".join(stated.regulations) if stated else "",
        additional=stated.additional(event.activity) if stated else 0,
        credits=_credits(event.credits),
        registry=registry,
        registry_id=unit,
    )


def _masses(masses: events.Masses) -> Masses:
    return Masses(masses.wtw_mg, masses.ttw_mg, masses.biogenic_mg)


def _credits(given: Sequence[events.CrossModeCredit]) -> tuple[Credit, ...]:
    made = []
    for one in given:
        share = one.share * PARTS
        if share.denominator != 1:
            raise LedgerError(f"credit share {one.share}", "give it in whole millionths")
        made.append(Credit(one.mode, _short(one.scheme), share.numerator))
    return tuple(made)


def _elsewhere(elsewhere: tuple[str, str] | None) -> tuple[bytes, str]:
    return (NO_HASH, "") if elsewhere is None else (_short(elsewhere[0]), elsewhere[1])


def _short(text: str) -> bytes:
    try:
        return text32(text)
    except ValueError as error:
        raise LedgerError(f"{text!r}: {error}", "use at most 32 bytes") from error
