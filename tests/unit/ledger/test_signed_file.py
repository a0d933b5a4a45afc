"""Signed corrections and relayed requests as files: read back as written, refused elsewhere and when broken."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from eth_utils.address import to_checksum_address

from cet.ledger import Correction, LedgerError, WrongChain
from cet.ledger.relay import ForwardRequest
from cet.ledger.signed_file import SignedCorrection, SignedRequest
from cet.ledger.signing import Domain

if TYPE_CHECKING:
    from pathlib import Path

HERE, PARTY = (to_checksum_address("0x" + pair * 20) for pair in ("ab", "cd"))
DOMAIN = Domain("CarbonEmissionsToken", "1", 31337, HERE)
CORRECTION = SignedCorrection(
    Correction(1 << 63 | 7, 2**63 - 1, 2**53 + 1, 2**40 - 1, b"\x07" * 32), 31337, HERE, PARTY, b"\x01" * 65
)
REQUEST = SignedRequest(
    ForwardRequest(PARTY, HERE, 90_000, 2**64 + 1, 2**40, b"\xde\xad"), 31337, HERE, b"\x02" * 65
)


@pytest.mark.parametrize("signed", [CORRECTION, REQUEST])
def test_what_is_signed_is_read_back_as_written(
    signed: SignedCorrection | SignedRequest, tmp_path: Path
) -> None:
    file = tmp_path / "new" / "signed.json"
    signed.write(file)
    assert type(signed).read(file) == signed
    signed.require_contract(DOMAIN)
    for elsewhere in (replace(DOMAIN, chain_id=1), replace(DOMAIN, contract=PARTY)):
        with pytest.raises(WrongChain):
            signed.require_contract(elsewhere)


@pytest.mark.parametrize("signed", [CORRECTION, REQUEST])
@pytest.mark.parametrize("missing", ["signature", "deadline", "contract"])
def test_a_file_without_what_is_needed_is_refused(
    signed: SignedCorrection | SignedRequest, missing: str, tmp_path: Path
) -> None:
    file = tmp_path / "signed.json"
    signed.write(file)
    values = json.loads(file.read_text(encoding="utf-8"))
    del values[missing]
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(LedgerError, match="holds no signed"):
        type(signed).read(file)
    with pytest.raises(LedgerError, match="holds no signed"):
        type(signed).read(tmp_path / "none.json")
