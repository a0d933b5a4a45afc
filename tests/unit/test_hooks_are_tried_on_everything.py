"""Whatever changes lots is closed while hooks run: the Forge test that re-enters names every such function of the token."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_LOTS = {
    # Operators alone, through the access manager, which no hook is.
    "setClosed",
    "close",
    "setAuthority",
    # An approval moves nothing, and a transfer of lots is always refused.
    "setApprovalForAll",
    "safeTransferFrom",
    "safeBatchTransferFrom",
}


def test_every_function_that_changes_lots_is_tried_from_a_hook() -> None:
    abi = json.loads((ROOT / "src/cet/ledger/abi/CarbonEmissionsToken.json").read_text(encoding="utf-8"))
    changing = {
        one["name"]
        for one in abi
        if one["type"] == "function" and one["stateMutability"] not in ("view", "pure")
    }
    attacks = (ROOT / "tests/solidity/emissions/HookAttacks.t.sol").read_text(encoding="utf-8")
    tried = set(
        re.findall(
            r"_closedUnderHooks\(\s*abi\.encodeCall\(\s*(?:ICarbonEmissionsToken|IERC7943MultiToken)\.(\w+)",
            attacks,
        )
    )
    assert changing - NO_LOTS == tried
