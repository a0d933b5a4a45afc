"""What happens in a book, one frozen event each: the same a contract emits and the register is rebuilt from.

Amounts are whole base units (`terms.amount`); emissions whole mg CO2e of the whole amount, well-to-wheel (`wtw_mg`), its
tank-to-wheel part (`ttw_mg`), and biogenic CO2 beside them, outside the scopes (`biogenic_mg`). Days are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.logistics.terms import Bundling, LogisticsError, Mode, Role

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Additionality:
    """Which regulation was considered, and what part of the amount it already requires (section 6)."""

    regulations: tuple[str, ...]
    share_not_additional: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        """Raises LogisticsError for a statement that considers nothing, or a share outside 0 to 1."""
        if not self.regulations:
            raise LogisticsError("no regulation considered", "name what was considered, or why none applies")
        if not 0 <= self.share_not_additional <= 1:
            raise LogisticsError(f"share not additional {self.share_not_additional}", "give a part of 1")

    def additional(self, amount: int) -> int:
        """What of an amount is additional, rounded down."""
        left = amount * (1 - self.share_not_additional)
        return left.numerator // left.denominator


@dataclass(frozen=True, slots=True, order=True)
class CrossModeCredit:
    """Credits a solution earns towards another mode's obligations: disclosed in all that is made from it (section 6)."""

    mode: Mode
    scheme: str
    share: Fraction


@dataclass(frozen=True, slots=True)
class Certification:
    """Who certified a solution's sustainability, under which proof, made from what."""

    scheme: str
    proof: str
    feedstock: str


@dataclass(frozen=True, slots=True)
class Masses:
    """Emissions of an amount in mg CO2e: well-to-wheel, its tank-to-wheel part, and biogenic CO2 outside.

    `ttw_known` is False where nothing was said of the tank-to-wheel part, so that its 0 says nothing.
    """

    wtw_mg: int
    ttw_mg: int = 0
    biogenic_mg: int = 0
    ttw_known: bool = True

    def __post_init__(self) -> None:
        """Raises LogisticsError when a mass is negative or the part is above the whole."""
        if min(self.wtw_mg, self.ttw_mg, self.biogenic_mg) < 0:
            raise LogisticsError("negative emissions", "removals and savings are no part of a profile")
        if self.ttw_mg > self.wtw_mg:
            raise LogisticsError(
                f"tank-to-wheel {self.ttw_mg} mg above well-to-wheel {self.wtw_mg} mg",
                "well-to-wheel is the whole life cycle",
            )


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An organisation, its roles, and whom it contracts with (section 5: its contracted network)."""

    id: str
    name: str
    roles: frozenset[Role]
    network: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ActivityShown:
    """Evidence of an organisation's own activity of a mode in a year; more of it adds up. It caps what it claims."""

    by: str
    mode: Mode
    unit: str
    year: int
    activity: int
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class SolutionBooked:
    """A solution provider books a solution's profile, bundled or not. `elsewhere` is (registry, its id there)."""

    id: str
    by: str
    on: dt.date
    produced: dt.date
    bundled: bool
    modes: frozenset[Mode]
    quantity: int
    unit: str
    energy_wh: int
    masses: Masses
    certification: Certification
    delivery: str
    additionality: Additionality | None
    credits: tuple[CrossModeCredit, ...] = ()
    elsewhere: tuple[str, str] | None = None
    name: str = ""
    verifier: str = ""


@dataclass(frozen=True, slots=True)
class SolutionProvided:
    """A solution goes physically to a carrier, which generates LETS with it; nothing of it is booked as a profile."""

    id: str
    by: str
    on: dt.date
    to: str
    mode: Mode
    quantity: int
    unit: str
    delivery: str


@dataclass(frozen=True, slots=True)
class SolutionClaimed:
    """A solution's profile goes to a claimant: of `quantity` solution units, as so much activity of a mode in a year.

    `consumption` is what one unit of activity takes, in solution units. A carrier's emitter claim may have no activity; it
    names the supply-chain claim (`paired`) whose emitter profile it takes, or nothing.
    """

    id: str
    by: str
    role: Role
    on: dt.date
    solution: str
    side: Bundling
    quantity: int
    mode: Mode
    year: int
    activity: int = 0
    unit: str = "g-km"
    consumption: Fraction = Fraction(0)
    toc: str = ""
    paired: str = ""


@dataclass(frozen=True, slots=True)
class EmitterRetired:
    """What is left of the emitter profile beside a supply-chain claim is retired, with the reason."""

    by: str
    on: dt.date
    claim: str
    reason: str


@dataclass(frozen=True, slots=True)
class LetsBooked:
    """A carrier books a LETS it generated with a solution in its own fleet; `solution` and `certificate` say which, if it says so."""

    id: str
    by: str
    on: dt.date
    generated: dt.date
    mode: Mode
    year: int
    activity: int
    unit: str
    masses: Masses
    evidence: str
    toc: str = ""
    provision: str = ""
    additionality: Additionality | None = None
    credits: tuple[CrossModeCredit, ...] = ()
    elsewhere: tuple[str, str] | None = None
    solution: str = ""
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class LetsDerived:
    """A carrier or an LSP books a LETS from a solution's profile it claimed (indirect generation)."""

    id: str
    by: str
    role: Role
    on: dt.date
    claim: str
    activity: int


@dataclass(frozen=True, slots=True)
class LetsRebooked:
    """A carrier or an LSP claims a LETS and books it again for its customers."""

    id: str
    by: str
    role: Role
    on: dt.date
    lets: str
    activity: int
    mode: Mode
    year: int
    toc: str = ""


@dataclass(frozen=True, slots=True)
class LetsClaimed:
    """A shipper includes a LETS in its inventory of a year."""

    id: str
    by: str
    on: dt.date
    lets: str
    activity: int
    mode: Mode
    year: int
    toc: str = ""


Event = (
    Enrolled
    | ActivityShown
    | SolutionBooked
    | SolutionProvided
    | SolutionClaimed
    | EmitterRetired
    | LetsBooked
    | LetsDerived
    | LetsRebooked
    | LetsClaimed
)
