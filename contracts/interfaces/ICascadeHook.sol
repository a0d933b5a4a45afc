// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title What a participant's contract implements to hear that a figure of one of its lots has moved.
/// @dev Called last, after all effects, with `HOOK_GAS` of gas. Whatever the hook does — revert, burn its gas, return
/// rubbish — the cascade goes on and records `HookFailed`. While hooks run every function of the token that changes a
/// lot is closed; its views answer.
interface ICascadeHook {
    /// @notice Why a figure moved.
    enum Cause {
        /// It is announced for the first time.
        Announced,
        /// Net fell: an offset above, or a correction downwards.
        Fell,
        /// Net rose: a revoked offset above, or a correction upwards.
        Rose
    }

    /// @param lot The lot whose announced net moved; its holder is the one this hook serves.
    /// @param gross Live gross, mg CO2e.
    /// @param net Live net, mg CO2e.
    /// @return `ICascadeHook.onCascade.selector`; anything else counts as a failure.
    function onCascade(uint64 lot, uint256 gross, uint256 net, Cause cause) external returns (bytes4);
}
