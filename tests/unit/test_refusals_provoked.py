"""Every custom error the contracts can raise is provoked by name in the Forge tests."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = (
    "StatementRegistry",
    "Evaluation",
    "Allocations",
    "Anchors",
    "Corrections",
    "CarbonEmissionsToken",
    "CarbonOffsetToken",
    "EnergyCertificates",
    "CertificatedGeneration",
    "UsePhaseEscrow",
    "BookingDesk",
    "BookAndClaim",
)

NEVER_RAISED = {
    # Declared by the standards our interfaces inherit; our own checks come first.
    "ERC1155InvalidApprover",
    "ERC1155InvalidSender",
    "ERC7943CannotSend",
    # OpenZeppelin's EIP712 and AccessManaged: raised only by a constructor or an authority that isn't ours.
    "InvalidShortString",
    "StringTooLong",
    "AccessManagedInvalidAuthority",
    "AccessManagedRequiredDelay",
}


@pytest.fixture(scope="module")
def forge_tests() -> str:
    return "\n".join(file.read_text() for file in sorted((ROOT / "tests" / "solidity").rglob("*.sol")))


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_custom_error_is_provoked(contract: str, forge_tests: str) -> None:
    abi = json.loads((ROOT / "src" / "cet" / "ledger" / "abi" / f"{contract}.json").read_text())
    errors = {entry["name"] for entry in abi if entry["type"] == "error"}
    unprovoked = {name for name in errors - NEVER_RAISED if not re.search(rf"\b{name}\b", forge_tests)}
    assert not unprovoked
