// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The arithmetic of shares. Emissions are always rounded up, and once a lot.
/// @dev Figures stay below 2^80: source gross is below 2^64 and a lot has at most 1,024 edges above it, each share at most
/// its parent plus one. With units below 2^63 and a carry of 64 bits no product reaches 2^208.
library Shares {
    uint256 private constant CARRY_BITS = 64;

    /// @notice ceil(figure · units / basis), in mg: a share never understates.
    function shareUp(uint256 figure, uint256 units, uint256 basis) internal pure returns (uint256) {
        return Math.ceilDiv(figure * units, basis);
    }

    /// @notice ceil(figure · units · 2^64 / basis): one term of a sum that `settleUp` rounds.
    function carryUp(uint256 figure, uint256 units, uint256 basis) internal pure returns (uint256) {
        return Math.ceilDiv((figure * units) << CARRY_BITS, basis);
    }

    /// @notice The sum of carries as mg, rounded up.
    function settleUp(uint256 carry) internal pure returns (uint256) {
        return Math.ceilDiv(carry, 1 << CARRY_BITS);
    }

    /// @notice max(0, a − b).
    function less(uint256 a, uint256 b) internal pure returns (uint256) {
        return Math.saturatingSub(a, b);
    }
}
