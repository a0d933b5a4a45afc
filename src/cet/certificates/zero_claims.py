"""Energy counted as zero outside the GHG Protocol: the CarbonNeutral Protocol's two original requirements (2.4.1).

They bind inventories under other standards only. The first asks for evidence that nothing is counted twice; the second lets energy
sold as green be zero where it was fully offset. Neither changes a figure of the inventory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from cet.certificates.criteria import Outcome, Verdict
from cet.certificates.fields import Amount, EnergyUnit
from cet.factors.model import Frozen, Id, Words
from cet.quantities import MG_PER_TONNE, half_even_text

if TYPE_CHECKING:
    from fractions import Fraction

_CLAUSE = "CarbonNeutral Protocol, 2.4.1, requirement {}"
EVIDENCE = {
    "off-grid": "not supplied to the national grid of the country",
    "outside-grid-factors": "its benefit is in no national average or other reporting factor",
}


class ZeroClaim(Frozen):
    """`[[zero_claim]]`: energy counted as zero under a standard other than the GHG Protocol's; judged, and in no figure."""

    id: Annotated[Id, Field(description="the entry's own id", examples=["green-tariff"])]
    facility: Annotated[Id, Field(description="a facility's id", examples=["works"])]
    quantity: Annotated[Amount, Field(description="how much energy, as text", examples=["120"])]
    unit: Annotated[EnergyUnit, Field(description="a unit of energy", examples=["MWh"])]
    factor: Annotated[Id, Field(description="the grid's factor there", examples=["own/grid"])]
    evidence: Annotated[
        Literal["off-grid", "outside-grid-factors"] | None,
        Field(description="why nothing is counted twice"),
    ] = None
    document: Annotated[Words | None, Field(description="the document that shows it")] = None
    offset_t: Annotated[Amount | None, Field(description="credits retired for it, t CO2e, as text")] = None
    credits: Annotated[Words | None, Field(description="which credits, by programme and serial")] = None
    credits_accepted: Annotated[
        bool | None, Field(description="whether they meet the Protocol's requirements")
    ] = None


def double_counting_is_avoided(claim: ZeroClaim) -> Verdict:
    """Requirement 1: evidence that the energy is off the grid, or that its benefit is in no reporting factor."""
    rule, clause = "double-counting-is-avoided", _CLAUSE.format(1)
    if claim.evidence is None or claim.document is None:
        return Verdict(rule, clause, Outcome.BROKEN, "no evidence, or no document of it")
    return Verdict(rule, clause, Outcome.KEPT, f"{EVIDENCE[claim.evidence]}: {claim.document}")


def is_fully_offset(claim: ZeroClaim, emissions_mg: Fraction) -> Verdict:
    """Requirement 2: supplied as green, and all of its emissions offset with credits that meet the Protocol."""
    rule, clause = "is-fully-offset", _CLAUSE.format(2)
    if claim.offset_t is None or claim.credits is None:
        return Verdict(rule, clause, Outcome.BROKEN, "no credits named")
    if not claim.credits_accepted:
        return Verdict(
            rule, clause, Outcome.BROKEN, f"{claim.credits} do not meet the Protocol, or it is not said"
        )
    told = f"{half_even_text(claim.offset_t, 3)} t offset of {half_even_text(emissions_mg / MG_PER_TONNE, 3)} t by {claim.credits}"
    kept = claim.offset_t * MG_PER_TONNE >= emissions_mg
    return Verdict(rule, clause, Outcome.KEPT if kept else Outcome.BROKEN, told)


def judge_zero_claim(claim: ZeroClaim, emissions_mg: Fraction) -> tuple[Verdict, Verdict]:
    """Both verdicts; `emissions_mg` is what the claimed energy comes to by the average of the grid."""
    return double_counting_is_avoided(claim), is_fully_offset(claim, emissions_mg)


def may_be_zero(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether one of the two is kept."""
    return any(one.outcome is Outcome.KEPT for one in verdicts)
