"""Who signs, and what: EIP-712 typed data of statements, opinions, attestations and offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from eth_account import Account

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from eth_typing import ChecksumAddress

TypedData = Mapping[str, Any]
"""A full EIP-712 message: types, primaryType, domain and message."""

_DOMAIN_TYPE = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


class Signer(Protocol):
    """An account that can sign: a key in memory, a wallet of Ape, a remote signing service."""

    @property
    def address(self) -> ChecksumAddress: ...

    def sign_typed_data(self, typed: TypedData) -> bytes:
        """The 65-byte signature of an EIP-712 message."""
        ...

    def sign_transaction(self, transaction: Mapping[str, Any]) -> bytes:
        """The raw transaction, signed, ready to send."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """A key in this process's memory: for devnets, tests and keys that an oracle is given."""

    account: LocalAccount

    @classmethod
    def from_key(cls, key: str | bytes) -> LocalSigner:
        return cls(Account.from_key(key))

    @property
    def address(self) -> ChecksumAddress:
        return self.account.address

    def sign_typed_data(self, typed: TypedData) -> bytes:
        return bytes(self.account.sign_typed_data(full_message=dict(typed)).signature)

    def sign_transaction(self, transaction: Mapping[str, Any]) -> bytes:
        return bytes(self.account.sign_transaction(dict(transaction)).raw_transaction)

    def __repr__(self) -> str:
        return f"LocalSigner({self.address})"


@dataclass(frozen=True, slots=True)
class Domain:
    """What binds a signature to one contract on one chain; read from the contract (ERC-5267)."""

    name: str
    version: str
    chain_id: int
    contract: ChecksumAddress

    def typed(self, primary_type: str, fields: str, message: Mapping[str, Any]) -> TypedData:
        """The full message; `fields` is the EIP-712 member list, e.g. `bytes32 statement,uint8 level`."""
        members = []
        for member in fields.split(","):
            kind, name = member.split(" ")
            members.append({"name": name, "type": kind})
        return {
            "types": {"EIP712Domain": _DOMAIN_TYPE, primary_type: members},
            "primaryType": primary_type,
            "domain": {
                "name": self.name,
                "version": self.version,
                "chainId": self.chain_id,
                "verifyingContract": self.contract,
            },
            "message": dict(message),
        }
