"""What parties sign and hand on as files: corrections and reconciliations that wait for the other party, requests for a relayer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from eth_utils.address import to_checksum_address

from cet.ledger.errors import LedgerError, WrongChain
from cet.ledger.escrow import Reconciliation
from cet.ledger.keys import key_text, parse_key
from cet.ledger.lots import Correction
from cet.ledger.relay import ForwardRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cet.ledger.signing import Domain

_UNREADABLE = (OSError, KeyError, ValueError, TypeError, AttributeError)


class _SignedFile:
    """What the files have in common: for one contract on one chain, with the signature of one party."""

    __slots__ = ()
    WHAT: ClassVar[str]
    WHOM: ClassVar[str]

    chain_id: int
    contract: str
    signature: bytes

    def said(self) -> dict[str, Any]:
        """What was signed, as JSON has it."""
        raise NotImplementedError

    @classmethod
    def of(cls, values: Mapping[str, Any], chain_id: int, contract: str) -> Self:
        """From what `said` gave and the chain id and contract it was signed for."""
        raise NotImplementedError

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless it was signed for this contract on this chain."""
        if (self.chain_id, self.contract) != (domain.chain_id, domain.contract):
            raise WrongChain(
                f"signed for {self.contract} on chain {self.chain_id}",
                f"this ledger is {domain.contract} on chain {domain.chain_id}",
            )

    def write(self, file: Path) -> None:
        values = {"chain_id": self.chain_id, "contract": self.contract} | self.said()
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(values | {"signature": _hex(self.signature)}, indent=2)
        file.write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Self:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            return cls.of(values, values["chain_id"], to_checksum_address(values["contract"]))
        except (*_UNREADABLE, LedgerError) as error:
            raise LedgerError(
                f"{file} holds no signed {cls.WHAT} ({error!r})", f"ask {cls.WHOM} for it"
            ) from error


@dataclass(frozen=True, slots=True)
class SignedCorrection(_SignedFile):
    """A correction of units with the signature of one party."""

    WHAT, WHOM = "correction", "the other party"

    correction: Correction
    chain_id: int
    contract: str
    signer: str
    signature: bytes = field(repr=False)

    def said(self) -> dict[str, Any]:
        said = self.correction
        return {
            "lot": key_text(said.lot),
            "units": str(said.units),
            "expected": str(said.expected),
            "deadline": said.deadline,
            "activity": _hex(said.activity),
            "signer": self.signer,
        }

    @classmethod
    def of(cls, values: Mapping[str, Any], chain_id: int, contract: str) -> Self:
        correction = Correction(
            lot=parse_key(values["lot"]),
            units=int(values["units"]),
            expected=int(values["expected"]),
            deadline=int(values["deadline"]),
            activity=_bytes(values["activity"]),
        )
        return cls(
            correction, chain_id, contract, to_checksum_address(values["signer"]), _bytes(values["signature"])
        )


@dataclass(frozen=True, slots=True)
class SignedReconciliation(_SignedFile):
    """A reconciliation of escrowed credits with the signature of one party."""

    WHAT, WHOM = "reconciliation", "the other party"

    reconciliation: Reconciliation
    chain_id: int
    contract: str
    signer: str
    signature: bytes = field(repr=False)

    def said(self) -> dict[str, Any]:
        said = self.reconciliation
        return {
            "escrow": _hex(said.escrow),
            "verifier": said.verifier,
            "document": _hex(said.document),
            "retired": {key_text(batch): str(amount) for batch, amount in said.retired},
            "signer": self.signer,
        }

    @classmethod
    def of(cls, values: Mapping[str, Any], chain_id: int, contract: str) -> Self:
        said = Reconciliation(
            escrow=_bytes(values["escrow"]),
            verifier=to_checksum_address(values["verifier"]),
            document=_bytes(values["document"]),
            retired=tuple((parse_key(batch), int(mg)) for batch, mg in values["retired"].items()),
        )
        return cls(
            said, chain_id, contract, to_checksum_address(values["signer"]), _bytes(values["signature"])
        )


@dataclass(frozen=True, slots=True)
class SignedRequest(_SignedFile):
    """A request to a relay with its sender's signature."""

    WHAT, WHOM = "request", "its sender"

    request: ForwardRequest
    chain_id: int
    contract: str
    signature: bytes = field(repr=False)

    def said(self) -> dict[str, Any]:
        said = self.request
        return {
            "from": said.sender,
            "to": said.to,
            "gas": said.gas,
            "nonce": str(said.nonce),
            "deadline": said.deadline,
            "data": _hex(said.data),
        }

    @classmethod
    def of(cls, values: Mapping[str, Any], chain_id: int, contract: str) -> Self:
        request = ForwardRequest(
            sender=to_checksum_address(values["from"]),
            to=to_checksum_address(values["to"]),
            gas=int(values["gas"]),
            nonce=int(values["nonce"]),
            deadline=int(values["deadline"]),
            data=_bytes(values["data"]),
        )
        return cls(request, chain_id, contract, _bytes(values["signature"]))


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
