"""Whether a signature is an account's: a key's, or one that a contract wallet (ERC-1271) stands by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_keys.exceptions import BadSignature
from eth_typing import HexStr
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.exceptions import ContractLogicError, Web3RPCError

if TYPE_CHECKING:
    from eth_account.messages import SignableMessage

    from cet.ledger.chain import Chain
    from cet.ledger.signing import TypedData

_MAGIC = bytes.fromhex("1626ba7e")
_SIGNATURE_BYTES = 65
_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def signer_of(typed: TypedData, signature: bytes) -> str | None:
    """Whose key signed it; None for what is no signature, or one the contracts refuse as malleable."""
    return _recovered(encode_typed_data(full_message=dict(typed)), signature)


def is_signed_by(chain: Chain, account: str, typed: TypedData, signature: bytes) -> bool:
    """Whether the contracts would take it for the account's signature."""
    message = encode_typed_data(full_message=dict(typed))
    if _recovered(message, signature) == to_checksum_address(account):
        return True
    if not chain.code_at(account):
        return False
    digest = keccak(b"\x19\x01" + message.header + message.body)
    data = _MAGIC + encode(["bytes32", "bytes"], [digest, signature])
    try:
        answer = chain.w3.eth.call(
            {"to": to_checksum_address(account), "data": HexStr("0x" + data.hex())}, "latest"
        )
    except (ContractLogicError, Web3RPCError):
        return False
    return bytes(answer) == _MAGIC.ljust(32, b"\0")


def _recovered(message: SignableMessage, signature: bytes) -> str | None:
    if len(signature) != _SIGNATURE_BYTES or int.from_bytes(signature[32:64]) > _HALF_ORDER:
        return None
    if signature[64] not in (27, 28):
        return None
    try:
        return str(Account.recover_message(message, signature=signature))
    except (BadSignature, ValueError):
        return None
