// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {LotStore} from "./LotStore.sol";

/// @title LotTable
/// @notice Lots met on a walk up from one, in memory, each with room for what was found out about it: a word has the key in its low
/// 64 bits, the rest is the caller's. It holds as many as can stand above a lot.
library LotTable {
    /// A power of two, four times the lots that can stand above one.
    uint256 private constant PLACES = 4 * LotStore.MAX_ANCESTRY;

    function create() internal pure returns (uint256[] memory) {
        return new uint256[](PLACES);
    }

    /// Where a lot stands in the table, and whether it is met for the first time.
    function meet(uint256[] memory table, uint64 lot) internal pure returns (uint256 place, bool isFirst) {
        place = uint256(keccak256(abi.encode(lot))) % PLACES;
        while (table[place] != 0) {
            if (uint64(table[place]) == lot) return (place, false);
            place = (place + 1) % PLACES;
        }
        table[place] = lot;
        isFirst = true;
    }
}
