"""What parties sign and hand on as files: corrections and reconciliations that wait for the other party, requests for a relayer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address

from cet.ledger.errors import LedgerError, WrongChain
from cet.ledger.escrow import Reconciliation
from cet.ledger.keys import key_text, parse_key
from cet.ledger.lots import Correction
from cet.ledger.relay import ForwardRequest

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger.signing import Domain

_UNREADABLE = (OSError, KeyError, ValueError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class SignedCorrection:
    """A correction of units with the signature of one party, for one contract on one chain."""

    correction: Correction
    chain_id: int
    contract: str
    signer: str
    signature: bytes = field(repr=False)

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless it was signed for this contract on this chain."""
        _require_domain(domain, self.chain_id, self.contract)

    def write(self, file: Path) -> None:
        said = self.correction
        values = {
            "chain_id": self.chain_id,
            "contract": self.contract,
            "lot": key_text(said.lot),
            "units": str(said.units),
            "expected": str(said.expected),
            "deadline": said.deadline,
            "activity": _hex(said.activity),
            "signer": self.signer,
            "signature": _hex(self.signature),
        }
        _write(file, values)

    @classmethod
    def read(cls, file: Path) -> SignedCorrection:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            correction = Correction(
                lot=parse_key(values["lot"]),
                units=int(values["units"]),
                expected=int(values["expected"]),
                deadline=int(values["deadline"]),
                activity=_bytes(values["activity"]),
            )
            signer, contract = (to_checksum_address(values[name]) for name in ("signer", "contract"))
            return cls(correction, values["chain_id"], contract, signer, _bytes(values["signature"]))
        except (*_UNREADABLE, LedgerError) as error:
            raise LedgerError(
                f"{file} holds no signed correction ({error!r})", "ask the other party for it"
            ) from error


@dataclass(frozen=True, slots=True)
class SignedReconciliation:
    """A reconciliation of escrowed credits with the signature of one party, for one contract on one chain."""

    reconciliation: Reconciliation
    chain_id: int
    contract: str
    signer: str
    signature: bytes = field(repr=False)

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless it was signed for this contract on this chain."""
        _require_domain(domain, self.chain_id, self.contract)

    def write(self, file: Path) -> None:
        said = self.reconciliation
        values = {
            "chain_id": self.chain_id,
            "contract": self.contract,
            "escrow": _hex(said.escrow),
            "verifier": said.verifier,
            "document": _hex(said.document),
            "retired": {key_text(batch): str(amount) for batch, amount in said.retired},
            "signer": self.signer,
            "signature": _hex(self.signature),
        }
        _write(file, values)

    @classmethod
    def read(cls, file: Path) -> SignedReconciliation:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            said = Reconciliation(
                escrow=_bytes(values["escrow"]),
                verifier=to_checksum_address(values["verifier"]),
                document=_bytes(values["document"]),
                retired=tuple((parse_key(batch), int(mg)) for batch, mg in values["retired"].items()),
            )
            signer, contract = (to_checksum_address(values[name]) for name in ("signer", "contract"))
            return cls(said, values["chain_id"], contract, signer, _bytes(values["signature"]))
        except (*_UNREADABLE, LedgerError) as error:
            raise LedgerError(
                f"{file} holds no signed reconciliation ({error!r})", "ask the other party for it"
            ) from error


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request with its sender's signature, for one relay on one chain."""

    request: ForwardRequest
    chain_id: int
    contract: str
    signature: bytes = field(repr=False)

    def require_contract(self, domain: Domain) -> None:
        """Raises WrongChain unless it was signed for this relay on this chain."""
        _require_domain(domain, self.chain_id, self.contract)

    def write(self, file: Path) -> None:
        said = self.request
        values = {
            "chain_id": self.chain_id,
            "contract": self.contract,
            "from": said.sender,
            "to": said.to,
            "gas": said.gas,
            "nonce": str(said.nonce),
            "deadline": said.deadline,
            "data": _hex(said.data),
            "signature": _hex(self.signature),
        }
        _write(file, values)

    @classmethod
    def read(cls, file: Path) -> SignedRequest:
        """Raises LedgerError for a file that holds none."""
        try:
            values = json.loads(file.read_text(encoding="utf-8"))
            request = ForwardRequest(
                sender=to_checksum_address(values["from"]),
                to=to_checksum_address(values["to"]),
                gas=int(values["gas"]),
                nonce=int(values["nonce"]),
                deadline=int(values["deadline"]),
                data=_bytes(values["data"]),
            )
            contract = to_checksum_address(values["contract"])
            return cls(request, values["chain_id"], contract, _bytes(values["signature"]))
        except _UNREADABLE as error:
            raise LedgerError(
                f"{file} holds no signed request ({error!r})", "ask its sender for it"
            ) from error


def _require_domain(domain: Domain, chain_id: int, contract: str) -> None:
    if (chain_id, contract) != (domain.chain_id, domain.contract):
        raise WrongChain(
            f"signed for {contract} on chain {chain_id}",
            f"this ledger is {domain.contract} on chain {domain.chain_id}",
        )


def _write(file: Path, values: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
