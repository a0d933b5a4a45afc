"""The offset token: issuing, retiring, applying and voiding credits, and where each batch is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.contract import SerialContract, first, nothing
from cet.ledger.credits import BatchStatus, BatchView, Certificate, CreditBatch, Program, Retirement

if TYPE_CHECKING:
    from cet.ledger.chain import Call


class OffsetToken(SerialContract):
    """Typed calls of the Carbon Offset Token. Batches are named by their ids; amounts are mg CO2e."""

    name = "CarbonOffsetToken"

    # Operators and enforcers

    def set_program(self, program: bytes, operator: str, cap: int, name: str) -> Call[None]:
        """Sets who issues for an offset programme, and the most it may ever issue."""
        return self.call("setProgram", program, operator, cap, name, read=nothing)

    # Programme operators

    def issue(self, batch: CreditBatch, previous_serial: int, to: str, attributes: str = "") -> Call[int]:
        """Issues a batch; its id. `previous_serial` is what `previous_serial_of` finds.

        `attributes` is the property set whose keccak256 is `batch.attributes`.
        """
        return self.call("issue", batch.encode(), attributes, previous_serial, to, read=first)

    def set_status(self, batch: int, status: BatchStatus, reason: str) -> Call[None]:
        """Suspends an active batch, reinstates a suspended one, or revokes a suspended one for ever."""
        return self.call("setStatus", batch, int(status), reason, read=nothing)

    # Holders

    def retire(self, batch: int, amount: int, details: Retirement) -> Call[bytes]:
        """Retires credits for a beneficiary; the certificate's id."""
        return self.call("retire", batch, amount, details.encode(), read=first)

    def apply_to(self, batch: int, lot: int, amount: int) -> Call[None]:
        """Applies credits to a lot the caller holds; refused above its live net."""
        return self.call("applyTo", batch, lot, amount, read=nothing)

    def move_surplus(self, batch: int, source: int, target: int, amount: int) -> Call[None]:
        """Moves what became superfluous on one lot of the caller to another."""
        return self.call("moveSurplus", batch, source, target, amount, read=nothing)

    # Anyone, once a batch is revoked

    def void_application(self, batch: int, lot: int) -> Call[None]:
        return self.call("voidApplication", batch, lot, read=nothing)

    def void_holding(self, batch: int, holder: str) -> Call[None]:
        return self.call("voidHolding", batch, holder, read=nothing)

    # Views

    def batch_of(self, batch: int) -> BatchView | None:
        """Where a batch's credits are, None if it was never issued."""
        view = self.view("batchOf", batch, read=lambda values: BatchView.decode(values[0]))
        return view if view.status is not BatchStatus.UNKNOWN else None

    def applied_to(self, batch: int, lot: int) -> int:
        return int(self.view("appliedTo", batch, lot, read=first))

    def certificate_of(self, certificate: bytes) -> Certificate | None:
        found = self.view("certificateOf", certificate, read=lambda values: Certificate(*values))
        return found if found.amount else None

    def program_of(self, program: bytes) -> Program | None:
        found = self.view("programOf", program, read=lambda values: Program(*values))
        return found if int(found.operator, 16) else None

    def previous_serial_of(self, batch: CreditBatch) -> int:
        """First serial of the nearest lower batch of the same series, 0 if there is none."""
        return self.previous_serial(batch.program, batch.serial_prefix, batch.first_serial)
