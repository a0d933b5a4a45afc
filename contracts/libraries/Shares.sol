// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice The arithmetic of shares. Emissions are always rounded up, and once a lot.
/// @dev Unchecked throughout. Figures stay below 2^80: a source's gross is below 2^64, and a lot has at most 1,024 edges
/// above it, each worth at most its parent plus one. With units below 2^63 and 64 bits of carry no product or sum
/// reaches 2^220. A basis is never zero: a lot without one does not exist.
/// `carryUp` and `settleUp` are the definition that Evaluation repeats in assembly; SharesTwin.t.sol holds them together.
library Shares {
    uint256 private constant CARRY_BITS = 64;

    /// @notice ceil(figure · units / basis), in mg: a share never understates.
    function shareUp(uint256 figure, uint256 units, uint256 basis) internal pure returns (uint256) {
        unchecked {
            return _ceilDiv(figure * units, basis);
        }
    }

    /// @notice ceil(figure · units · 2^64 / basis): one term of a sum that `settleUp` rounds.
    function carryUp(uint256 figure, uint256 units, uint256 basis) internal pure returns (uint256) {
        unchecked {
            return _ceilDiv((figure * units) << CARRY_BITS, basis);
        }
    }

    /// @notice The sum of carries as mg, rounded up.
    function settleUp(uint256 carry) internal pure returns (uint256) {
        unchecked {
            return (carry + (1 << CARRY_BITS) - 1) >> CARRY_BITS;
        }
    }

    /// @notice max(0, a − b).
    function less(uint256 a, uint256 b) internal pure returns (uint256) {
        unchecked {
            return a > b ? a - b : 0;
        }
    }

    function _ceilDiv(uint256 a, uint256 b) private pure returns (uint256) {
        unchecked {
            return (a + b - 1) / b;
        }
    }
}
