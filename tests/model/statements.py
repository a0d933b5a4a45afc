"""Statements of the model: what was stated, what corrects what, and what was taken back (law 8)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from model.refusal import require

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model.codes import Code

MOST_INFLATION = 2_500
"""Basis points that a chain of corrections may raise what was passed on by, compounded."""


@dataclass(frozen=True)
class Stated:
    """A statement as signed. `lots` are (code, index, basis, gross), `restated` (name, before, after); `reported` the scopes
    that have a figure."""

    salt: int
    participant: str
    verifier: str
    period: tuple[int, int]
    lots: tuple[tuple[Code, int, int, int], ...]
    reported: frozenset[int]
    level: int = 1
    coverage: int = 10_000
    supersedes: Stated | None = None
    inflation: int = 0
    restated: tuple[tuple[Hashable, int, int], ...] = ()
    uses: tuple[Hashable, ...] = ()
    """Cancellations it uses, in the order of their numbers on the chain."""


@dataclass
class StatementModel:
    """A recorded statement. `root` is the number of the first of its chain, `used` the chain's inflation up to here."""

    number: int
    stated: Stated
    root: int
    used: int
    superseded_by: int = 0
    withdrawn: bool = False
    carried_out: bool = False
    consumed: bool = False
    voided: int = 0


class StatementBook:
    """All that is recorded, and which statement stands for a participant's period."""

    def __init__(self) -> None:
        self.recorded: dict[Stated, StatementModel] = {}
        self.heads: dict[str, dict[tuple[int, int], Stated]] = {}

    def admit(self, stated: Stated) -> StatementModel:
        """The statement's record, new or known, for lots to be minted or restated from it. Nothing is written yet."""
        kept = self.standing(stated)
        require(kept.consumed or not stated.uses, "InstrumentsPending")
        return kept

    def standing(self, stated: Stated) -> StatementModel:
        """The statement's record, new or known, unless something was stated since."""
        kept = self.recorded.get(stated) or self._new(stated)
        require(kept.superseded_by == 0, "StatementSuperseded")
        require(not kept.withdrawn, "StatementWithdrawn")
        return kept

    def find_void(self, number: int) -> None:
        """A use that statement `number` named last is void; 0 for one that none did."""
        for kept in self.recorded.values():
            if kept.number == number:
                kept.voided += 1

    def keep(self, kept: StatementModel) -> None:
        """Writes what was admitted."""
        stated = kept.stated
        if stated in self.recorded:
            return
        self.recorded[stated] = kept
        if stated.supersedes is not None:
            self.recorded[stated.supersedes].superseded_by = kept.number
        self.heads.setdefault(stated.participant, {})[stated.period] = stated

    def root_of(self, number: object) -> int:
        """The root of statement `number`, 0 where there is none."""
        return next((kept.root for kept in self.recorded.values() if kept.number == number), 0)

    def withdraw(self, stated: Stated, caller: str) -> None:
        require(stated in self.recorded, "StatementUnknown")
        require(caller == stated.verifier, "NotVerifier")
        require(not self.recorded[stated].withdrawn, "StatementWithdrawn")
        self.recorded[stated].withdrawn = True

    def _new(self, stated: Stated) -> StatementModel:
        number = len(self.recorded) + 1
        taken = self.heads.get(stated.participant, {})
        if stated.supersedes is None:
            require(not stated.inflation and not stated.restated, "SupersedesNothing")
            (first, last) = stated.period
            free = all(end < first or last < begin for begin, end in taken)
            require(free, "RangeOverlaps")
            return StatementModel(number, stated, number, 0)
        require(taken.get(stated.period) == stated.supersedes, "NotHead")
        head = self.recorded[stated.supersedes]
        before = head.stated
        better = stated.level > before.level
        as_good = stated.level == before.level and stated.coverage >= before.coverage
        require(better or as_good, "AssuranceLower")
        used = ceil(Fraction((10_000 + head.used) * (10_000 + stated.inflation), 10_000)) - 10_000
        require(used <= MOST_INFLATION, "InflationExceeds")
        return StatementModel(number, stated, head.root, used)
