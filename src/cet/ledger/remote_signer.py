"""A key held elsewhere: a signing service in front of a KMS, a vault or a hardware module, in web3signer's shape.

    GET  {url}/api/v1/eth1/publicKeys          → the public keys it holds, 64 bytes of hex each
    POST {url}/api/v1/eth1/sign/{public key}   {"data": "0x…"} → the signature of keccak256(data), r ‖ s ‖ v

What is signed is sent whole and not hashed, so that the service can look at it and apply its own rules. What comes back is
held to the key: a service that signs something else, or with another key, is found out before anything is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
import rlp
from eth_account.messages import encode_typed_data
from eth_keys.datatypes import PublicKey, Signature
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

from cet.ledger.errors import SignerError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eth_typing import ChecksumAddress

    from cet.ledger.signing import TypedData

_TIMEOUT_SECONDS = 20
_KEY_BYTES = 64
_FIRST_V = 27
_REMEDY = "see that the service runs, reaches its key, and allows this"


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """An account whose key a service holds. Raises SignerError where the service does not sign."""

    url: str
    public_key: PublicKey

    @classmethod
    def connect(cls, url: str, address: str) -> RemoteSigner:
        """The service's key of that address. Raises SignerError if it holds none."""
        base = url.rstrip("/")
        wanted = to_checksum_address(address)
        for text in _answer(requests.get, f"{base}/api/v1/eth1/publicKeys").json():
            data = bytes.fromhex(str(text).removeprefix("0x"))
            key = PublicKey(data[-_KEY_BYTES:])
            if key.to_checksum_address() == wanted:
                return cls(base, key)
        raise SignerError(f"the signing service holds no key of {wanted}", "give the address of one it holds")

    @property
    def address(self) -> ChecksumAddress:
        return self.public_key.to_checksum_address()

    def sign_typed_data(self, typed: TypedData) -> bytes:
        message = encode_typed_data(full_message=dict(typed))
        r, s, parity = self._sign(b"\x19\x01" + message.header + message.body)
        return r.to_bytes(32) + s.to_bytes(32) + bytes([_FIRST_V + parity])

    def sign_transaction(self, transaction: Mapping[str, Any]) -> bytes:
        """EIP-1559 transactions (type 2) without an access list: all that this project sends."""
        fields = [
            int(transaction["chainId"]),
            int(transaction["nonce"]),
            int(transaction["maxPriorityFeePerGas"]),
            int(transaction["maxFeePerGas"]),
            int(transaction["gas"]),
            _bytes(transaction.get("to", "")),
            int(transaction["value"]),
            _bytes(transaction["data"]),
            [],
        ]
        r, s, parity = self._sign(b"\x02" + rlp.encode(fields))
        return b"\x02" + bytes(rlp.encode([*fields, parity, r, s]))

    def _sign(self, data: bytes) -> tuple[int, int, int]:
        identifier = self.public_key.to_hex()
        answer = _answer(
            requests.post, f"{self.url}/api/v1/eth1/sign/{identifier}", json={"data": "0x" + data.hex()}
        )
        try:
            raw = bytes.fromhex(answer.text.strip().strip('"').removeprefix("0x"))
            r, s, v = int.from_bytes(raw[:32]), int.from_bytes(raw[32:64]), raw[64]
            parity = v - _FIRST_V if v >= _FIRST_V else v
            found = Signature(vrs=(parity, r, s)).recover_public_key_from_msg_hash(keccak(data))
        except (ValueError, IndexError, BadSignature, ValidationError) as error:
            raise SignerError("the signing service gave no signature", _REMEDY) from error
        if found != self.public_key:
            raise SignerError("the signing service signed with another key, or something else", _REMEDY)
        return r, s, parity


def _answer(ask: Any, url: str, **more: Any) -> requests.Response:
    try:
        response: requests.Response = ask(url, timeout=_TIMEOUT_SECONDS, **more)
        response.raise_for_status()
    except requests.RequestException as error:
        # Not the URL: it may hold a credential.
        raise SignerError(f"the signing service does not sign ({type(error).__name__})", _REMEDY) from None
    return response


def _bytes(value: Any) -> bytes:
    return (
        bytes(value) if isinstance(value, bytes | bytearray) else bytes.fromhex(str(value).removeprefix("0x"))
    )
