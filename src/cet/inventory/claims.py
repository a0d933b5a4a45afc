"""Participants' own figures compared with the recomputed ones, line by line.

A claim differs when it is not the exact figure rounded half to even to the claim's own number of decimals: a figure
printed with three decimals is right when it is the right figure with three decimals. Of a claim that prints more than
12 significant digits only 12 are compared: what follows is the noise of a spreadsheet's own binary arithmetic.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.factors import FactorKind
from cet.quantities import MG_PER_TONNE, half_even_text, parse_number, ratio_between
from cet.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cet.factors import Factor, FactorStore
    from cet.gases import GwpSet
    from cet.inventory.rows import Row, ShapeText
    from cet.inventory.shapes import Shape

_ENOUGH_DIGITS = 4
_MOST_DIGITS = 12
_MOST_EXPLANATIONS = 5


@dataclass(frozen=True, slots=True)
class ClaimFinding:
    """A claim beside the recomputed figure, which it is not when it `differs`. Tonnes CO2e as text, at the claim's own
    precision."""

    line: str
    claimed: str
    recomputed: str
    difference: str
    differs: bool = True

    def __str__(self) -> str:
        return f"{self.line}: claimed {self.claimed} t, recomputed {self.recomputed} t (difference {self.difference} t)"


def compare_claims(rows: Iterable[Row], shapes: Mapping[ShapeText, Shape]) -> tuple[ClaimFinding, ...]:
    """Every claim that differs, by line id. A scope 2 line's claim may be either method's figure."""
    compared = (compare_claim(row, shapes[row.shape]) for row in rows)
    return tuple(sorted((claim for claim in compared if claim.differs), key=lambda claim: claim.line))


def compare_claim(row: Row, shape: Shape) -> ClaimFinding:
    """A line's claim beside its recomputed figure, of scope 2 the method's that is nearer."""
    figures = [row.amount * stream.mg / MG_PER_TONNE for stream in shape.own or shape.projected] or [
        Fraction(0)
    ]
    text, places = _printed(row.claimed)
    claim = parse_number(text).value
    nearest = min(figures, key=lambda figure: abs(figure - claim))
    recomputed = half_even_text(nearest, places)
    difference = half_even_text(claim - parse_number(recomputed).value, places)
    return ClaimFinding(
        row.id, text, recomputed, difference, differs=recomputed != half_even_text(claim, places)
    )


def explain_claim(
    claim: ClaimFinding,
    rows: Sequence[Row],
    shapes: Mapping[ShapeText, Shape],
    store: FactorStore,
    gwp: GwpSet,
) -> tuple[str, ...]:
    """What would reproduce a differing claim: another factor, another line's quantity, a forgotten share, a slip by
    a thousand, gases counted inside the scopes. At most five sentences, the likeliest first; none for claims of fewer
    than four significant digits, which too much would reproduce by chance."""
    _, places = _printed(claim.claimed)
    value = parse_number(claim.claimed).value
    if len(claim.claimed.replace(".", "").strip("-0")) < _ENOUGH_DIGITS:
        return ()
    half = Fraction(1, 2 * 10**places)
    low, high = (value - half) * MG_PER_TONNE, (value + half) * MG_PER_TONNE
    row = next(row for row in rows if row.id == claim.line)
    shape = shapes[row.shape]
    found = _by_own_quantity(row, shape, low, high)
    for factor in store.applicable_to(shape.counted):
        rate = _rate(factor, gwp) * ratio_between(shape.counted, factor.unit) * shape.per_factor
        if rate and factor.id != shape.factors[0].id:
            if low <= row.amount * rate <= high:
                found.append(f"applies {factor.id} ({factor.name}) to this line's quantity")
            elif low <= row.whole * rate <= high:
                found.append(f"applies {factor.id} ({factor.name}) to the whole quantity, without the share")
    found += _by_another_line(row, shape, (low, high), rows, shapes, store, gwp)
    return tuple(found[:_MOST_EXPLANATIONS])


def _by_own_quantity(row: Row, shape: Shape, low: Fraction, high: Fraction) -> list[str]:
    found = []
    everything = sum((s.mg for s in shape.streams if s.key.scope is not Scope.SCOPE_2), Fraction(0))
    if any(s.key.scope is Scope.OUTSIDE for s in shape.streams) and low <= row.amount * everything <= high:
        found.append("counts gases that are reported outside the scopes")
    for stream in shape.own:
        if row.share.value != 1 and low <= row.whole * stream.mg <= high:
            found.append("leaves the share out")
        for slip, words in (
            (1000, "a thousand times too large"),
            (Fraction(1, 1000), "a thousand times too small"),
        ):
            if low <= row.amount * stream.mg * slip <= high:
                found.append(f"is {words}: check t against kg, MWh against kWh")
    return list(dict.fromkeys(found))


def _by_another_line(
    row: Row,
    shape: Shape,
    bounds: tuple[Fraction, Fraction],
    rows: Sequence[Row],
    shapes: Mapping[ShapeText, Shape],
    store: FactorStore,
    gwp: GwpSet,
) -> list[str]:
    """Other lines of the same kind of unit whose quantity, with some factor, gives the claim."""
    others = sorted(
        (other.amount * theirs.per_factor * ratio_between(theirs.counted, shape.counted), other.id)
        for other in rows
        if other.id != row.id
        and other.amount
        and (theirs := shapes[other.shape]).counted.dimension == shape.counted.dimension
    )
    found = []
    for factor in store.applicable_to(shape.counted):
        rate = _rate(factor, gwp) * ratio_between(shape.counted, factor.unit)
        if not rate:
            continue
        at = bisect_left(others, (bounds[0] / rate, ""))
        if at < len(others) and others[at][0] <= bounds[1] / rate:
            found.append(f"applies {factor.id} ({factor.name}) to the quantity of line {others[at][1]}")
    return found


def _rate(factor: Factor, gwp: GwpSet) -> Fraction:
    """All CO2e of a factor in mg per its unit, wherever it is reported; 0 where a gas has no GWP in the set, and of the
    gases themselves, one of which would explain any figure."""
    if factor.kind is FactorKind.MEASURED:
        return Fraction(0)
    known = [(gas, mass) for gas, mass in factor.components if any(one is gwp for one, _ in gas.gwps)]
    if len(known) < len(factor.components):
        return Fraction(0)
    return sum((mass * gas.gwp(gwp) for gas, mass in known), factor.co2e_mg or Fraction(0))


def _printed(claimed: str) -> tuple[str, int]:
    """The claim as printed, binary noise removed, and the number of decimals it is compared at."""
    number = parse_number(claimed)
    text = number.text if number.artefact or "e" in claimed.lower() else claimed
    digits = len(text.replace(".", "").lstrip("-0"))
    return text, max(0, len(text.partition(".")[2]) - max(0, digits - _MOST_DIGITS))
