"""What the mirror knows of the register of bookings: each record as its event told it, and what was used of it since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cet.ledger.bookings import LetsBooking, Provision, ServiceUse, Solution, SolutionClaim
    from cet.ledger.mirror.state import State
    from cet.logistics.terms import Basis, Mode, Role


@dataclass(frozen=True, slots=True)
class Organisation:
    """`roles` has a bit for each role."""

    name: str
    roles: int


@dataclass(frozen=True, slots=True)
class BookedSolution:
    """`claimed` of what is additional, `free` of the emitter profile, both in its unit; `void_for` why it was found void, or None."""

    id: int
    by: str
    day: int
    verifier: str
    solution: Solution
    block: int
    transaction: str
    claimed: int = 0
    free: int = 0
    void_for: str | None = None


@dataclass(frozen=True, slots=True)
class Provided:
    """A solution that went to a carrier."""

    id: int
    by: str
    day: int
    provision: Provision
    block: int
    transaction: str
    void_for: str | None = None


@dataclass(frozen=True, slots=True)
class ClaimedProfile:
    """`left` is activity not booked as LETS; of the emitter profile beside it, `attached` waits and `retired` is at its end."""

    id: int
    by: str
    day: int
    claim: SolutionClaim
    block: int
    transaction: str
    left: int
    attached: int
    retired: int = 0
    retired_on: int | None = None
    retired_for: str = ""
    void_for: str | None = None


@dataclass(frozen=True, slots=True)
class BookedLets:
    """A service and what was claimed of it, in its unit. `parent` is the provision, profile claim or LETS it was made from, `booking`
    is what its carrier stated and `verifier` signed, None and empty for what was made from other records."""

    id: int
    by: str
    role: Role
    basis: Basis
    day: int
    mode: Mode
    toc: bytes
    unit: str
    year: int
    activity: int
    additional: int
    parent: int
    booking: LetsBooking | None
    block: int
    transaction: str
    claimed: int = 0
    claimed_additional: int = 0
    claimed_by_carriers: int = 0
    void_for: str | None = None
    verifier: str = ""

    @property
    def available(self) -> int:
        """What may still be claimed."""
        return self.activity - self.claimed


@dataclass(frozen=True, slots=True)
class ClaimedService:
    """A shipper's claim of a LETS."""

    id: int
    by: str
    day: int
    basis: Basis
    unit: str
    toc: bytes
    use: ServiceUse
    block: int
    transaction: str
    void_for: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """An organisation's LETS and claims of a mode, in one unit: booked, of it claimed by others or reserved, and what it claimed."""

    booked: int = 0
    claimed_by_others: int = 0
    claimed: int = 0

    @property
    def available(self) -> int:
        return self.booked - self.claimed_by_others


def positions(state: State) -> dict[tuple[str, Mode, str], Position]:
    """By (organisation, mode, unit): LETS booked, claimed of them, and claimed of others' and of solutions. Void records count for
    nothing; so do profile claims whose activity is booked again as LETS."""
    sums: defaultdict[tuple[str, Mode, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for lets in state.lets.values():
        if lets.void_for is None:
            at = sums[lets.by, lets.mode, lets.unit]
            at[0] += lets.activity
            at[1] += lets.claimed
    for claim in state.service_claims.values():
        if claim.void_for is None:
            sums[claim.by, claim.use.mode, claim.unit][2] += claim.use.activity
    for profile in state.profile_claims.values():
        if profile.void_for is None and profile.left:
            sums[profile.by, profile.claim.mode, profile.claim.unit][2] += profile.left
    return {key: Position(*values) for key, values in sums.items()}
