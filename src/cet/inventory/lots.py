"""Lots: what a statement mints, one per facility, scope, category and series.

Basis of a lot, in this order: the declared `[[output]]`; for scope 2 the consumption in watt-hours, when every quantity
of the lot is an energy; else its own mass in milligrams. A basis is rounded down, so that a share is never understated;
gross is rounded up once per lot, so that a lot is never understated. A lot of zero emissions is minted when it has an
output or a consumption of at least one unit; otherwise there is nothing to hold or to pass on, and a notice says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cet.errors import Finding
from cet.inventory.folder import ACTIVITIES, INVENTORY
from cet.inventory.notices import Notice
from cet.quantities import round_down, round_up_mg, tonnes_text
from cet.scopes import BasisUnit, LotCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

    from cet.inventory.output import Output
    from cet.inventory.shapes import Shape
    from cet.inventory.streams import LotKey
    from cet.inventory.sums import LotSum

MAX_BASIS = 2**63 - 1
MAX_GROSS = 2**64 - 1
MAX_INDEX = 2**16 - 1
NO_LOT = "none"


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as minted: basis in the unit of its code, gross in mg CO2e; `exact` is gross before its one rounding."""

    key: LotKey
    code: LotCode
    index: int
    basis: int
    gross: int
    exact: Fraction
    lines: int

    @classmethod
    def of(cls, key: LotKey, code: LotCode, basis: int, exact: Fraction, lines: int) -> Lot:
        """A lot of a figure, not numbered yet."""
        return cls(key, code, 0, basis, round_up_mg(exact), exact, lines)

    @property
    def name(self) -> str:
        """`code:index`, as an activity line names its lot."""
        return f"{self.code.encode()}:{self.index}"

    @property
    def word(self) -> int:
        """`code 16 | index 16 | basis 64 | gross 64`, as the contract takes it."""
        return self.code.encode() << 144 | self.index << 128 | self.basis << 64 | self.gross


def form_lots(
    sums: Mapping[LotKey, LotSum], outputs: tuple[Output, ...]
) -> tuple[tuple[Lot, ...], list[Notice], list[Finding]]:
    """The lots in the order of code and index, notices of lots not minted, and what can't be minted at all."""
    declared = {(output.facility, output.scope, output.category): output for output in outputs}
    notices: list[Notice] = []
    findings: list[Finding] = []
    indices: dict[int, int] = {}
    lots: list[Lot] = []
    for key in sorted(sums):
        lot_sum = sums[key]
        output = declared.pop((key.facility, key.scope, key.category), None)
        unit, basis = basis_of(lot_sum, output)
        code = LotCode(key.scope, key.category, key.method, unit)
        if basis == 0:
            text = f"{key.facility}, {code}: zero emissions and no [[output]], so nothing is minted"
            notices.append(Notice("zero-lot", text, lot_sum.lines, ""))
            continue
        index = indices.get(code.encode(), 0)
        indices[code.encode()] = index + 1
        lot = Lot(key, code, index, basis, round_up_mg(lot_sum.mg), lot_sum.mg, lot_sum.lines)
        findings += beyond_bounds(lot)
        lots.append(lot)
    for output in declared.values():
        problem = f"output of a lot without lines (scope {int(output.scope)}, category {output.category})"
        remedy = "add its activity lines; one of quantity 0 where nothing is emitted"
        findings.append(Finding(INVENTORY, 0, "output", output.facility, problem, remedy))
    lots.sort(key=lambda lot: (lot.code.encode(), lot.index))
    return tuple(lots), notices, findings


def lot_names(shape: Shape, lots: Mapping[LotKey, Lot]) -> str:
    """The lots lines of this shape go into, in the order of their keys; `none` for a zero lot, or what others mint."""
    minted = {stream.key for stream in (*shape.minted, *(() if shape.text.received else shape.market))}
    keys = sorted(stream.key for stream in shape.all_streams)
    return " ".join(lots[key].name if key in lots and key in minted else NO_LOT for key in keys)


def numbered(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """The lots with their indices: those of one code from 0, in the order of their keys."""
    indices: dict[int, int] = {}
    found = []
    for lot in sorted(lots, key=lambda one: one.key):
        index = indices.get(lot.code.encode(), 0)
        indices[lot.code.encode()] = index + 1
        found.append(replace(lot, index=index))
    return tuple(found)


def basis_of(lot_sum: LotSum, output: Output | None) -> tuple[BasisUnit, int]:
    """What a lot is shared out by, and how much of it there is."""
    if output is not None:
        return output.basis, round_down(output.quantity)
    if lot_sum.watt_hours is not None and (consumed := round_down(lot_sum.watt_hours)):
        return BasisUnit.WATT_HOUR, consumed
    return BasisUnit.MASS, round_up_mg(lot_sum.mg)


def beyond_bounds(lot: Lot) -> list[Finding]:
    """What is too large for a token."""
    findings = []
    place = f"{lot.key.facility}, {lot.code}"
    if lot.gross > MAX_GROSS:
        remedy = "a token holds at most 18 billion tonnes; check quantities and units"
        problem = f"{tonnes_text(lot.gross, 0)} t in one lot ({place})"
        findings.append(Finding(ACTIVITIES, 0, "quantity", "", problem, remedy))
    if lot.basis > MAX_BASIS:
        problem = f"basis of {lot.basis} {lot.code.unit.name} in one lot ({place})"
        remedy = f"a lot's basis is at most {MAX_BASIS}; check quantities and units"
        findings.append(Finding(ACTIVITIES, 0, "quantity", "", problem, remedy))
    if lot.index > MAX_INDEX:
        problem = f"more than {MAX_INDEX + 1} lots of one kind ({lot.code})"
        findings.append(
            Finding(ACTIVITIES, 0, "facility", "", problem, "group facilities, or split the entity")
        )
    return findings
