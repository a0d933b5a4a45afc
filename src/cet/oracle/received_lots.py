"""Allocations that a package says its participant received, held to the ledger (law 11): who cites must hold, and no more than it holds.

The inventory engine has no ledger and believes the `received` column; the oracle does not. A line that cites an allocation forms
no lot, so a citation of nothing would take emissions out of the ledger.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cet.inventory.output import BASIS_UNITS
from cet.oracle.errors import ReceivedUnfounded
from cet.quantities import exact_text, unit
from cet.scopes import BasisUnit, scope_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cet.inventory import Inventory
    from cet.inventory.received import Received
    from cet.ledger import Ledger
    from cet.ledger.lots import LotView

_UNITS = dict(BASIS_UNITS.values())
"""The unit of each basis but mass, as quantities name it."""

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Unfounded:
    """What is wrong with a citation, and what would be right."""

    lot: str
    lines: tuple[str, ...]
    problem: str
    remedy: str

    @property
    def text(self) -> str:
        return f"line {', '.join(self.lines)}, received {self.lot}: {self.problem}; {self.remedy}"


def require_received(ledger: Ledger, inventory: Inventory, participant: str) -> None:
    """Raises ReceivedUnfounded with everything wrong, by line and lot, unless each allocation that lines cite is a lot that the
    participant holds now, in the lines' scope and category, of units enough for all lines that cite it together.

    Units are the lot's own (Wh, g, …), or its mass where it is shared out by mass; compared exactly.
    """
    if not inventory.received:
        return
    found = []
    for lot, citations in _by_lot(inventory).items():
        key = int(lot, 16)
        view = ledger.emissions.lot_of(key) if ledger.emissions.exists(key) else None
        gross = ledger.emissions.figures(key).gross if view is not None else 0
        found += [(lot, *one) for one in _unfounded(citations, view, gross, participant)]
    if found:
        lines = _lines(inventory, {lot for lot, _, _ in found})
        told = [Unfounded(lot, lines[lot], problem, remedy) for lot, problem, remedy in found]
        raise ReceivedUnfounded(
            "\n".join(one.text for one in told),
            "cite what `cet ledger show` lists as received by the participant; the rest is a line of its own",
        )


@dataclass(frozen=True, slots=True)
class Cited:
    """What a package cites of a received lot, and the most there is, both in `unit`: the lot's own, or mg where it is shared by mass."""

    lot: str
    units: Fraction
    most: int
    unit: str


def citations_of(ledger: Ledger, inventory: Inventory) -> tuple[Cited, ...]:
    """What an inventory cites of each lot, once `require_received` has let it pass."""
    found = []
    for lot, citations in _by_lot(inventory).items():
        view = ledger.emissions.lot_of(int(lot, 16))
        if view.code.unit is BasisUnit.MASS:
            most = max(view.basis, ledger.emissions.figures(int(lot, 16)).gross)
            found.append(Cited(lot, _mass(citations), most, "mg"))
        else:
            found.append(Cited(lot, _covered(citations, view.code.unit), view.basis, _UNITS[view.code.unit]))
    return tuple(found)


def _by_lot(inventory: Inventory) -> Mapping[str, Sequence[Received]]:
    by_lot: dict[str, list[Received]] = defaultdict(list)
    for cited in inventory.received:
        by_lot[cited.lot].append(cited)
    return by_lot


def _mass(citations: Sequence[Received]) -> Fraction:
    return sum((cited.mg for cited in citations), Fraction(0))


def _covered(citations: Sequence[Received], lots: BasisUnit) -> Fraction:
    own = unit(_UNITS[lots])
    return sum((cited.activity * unit(cited.unit).ratio / own.ratio for cited in citations), Fraction(0))


def _unfounded(
    citations: Sequence[Received], view: LotView | None, gross: int, participant: str
) -> Iterator[tuple[str, str]]:
    if view is None:
        yield "there is no such lot on the ledger", "take up the supplier's offer first, and give its key"
        return
    if view.holder != participant:
        yield f"it is held by {view.holder}, not by {participant}", "cite a lot of the participant's own"
        return
    code = view.code
    for cited in citations:
        if (cited.scope, cited.category) != (code.scope, code.category):
            said = f"{scope_text(cited.scope)} category {cited.category}"
            yield f"the lot is {code}, the line is {said}", "report it where the lot stands"
    if code.unit is BasisUnit.MASS:
        # Its units are its supplier's mg; a restatement or its own rounding may have raised what they weigh.
        mass, most = _mass(citations), max(view.basis, gross)
        if mass > most:
            yield f"{exact_text(mass)} mg are cited, it has {most} mg", "cite no more than was received"
        return
    own = unit(_UNITS[code.unit])
    other = [cited.unit for cited in citations if unit(cited.unit).dimension != own.dimension]
    if other:
        yield f"the lot is in {own.name}, the line in {other[0]}", "give the activity in the lot's unit"
        return
    covered = _covered(citations, code.unit)
    if covered > view.basis:
        yield (
            f"{exact_text(covered)} {own.name} are cited, it has {view.basis}",
            "cite no more than was received",
        )


def _lines(inventory: Inventory, lots: set[str]) -> Mapping[str, tuple[str, ...]]:
    """Ids of the first lines that cite each lot."""
    named: dict[str, list[str]] = {lot: [] for lot in lots}
    for line in inventory.lines:
        lot = line.shape.text.received
        if lot in named and len(named[lot]) <= _MOST_NAMED:
            named[lot].append(line.id)
    return {
        lot: tuple(ids) if len(ids) <= _MOST_NAMED else (*ids[:_MOST_NAMED], "…")
        for lot, ids in named.items()
    }
