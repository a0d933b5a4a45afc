"""Book and claim: organisations, bookings, claims and rebookings, and what is left of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cet.ledger.bookings import (
    ClaimAnchor,
    Head,
    Kind,
    LetsAmounts,
    ProfileAmounts,
    SolutionAmounts,
    bits,
)
from cet.ledger.contract import Contract, first, nothing
from cet.logistics.terms import ACTIVITY_UNITS
from cet.statement import InstrumentUse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cet.ledger.bookings import LetsBooking, Provision, ServiceUse, Solution, SolutionClaim
    from cet.ledger.chain import Call
    from cet.ledger.signing import TypedData
    from cet.logistics.terms import Act, Material, Mode, Role

_ACTIVITY = "address organisation,uint8 mode,uint8 unit,uint16 year,uint64 activity,bytes32 evidence"


class BookAndClaim(Contract):
    """Typed calls of the register. Records are named by their ids; amounts are whole base units, days count from 1970-01-01."""

    name = "BookAndClaim"

    # Operators

    def set_organisation(self, organisation: str, roles: Iterable[Role], name: str) -> Call[None]:
        """Gives an organisation its roles; none ends them."""
        return self.call("setOrganisation", organisation, bits(roles), name, read=nothing)

    def set_partner(self, organisation: str, partner: str, *, contracted: bool) -> Call[None]:
        """Takes a partner into an organisation's network, from today's bookings on, or out of it."""
        return self.call("setPartner", organisation, partner, contracted, read=nothing)

    def find_void(self, record: int, reason: str) -> Call[None]:
        """Finds a booking or a claim void: nothing more is made from it, and a statement that used it is flagged."""
        return self.call("findVoid", record, reason, read=nothing)

    def set_closed(self, closed: int) -> Call[None]:
        """Closes operations (bits of `Closing`), and opens all others."""
        return self.call("setClosed", closed, read=nothing)

    def close(self, operations: int) -> Call[None]:
        """Closes operations beside those that are closed; for guardians."""
        return self.call("close", operations, read=nothing)

    # What verifiers sign

    def activity(
        self, organisation: str, mode: Mode, unit: str, year: int, activity: int, evidence: bytes
    ) -> TypedData:
        """Evidence of own activity, to be signed by the verifier."""
        message: dict[str, Any] = {
            "organisation": organisation,
            "mode": int(mode),
            "unit": ACTIVITY_UNITS.index(unit),
            "year": year,
            "activity": activity,
            "evidence": evidence,
        }
        return self.domain.typed("Activity", _ACTIVITY, message)

    def booking(self, by: str, booked: Solution | LetsBooking) -> TypedData:
        """A solution or a service that `by` books, to be signed by the verifier."""
        return self.domain.typed("Booking", "bytes32 content", {"content": booked.content(by)})

    def show_activity(
        self,
        organisation: str,
        mode: Mode,
        unit: str,
        year: int,
        activity: int,
        evidence: bytes,
        verifier: str,
        signature: bytes,
    ) -> Call[None]:
        """Records an organisation's own activity of a mode in a year; more of it adds up. Anyone may send it."""
        place = ACTIVITY_UNITS.index(unit)
        terms = (organisation, int(mode), place, year, activity, evidence)
        return self.call("showActivity", *terms, verifier, signature, read=nothing)

    # Solution providers

    def book_solution(self, solution: Solution, verifier: str, signature: bytes) -> Call[int]:
        """Books a solution's profile; its id."""
        return self.call("bookSolution", solution.encode(), verifier, signature, read=first)

    def provide(self, provision: Provision) -> Call[int]:
        """Records that a solution went to a carrier; the provision's id."""
        return self.call("provide", provision.encode(), read=first)

    def retire_emitter(self, claim: int, reason: str) -> Call[None]:
        """Retires what no carrier claimed of the emitter profile beside a supply-chain claim."""
        return self.call("retireEmitter", claim, reason, read=nothing)

    # Carriers, LSPs, shippers

    def claim_solution(self, claim: SolutionClaim) -> Call[int]:
        """Claims a solution's profile, or a side of it; the claim's id."""
        return self.call("claimSolution", claim.encode(), read=first)

    def book_lets(self, lets: LetsBooking, verifier: str, signature: bytes) -> Call[int]:
        """Books a service the carrier generated; its id."""
        return self.call("bookLets", lets.encode(), verifier, signature, read=first)

    def derive_lets(self, profile: int, activity: int, document: bytes) -> Call[int]:
        """Books a LETS from an own profile claim; its id."""
        return self.call("deriveLets", profile, activity, document, read=first)

    def rebook(self, role: Role, use: ServiceUse) -> Call[int]:
        """Claims a LETS and books it again, as a carrier or an LSP; the new one's id."""
        return self.call("rebook", int(role), use.encode(), read=first)

    def claim(self, use: ServiceUse) -> Call[int]:
        """A shipper claims a LETS; the claim's id."""
        return self.call("claim", use.encode(), read=first)

    def anchor_claims(self, lets: int, root: bytes, activity: int, deadline: int) -> Call[None]:
        """The booker reserves activity for all claims under a root, until second `deadline`."""
        return self.call("anchorClaims", lets, root, activity, deadline, read=nothing)

    def materialise_claim(self, root: bytes, use: ServiceUse, proof: Sequence[bytes]) -> Call[int]:
        """A shipper makes its claim under a root; the claim's id."""
        return self.call("materialiseClaim", root, use.encode(), tuple(proof), read=first)

    def release_claims(self, lets: int, root: bytes) -> Call[None]:
        """Gives back what claims under a root did not use, after its deadline."""
        return self.call("releaseClaims", lets, root, read=nothing)

    # Views

    def use(self, record: int) -> InstrumentUse:
        """A claim or a rebooking as statements name it."""
        return InstrumentUse(self.address, record)

    def head_of(self, record: int) -> Head | None:
        """What a record is, None if there is none."""
        head = self.view("headOf", record, read=lambda values: Head.decode(values[0]))
        return None if head.kind is Kind.NONE else head

    def lineage(self, record: int) -> tuple[int, ...]:
        """The record and all it was made from: claim, LETS, profile claim, solution or provision."""
        found = [record]
        while parent := self.view("parentOf", found[-1], read=first):
            found.append(parent)
        return tuple(found)

    def category_of(self, record: int) -> bytes:
        """The transport operation category that binds a record, zeros for none."""
        return bytes(self.view("categoryOf", record, read=first))

    def is_void(self, record: int) -> bool:
        return bool(self.view("isVoid", record, read=first))

    def solution_amounts(self, record: int) -> SolutionAmounts:
        return self.view("solutionAmounts", record, read=lambda values: SolutionAmounts(*values[0]))

    def profile_amounts(self, record: int) -> ProfileAmounts:
        return self.view("profileAmounts", record, read=lambda values: ProfileAmounts(*values[0]))

    def lets_amounts(self, record: int) -> LetsAmounts:
        return self.view("letsAmounts", record, read=lambda values: LetsAmounts(*values[0]))

    def disclosable(self, lets: int) -> int:
        """What of a LETS its booker may still disclose: not what other carriers claimed (section 11)."""
        return int(self.view("disclosable", lets, read=first))

    def own_activity(self, organisation: str, mode: Mode, unit: str, year: int) -> tuple[int, int]:
        """An organisation's own activity of a mode in a year, and what of it is claimed or booked."""
        place = ACTIVITY_UNITS.index(unit)
        shown, used = self.view("ownActivity", organisation, int(mode), place, year, read=tuple)
        return shown, used

    def roles_of(self, organisation: str) -> int:
        """A bit for each role."""
        return int(self.view("rolesOf", organisation, read=first))

    def partner_since(self, organisation: str, partner: str) -> int:
        """The first day whose bookings of the partner are inside the organisation's network, 0 if none are."""
        return int(self.view("partnerSince", organisation, partner, read=first))

    def anchor_of(self, lets: int, root: bytes) -> ClaimAnchor | None:
        """The claims anchored under a root, None if there are none."""
        found = self.view("anchorOf", lets, root, read=lambda values: ClaimAnchor(*values[0]))
        return found if found.deadline else None

    def consumed_by(self, record: int) -> tuple[int, int]:
        """The first statement of the chain that consumed a claim, and the last one that did; zeros for none."""
        root, statement = self.view("consumedBy", record, read=tuple)
        return root, statement

    def table(self) -> tuple[int, ...]:
        """Section 9's rows as the contract has them (`cet.logistics.rules.Row.encode`)."""
        return tuple(self.view("table", read=first))

    def last_day_of(self, role: Role, act: Act, material: Material, since: int) -> int:
        """Last day on which the table allows an act, counted from `since`. Raises Refused where no row does."""
        return int(self.view("lastDayOf", int(role), int(act), int(material), since, read=first))

    def closed(self) -> int:
        return int(self.view("closed", read=first))
