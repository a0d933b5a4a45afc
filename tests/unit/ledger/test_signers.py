"""Keys in keystores and behind a signing service sign what a key in memory signs, and are never shown."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from eth_account import Account
from eth_keys import keys
from eth_utils.crypto import keccak

from cet.ledger import LocalSigner
from cet.ledger.errors import SignerError
from cet.ledger.keystore import open_signer
from cet.ledger.signing import Domain
from cet.ledger.transactions import Fees
from cet.ledger.wallets import signer_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = keccak(text="a test's key")
LOCAL = LocalSigner.from_key(KEY)
TYPED = Domain("StatementRegistry", "1", 31337, "0x" + "12" * 20).typed(
    "Attestation", "bytes32 statement", {"statement": bytes(range(32))}
)
TRANSACTION: dict[str, Any] = {
    "type": 2,
    "chainId": 31337,
    "to": "0x" + "34" * 20,
    "data": "0x1234",
    "value": 0,
    "nonce": 7,
    "gas": 100_000,
    "maxFeePerGas": 3 * 10**9,
    "maxPriorityFeePerGas": 10**9,
}


class SigningService:
    """web3signer's two paths, with real keys; `signs_with` may be another than it shows."""

    def __init__(self, signs_with: bytes = KEY) -> None:
        shown, key = keys.PrivateKey(KEY).public_key.to_hex(), keys.PrivateKey(signs_with)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(200 if self.path == "/api/v1/eth1/publicKeys" else 404, json.dumps([shown]))

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path != f"/api/v1/eth1/sign/{shown}":
                    self._answer(404, "")
                    return
                signature = key.sign_msg_hash(keccak(bytes.fromhex(body["data"][2:])))
                raw = signature.to_bytes()[:64] + bytes([27 + signature.v])
                self._answer(200, "0x" + raw.hex())

            def _answer(self, status: int, text: str) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.where = f"remote:http://127.0.0.1:{self.server.server_port}#{LOCAL.address}"

    def __enter__(self) -> str:
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self.where

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def service() -> Iterator[str]:
    with SigningService() as where:
        yield where


def no_password() -> str:
    raise AssertionError("asked for a password")


def test_a_signing_service_signs_as_the_key_itself(service: str) -> None:
    remote = open_signer(service, no_password)
    assert remote.address == LOCAL.address
    assert signer_of(TYPED, remote.sign_typed_data(TYPED)) == LOCAL.address
    assert remote.sign_typed_data(TYPED) == LOCAL.sign_typed_data(TYPED)
    assert remote.sign_transaction(TRANSACTION) == LOCAL.sign_transaction(TRANSACTION)
    assert Account.recover_transaction(remote.sign_transaction(TRANSACTION)) == LOCAL.address


def test_a_service_that_signs_with_another_key_is_found_out() -> None:
    with SigningService(keccak(text="another")) as where:
        remote = open_signer(where, no_password)
        with pytest.raises(SignerError, match="another key"):
            remote.sign_transaction(TRANSACTION)
    with pytest.raises(SignerError, match="does not sign"):
        remote.sign_typed_data(TYPED)


def test_keystores_open_with_their_password_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "accounts").mkdir()
    file = tmp_path / "accounts" / "me.json"
    file.write_text(json.dumps(Account.encrypt(KEY, "right", iterations=2)))
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path))
    for where in (f"keystore:{file}", "ape:me"):
        opened = open_signer(where, lambda: "right")
        assert opened.sign_typed_data(TYPED) == LOCAL.sign_typed_data(TYPED)
        assert KEY.hex() not in repr(opened)
        with pytest.raises(SignerError, match="does not open") as refused:
            open_signer(where, lambda: "wrong")
        assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(
    "where", ["0x" + KEY.hex(), "keystore:", "keystore:/nowhere", "ape:../me", "remote:http://x", "env:KEY"]
)
def test_what_names_no_signer_is_refused_without_being_repeated(where: str) -> None:
    with pytest.raises(SignerError) as refused:
        open_signer(where, no_password)
    assert KEY.hex() not in str(refused.value)


@pytest.mark.parametrize(("old", "market"), [(100, 1), (8, 500), (0, 0), (10**12, 10**12 + 1)])
def test_a_replacement_pays_at_least_a_tenth_more(old: int, market: int) -> None:
    raised = Fees(old, old).raised(Fees(market, market))
    assert 10 * raised.most >= 11 * old
    assert raised.most > old
    assert raised.most >= market
    assert raised == Fees(raised.most, raised.tip)
