"""Energy certificates of the model: batches of serials, cancellations, and which chain of statements each belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from model.refusal import require

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model.statements import StatementModel

MWH = 10**6
OTHER = 6
ACTIVE, SUSPENDED = 1, 2


@dataclass
class CertificateBatchModel:
    """Wh; `held` by account. What is cancelled or withdrawn takes the next serials."""

    first: int
    last: int
    status: int = ACTIVE
    cancelled: int = 0
    withdrawn: int = 0
    held: dict[str, int] = field(default_factory=dict)
    produced: tuple[int, int] = (0, 0)
    """First and last day."""

    @property
    def issued(self) -> int:
        return (self.last - self.first + 1) * MWH


@dataclass
class CancellationModel:
    """For whom, when and what for; `chain` and `last` are the statements that used it."""

    batch: Hashable
    first: int
    amount: int
    beneficiary: str
    period: tuple[int, int]
    purpose: int
    is_void: bool = False
    chain: int = 0
    last: int = 0


class CertificateModel:
    """Batches of one series by their serials, cancellations by their content."""

    def __init__(self) -> None:
        self.batches: dict[Hashable, CertificateBatchModel] = {}
        self.cancellations: dict[Hashable, CancellationModel] = {}

    def issue(self, first: int, last: int, to: str, produced: tuple[int, int]) -> Hashable:
        require(0 < first <= last, "RangeReversed")
        free = all(last < other.first or other.last < first for other in self.batches.values())
        require(free, "RangeOverlaps")
        batch = CertificateBatchModel(first, last, produced=produced)
        batch.held[to] = batch.issued
        self.batches[first, last] = batch
        return (first, last)

    def transfer(self, name: Hashable, source: str, target: str, amount: int) -> None:
        batch = self.batches[name]
        require(batch.status == ACTIVE, "BatchNotActive")
        require(amount <= batch.held.get(source, 0), "ERC1155InsufficientBalance")
        batch.held[source] = batch.held.get(source, 0) - amount
        batch.held[target] = batch.held.get(target, 0) + amount

    def cancel(
        self,
        name: Hashable,
        holder: str,
        amount: int,
        beneficiary: str,
        period: tuple[int, int],
        purpose: int,
        document: int,
    ) -> Hashable:
        batch = self.batches[name]
        require(period[0] <= period[1], "CancellationInvalid")
        require(amount != 0, "AmountZero")
        require(batch.status == ACTIVE, "BatchNotActive")
        made = (name, holder, amount, beneficiary, period, purpose, document)
        require(made not in self.cancellations, "CancellationExists")
        require(amount <= batch.held.get(holder, 0), "ERC1155InsufficientBalance")
        first = batch.cancelled + batch.withdrawn
        self.cancellations[made] = CancellationModel(name, first, amount, beneficiary, period, purpose)
        batch.held[holder] -= amount
        batch.cancelled += amount
        return made

    def withdraw(self, name: Hashable, holder: str, amount: int) -> None:
        batch = self.batches[name]
        require(amount != 0, "AmountZero")
        require(amount <= batch.held.get(holder, 0), "ERC1155InsufficientBalance")
        batch.held[holder] -= amount
        batch.withdrawn += amount

    def set_status(self, name: Hashable, status: int) -> None:
        step = (self.batches[name].status, status)
        require(step in {(ACTIVE, SUSPENDED), (SUSPENDED, ACTIVE)}, "BatchStatusForbidden")
        self.batches[name].status = status

    def void(self, made: Hashable) -> int:
        """The number of the statement that used it last, 0 for none."""
        use = self.cancellations[made]
        require(not use.is_void, "UseVoid")
        use.is_void = True
        return use.last

    def require_consumable(self, made: Hashable, kept: StatementModel) -> None:
        use, stated = self.cancellations[made], kept.stated
        require(not use.is_void, "UseVoid")
        require(use.chain in (0, kept.root), "UseConsumed")
        require(use.purpose != OTHER, "UseNotForInventory")
        require(use.beneficiary == stated.participant, "UseOfAnother")
        (begin, end), (first, last) = stated.period, use.period
        require(begin <= first and last <= end, "UseOutOfPeriod")

    def consume(self, made: Hashable, kept: StatementModel) -> None:
        use = self.cancellations[made]
        use.chain, use.last = kept.root, kept.number
