// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotCode} from "./LotCode.sol";

/// @notice A lot's key says what it is made of; it is also the lot's ERC-1155 id.
/// @dev Source: `0 | statement 31 | code 16 | index 16`. Derived: top bit set, then 63 bits of the hash of the offer or
/// composition that made it. Grinding a second offer onto a *given* key costs 2^63 hashes; a collision between two
/// of one's own costs 2^31.5 and gains nothing, because the second is refused as already existing.
library LotKeys {
    uint64 private constant DERIVED = 1 << 63;
    /// Below this a `parent` field is the number of edges of a composition: statement numbers start at 1.
    uint64 internal constant FIRST_KEY = 1 << 32;

    function ofSource(uint32 statement, LotCode code, uint16 index) internal pure returns (uint64) {
        return uint64(statement) << 32 | uint64(LotCode.unwrap(code)) << 16 | index;
    }

    function ofDerived(bytes32 origin) internal pure returns (uint64) {
        return uint64(uint256(origin)) | DERIVED;
    }

    function isDerived(uint64 key) internal pure returns (bool) {
        return key & DERIVED != 0;
    }

    function statementOf(uint64 key) internal pure returns (uint32) {
        return uint32(key >> 32);
    }

    function codeOf(uint64 sourceKey) internal pure returns (LotCode) {
        return LotCode.wrap(uint16(sourceKey >> 16));
    }
}
