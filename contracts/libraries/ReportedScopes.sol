// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @notice The scopes in which a statement reports anything, a bit each: 0 outside the scopes, 1, 2, 3.
/// @dev Both methods of scope 2 are scope 2.
library ReportedScopes {
    uint8 internal constant ALL = 0xF;

    function maskOf(uint64[5] calldata reported) internal pure returns (uint256 scopes) {
        if (reported[4] != 0) scopes = 1 << 0;
        if (reported[0] != 0) scopes |= 1 << 1;
        if (reported[1] | reported[2] != 0) scopes |= 1 << 2;
        if (reported[3] != 0) scopes |= 1 << 3;
    }
}
