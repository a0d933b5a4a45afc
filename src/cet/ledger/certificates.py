"""Energy certificates: issuing, transferring, cancelling and withdrawing, and where each batch is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.contract import SerialContract, first, nothing
from cet.ledger.energy import (
    Cancellation,
    CancellationView,
    CertificateBatch,
    CertificateBatchView,
    TrackingSystem,
)
from cet.statement import InstrumentUse

if TYPE_CHECKING:
    from cet.ledger.chain import Call
    from cet.ledger.credits import BatchStatus


class EnergyCertificates(SerialContract):
    """Typed calls of the energy certificates. Batches are named by their ids; amounts are Wh."""

    name = "EnergyCertificates"

    # Operators and enforcers

    def set_system(
        self, system: bytes, operator: str, cap: int, size: int, valid_days: int, name: str
    ) -> Call[None]:
        """Sets who issues for a tracking system; `size` is what one certificate stands for, `valid_days` 0 for ever."""
        return self.call("setSystem", system, operator, cap, size, valid_days, name, read=nothing)

    # Tracking systems' operators

    def issue(self, batch: CertificateBatch, previous_serial: int, to: str) -> Call[int]:
        """Issues a batch; its id. `previous_serial` is what `previous_serial_of` finds."""
        return self.call("issue", batch.encode(), previous_serial, to, read=first)

    def withdraw(self, batch: int, holder: str, amount: int, reason: str) -> Call[None]:
        """Takes back certificates that nobody has used."""
        return self.call("withdraw", batch, holder, amount, reason, read=nothing)

    def void_cancellation(self, number: int, reason: str) -> Call[None]:
        """Finds a cancellation void: who relied on it is flagged, the certificates stay used."""
        return self.call("voidCancellation", number, reason, read=nothing)

    def set_status(self, batch: int, status: BatchStatus, reason: str) -> Call[None]:
        """Suspends an active batch, or ends its suspension."""
        return self.call("setStatus", batch, int(status), reason, read=nothing)

    # Holders

    def cancel(self, batch: int, amount: int, details: Cancellation) -> Call[int]:
        """Cancels certificates, for ever; the cancellation's number."""
        return self.call("cancel", batch, amount, details.encode(), read=first)

    # Views

    def use(self, number: int) -> InstrumentUse:
        """A cancellation as statements name it."""
        return InstrumentUse(self.address, number)

    def batch_of(self, batch: int) -> CertificateBatchView | None:
        """Where a batch's certificates are, None if it was never issued."""
        issued, *_ = self.view("batchOf", batch, read=first)
        if not issued:
            return None
        return self.view("batchOf", batch, read=lambda values: CertificateBatchView.decode(values[0]))

    def cancellation_of(self, number: int) -> CancellationView:
        """What is kept of a cancellation. Raises Refused for one there is none of."""
        return self.view("cancellationOf", number, read=lambda values: CancellationView.decode(values[0]))

    def consumed_by(self, number: int) -> tuple[int, int]:
        """The first statement of the chain that consumed a cancellation, and the last one that did; zeros for none."""
        root, statement = self.view("consumedBy", number, read=tuple)
        return root, statement

    def system_of(self, system: bytes) -> TrackingSystem | None:
        found = self.view("systemOf", system, read=lambda values: TrackingSystem(*values))
        return found if int(found.operator, 16) else None

    def previous_serial_of(self, batch: CertificateBatch) -> int:
        """First serial of the nearest lower batch of the same series, 0 if there is none."""
        return self.previous_serial(batch.system, batch.serial_prefix, batch.first_serial)

    def cancellation_uri(self, number: int) -> str:
        """A cancellation's metadata as a data URI."""
        return str(self.view("cancellationUri", number, read=first))
