// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ICascadeHook} from "../interfaces/ICascadeHook.sol";
import {ICarbonEmissionsToken} from "../interfaces/ICarbonEmissionsToken.sol";

/// @notice Calls to participants' hooks: capped gas, at most 32 bytes copied back, nothing they do stops the cascade.
library HookCalls {
    uint256 internal constant HOOK_GAS = 100_000;
    /// What the cascade needs for itself after a hook has burnt all it was given.
    uint256 private constant RESERVE = 10_000;

    struct Call {
        ICascadeHook hook;
        uint64 lot;
        uint256 gross;
        uint256 net;
        ICascadeHook.Cause cause;
    }

    /// @notice Whether the hook answered with its selector.
    /// @dev Reverts when too little gas is left to give the hook its share: a caller cannot starve a hook and have the
    /// failure recorded as the hook's own.
    function run(Call memory c) internal returns (bool) {
        // All but one 64th of the gas left may be passed on (EIP-150).
        uint256 required = HOOK_GAS * 64 / 63 + RESERVE;
        uint256 left = gasleft();
        if (left < required) revert ICarbonEmissionsToken.HookGasTooLow(left, required);
        bytes memory data = abi.encodeCall(ICascadeHook.onCascade, (c.lot, c.gross, c.net, c.cause));
        address hook = address(c.hook);
        uint256 gas_ = HOOK_GAS;
        bool ok;
        bytes32 answer;
        assembly ("memory-safe") {
            // Solidity would copy back all that the hook returns; scratch space takes 32 bytes of it.
            mstore(0x00, 0)
            ok := call(gas_, hook, 0, add(data, 0x20), mload(data), 0x00, 0x20)
            answer := mload(0x00)
            ok := and(ok, gt(returndatasize(), 31))
        }
        return ok && bytes4(answer) == ICascadeHook.onCascade.selector;
    }
}
