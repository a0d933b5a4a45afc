"""Ape's accounts as signers of the ledger client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ape import networks
from eth_account.messages import encode_typed_data
from eth_utils import to_checksum_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ape.api import AccountAPI


class ApeSigner:
    """An account that Ape manages: a test account, a key file it asks the password of, a hardware wallet."""

    def __init__(self, account: AccountAPI) -> None:
        self._account = account

    @property
    def address(self) -> str:
        return to_checksum_address(self._account.address)

    def sign_typed_data(self, typed: Mapping[str, Any]) -> bytes:
        signature = self._account.sign_message(encode_typed_data(full_message=dict(typed)))
        if signature is None:
            raise SystemExit("not signed")
        return signature.encode_rsv()

    def sign_transaction(self, transaction: Mapping[str, Any]) -> bytes:
        signed = self._account.sign_transaction(networks.ethereum.create_transaction(**transaction))
        if signed is None:
            raise SystemExit("not signed")
        return signed.serialize_transaction()
