"""Lines that cite an allocation received on the ledger: reported, and minted by the supplier alone.

Primary data displaces the estimate (law 11): what an allocation covers is a line of its own, with the supplier's factor,
and only what it doesn't cover is a line that is minted. A source is minted once (law 10).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.activity import activity_of
from cet.inventory.problem import Problem
from cet.scopes import CATEGORY_NAMES, REMOVALS, SCOPE_TEXT, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cet.inventory.rows import ShapeText
    from cet.inventory.shapes import Shape
    from cet.inventory.tally import ShapeTally

_KEY = re.compile(r"0x[89a-f][0-9a-f]{15}", re.ASCII)
_REMOVED = next(name for name, number in CATEGORY_NAMES[Scope.OUTSIDE].items() if number == REMOVALS)


@dataclass(frozen=True, slots=True)
class Received:
    """What lines cite of one allocation: the received lot's key, what it covers in its unit, and its exact mg CO2e as written."""

    lot: str
    facility: str
    scope: Scope
    category: int
    unit: str
    activity: Fraction
    mg: Fraction
    lines: int


def received_of(pairs: Iterable[tuple[Shape, ShapeTally]]) -> tuple[Received, ...]:
    """Every allocation cited, by lot, facility and place as written."""
    found: dict[tuple[str, str, Scope, int, str], tuple[Fraction, Fraction, int]] = {}
    for shape, tally in pairs:
        if not shape.text.received:
            continue
        scope, (shown, activity) = SCOPE_TEXT[shape.text.scope], activity_of(shape, tally.amount)
        category = CATEGORY_NAMES[scope][shape.text.category]
        mg = sum((stream.mg for stream in shape.streams if stream not in shape.minted), Fraction(0))
        key = (shape.text.received, shape.text.facility, scope, category, shown)
        before = found.get(key, (Fraction(0), Fraction(0), 0))
        found[key] = (before[0] + activity, before[1] + mg * tally.amount, before[2] + tally.lines)
    return tuple(Received(*key, *found[key]) for key in sorted(found))


def check_received(text: ShapeText, problems: list[Problem]) -> None:
    """That it is the key of a lot that was received, on a line that an allocation can cover."""
    if not text.received:
        return
    found: list[tuple[str, str]] = []
    if not _KEY.fullmatch(text.received):
        remedy = "give the key of the lot you received, 0x and 16 hexadecimal digits of which the first is 8 or above"
        found.append(("no key of a received lot", remedy))
    if text.scope == "1":
        remedy = "leave received empty: what is emitted here is minted here"
        found.append(("an allocation for scope 1, which is never received", remedy))
    if text.scope == "2" and not text.market_factor:
        remedy = (
            "add market_factor: the allocation's own, gross by basis; the location-based figure stays yours"
        )
        found.append(("an allocation of energy without its factor", remedy))
    if text.scope == "outside" and text.category == _REMOVED:
        found.append(("an allocation of removals, which are never passed on", "leave received empty"))
    problems += [Problem("received", text.received[:80], problem, remedy) for problem, remedy in found]
