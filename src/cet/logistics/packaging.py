"""What an organisation claimed and booked in a year, as the entries of an inventory package.

A package's entry says more than a book does: what a claim is used for, the facility whose lot a LETS is a part of, the GWP set.
What neither the book nor the caller says is named, all at once, and nothing is written: unknown is never guessed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from cet.errors import Finding, PackageError
from cet.factors.reading import findings_from
from cet.logistics.package_parts import LetsBooking, LogisticsClaim
from cet.logistics.register import Told
from cet.logistics.terms import SHOWN_UNITS, Basis, Bundling, Material, Role, per_shown
from cet.quantities import exact_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cet.logistics.events import Additionality, CrossModeCredit
    from cet.logistics.register import Lets, ProfileClaim, ServiceClaim, Solution

MG_PER_KG = 10**6
Value = str | bool | dt.date
Entry = dict[str, Value]
"""Fields of a package's entry, in their order, each as it is written."""

_EMPTY: frozenset[str] = frozenset()
_WHOSE = (
    "name an organisation with claims or LETS of the year; `cet logistics position` lists what each holds"
)
_REMEDIES = {"missing": "say it in the book; docs/book-and-claim.md"}


class Held(Protocol):
    """What a book holds; `Book` and `Register` do."""

    @property
    def solutions(self) -> Mapping[str, Solution]: ...
    @property
    def profiles(self) -> Mapping[str, ProfileClaim]: ...
    @property
    def lets(self) -> Mapping[str, Lets]: ...
    @property
    def claims(self) -> Mapping[str, ServiceClaim]: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose entries, of which year, and what no book says. `only` picks records by their ids, none picks all; `contract` is the
    register on a ledger whose records these are."""

    organisation: str
    year: int
    registry: str
    gwp: str
    claimant: str = ""
    use: str = ""
    facility: str = ""
    category: str = "mobile"
    only: frozenset[str] = _EMPTY
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Packaged:
    """The entries of `[[logistics_claim]]` and `[[lets_booking]]`, and what to know about them."""

    claims: tuple[Entry, ...]
    bookings: tuple[Entry, ...]
    notices: tuple[str, ...] = ()


def package_entries(held: Held, wanted: Wanted, file: str) -> Packaged:
    """All entries of one organisation and year. Raises PackageError with everything that is missing, each with its record."""
    making = _Making(held, wanted, file)
    claims = [*making.claims_of_services(), *making.claims_of_profiles(), *making.rebooked()]
    bookings = list(making.bookings())
    if not claims and not bookings:
        making.miss("", f"nothing of {wanted.organisation} in {wanted.year}", _WHOSE)
    for name in sorted(wanted.only - making.seen):
        making.miss(name, f"no record of {wanted.organisation} in {wanted.year}", _WHOSE)
    if making.findings:
        raise PackageError(making.findings)
    for entry in claims:
        making.check(LogisticsClaim, entry)
    for entry in bookings:
        making.check(LetsBooking, entry)
    if making.findings:
        raise PackageError(making.findings)
    return Packaged(tuple(claims), tuple(bookings), tuple(making.notices))


def material_used(source: Lets, basis: Basis) -> Material:
    """What a LETS was to whom claimed it, read off the row its claim went by."""
    if source.role is Role.LSP:
        return Material.LSP_DIRECT if basis is Basis.DIRECT else Material.LSP_INDIRECT
    if source.basis is Basis.INDIRECT:
        return Material.CARRIER_INDIRECT
    return Material.CARRIER_DIRECT if basis is Basis.DIRECT else Material.CARRIER_ELSEWHERE


@dataclass(slots=True)
class _Making:
    held: Held
    wanted: Wanted
    file: str
    findings: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def claims_of_services(self) -> Iterator[Entry]:
        """A shipper's claims of LETS."""
        for one in self.held.claims.values():
            if self._is_wanted(one.id, one.by, one.year):
                source = self.held.lets[one.lets]
                entry = self._named(one.id, source.id, source.told)
                entry |= self._claimed(Role.SHIPPER, material_used(source, one.basis), one.unit, one.id)
                entry |= self._bound(source, one.toc)
                entry |= self._amounts(one.activity, source)
                yield entry | self._days(source.on, one.on, one.year) | self._disclosed(source, source.told)

    def claims_of_profiles(self) -> Iterator[Entry]:
        """Claims of solutions' profiles: a shipper's or an LSP's as activity, a carrier's emitter profile as the energy it has."""
        for one in self.held.profiles.values():
            claim = one.claimed
            if not self._is_wanted(claim.id, claim.by, claim.year):
                continue
            booked = self.held.solutions[claim.solution].booked
            told, carrier = Told.of(booked), claim.role is Role.CARRIER
            share = Fraction(claim.quantity, booked.quantity)
            unit, amount = (claim.unit, Fraction(claim.activity))
            if carrier:
                unit, amount = "Wh", booked.energy_wh * share
            masses = booked.masses
            parts = (Fraction(mg) * share for mg in (masses.wtw_mg, masses.ttw_mg, masses.biogenic_mg))
            material = Material.EMITTER_PROFILE if carrier else Material.SOLUTION
            since = self.held.profiles[claim.paired].claimed.on if claim.paired else booked.on
            entry = self._named(claim.id, booked.id, told)
            entry |= self._claimed(claim.role, material, unit, claim.id)
            if carrier:
                entry["bundled"] = claim.side is Bundling.BUNDLED
            entry |= {"mode": claim.mode.text, **({"toc": claim.toc} if claim.toc else {})}
            entry |= _intensities(unit, amount, amount, tuple(parts), told)
            yield entry | self._days(since, claim.on, claim.year) | self._disclosed(one, told)

    def rebooked(self) -> Iterator[Entry]:
        """What an LSP claimed to book it again: its own footprint's too."""
        for one in self.held.lets.values():
            source = self.held.lets.get(one.parent)
            if (
                source is None
                or one.role is not Role.LSP
                or not self._is_wanted(one.id, one.booker, one.year)
            ):
                continue
            entry = self._named(one.id, source.id, source.told)
            entry |= self._claimed(Role.LSP, material_used(source, one.basis), one.unit, one.id)
            entry |= self._bound(source, one.toc)
            entry |= self._amounts(one.activity, source)
            yield entry | self._days(source.on, one.on, one.year) | self._disclosed(source, source.told)

    def bookings(self) -> Iterator[Entry]:
        """LETS that a carrier or an LSP booked, which are split from its lot."""
        for one in self.held.lets.values():
            if not self._is_wanted(one.id, one.booker, one.year):
                continue
            if not self.wanted.facility:
                self.miss(one.id, "no facility", "say by --facility whose [[output]] it is a part of")
            if one.claimed_by_carriers:
                theirs, left = (
                    _shown(amount, one.unit) for amount in (one.claimed_by_carriers, one.activity - one.claimed_by_carriers)
                )  # fmt: skip
                self.notices.append(
                    f"{one.id}: {theirs} are other carriers' now; the lot that is passed on is of {left}"
                )
            entry = self._named(one.id, one.id, one.told)
            entry |= {
                "facility": self.wanted.facility,
                "use": "scope-1" if one.role is Role.CARRIER else "3.4",
            }
            if one.role is Role.CARRIER and self.wanted.category != "mobile":
                entry["category"] = self.wanted.category
            entry |= {"basis": one.basis.text, "mode": one.mode.text, **({"toc": one.toc} if one.toc else {})}
            entry |= self._amounts(one.activity, one)
            if one.claimed_by_carriers:
                entry["claimed_by_carriers"] = exact_text(one.claimed_by_carriers / per_shown(one.unit))
            entry["booked"] = one.on
            yield entry | self._disclosed(one, one.told)

    def _is_wanted(self, record: str, by: str, year: int) -> bool:
        found = (by, year) == (self.wanted.organisation, self.wanted.year)
        found = found and (not self.wanted.only or record in self.wanted.only)
        if found:
            self.seen.add(record)
        return found

    def _named(self, record: str, booking: str, told: Told) -> Entry:
        found: Entry = {"id": record, "registry": self.wanted.registry, "booking": booking}
        found |= {
            name: text
            for name, text in (("solution", told.solution), ("certificate", told.certificate))
            if text
        }
        return found  # fmt: skip

    def _claimed(self, role: Role, material: Material, unit: str, record: str) -> Entry:
        use = self.wanted.use
        if role is Role.CARRIER:
            use = "scope-1"
        elif unit == "passenger-m":
            use = "3.6"
        elif role is Role.LSP:
            use = "3.4"
        elif use not in ("3.4", "3.9"):
            self.miss(
                record, "no word of what it is used for", "say --use 3.4 (transport you pay for) or 3.9 (that others pay for)"
            )  # fmt: skip
        claimant = self.wanted.claimant or self.wanted.organisation
        found: Entry = {"claimant": claimant, "role": role.text, "material": material.text, "use": use}
        if self.wanted.contract:
            found |= {"contract": self.wanted.contract, "claim": record}
        return found

    def _bound(self, source: Lets, toc: str) -> Entry:
        return {"mode": source.mode.text, **({"toc": toc} if toc else {})}

    def _amounts(self, activity: int, source: Lets) -> Entry:
        whole = Fraction(source.activity)
        masses = tuple(whole * per for per in (source.wtw, source.ttw, source.biogenic))
        return _intensities(source.unit, Fraction(activity), whole, masses, source.told)

    def _days(self, booked: dt.date, claimed: dt.date, year: int) -> Entry:
        first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
        return {"booked": booked, "claimed": claimed, "used_from": first, "used_to": last}

    def _disclosed(self, of: Lets | ProfileClaim, told: Told) -> Entry:
        found: Entry = {"gwp": self.wanted.gwp}
        if not self.wanted.gwp:
            self.miss("", "no GWP set", "say it by --gwp: the ledger does not keep it")
        stated: Additionality | None = of.additionality
        if stated is not None:
            found["additionality"] = "; ".join(stated.regulations)
            if stated.share_not_additional:
                found["not_additional"] = exact_text(stated.share_not_additional)
        found["credits"] = "; ".join(_credit(one) for one in of.credits) or "none"
        if told.evidence:
            found["evidence"] = told.evidence
        if told.verifier:
            found["verifier"] = told.verifier
        return found

    def miss(self, record: str, what: str, remedy: str) -> None:
        """Notes what nobody said, once."""
        found = Finding(self.file, 0, record, "", what, remedy)
        if found not in self.findings:
            self.findings.append(found)

    def check(self, model: type[LogisticsClaim | LetsBooking], entry: Entry) -> None:
        """What a package would refuse of the entry is a finding here."""
        try:
            model.model_validate(entry)
        except ValidationError as error:
            self.findings += findings_from(error, self.file, str(entry["id"]), _REMEDIES)


def _intensities(
    base: str, amount: Fraction, whole: Fraction, masses: tuple[Fraction, ...], told: Told
) -> Entry:
    """Quantity and kg per unit, as mass over quantity of what was booked, so that nothing is rounded."""
    per = per_shown(base)
    found: Entry = {"quantity": exact_text(amount / per), "unit": SHOWN_UNITS[base]}
    for name, mg in zip(("wtw", "ttw", "biogenic"), masses, strict=True):
        if name == "ttw" and not told.ttw_known:
            continue
        if name == "biogenic" and not mg:
            continue
        found[name] = _quotient(mg / MG_PER_KG, whole / per)
    return found


def _quotient(kg: Fraction, quantity: Fraction) -> str:
    above, below = exact_text(kg), exact_text(quantity)
    return exact_text(kg / quantity) if "/" in above or "/" in below else f"{above}/{below}"


def _credit(one: CrossModeCredit) -> str:
    return f"{one.mode.text}: {one.scheme}, {exact_text(one.share * 100)} %"


def _shown(amount: int, base: str) -> str:
    return f"{exact_text(amount / per_shown(base))} {SHOWN_UNITS[base]}"
