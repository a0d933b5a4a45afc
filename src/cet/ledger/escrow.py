"""Credits held for a sold product's use, and the reconciliation that says how much of them is retired."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger.contract import Contract, first, nothing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cet.ledger.chain import Call
    from cet.ledger.offsets import OffsetToken
    from cet.ledger.signing import TypedData

_USE_PHASE = "(string,string,uint16,uint16,uint40,bytes32)"
_RECONCILIATION = "bytes32 escrow,address verifier,bytes32 document,uint64[] batches,uint64[] amounts"


@dataclass(frozen=True, slots=True)
class UsePhase:
    """The use that credits are held for: whose, of what, when (days since 1970-01-01), and until which second it can be reconciled.

    `terms` is the hash of the product's terms, which tell users that credits are retired on their behalf.
    """

    product: str
    beneficiary: str
    period_start: int
    period_end: int
    deadline: int
    terms: bytes

    def encode(self) -> tuple[Any, ...]:
        return astuple(self)

    @classmethod
    def decode(cls, values: Sequence[Any]) -> UsePhase:
        return cls(*values)

    @property
    def data(self) -> bytes:
        """What goes along with a transfer of credits into the escrow."""
        return encode([_USE_PHASE], [self.encode()])

    def escrow(self, holder: str) -> bytes:
        """The id of the holder's escrow for it."""
        return keccak(encode(["address", _USE_PHASE], [to_checksum_address(holder), self.encode()]))


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How much is retired, mg CO2e by batch, now that the use is known. `document` is the hash of what shows it."""

    escrow: bytes
    verifier: str
    document: bytes
    retired: tuple[tuple[int, int], ...]

    @property
    def batches(self) -> tuple[int, ...]:
        return tuple(batch for batch, _ in sorted(self.retired))

    @property
    def amounts(self) -> tuple[int, ...]:
        return tuple(amount for _, amount in sorted(self.retired))

    def encode(self) -> tuple[Any, ...]:
        return (self.escrow, self.verifier, self.document, self.batches, self.amounts)


class UsePhaseEscrow(Contract):
    """Typed calls of the escrow. Nobody has power over it; credits come in by `put_in` and out by a reconciliation or the deadline."""

    name = "UsePhaseEscrow"

    def put_in(self, token: OffsetToken, holder: str, batch: int, amount: int, use: UsePhase) -> Call[None]:
        """Puts credits of the holder into escrow for a use."""
        return token.call("safeTransferFrom", holder, self.address, batch, amount, use.data, read=nothing)

    def reconciliation(self, said: Reconciliation) -> TypedData:
        """What holder and verifier sign."""
        message = {
            "escrow": said.escrow,
            "verifier": said.verifier,
            "document": said.document,
            "batches": list(said.batches),
            "amounts": list(said.amounts),
        }
        return self.domain.typed("Reconciliation", _RECONCILIATION, message)

    def reconcile(
        self,
        holder: str,
        use: UsePhase,
        said: Reconciliation,
        holder_signature: bytes,
        verifier_signature: bytes,
    ) -> Call[None]:
        """Retires what both signed; what is left can be given back. Anyone may send it."""
        return self.call(
            "reconcile",
            holder,
            use.encode(),
            said.encode(),
            holder_signature,
            verifier_signature,
            read=nothing,
        )

    def give_back(self, holder: str, use: UsePhase, batch: int) -> Call[None]:
        """Gives back what a reconciliation left of a batch. Anyone may send it."""
        return self.call("giveBack", holder, use.encode(), batch, read=nothing)

    def retire_unreconciled(self, holder: str, use: UsePhase, batch: int) -> Call[None]:
        """Retires all that is held of a batch after the deadline. Anyone may send it."""
        return self.call("retireUnreconciled", holder, use.encode(), batch, read=nothing)

    def held_of(self, escrow: bytes, batch: int) -> int:
        """What is held of a batch, mg CO2e."""
        return int(self.view("heldOf", escrow, batch, read=first))

    def is_reconciled(self, escrow: bytes) -> bool:
        return bool(self.view("isReconciled", escrow, read=first))
