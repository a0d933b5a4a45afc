"""Credits of the model: batches of serials, where each milligram of them is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model.refusal import require

if TYPE_CHECKING:
    from collections.abc import Hashable

TONNE = 10**9
ACTIVE, SUSPENDED, REVOKED = 1, 2, 3
_STEPS = {(ACTIVE, SUSPENDED), (SUSPENDED, ACTIVE), (SUSPENDED, REVOKED)}


@dataclass
class BatchModel:
    """mg; `applied` by lot, `held` by account."""

    first: int
    last: int
    ex_ante: bool
    status: int = ACTIVE
    retired: int = 0
    voided: int = 0
    held: dict[str, int] = field(default_factory=dict)
    frozen: dict[str, int] = field(default_factory=dict)
    applied: dict[Hashable, int] = field(default_factory=dict)

    @property
    def issued(self) -> int:
        return (self.last - self.first + 1) * TONNE


class CreditModel:
    """Batches of one series by their serials."""

    def __init__(self) -> None:
        self.batches: dict[Hashable, BatchModel] = {}

    def issue(self, first: int, last: int, ex_ante: bool, to: str) -> Hashable:
        require(0 < first <= last, "RangeReversed")
        free = all(last < other.first or other.last < first for other in self.batches.values())
        require(free, "RangeOverlaps")
        batch = BatchModel(first, last, ex_ante)
        batch.held[to] = batch.issued
        self.batches[first, last] = batch
        return (first, last)

    def transfer(self, name: Hashable, source: str, target: str, amount: int, caller: str) -> None:
        require(caller == source, "ERC1155MissingApprovalForAll")
        self.require_active(name)
        self.require_movable(name, source, amount)
        held = self.batches[name].held
        held[source] = held.get(source, 0) - amount
        held[target] = held.get(target, 0) + amount

    def retire(self, name: Hashable, amount: int, caller: str) -> None:
        self.require_usable(name, amount)
        self.require_movable(name, caller, amount)
        self.batches[name].held[caller] -= amount
        self.batches[name].retired += amount

    def apply(self, name: Hashable, lot: Hashable, amount: int, caller: str) -> None:
        batch = self.batches[name]
        batch.held[caller] -= amount
        batch.applied[lot] = batch.applied.get(lot, 0) + amount

    def move(self, name: Hashable, source: Hashable, target: Hashable, amount: int) -> None:
        applied = self.batches[name].applied
        applied[source] -= amount
        applied[target] = applied.get(target, 0) + amount

    def set_status(self, name: Hashable, status: int) -> None:
        require((self.batches[name].status, status) in _STEPS, "BatchStatusForbidden")
        self.batches[name].status = status

    def void_application(self, name: Hashable, lot: Hashable) -> int:
        batch = self.batches[name]
        amount = batch.applied.get(lot, 0)
        require(batch.status == REVOKED, "BatchNotRevoked")
        require(amount != 0, "NothingToVoid")
        batch.applied[lot] = 0
        batch.voided += amount
        return amount

    def void_holding(self, name: Hashable, holder: str) -> None:
        batch = self.batches[name]
        amount = batch.held.get(holder, 0)
        require(batch.status == REVOKED, "BatchNotRevoked")
        require(amount != 0, "NothingToVoid")
        batch.held[holder] = 0
        batch.voided += amount

    def applied_to(self, name: Hashable, lot: Hashable) -> int:
        return self.batches[name].applied.get(lot, 0)

    def require_active(self, name: Hashable) -> None:
        require(self.batches[name].status == ACTIVE, "BatchNotActive")

    def require_usable(self, name: Hashable, amount: int) -> None:
        require(amount != 0, "AmountZero")
        self.require_active(name)
        require(not self.batches[name].ex_ante, "ExAnteNotUsable")

    def require_movable(self, name: Hashable, holder: str, amount: int) -> None:
        batch = self.batches[name]
        held = batch.held.get(holder, 0)
        require(amount <= held, "ERC1155InsufficientBalance")
        unfrozen = max(0, held - batch.frozen.get(holder, 0))
        require(amount <= unfrozen, "ERC7943InsufficientUnfrozenBalance")
